"""Models of one's own: seeds, training, what is held out, what is said of it; the embedded one."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import corpuskit as ck
from benchmarks.lid import embedded, evaluation_rows, never_seen
from corpuskit.cli import cli
from corpuskit.errors import ModelError
from corpuskit.identify.model_file import EMBEDDED_MODELS
from corpuskit.identify.model_spec import ModelSpec, model_options
from corpuskit.identify.preprocess import lid_sea_1
from corpuskit.identify.training.calibration import split
from corpuskit.identify.training.evaluate import evaluate
from corpuskit.identify.training.report import warnings
from corpuskit.identify.training.seeds import NEGATIVE, SeedRow, read_rows, read_seeds
from corpuskit.identify.training.train import train, train_model

SMALL = {"bucket": 20_000, "epoch": 4, "dim": 8}
KNOWN = ("ban", "khm", "lao", "ind", "tgl")
SEEDS = """
[model]
name = "small"
license = "CC-BY-SA-4.0"
[[source]]
name = "ntrex"
license = "CC-BY-SA-4.0"
url = "https://github.com/MicrosoftTranslator/NTREX"
[[source]]
name = "nusax"
license = "CC-BY-SA-4.0"
url = "https://github.com/IndoNLP/nusax"
[[source]]
name = "rest"
license = "CC-BY-SA-4.0"
url = "https://example.org"
[[seed]]
path = "small.tsv.gz"
"""


@pytest.fixture(scope="module")
def seeds(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few hundred real sentences of five languages and of twenty as negatives."""
    folder = tmp_path_factory.mktemp("seeds")
    counts: dict[tuple[str, str], int] = {}
    lines = ["lang\ttext\tsource\n"]
    with gzip.open(data_dir / "lid" / "train.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            lang, text, source = line.rstrip("\n").split("\t")
            kind = source if source.startswith(("ntrex", "nusax")) else "rest"
            seen = counts[lang, kind] = counts.get((lang, kind), 0) + 1
            if (lang in KNOWN and seen <= 150) or (lang.startswith("other:") and seen <= 8):
                lines.append(f"{lang}\t{text}\t{kind}\n")
    with gzip.open(folder / "small.tsv.gz", "wt", encoding="utf-8") as file:
        file.writelines(lines)
    (folder / "seeds.toml").write_text(SEEDS, encoding="utf-8")
    return folder / "seeds.toml"


def test_seeds(seeds: Path, tmp_path: Path) -> None:
    rows = read_seeds(seeds).rows
    labels = {row.label for row in rows}
    assert {"ban_Latn", "khm_Khmr", "und_rus_Cyrl", "und_jpn_Hira"} & labels >= {"khm_Khmr"}
    assert {row.source for row in rows} == {"ntrex", "nusax", "rest"}
    (tmp_path / "ban.txt").write_text("sane becik\n\nrahajeng semeng\n", encoding="utf-8")
    wrong = tmp_path / "seeds.toml"
    seed = '[[seed]]\npath = "ban.txt"\nsource = "blog"\n'
    wrong.write_text('source = []\n[model]\nname = "x"\n' + seed, encoding="utf-8")
    with pytest.raises(ModelError, match="no language; set"):
        read_seeds(wrong)
    wrong.write_text(wrong.read_text() + 'lang = "ban_Latn"\n', encoding="utf-8")
    with pytest.raises(ModelError, match="no \\[\\[source\\]\\] describes 'blog'"):
        read_seeds(wrong)
    wrong.write_text("[model]\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"model\.name"):
        read_seeds(wrong)


def test_every_mistake_in_seeds_is_told_with_its_key(tmp_path: Path) -> None:
    wrong = tmp_path / "seeds.toml"
    wrong.write_text('source = []\n[model]\n[[seed]]\npath = "a.tsv"\nlong = "ban"\n', "utf-8")
    with pytest.raises(ModelError) as caught:
        read_seeds(wrong)
    first, second = str(caught.value).splitlines()
    assert "seeds.toml: model.name: " in first
    assert "seeds.toml: seed[1].long: " in second


def test_tables_of_texts(tmp_path: Path) -> None:
    path, long = tmp_path / "a.tsv", "sane becik " * 20_000
    path.write_text(f'lang\ttext\r\nban_Latn\t{long}\r\n\nban_Latn\t"sane\n', "utf-8")
    assert [row.text for row in read_rows(path)] == [long, '"sane']
    for content, said in {
        "language\ttext\nban\tsane\n": "no column 'lang'; there are 'language', 'text'",
        "lang\ttext\nban\tsane\nban\n": "line 3 has no 'text'",
        "": "no column 'lang'",
    }.items():
        path.write_text(content, "utf-8")
        with pytest.raises(ModelError, match=f"a.tsv: {said}"):
            read_rows(path)
    path.write_bytes(b"lang\ttext\nban_Latn\t\xff\n")
    with pytest.raises(ModelError, match=r"a\.tsv: 'utf-8' codec"):
        read_rows(path)


def test_json_lines_of_several_files(tmp_path: Path) -> None:
    """As text-more of the test data: only some sources, without diacritics, renamed."""
    rows = [
        {"lang": "vie", "script": "Latn", "source": "talk-1", "text": "Đây là\ntiếng Việt"},
        {"lang": "vie", "script": "Latn", "source": "news", "text": "không"},
        {"lang": "zlm-sarawak", "script": "Latn", "source": "talk-2", "text": "kamek sik tauk"},
    ]
    for at, row in enumerate(rows):
        (tmp_path / f"{at}.jsonl").write_text(json.dumps(row) + "\n\n", "utf-8")
    toml = tmp_path / "seeds.toml"
    head = '[model]\nname = "m"\n[[source]]\nname = "talk"\nlicense = "CC0-1.0"\nurl = "x"\n'
    toml.write_text(
        f'{head}[[seed]]\npath = "*.jsonl"\nsources = ["talk"]\nwithout_marks = true\n'
        'rename = {"zlm-sarawak" = "zlm"}\n'
    )
    assert [tuple(row) for row in read_seeds(toml).rows] == [
        ("vie_Latn", "Day la tieng Viet", "talk"),
        ("zlm_Latn", "kamek sik tauk", "talk"),
    ]
    toml.write_text(f'{head}[[seed]]\npath = "none*.jsonl"\n')
    with pytest.raises(ModelError, match="no such file"):
        read_seeds(toml)
    for wrong in ("[1]", '{"text": "a"}', '{"text": 1, "lang": "ban"}'):
        (tmp_path / "wrong.jsonl").write_text(wrong)
        with pytest.raises(ModelError, match="line 1 has no 'text' or no 'lang'"):
            read_rows(tmp_path / "wrong.jsonl")


def test_commands_say_what_cannot_be_read(tmp_path: Path) -> None:
    latin, none = tmp_path / "latin.txt", tmp_path / "none.tsv"
    latin.write_bytes("caf\xe9\n".encode("latin-1"))
    none.write_text("lang\ttext\n", "utf-8")
    for arguments, said in {
        ("predict", "sea-2", latin): "not UTF-8",
        ("eval", "sea-2", none): "no texts in",
        ("words", none, "--out", tmp_path / "w.toml"): "no texts in a language",
    }.items():
        done = CliRunner().invoke(cli, ["lid", *map(str, arguments)])
        assert isinstance(done.exception, ModelError)
        assert said in str(done.exception)
    assert not (tmp_path / "w.toml").exists()


def test_train_eval_predict(seeds: Path, data_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "small.ftz"
    done = train(seeds, out, leave_out=["nusax"], **SMALL)
    assert done.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert set(done.evaluations) == {"held out", "without nusax"}
    assert done.evaluations["held out"].macro_f1 > 0.9
    assert done.evaluations["held out"].open_texts > 40
    assert done.evaluations["held out"].open_acceptance < 0.2
    assert [one.language for one in done.evaluations["without nusax"].scores] == [
        "ban_Latn", "ind_Latn",
    ]  # fmt: skip
    report = out.with_suffix(".report.md").read_text(encoding="utf-8")
    assert "| nusax | CC-BY-SA-4.0 |" in report
    assert "- khm_Khmr: " in report
    shell = CliRunner()
    judged = shell.invoke(cli, ["lid", "eval", str(out), str(data_dir / "lid" / "eval.tsv.gz")])
    assert judged.exit_code == 0, judged.output
    assert "| khm_Khmr | 164 | " in judged.output
    assert "\nAmong ace_Latn, ban_Latn, " in judged.output
    assert "\n| ind_Latn | zsm_Latn | 0 | " in judged.output  # it knows no Malay
    said = shell.invoke(cli, ["lid", "predict", str(out)], input="ភាសាខ្មែរ ជាភាសាផ្លូវការ\n123\n")
    starts = [line.split()[0] for line in said.output.splitlines() if not line.startswith(" ")]
    assert starts == ["khm_Khmr", "und"]
    labels = str(out.with_suffix(".toml"))
    _, options, places = model_options(str(out), sha256=done.sha256, labels=labels, root=Path())
    assert options["reading"]["preprocess"] == "lid-sea-2"
    found = ck.identify(["Это русский текст."], model=str(out), sha256=done.sha256, labels=labels)
    assert found[0].lang == "und"
    assert "und_Cyrl" not in ModelSpec.of(**options, **places).load().codes


def test_the_same_texts_give_the_same_model(seeds: Path, tmp_path: Path) -> None:
    rows = read_seeds(seeds).rows[::6]
    for name in ("a.ftz", "b.ftz"):
        train_model(rows, tmp_path / name, **{**SMALL, "bucket": 2_000, "epoch": 2})
    assert (tmp_path / "a.ftz").read_bytes() == (tmp_path / "b.ftz").read_bytes()
    with pytest.raises(ModelError, match="two languages"):
        train_model([row for row in rows if row.label == "khm_Khmr"], tmp_path / "c.ftz")


def test_what_is_held_out_is_never_trained_on(seeds: Path) -> None:
    rows = read_seeds(seeds).rows
    fit, held = split(rows)
    assert len(fit) + len(held) == len(rows)
    assert not {row.text for row in fit} & {r.text for r in held if not r.label.startswith("und")}
    assert not {r.label for r in fit} & {r.label for r in held if r.label.startswith(NEGATIVE)}


def test_thin_data_is_warned_of() -> None:
    rows = [SeedRow("ban_Latn", f"teks {n}", "blog") for n in range(299)]
    rows += [SeedRow("ind_Latn", f"teks {n}", "ab"[n % 2]) for n in range(300)]
    rows += [SeedRow("und_fra_Latn", "texte", "blog")]
    assert warnings(rows) == [
        "ban_Latn: 299 texts; 300 or more are needed",
        "ban_Latn: only blog; a second kind of source is needed",
    ]
    assert warnings(rows[:-1])[-1].startswith("no negative languages")


@given(st.text())
def test_preprocessing_is_one_line_of_letters_and_stable(text: str) -> None:
    once = lid_sea_1(text)
    assert not any(char.isdigit() and char.isascii() for char in once)
    assert "\n" not in once
    assert lid_sea_1(once) == once


def test_preprocessing() -> None:
    assert lid_sea_1("Lihat https://a.id/x?y=1 @budi: Jum’at, 12 ekor anak-anak!") == (
        "lihat jum'at ekor anak anak"
    )
    assert lid_sea_1("ភាសា\u200bខ្មែរ។") == "ភាសាខ្មែរ"


def test_the_embedded_model_is_described() -> None:
    known = EMBEDDED_MODELS["sea-2"]
    assert known.file.stat().st_size <= 2_000_000
    assert known.sha256 == hashlib.sha256(known.file.read_bytes()).hexdigest()
    assert known.sha256 in known.file.with_name("NOTICE.md").read_text(encoding="utf-8")
    assert known.sha256 in known.file.with_name("sea-2.report.md").read_text(encoding="utf-8")


@pytest.mark.data("lid")
def test_the_embedded_model_keeps_its_measured_floors(data_dir: Path) -> None:
    model = embedded("sea-2")
    found = evaluate(model, evaluation_rows(data_dir))
    assert found.macro_f1 >= 0.98
    assert found.recall >= 0.975
    scores = {one.language: one.f1 for one in found.scores}
    assert min(scores["ind_Latn"], scores["zsm_Latn"]) >= 0.90
    strange = never_seen(data_dir)
    assert evaluate(model, strange).open_acceptance <= 0.04
    named = [row for row in strange if not row.label.startswith("und_und_")]
    assert evaluate(model, named).open_acceptance <= 0.03
    said = ck.identify(
        ["Rahajeng semeng, sapunapi gatrane?", "Bonjour tout le monde"], model="sea-2"
    )
    assert [one.lang for one in said] == ["ban_Latn", "und"]


@pytest.mark.parametrize("name", ["train", "eval", "predict"])
def test_help_has_an_example(name: str) -> None:
    shown = CliRunner().invoke(cli, ["lid", name, "--help"])
    assert shown.exit_code == 0
    assert f"corpuskit lid {name}" in shown.output.split("\n", 2)[2]
