"""Evidence beside the text: what is read, how it counts, and that columns tell the decision."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.identify import Identify
from corpuskit.identify.priors import LanguageEvidence, Priors, prior_options, weighed
from corpuskit.languages import languages
from corpuskit.stage import Batch

WEIGHTS = {"cctld": 1.0, "declared": 1.4}
OPTIONS = prior_options(WEIGHTS, languages(["ind_Latn", "zsm_Latn", "jav_Latn", "eng_Latn"]))
EITHER = "Anak itu pergi ke pasar bersama ibunya"
"""Every word of it is Indonesian and Malay."""
KHMER = "មនុស្សទាំងអស់កើតមកមានសេរីភាព និងភាពស្មើៗគ្នា"


@pytest.mark.parametrize(
    ("url", "declared", "found"),
    [
        ("https://www.kementerian.gov.my/a", "ms-MY", ["cctld my zsm", "declared ms-MY zsm"]),
        ("https://warta.co.ID:8080/", "jv_Latn", ["cctld id ind jav", "declared jv_Latn jav"]),
        ("https://example.org/", "en-US", []),
        ("https://my/", " ", ["cctld my zsm"]),
        ("no address", "x", []),
        ("http://[broken", None, []),
        (None, None, []),
    ],
)
def test_what_is_read_of_a_page(url: str | None, declared: str | None, found: list[str]) -> None:
    seen = Priors.of(OPTIONS).of_page(url, declared)
    assert [
        " ".join((item.kind, item.value, *sorted(c[:3] for c in item.labels if c != "eng_Latn")))
        for item in seen
    ] == found
    assert all(item.weight == WEIGHTS[item.kind] for item in seen)


def test_a_kind_without_a_weight_does_not_count() -> None:
    only = Priors.of(prior_options({"cctld": 2.0}, languages(["zsm_Latn"])))
    assert [one.kind for one in only.of_page("https://a.my/", "ms")] == ["cctld"]


def test_evidence_tips_between_neighbors_and_columns_tell_how() -> None:
    batch = Batch.of_texts(
        [EITHER] * 3,
        url=["https://a.my/", "https://a.id/", "https://a.org/"],
        lang_declared=["ms", "id", "en"],
    )
    plain = Identify().process(batch)
    found = Identify(priors=prior_options({"cctld": 5.0, "declared": 5.0}, languages()))
    result = found.process(batch)
    assert result["lang"][:2] == ["zsm_Latn", "ind_Latn"]
    assert result["lang"][2] == plain["lang"][2]
    assert result["lang_evidence"][2] is None
    assert result["lid_top"] == plain["lid_top"]
    assert set(plain["lang_evidence"]) == {None}
    for row in (0, 1):
        score = _again(result["lid_top"][row], result["lang_evidence"][row])[result["lang"][row]]
        assert result["lang_score"][row] == pytest.approx(score, abs=1e-6)


def _again(top: list[dict], evidence: list[dict]) -> dict[str, float]:  # type: ignore[type-arg]
    """The decision's scores from the columns, by the formula that is documented."""
    scores = {one["label"]: one["score"] for one in top}
    odds = {
        label: math.exp(sum(one["weight"] for one in evidence if label in one["labels"]))
        for label in scores
    }
    whole = 1 + sum(scores[label] * (odds[label] - 1) for label in scores)
    return {label: scores[label] * odds[label] / whole for label in scores}


def test_no_evidence_makes_thai_of_khmer() -> None:
    batch = Batch.of_texts([KHMER], url=["https://a.co.th/"], lang_declared=["th"])
    strongest = prior_options({"cctld": 5.0, "declared": 5.0}, languages())
    result = Identify(priors=strongest).process(batch)
    assert result["lang"] == ["khm_Khmr"]


_LABELS = st.lists(
    st.tuples(st.sampled_from(["ind_Latn", "zsm_Latn", "und_fra_Latn"]).map(lambda one: (one,)),
              st.floats(0.0, 0.3)), max_size=3, unique_by=lambda one: one[0])  # fmt: skip


@given(_LABELS, st.floats(0.1, 5.0))
def test_what_is_weighed_stays_a_distribution(
    scores: list[tuple[tuple[str], float]], weight: float
) -> None:
    evidence = [LanguageEvidence("cctld", "my", frozenset({"zsm_Latn"}), weight)]
    after = weighed(scores, evidence, 5)
    assert sum(after) <= 1 + 1e-9
    for ((code,), before), now in zip(scores, after, strict=True):
        gain = now - before
        assert gain >= -1e-9 if code == "zsm_Latn" else gain <= 1e-9
    assert weighed(scores, [], 5) == pytest.approx([score for _, score in scores])


def test_labels_that_are_not_kept_are_not_raised() -> None:
    scores = [(("ind_Latn",), 0.6), (("zsm_Latn",), 0.3)]
    evidence = [LanguageEvidence("cctld", "my", frozenset({"zsm_Latn"}), 2.0)]
    assert weighed(scores, evidence, 1) == [0.6, 0.3]
