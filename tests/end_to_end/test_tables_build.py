"""Whole builds from tables: what their columns say is in every row, and nothing is lost."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from connectors.file_server import serving
from end_to_end.builds import khmer, published, write_recipe

import corpuskit as ck
from corpuskit.connectors.containers import thrift
from corpuskit.errors import RecipeError

pytestmark = pytest.mark.xdist_group("tables")


def rows(build: ck.Build) -> list[dict]:
    return build.dataset.to_table().to_pylist()


def recipe(folder: Path, path: Path, *options: str) -> ck.Recipe:
    extra = (*options, "[dedup]", "near = false")
    return ck.load_recipe(write_recipe(folder, path, *extra, connector="tables"))


def test_parquet_of_a_known_set(tmp_path: Path) -> None:
    table = [
        {
            "text": khmer(number),
            "id": f"<urn:uuid:{number}>",
            "url": f"https://a.example/{number}",
            "date": "2023-12-01T03:04:05Z",
            "file_path": "s3://commoncrawl/x.warc.gz",
            "language": "khm",
        }
        for number in range(12)
    ]
    table[3]["text"] = None
    pq.write_table(pa.Table.from_pylist(table), tmp_path / "a.parquet", row_group_size=5)
    one = recipe(tmp_path, tmp_path / "a.parquet", 'preset = "fineweb-2"')
    build = ck.build(one, tmp_path / "b", workers=2, task_records=4)
    found = sorted(rows(build), key=lambda row: row["url"])
    assert build.ledger.sources["pages"]["read"].reasons == {"read/no_text": 1}
    assert build.manifest["documents"] + sum(build.ledger.reasons.values()) == 12
    assert build.manifest["documents"] >= 8
    assert {row["source_type"] for row in found} == {"table"}
    assert {row["fetched_at"] for row in found} == {datetime(2023, 12, 1, 3, 4, 5, tzinfo=UTC)}
    assert found[0]["warc"] == {
        "file": "s3://commoncrawl/x.warc.gz",
        "offset": None,
        "length": None,
        "record_id": "<urn:uuid:0>",
    }
    assert found[0]["lang_declared"] == "khm"
    assert ck.verify(build) == []
    again = ck.build(one, tmp_path / "c", workers=1)
    assert published(tmp_path / "b") == published(tmp_path / "c")
    assert again.manifest["documents"] == build.manifest["documents"]


def test_csv_with_bad_rows(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["body", "link", "by"])
        for number in range(6):
            writer.writerow([khmer(number), f"https://a.example/{number}", "CC0-1.0"])
        writer.writerow(["too few"])
    mapped = 'map = { text = "body", url = "link", license = "by" }'
    build = ck.build(recipe(tmp_path, tmp_path / "a.csv", mapped), tmp_path / "b", workers=1)
    assert build.ledger.sources["pages"]["read"].reasons == {"read/invalid_row": 1}
    assert build.manifest["documents"] >= 4
    assert {row["license"] for row in rows(build)} == {"CC0-1.0"}
    assert ck.verify(build) == []


def test_a_missing_column_ends_the_build_before_it_starts(tmp_path: Path) -> None:
    pq.write_table(pa.table({"content": [khmer(0)]}), tmp_path / "a.parquet")
    one = recipe(tmp_path, tmp_path / "a.parquet")
    with pytest.raises(RecipeError, match=r"a\.parquet: there is no column 'text' for text"):
        ck.build(one, tmp_path / "b", workers=1)
    assert not (tmp_path / "b").exists()


def test_a_sample_of_a_hub_file_builds_again_without_its_server(tmp_path: Path) -> None:
    table = [{"text": khmer(number)} for number in range(8)]
    pq.write_table(pa.Table.from_pylist(table), tmp_path / "x.parquet", row_group_size=2)
    path = write_recipe(tmp_path, Path("x"), "[dedup]", "near = false", connector="tables")
    sha = "0123456789abcdef0123456789abcdef01234567"
    with serving() as served:
        served.files[f"/a/b/resolve/{sha}/x.parquet"] = (tmp_path / "x.parquet").read_bytes()
        hub = f'hub = "a/b"\nrevision = "{sha}"\nfiles = ["x.parquet"]\nrows = 5\n'
        hub += f'hub_url = "{served.base}"'
        path.write_text(path.read_text().replace('path = "x"', hub))
        one = ck.load_recipe(path)
        build = ck.build(one, tmp_path / "b", workers=1)
        agent = served.requests[0][1]["user-agent"]
    assert agent.endswith("(+corpus@example.org; corpuskit tests)")
    assert build.manifest["documents"] + sum(build.ledger.reasons.values()) == 5
    assert {row["source_ref"].partition("#")[0] for row in rows(build)} == {f"a/b@{sha}/x.parquet"}
    before = published(tmp_path / "b")
    ck.build(one, tmp_path / "b", workers=1)
    assert published(tmp_path / "b") == before
    assert ck.verify(build) == []


def test_parquet_files_with_every_kind_of_damage_lose_only_themselves(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [khmer(n) for n in range(4)]}), tmp_path / "good.parquet")
    whole = (tmp_path / "good.parquet").read_bytes()
    length = int.from_bytes(whole[-8:-4], "little")
    footer = thrift.loads(whole[-8 - length : -8])
    chunk = footer[4][1][1][0][1][1][1][0][3][1]
    # a histogram of levels with one bin too many, at whose sight Arrow may end the process
    chunk[16] = (thrift.STRUCT, {3: (thrift.LIST, (thrift.I64, [0, 4, 7]))})
    changed = thrift.dumps(footer)
    size = len(changed).to_bytes(4, "little")
    damaged = {
        "cut.parquet": whole[:-20],
        "empty.parquet": b"",
        "footer.parquet": whole[: -8 - length] + bytes(20) + whole[12 - length :],
        "histogram.parquet": whole[: -8 - length] + changed + size + b"PAR1",
    }
    for name, content in damaged.items():
        (tmp_path / name).write_bytes(content)
    build = ck.build(recipe(tmp_path, Path("*.parquet")), tmp_path / "b", workers=2)
    lost = build.ledger.sources["pages"]["read"].reasons
    assert lost == {"read/corrupt": 3 + 4}, "a row each, and the four of the histogram's"
    assert build.ledger.stages["read"].read == 4 + 3 + 4
    assert build.manifest["documents"] >= 3
    assert ck.verify(build) == []
