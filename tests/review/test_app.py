"""What the review's server answers, and to whom."""

from __future__ import annotations

import socket
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from starlette.testclient import TestClient

import corpuskit as ck
from corpuskit.errors import ReviewError
from corpuskit.review import interface_text as texts
from corpuskit.review.app import make_app
from corpuskit.review.questions import FLAGS, LANGUAGE
from corpuskit.review.sampling import SampleOptions
from corpuskit.review.server import OpenReview, open_review, serve

pytestmark = pytest.mark.xdist_group("review")

TOKEN = "a-token"
GOOD = {"language": "right", "education": 4}


@pytest.fixture
def review(reviewed: ck.Build, tmp_path: Path) -> Iterator[OpenReview]:
    opened = open_review(reviewed, tmp_path / "j.sqlite", SampleOptions(limit=20, overlap=0.3))
    yield opened
    opened.database.close()


@pytest.fixture
def client(review: OpenReview) -> TestClient:
    app = make_app(review.session, TOKEN, review.wanted, "reviewed")
    return TestClient(app, base_url=f"http://127.0.0.1/{TOKEN}/")


def following(client: TestClient, reviewer: str, number: int = 1) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"next?reviewer={reviewer}&pass={number}").json()
    return answer


def answer(client: TestClient, item: dict[str, Any], reviewer: str, **more: Any) -> Any:
    return client.post("judge", json={"id": item["id"], "reviewer": reviewer, **GOOD, **more})


def test_nobody_gets_in_without_the_token_or_under_another_name(client: TestClient) -> None:
    root = "http://127.0.0.1"
    for path in ("/", "/wrong/", "/%E1%9E%80/next?reviewer=a", "/wrong/static/review.js"):
        assert client.get(f"{root}{path}").status_code == 404
    assert client.post(f"{root}/wrong/judge", json={}).status_code == 404
    for host in ("evil.example", "127.0.0.1.evil.example", "192.168.0.7:80"):
        assert client.get("", headers={"host": host}).status_code == 400
    assert client.get("", headers={"host": "localhost:8123"}).status_code == 200


def test_the_page_runs_nothing_but_its_own_files(client: TestClient) -> None:
    page = client.get("")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert " style=" not in page.text
    assert client.get("static/review.js").headers["content-type"].startswith("text/javascript")
    assert client.get("static/..%2fapp.py").status_code == 404


def test_a_request_of_another_page_changes_nothing(client: TestClient, review: OpenReview) -> None:
    item = following(client, "Sok")["item"]
    body = {"id": item["id"], "reviewer": "Sok", **GOOD}
    other = client.post("judge", json=body, headers={"origin": "https://evil.example"})
    plain = client.post("judge", content=b"{}", headers={"content-type": "text/plain"})
    assert (other.status_code, plain.status_code) == (400, 400)
    assert review.database.judgments() == []
    mine = client.post("judge", json=body, headers={"origin": "http://127.0.0.1"})
    assert mine.status_code == 200


def test_a_card_says_nothing_that_the_machine_thought(client: TestClient) -> None:
    item = following(client, "Sok")["item"]
    assert set(item) == {"id", "text", "url", "expected", "lang", "dir"}
    assert item["expected"] == ["ខ្មែរ · Khmer"] or "Khmer" in item["expected"][0]
    view = client.get(f"machine?id={item['id']}").json()
    assert isinstance(view["kept"], bool)
    assert client.get("machine?id=nothing").status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "khmer"},
        {"language": None},
        {"education": None},
        {"education": 6},
        {"education": True},
        {"spam": "yes"},
        {"spans": [[5, 5]]},
        {"spans": [[0, 10**7]]},
        {"spans": [["0", "4"]]},
        {"note": "x" * 2001},
        {"pass": 3},
        {"pass": 2},
        {"reviewer": " "},
        {"reviewer": "x" * 41},
        {"id": "unknown"},
    ],
)
def test_answers_that_are_none_are_refused(
    client: TestClient, review: OpenReview, wrong: dict[str, Any]
) -> None:
    item = following(client, "Sok")["item"]
    body = {"id": item["id"], "reviewer": "Sok", **GOOD, **wrong}
    response = client.post("judge", json=body)
    assert response.status_code == 400
    assert response.json()["error"]
    assert review.database.judgments() == []
    for content in (b"[]", b"{", b"[" * 100_000, b'{"a": "' + b"x" * 300_000 + b'"}'):
        broken = client.post("judge", content=content, headers={"content-type": "application/json"})
        assert broken.status_code == 400


