"""Calibrate a language's rules on clean text of it.

    sample = read_sample([Path("news"), Path("law.jsonl")])
    calibration = calibrate(language("khm_Khmr"), sample, today=date.today())
    found.problems, found.rows(), found.write(source, target)

`sample` reads text and keeps collections apart; `stop_words`, `limits` and `methods` say what
follows from it; `derive` puts that together; `problems` looks for what is wrong; `fineweb2`
compares; `calibration` is the result, `profile_file` writes it, `report` draws it.
"""

from __future__ import annotations

from corpuskit.calibrate.calibration import Calibration, calibrate
from corpuskit.calibrate.problems import SampleProblem
from corpuskit.calibrate.sample import Collection, Sample, read_sample

__all__ = ["Calibration", "Collection", "Sample", "SampleProblem", "calibrate", "read_sample"]
