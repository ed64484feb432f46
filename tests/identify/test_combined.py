"""Two models as one: which is heard, of which languages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import fasttext
import pytest

from corpuskit.identify import identify
from corpuskit.identify.combined import CombinedModel
from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import Identification
from corpuskit.identify.labels import Reading
from corpuskit.identify.model_spec import embedded_file
from corpuskit.identify.training.evaluate import evaluate
from corpuskit.identify.training.seeds import SeedRow
from corpuskit.text import TextBatch

TAGALOG = "magandang umaga sa inyong lahat"
CEBUANO = "maayong buntag kaninyong tanan"
WARAY = "maupay nga aga ha iyo ngatanan"
ENGLISH = "good morning to all of you"
FRENCH = "bonjour à vous tous mes amis"
MALAY = "selamat pagi kepada semua orang"

REGION = {"tgl_Latn": TAGALOG, "ceb_Latn": "usa", "war_Latn": "usa ka", "zsm_Latn": MALAY,
          "und_eng_Latn": ENGLISH, "und_fra_Latn": FRENCH}  # fmt: skip
WORLD = {"tgl_Latn": TAGALOG, "ceb_Latn": CEBUANO, "war_Latn": WARAY, "eng_Latn": ENGLISH,
         "fra_Latn": FRENCH, "zsm_Latn": f"{MALAY} sapa"}  # fmt: skip


def model(path: Path, samples: dict[str, str], reading: Reading) -> FastTextModel:
    lines = [f"__label__{code} {text}" for code, text in samples.items() for _ in range(40)]
    source = path.with_suffix(".txt")
    source.write_text("\n".join(lines), encoding="utf-8")
    trained = fasttext.train_supervised(
        str(source), dim=16, epoch=60, lr=1.0, bucket=2000, verbose=0, thread=1
    )
    trained.save_model(str(path))
    return FastTextModel(path, {}, reading)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[FastTextModel, FastTextModel]:
    folder = tmp_path_factory.mktemp("both")
    region = Reading(min_score=0.5, min_known=0.95, thin=("ceb_Latn", "war_Latn", "ilo_Latn"))
    return model(folder / "region.bin", REGION, region), model(
        folder / "world.bin", WORLD, Reading()
    )


def answers(
    both: tuple[FastTextModel, FastTextModel], *texts: str
) -> tuple[list[str], list[str], list[str]]:
    """What each says, and what they say together."""
    batch = TextBatch(list(texts))
    models = (*both, CombinedModel(*both))
    first, second, together = ([answer.lang for answer in m.identify(batch)] for m in models)
    return first, second, together


def test_the_world_names_what_the_region_does_not_know(
    both: tuple[FastTextModel, FastTextModel],
) -> None:
    assert answers(both, ENGLISH, MALAY, TAGALOG) == (
        ["und", "zsm_Latn", "tgl_Latn"],
        ["eng_Latn", "zsm_Latn", "tgl_Latn"],
        ["eng_Latn", "zsm_Latn", "tgl_Latn"],
    )


def test_what_the_region_knows_well_and_did_not_find_is_not_there(
    both: tuple[FastTextModel, FastTextModel],
) -> None:
    first, second, together = answers(both, f"{ENGLISH} {MALAY} sapa")
    assert (first, second, together) == (["und"], ["zsm_Latn"], ["und"])


def test_a_thin_language_is_found_where_both_think_of_it(
    both: tuple[FastTextModel, FastTextModel],
) -> None:
    text = f"usa good morning {CEBUANO}"
    assert both[0].thin == {"ceb_Latn", "war_Latn"}
    assert answers(both, text) == (["und"], ["ceb_Latn"], ["ceb_Latn"])
    best = next(code for code, _ in both[0].identify(TextBatch([text]))[0].top if code[:3] != "und")
    assert best == "ceb_Latn"
    # Of what it knows, the region thinks of Tagalog there.
    other = f"pagi {ENGLISH} {CEBUANO} {CEBUANO}"
    assert answers(both, other) == (["und"], ["ceb_Latn"], ["und"])


def test_a_neighbor_has_no_text_that_the_world_knows_better(
    both: tuple[FastTextModel, FastTextModel],
) -> None:
    text = f"{CEBUANO} lahat"
    assert answers(both, text) == (["tgl_Latn"], ["ceb_Latn"], ["ceb_Latn"])
    # Malay is no neighbor of Cebuano.
    assert answers(both, f"{CEBUANO} pagi") == (["zsm_Latn"], ["ceb_Latn"], ["zsm_Latn"])


def test_both_are_asked_what_they_think_of_a_part(
    both: tuple[FastTextModel, FastTextModel],
) -> None:
    combined = CombinedModel(*both)
    assert combined.codes == both[0].codes | both[1].codes
    assert [model.shares([FRENCH, FRENCH])[1][0].codes for model in combined.members] == [
        ("und_Latn",),
        ("fra_Latn",),
    ]


LOST = ("ceb", "war", "tgl")


def test_documents_in_languages_that_sea_1_saw_little_of(data_dir: Path) -> None:
    """Sentences of Tatoeba and Universal Dependencies, joined to documents of 1,000 characters."""
    texts: dict[str, list[str]] = {lang: [] for lang in LOST}
    for name in ("tatoeba-laser", "ud"):
        lines: dict[str, list[str]] = {lang: [] for lang in LOST}
        path = data_dir / "text-labelled" / f"{name}.jsonl"
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if row["lang"] in lines:
                lines[row["lang"]].append(row["text"])
        for lang, texts_of in lines.items():
            joined = "\n".join(texts_of)
            texts[lang] += [joined[at : at + 1000] for at in range(0, len(joined) - 500, 1000)]
    for lang, texts_of in texts.items():
        assert len(texts_of) >= 5
        answers = [answer.lang for answer in identify(texts_of)]
        assert answers.count(f"{lang}_Latn") >= 0.7 * len(texts_of), (lang, answers)
        alone = [answer.lang for answer in identify(texts_of, model="sea-2")]
        if lang != "tgl":
            assert alone.count(f"{lang}_Latn") <= 0.25 * len(texts_of), (lang, alone)


def test_a_stranger_that_one_of_them_can_name_is_not_accepted_wrongly(
    both: tuple[FastTextModel, FastTextModel],
) -> None:
    rows = [
        SeedRow("tgl_Latn", TAGALOG, "a"),
        SeedRow("und_fra_Latn", FRENCH, "a"),
        SeedRow("und_deu_Latn", FRENCH, "a"),
        SeedRow("vie_Latn", MALAY, "a"),
    ]
    together = evaluate(CombinedModel(*both), rows)
    assert (together.open_texts, together.open_accepted) == (3, 2)
    assert {(true, answer) for true, answer, _ in together.confusions} == {
        ("und_deu_Latn", "fra_Latn"), ("vie_Latn", "zsm_Latn"),
    }  # fmt: skip
    alone = evaluate(both[0], rows)
    assert (alone.open_texts, alone.open_accepted) == (3, 1)
    assert [score.language for score in alone.scores] == ["tgl_Latn"]


def test_a_near_relative_has_no_veto(tmp_path: Path) -> None:
    """A text in Malay scores for a negative label that has its words too."""
    samples = {"zsm_Latn": MALAY, "tgl_Latn": TAGALOG, "und_pmy_Latn": "selamat pagi samua orang"}
    strict = Reading(min_score=0.5, min_known=0.995)
    plain = model(tmp_path / "m.bin", samples, strict)
    text = "selamat pagi orang kepada"
    assert 0.005 < plain.predict([text])[0][1].score < 0.5  # the negative label's
    assert plain.identify(TextBatch([text]))[0].lang == "und"
    relatives = (("pmy_Latn", ("zsm_Latn",)),)
    kind = FastTextModel(tmp_path / "m.bin", {}, replace(strict, relatives=relatives))
    assert kind.identify(TextBatch([text]))[0].lang == "zsm_Latn"
    other = FastTextModel(
        tmp_path / "m.bin", {}, replace(strict, relatives=(("pmy_Latn", ("tgl_Latn",)),))
    )
    assert other.identify(TextBatch([text]))[0].lang == "und"


def test_the_world_model_is_believed_only_if_it_is_sure() -> None:
    """A story in Tetum was Dutch at .07."""
    sure, unsure = Identification("fra_Latn", 0.9, 1.0, ()), Identification("nld_Latn", 0.4, 1, ())
    combined = CombinedModel(embedded_file("sea-2"), embedded_file("lid176"))
    undetermined = Identification("und", 0.0, 0.0, ())
    assert combined._prefers(undetermined, sure)
    assert not combined._prefers(undetermined, unsure)