def test_every_answer_is_kept_with_its_passages(client: TestClient, review: OpenReview) -> None:
    item = following(client, "Sok")["item"]
    spans = [[9, 12], [0, 4], [3, 6]]
    assert answer(client, item, " Sok ", spam=True, note="ល្អ", spans=spans).status_code == 200
    (judgment,) = review.database.judgments()
    assert judgment.reviewer == "Sok"
    assert judgment.answers.spans == ((0, 6), (9, 12))
    assert judgment.answers.flags == {
        "boilerplate": False, "machine_translated": False, "spam": True, "offensive": False,
        "personal_data": True,
    }  # fmt: skip
    assert judgment.answers.note == "ល្អ"
    assert not judgment.answers.is_good


def test_a_text_in_another_language_has_no_educational_value(
    client: TestClient, review: OpenReview
) -> None:
    item = following(client, "Sok")["item"]
    answer(client, item, "Sok", language="wrong", education=3)
    (judgment,) = review.database.judgments()
    assert judgment.answers.education is None
    assert judgment.answers.kreutzer == "WL"


def test_reviewers_share_only_the_overlap(client: TestClient, review: OpenReview) -> None:
    seen: dict[str, set[str]] = {"Sok": set(), "Dara": set()}
    for _ in range(40):
        for reviewer, ids in seen.items():
            item = following(client, reviewer)["item"]
            if item is not None:
                ids.add(item["id"])
                answer(client, item, reviewer)
    shared = {item.id for item in review.database.items() if item.shared}
    assert seen["Sok"] & seen["Dara"] == shared
    assert seen["Sok"] | seen["Dara"] == {item.id for item in review.database.items()}
    assert following(client, "Sok")["item"] is None


def test_an_answer_can_be_taken_back(client: TestClient, review: OpenReview) -> None:
    first = following(client, "Sok")["item"]
    answer(client, first, "Sok", note="first", education=2, offensive=True)
    second = following(client, "Sok")["item"]
    undone = client.post("undo", json={"reviewer": "Sok"}).json()
    assert undone["item"]["id"] == first["id"] != second["id"]
    assert undone["undone"]["flags"] == ["offensive"]
    assert (undone["undone"]["note"], undone["undone"]["education"]) == ("first", 2)
    assert review.database.judgments() == []
    assert client.post("undo", json={"reviewer": "Sok"}).json()["undone"] is None


def test_the_second_pass_shows_documents_again_without_answers(
    client: TestClient, review: OpenReview
) -> None:
    while (item := following(client, "Sok")["item"]) is not None:
        answer(client, item, "Sok", note="first")
    total = len(review.database.items())
    second = following(client, "Sok", 2)
    assert second["total"] == second["second"] == -(-total // 5)
    assert "note" not in second["item"]
    answer(client, second["item"], "Sok", **{"pass": 2, "education": 1})
    assert following(client, "Sok", 2)["done"] == 1
    numbers = [judgment.number for judgment in review.database.judgments()]
    assert sorted(numbers) == [1] * total + [2]


def test_the_server_says_what_is_missing(
    review: OpenReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ReviewError, match="choose another --port"),
    ):
        serve(review, taken.getsockname()[1])
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ReviewError, match="review"):
        serve(review)


def test_the_database_has_no_text_and_no_address(client: TestClient, review: OpenReview) -> None:
    item = following(client, "Sok")["item"]
    answer(client, item, "Sok")
    review.database.close()
    content = b"".join(
        path.read_bytes() for path in review.database.path.parent.iterdir() if path.is_file()
    )
    assert item["id"].encode() in content
    assert item["text"][:20].encode() not in content
    assert b"example.org" not in content


def test_the_interface_is_complete_in_every_language(client: TestClient) -> None:
    english = texts.interface_text("en")
    folder = Path(texts.__file__).with_name("interface")
    assert {path.stem for path in folder.glob("*.toml")} == set(texts.INTERFACE_LANGUAGES)
    wanted = {f"language_{value}" for value in LANGUAGE.answers} | {flag.name for flag in FLAGS}
    assert wanted | {f"education_{number}" for number in range(6)} <= set(english)
    for code in texts.INTERFACE_LANGUAGES:
        words = tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8"))
        assert list(words) == list(english), code
        for key, text in words.items():
            assert text.strip(), (code, key)
            assert fields(text) == fields(english[key]), (code, key)
            if code != "en" and key not in ("spam", "interface"):
                assert text != english[key], (code, key)
        page = client.get(f"?interface={code}")
        assert f'<html lang="{code}">' in page.text
        assert words["save"] in page.text


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_interface_follows_the_browser(client: TestClient) -> None:
    for accepted, code in (
        ("km-KH,km;q=0.9,en;q=0.8", "km"),
        ("fr-FR,fr;q=0.9,vi;q=0.5", "vi"),
        ("fr", "en"),
        ("", "en"),
        (",;,-" * 300, "en"),
    ):
        assert texts.preferred_language(accepted) == code
        page = client.get("", headers={"accept-language": accepted})
        assert f'<html lang="{code}">' in page.text
