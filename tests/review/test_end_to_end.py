"""Two reviewers in a real browser, 60 judgments, a server that is killed, an export."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from end_to_end.builds import command, run

import corpuskit as ck
from corpuskit.review.database import JudgmentDatabase

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.xdist_group("review"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]


def start(build: ck.Build, database: Path) -> tuple[subprocess.Popen[str], str]:
    """A server and the URL that it prints once it listens."""
    options = ("--db", database, "--limit", "60", "--overlap", "0.3")
    server = subprocess.Popen(
        command("review", str(build.folder), *options), stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    for line in server.stdout:
        if line.startswith("open "):
            return server, line.split()[1]
    raise AssertionError(f"the server ended with {server.wait()}")


def stop(server: subprocess.Popen[str]) -> None:
    server.kill()
    server.wait()
    if server.stdout is not None:
        server.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


def visit(browser: object, url: str, name: str) -> object:
    page = browser.new_context().new_page()  # type: ignore[attr-defined]
    page.set_default_timeout(15_000)
    page.goto(url)
    page.fill("#name", name)
    page.press("#name", "Enter")
    playwright.expect(page.locator("#text")).not_to_be_empty()
    return page


def judge(page: object, count: int, keys: tuple[str, ...]) -> None:
    """Judge by keys alone; each answer must be acknowledged before the next is given."""
    for _ in range(count):
        before = page.locator("#count").inner_text()  # type: ignore[attr-defined]
        for key in (*keys, "Enter"):
            page.keyboard.press(key)  # type: ignore[attr-defined]
        playwright.expect(page.locator("#count")).not_to_have_text(before)  # type: ignore[attr-defined]


def test_two_reviewers_a_kill_and_an_export(
    reviewed: ck.Build, browser: object, tmp_path: Path
) -> None:
    database = tmp_path / "judgments.sqlite"
    server, url = start(reviewed, database)
    try:
        first, second = visit(browser, url, "សុខ"), visit(browser, url, "Dara")
        judge(first, 20, ("q", "3"))
        judge(second, 15, ("q", "2", "a"))
        server.send_signal(signal.SIGKILL)
        server.wait()
        for key in ("q", "4", "Enter"):
            first.keyboard.press(key)  # type: ignore[attr-defined]
        words = first.locator("#message")  # type: ignore[attr-defined]
        playwright.expect(words).to_contain_text("Not saved")
    finally:
        stop(server)
    known = JudgmentDatabase(database)
    assert len(known.judgments()) == 35
    known.close()
    server, url = start(reviewed, database)
    try:
        first, second = visit(browser, url, "សុខ"), visit(browser, url, "Dara")
        playwright.expect(first.locator("#count")).to_contain_text("20")  # type: ignore[attr-defined]
        mark_and_undo(first)
        judge(first, 14, ("q", "4"))
        judge(second, 10, ("w",))
        server.send_signal(signal.SIGINT)
        out, _ = server.communicate(timeout=30)
        assert server.returncode == 0
        assert "60 judgments in" in out
    finally:
        stop(server)
    check_export(reviewed, database, tmp_path)


def mark_and_undo(page: object) -> None:
    """Mark a passage of a text, look at the machine's view, write a note, undo, save again."""
    page.evaluate("""() => {
        const range = document.createRange();
        const text = document.querySelector("#text").firstChild;
        range.setStart(text, 2);
        range.setEnd(text, 9);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
    }""")  # type: ignore[attr-defined]
    page.keyboard.press("p")  # type: ignore[attr-defined]
    playwright.expect(page.locator("#text mark")).to_have_count(1)  # type: ignore[attr-defined]
    assert page.locator("#machine").is_hidden()  # type: ignore[attr-defined]
    page.keyboard.press("i")  # type: ignore[attr-defined]
    playwright.expect(page.locator("#machine p").first).to_be_visible()  # type: ignore[attr-defined]
    page.keyboard.press("n")  # type: ignore[attr-defined]
    page.keyboard.type("a note: q 5")  # type: ignore[attr-defined]
    page.keyboard.press("Escape")  # type: ignore[attr-defined]
    shown = page.locator("#text").inner_text()  # type: ignore[attr-defined]
    judge(page, 1, ("q", "5"))
    playwright.expect(page.locator("#text")).not_to_have_text(shown)  # type: ignore[attr-defined]
    page.keyboard.press("u")  # type: ignore[attr-defined]
    playwright.expect(page.locator("#text mark")).to_have_count(1)  # type: ignore[attr-defined]
    assert page.locator("#note").input_value() == "a note: q 5"  # type: ignore[attr-defined]
    judge(page, 1, ())


def check_export(build: ck.Build, database: Path, folder: Path) -> None:
    exported = run("review", str(build.folder), "--db", database, "--export", folder / "j.parquet")
    assert exported.returncode == 0, exported.stderr
    rows = pq.read_table(folder / "j.parquet").to_pylist()
    assert len(rows) == 60
    assert {row["reviewer"] for row in rows} == {"សុខ", "Dara"}
    (marked,) = [row for row in rows if row["spans"]]
    (span,) = marked["spans"]
    assert (span, marked["note"]) == ({"start": 2, "end": 9}, "a note: q 5")
    assert marked["personal_data"] and marked["machine_shown"] and marked["education"] == 5
    assert all(row["text"] for row in rows)
    assert [row["kreutzer"] for row in rows].count("CB") == 15
    assert sum(row["good"] for row in rows) == 35
    shared = [row["id"] for row in rows]
    assert len(set(shared)) < 60
    judged = run("judgments", str(build.folder), "--db", database)
    assert judged.returncode == 0, judged.stderr
    assert "60 judgments" in judged.stdout
    assert "Krippendorff" in judged.stdout


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_a_page_on_a_phone_needs_no_sideways_scrolling(
    reviewed: ck.Build, browser: object, tmp_path: Path
) -> None:
    server, url = start(reviewed, tmp_path / "phone.sqlite")
    try:
        for code in ("en", "id", "km", "th", "vi"):
            view = {"width": 360, "height": 740}
            page = browser.new_context(viewport=view).new_page()  # type: ignore[attr-defined]
            page.goto(f"{url}?interface={code}&reviewer=Dara")
            playwright.expect(page.locator("#text")).not_to_be_empty()
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 360, code
            assert page.locator("#save").is_visible()
    finally:
        stop(server)
