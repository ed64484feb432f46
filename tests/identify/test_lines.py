"""What lines say of a document's language."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.chain import run_chain
from corpuskit.identify.fasttext_model import MAX_CHARS
from corpuskit.identify.identification import Identification
from corpuskit.identify.line_stage import Lines
from corpuskit.identify.lines import JudgedLine, judge_lines, line_share, vote
from corpuskit.identify.model_spec import ModelSpec
from corpuskit.identify.stage import Identify
from corpuskit.languages import language
from corpuskit.stage import Batch, Stage
from corpuskit.text import TextBatch

KHMER = "មនុស្សទាំងអស់កើតមកមានសេរីភាព និងភាពស្មើៗគ្នា ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរ និងសិទ្ធិ"
INDONESIAN = (
    "Pemerintah daerah akan membangun sekolah baru di desa itu karena jumlah murid terus bertambah "
    "setiap tahun, kata kepala dinas pendidikan kepada wartawan kemarin."
)
ENGLISH = (
    "All human beings are born free and equal in dignity and rights. They are endowed with reason "
    "and conscience and should act towards one another in a spirit of brotherhood."
)
WANTED = {code: list(language(code).confusable) for code in ("khm_Khmr", "ind_Latn")}


def judged(*lines: str, lang: str = "khm_Khmr") -> list[JudgedLine]:
    (judged_lines,) = judge_lines(TextBatch(["\n".join(lines)]), [lang], ModelSpec.of().load())
    return judged_lines


def share(*lines: str, lang: str = "khm_Khmr") -> float | None:
    return line_share(judged(*lines, lang=lang), lang, WANTED[lang])


def test_lines_are_numbered_and_blank_ones_left_out() -> None:
    judged_lines = judged(KHMER, "", "7.4", ENGLISH)
    assert [line.at for line in judged_lines] == [0, 2, 3]
    assert [line.lang for line in judged_lines] == ["khm_Khmr", None, "eng_Latn"]
    assert [line.letters for line in judged_lines] == [78, 0, 139]
    assert [round(line.in_script, 2) for line in judged_lines] == [1, 0, 0]


def test_the_share_is_of_letters_and_only_lines_that_can_be_judged_have_a_vote() -> None:
    assert share(KHMER, KHMER) == 1
    assert share(KHMER, ENGLISH) == pytest.approx(78 / (78 + 139))
    assert share(KHMER, ENGLISH, "Home", "Menu", "1984") == share(KHMER, ENGLISH)
    assert share("Home", "Menu", "1984") is None
    assert share(INDONESIAN, ENGLISH, lang="ind_Latn") == pytest.approx(0.5, abs=0.05)


def test_a_line_that_quotes_another_language_is_no_vote_against_its_own() -> None:
    quoting = f"{KHMER[:20]} ({ENGLISH})"
    assert judged(quoting)[0].lang == "eng_Latn"
    assert share(KHMER, quoting) == 1


def test_a_neighbor_counts_by_its_share_of_the_group() -> None:
    top = (("zsm_Latn", 0.6), ("ind_Latn", 0.2), ("eng_Latn", 0.2))
    line = JudgedLine(0, "", 50, 1.0, Identification("zsm_Latn", 0.6, 1.0, top))
    assert vote(line, "ind_Latn", {"zsm_Latn"}) == pytest.approx(0.25)
    assert vote(line, "ind_Latn", ()) == 0
    assert vote(line, "zsm_Latn", {"ind_Latn"}) == 1
    undecided = JudgedLine(0, "", 50, 1.0, Identification("zsm_Latn", 0.4, 1.0, top))
    assert vote(undecided, "ind_Latn", {"zsm_Latn"}) is None


def test_of_a_long_text_a_sample_is_judged_that_has_its_share() -> None:
    lines = [f"{INDONESIAN} {number}" for number in range(300)]
    lines += [f"{ENGLISH} {number}" for number in range(300)]
    text, model = TextBatch(["\n".join(lines)]), ModelSpec.of().load()
    (every,), (some,) = (
        judge_lines(text, ["ind_Latn"], model, every=whole) for whole in (True, False)
    )
    assert len(every) == 600
    assert {line.text for line in some} < {line.text for line in every}
    assert MAX_CHARS / 3 < sum(len(line.text) for line in some) < 3 * MAX_CHARS
    shares = [
        line_share(judged_lines, "ind_Latn", WANTED["ind_Latn"]) for judged_lines in (every, some)
    ]
    assert shares[0] == pytest.approx(shares[1], abs=0.2)


@pytest.mark.parametrize("length", [1, 2, 3, 100])
def test_the_sample_of_a_text_with_few_long_lines_is_not_empty(length: int) -> None:
    long = " ".join([INDONESIAN] * (2 * MAX_CHARS // len(INDONESIAN)))
    texts = TextBatch(["\n".join(["menu", *[f"{number} {long}" for number in range(length)]])])
    model = ModelSpec.of().load()
    (some,) = judge_lines(texts, ["ind_Latn"], model, every=False)
    assert any(line.lang == "ind_Latn" for line in some)
    assert sum(min(len(line.text), MAX_CHARS) for line in some) <= 3 * MAX_CHARS


def test_lines_are_measured_alike_however_many_there_are() -> None:
    lines = [INDONESIAN, "menu", KHMER] * 4_000
    (judged_lines,) = judge_lines(
        TextBatch(["\n".join(lines)]), ["ind_Latn"], ModelSpec.of().load()
    )
    assert [line.text for line in judged_lines] == lines
    assert {line[1:] for line in judged_lines[:3]} == {line[1:] for line in judged_lines[-3:]}
    assert [line.in_script for line in judged_lines[-3:]] == [1.0, 1.0, 0.0]


def test_the_stage_adds_a_column_to_documents_in_a_wanted_language() -> None:
    stage = Lines(languages=WANTED)
    assert isinstance(stage, Stage)
    texts = [f"{KHMER}\n{KHMER}\n{KHMER}\n{ENGLISH}", ENGLISH, "", INDONESIAN]
    result = run_chain([Identify(), stage], Batch.of_texts(texts))
    assert result["text"] == texts
    assert result["lang_line_share"] == [pytest.approx(234 / 373), None, None, 1]
    assert result["removed"] == [None] * 4
    schema = pa.schema(stage.fields)
    rows = [{name: result[name][row] for name in schema.names} for row in range(len(texts))]
    assert pa.Table.from_pylist(rows, schema=schema).num_rows == 4


# No half of a surrogate pair: `normalize` takes it out before, and the chain refuses it in an edit.
_PIECES = st.sampled_from(
    [KHMER, INDONESIAN, ENGLISH, "Home", "", "1984", "\u17d2", "a\ufffdb" * 20]
)


@settings(max_examples=50)
@given(
    st.lists(st.lists(_PIECES, max_size=6).map("\n".join), max_size=4),
    st.sampled_from(["keep", "remove"]),
)
def test_per_batch_is_per_document(texts: list[str], what: str) -> None:
    stages = [Identify(), Lines(languages=WANTED, foreign_lines=what)]  # type: ignore[arg-type]
    together = run_chain(stages, Batch.of_texts(texts))
    for row, text in enumerate(texts):
        alone = run_chain(stages, Batch.of_texts([text]))
        for name in ("text", "lang", "lang_line_share", "removed", "removed_text"):
            assert together[name][row] == alone[name][0]
