"""Groups of languages that are taken for one another, and the confusions in them."""

from __future__ import annotations

from collections import Counter

from corpuskit.identify.training.groups import Pair, confusable_groups, group_lines, measured_groups

ANSWERS = Counter(
    {
        ("ind_Latn", "ind_Latn"): 8,
        ("ind_Latn", "zsm_Latn"): 2,
        ("zsm_Latn", "zsm_Latn"): 5,
        ("zsm_Latn", "und"): 3,
        ("zsm_Latn", "eng_Latn"): 2,
        ("fra_Latn", "ind_Latn"): 50,
        ("lao_Laoo", "lao_Laoo"): 1,
        ("mya_Mymr", "mya_Mymr"): 3,
        ("rki_Mymr", "mya_Mymr"): 4,
    }
)


def test_the_groups_of_the_catalogue() -> None:
    groups = confusable_groups()
    assert len({code for group in groups for code in group}) == sum(map(len, groups))
    alike = [
        {"ind_Latn", "zsm_Latn", "bjn_Latn", "min_Latn", "jav_Latn", "sun_Latn", "ban_Latn"},
        {"tgl_Latn", "ceb_Latn", "hil_Latn", "war_Latn", "ilo_Latn", "bcl_Latn", "pam_Latn"},
        {"mya_Mymr", "rki_Mymr", "shn_Mymr", "mnw_Mymr", "ksw_Mymr"},
        {"lao_Laoo", "tha_Thai"},
    ]
    for languages in alike:
        assert any(languages <= set(group) for group in groups)
    assert not any("khm_Khmr" in group for group in groups)


def test_a_group_is_measured_on_its_own_texts() -> None:
    known = {"ind_Latn", "zsm_Latn", "eng_Latn", "mya_Mymr", "lao_Laoo"}
    malay, burmese = measured_groups(ANSWERS, known, "und")
    assert malay.languages == ("ind_Latn", "zsm_Latn")
    assert (malay.texts, malay.undetermined, malay.outside) == (20, 3, 2)
    assert malay.macro_f1 == (2 * 8 / 18 + 2 * 5 / 17) / 2  # French is no concern of theirs
    assert malay.pairs == (Pair("ind_Latn", "zsm_Latn", 2, 0),)
    assert burmese.pairs == (Pair("mya_Mymr", "rki_Mymr", 0, 4),)
    assert burmese.macro_f1 == 2 * 3 / 10
    assert malay.as_json()["pairs"][0]["first_taken"] == 2
    assert "| mya_Mymr | rki_Mymr | 0 | 4 |" in list(group_lines((malay, burmese)))
