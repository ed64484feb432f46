"""Letters that exclude a language: what no model knows is not taken for a neighbor."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import corpuskit as ck
from corpuskit.identify.orthography import ORTHOGRAPHIES, may_be_in


@pytest.mark.parametrize(
    ("text", "taken_for"),
    [
        ("တၢ်အိၣ်ဖှိၣ်တဖၣ် မၤတၢ်လၢ ပှၤကညီဖိ အဂီၢ် လၢကီၢ်ပူၤအံၤန့ၣ်လီၤ", "mya_Mymr"),  # Sgaw Karen
        ("နဝ်ꩻ တွမ်ႏခါꩻယို ခွန်ဗာႏ ထာꩻသိန် အတာႏဖုံႏ သွူႏ", "mya_Mymr"),  # Pa'O
        ("သဗ္ဗေ သတ္တာ ဘဝန္တု သုခိတတ္တာ။ သဗ္ဗေ ဓမ္မာ အနတ္တာ၊ ယဒါ ပညာယ ပဿတိ", "mya_Mymr"),  # Pali
        ("ꩫၼ်ႉ ꩡဝ်း ꩬႃး ꩭုၵ်း ꩡွၼ်ႇ မႃး ꩫံ ယူႇ", "shn_Mymr"),  # Khamti
        ("สพฺเพ สตฺตา ภวนฺตุ สุขิตตฺตา สพฺเพ ธมฺมา อนตฺตาติ ยทา ปญฺญาย ปสฺสติ", "tha_Thai"),  # Pali
        ("กีตอ มากัน นาซิ ดือแง อีแก ดี ปาซา มาลัม อีนิง บาเปาะ กือแด", "tha_Thai"),  # Pattani Malay
        ("ڤرکارا اين دکناکن کڤد سموا اورڠ يڠ تيڠݢل دسيني سلاما ليم تاهون", "arb_Arab"),  # Malay
    ],
)
def test_what_no_model_knows_is_not_a_neighbor(text: str, taken_for: str) -> None:
    assert not may_be_in(taken_for, text)
    assert ck.identify([text])[0].lang != taken_for


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ကျောင်းသားများသည် စာကြည့်တိုက်တွင် စာဖတ်ကြသည်။", "mya_Mymr"),
        ("ကရင်စာတွင် ၢ နှင့် ၣ် ကို သုံးသည်။" + " မြန်မာစာတွင် မသုံးပါ။" * 5, "mya_Mymr"),  # quotes
        ("မြန်မာဘာသာဖြင့် ရေးထားသော စာမျက်နှာဖြစ်သည်။\nၵႂၢမ်းတႆး", "mya_Mymr"),  # a line of Shan
        ("ပညာ", "mya_Mymr"),  # too short to miss anything
        ("ၵူၼ်းတႆးၵိုၵ်းယူႇတီႈမိူင်းတႆး ႁဵၼ်းလိၵ်ႈတႆးၵူႈဝၼ်း", "shn_Mymr"),
        ("ထႅၵ်ႉꩡ် တၢင်း", "shn_Mymr"),  # a single letter
        ("ภาษาไทยเป็นภาษาราชการในประเทศไทย", "tha_Thai"),  # without a tone mark
        ("ບຸກຄົນທຸກຄົນມີສິດດຳລົງຊີວິດ ມີສິດເສລີພາບ", "lao_Laoo"),
        ("anything at all", "eng_Latn"),
    ],
)
def test_a_language_s_own_text_may_be_in_it(text: str, code: str) -> None:
    assert may_be_in(code, text)


def test_on_labelled_text(data_dir: Path) -> None:
    """Of each language's own texts at most one in five hundred is excluded."""
    allowed: dict[str, Counter[bool]] = {}
    for path in sorted((data_dir / "text-labelled").glob("*.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            code = f"{row['lang']}_{row['script']}"
            if code in ORTHOGRAPHIES:
                allowed.setdefault(code, Counter())[may_be_in(code, row["text"])] += 1
    assert allowed.keys() >= {"lao_Laoo", "mnw_Mymr", "mya_Mymr", "shn_Mymr", "tha_Thai"}
    for code, counts in allowed.items():
        assert counts[False] <= counts.total() / 500, (code, counts)
