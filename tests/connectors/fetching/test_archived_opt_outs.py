"""What an archived page says about mining and training is heard, whoever archived it."""

from __future__ import annotations

from pathlib import Path

import pytest
from connectors.archives import HTML, PAGE, http, read_block

from corpuskit.connectors.warc import WarcConnector
from corpuskit.document import RawRecord


def page(folder: Path, *headers: str, head: str = "") -> RawRecord:
    body = PAGE.replace(b"<body>", f"<head>{head}</head><body>".encode())
    return read_block(folder, http(body, HTML, *headers))


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
        ([], '<meta property="tdm:reservation" content="1">'),
        ([], '<meta name="r&#111;bots" content="noml">'),
        ([], '<meta name="robots" content="index, max-snippet:-1, noai">'),
        ([], '<meta name="robots" content="all"/><meta name="robots" content="noai"/>'),
        ([], "<meta content=\u201cnoai\u201d name=\u201crobots\u201d>"),
    ],
)
def test_reserved(tmp_path: Path, headers: list[str], head: str) -> None:
    record = page(tmp_path, *headers, head=head)
    assert record.reason is None  # the policy decides
    assert record.content
    assert record.tdm is not None
    assert record.tdm["verdict"] == "disallow"
    reserving = [signal for signal in record.tdm["signals"] if signal["verdict"] == "disallow"]
    assert reserving
    assert all(signal["protocol"] and signal["vocabulary"] for signal in reserving)


@pytest.mark.parametrize(
    ("headers", "head", "verdict"),
    [
        ([], "", "unknown"),
        ([], "<title>robots and tdm-</title>", "unknown"),
        (["X-Robots-Tag: nofollow"], "", "unknown"),
        ([], '<meta name="robots" content="index, follow">', "unknown"),
        ([], '<meta name="robots" content="index, max-image-preview:none">', "unknown"),
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
    record = read_block(tmp_path, http(PAGE, HTML, "X-Robots-Tag: noai", status="404 No"))
    assert record.reason == "read/http_status"


def test_signals_have_the_protocol_and_the_version_of_its_vocabulary(tmp_path: Path) -> None:
    headers = ["X-Robots-Tag: noai", "Content-Usage: train-ai=y", "TDM-Reservation: 0"]
    record = page(tmp_path, *headers)
    assert record.tdm is not None
    read = [
        (signal["protocol"], signal["vocabulary"], signal["verdict"])
        for signal in record.tdm["signals"]
    ]
    assert read == [
        ("robots-tag", "Google robots meta specification; noai", "disallow"),
        ("aipref", "draft-ietf-aipref-vocab-07", "allow"),
        ("tdmrep", "TDMRep 2024-05-10", "allow"),
    ]


def test_what_the_policy_makes_of_opt_outs_changes_no_key_of_reading(tmp_path: Path) -> None:
    assert WarcConnector.fetch_only == {"opt_outs"}


def test_a_word_among_many_starts_of_elements_is_found(tmp_path: Path) -> None:
    endless = '<meta x="' * 30_000
    record = page(tmp_path, head=f'{endless}"><meta name="robots" content="noai">')
    assert record.tdm is not None
    assert record.tdm["verdict"] == "disallow"
