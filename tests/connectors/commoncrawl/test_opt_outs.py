"""What a page said about mining and training is heard, though Common Crawl did not listen."""

from __future__ import annotations

from pathlib import Path

import pytest
from connectors.archives import HTML, PAGE, http, read_block

from corpuskit.connectors.commoncrawl.opt_outs import judge
from corpuskit.document import RawRecord


def page(folder: Path, *headers: str, head: str = "") -> RawRecord:
    body = PAGE.replace(b"<body>", f"<head>{head}</head><body>".encode())
    return judge(read_block(folder, http(body, HTML, *headers)))


@pytest.mark.parametrize(
    ("headers", "head"),
    [
        (["X-Robots-Tag: noai"], ""),
        (["Content-Usage: train-ai=n"], ""),
        (["Content-Signal: search=yes, ai-train=no"], ""),
        (["TDM-Reservation: 1"], ""),
        (["X-Robots-Tag: noai", "X-Robots-Tag: nosnippet"], ""),
        (["X-Robots-Tag: otherbot: nofollow", "X-Robots-Tag: noindex"], ""),
        (["TDM-Reservation: 1", "TDM-Reservation: 0"], ""),
        ([], '<meta name="GPTBot" content="noindex">'),
        ([], '<meta http-equiv="Content-Usage" content="train-ai=n">'),
        ([], "<div>" * 5_000 + '<meta name="robots" content="noai">'),
        ([], '<meta name="ROBOTS" content="NOINDEX, follow">'),
        ([], '<meta content="1" name="tdm-reservation">'),
    ],
)
def test_reserved(tmp_path: Path, headers: list[str], head: str) -> None:
    record = page(tmp_path, *headers, head=head)
    assert (record.reason, record.content) == ("read/opt_out", b"")
    assert record.tdm is not None
    assert record.tdm["verdict"] == "disallow"
    assert ": " in str(record.detail)


@pytest.mark.parametrize(
    ("headers", "head", "verdict"),
    [
        ([], "", "unknown"),
        ([], "<title>robots and tdm-</title>", "unknown"),
        (["X-Robots-Tag: nofollow"], "", "unknown"),
        ([], '<meta name="robots" content="index, follow">', "unknown"),
        (["TDM-Reservation: 0"], "", "allow"),
    ],
)
def test_not_reserved(tmp_path: Path, headers: list[str], head: str, verdict: str) -> None:
    record = page(tmp_path, *headers, head=head)
    assert record.reason is None
    assert record.content
    assert record.tdm is not None
    assert record.tdm["verdict"] == verdict


def test_other_losses_stay(tmp_path: Path) -> None:
    record = judge(read_block(tmp_path, http(PAGE, HTML, "X-Robots-Tag: noai", status="404 No")))
    assert record.reason == "read/http_status"
