"""Calibrate the catalogue on the test data: `corpuskit calibrate` for every language of it.

python tools/calibrate_profiles.py ../shared/data khm_Khmr          # a table
python tools/calibrate_profiles.py ../shared/data --write           # into sources/*.toml
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.clean_text import collections, noise  # noqa: E402
from benchmarks.left_out import sample  # noqa: E402
from corpuskit.calibrate import Calibration, calibrate  # noqa: E402
from corpuskit.languages import catalogue, language, language_codes  # noqa: E402

EXCLUDE = {
    "khm_Khmr": {"ប្រទេស", "មនុស្ស", "សេរីភាព", "ធានា"},
    "lao_Laoo": {"ປະເທດ"},
    "tha_Thai": {"ประเทศ"},
    "mya_Mymr": {"နိုင်ငံ", "လူ"},
    "vie_Latn": {"nước", "nhà", "gia", "công", "học", "ông", "con"},
    "ind_Latn": {"orang", "tahun", "hari", "negara", "tempat"},
    "zsm_Latn": {"orang", "tahun", "hari", "negara", "tempat"},
    "jav_Latn": {"wong", "uwong", "gawe", "mangan", "panganan"},
    "min_Latn": {"urang", "makanan", "makan", "tampek", "lamak"},
    "tgl_Latn": {"araw", "bahay", "bansa", "tao"},
    "tam_Taml": {"வேலை"},
}
"""Words for things that are as frequent in news, law and reviews of food as function words."""


def line(calibration: Calibration) -> str:
    """One language in a line, its warnings below."""
    known = {key: bound.value for key, bound in calibration.derived.bounds.items()}
    listed = calibration.derived.stop_words
    text = (
        f"{calibration.profile.code}  {len(calibration.derived.balanced)} documents, "
        f"{len(known)} thresholds, {len(listed.words) if listed else 0} stop words; "
        f"removes {calibration.removed:.1%}, of the noise {calibration.noise_rejected or 0:.1%}"
    )
    return "\n".join([text, *(f"    {item.code}: {item.message}" for item in calibration.problems)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("codes", nargs="*", default=language_codes())
    parser.add_argument("--write", action="store_true", help="into sources/*.toml")
    parser.add_argument("--date", type=date.fromisoformat, default=date.today())
    arguments = parser.parse_args()
    texts = collections(arguments.data)
    bad = [text for _, _, text in noise(arguments.data)]
    for code in arguments.codes:
        calibration = calibrate(
            language(code), sample(texts.get(code, {})), today=arguments.date, noise=bad,
            exclude=EXCLUDE.get(code, ()),
        )  # fmt: skip
        print(line(calibration), flush=True)
        if arguments.write and calibration.usable:
            calibration.write(catalogue()[code], catalogue()[code])


if __name__ == "__main__":
    main()
