"""`crawl` and `fetch` of live sites as a user meets them: what they say, how they end."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from connectors.web.sites import Page, Route, links, serving
from connectors.web.test_connector import khmer_pages, site_of
from end_to_end.shell import command, run

from corpuskit.recipe.models import NO_CONTACT, NOBODY
from corpuskit.recipe.oneoff import crawl_name

WHO = ("--operator", "corpuskit tests", "--contact", "corpus@example.org")
AT_ONCE = ("--delay", 0)
"""For hosts that are allowed as private; a public one gets a second between two requests."""
RECIPE = """
name = "live"
languages = ["{language}"]
operator = {{ name = "corpuskit tests", contact = "corpus@example.org" }}
[[source]]
name = "site"
connector = "web"
seeds = ["{seed}"]
allow_private = ["127.0.0.2"]
delay = {delay}
license = "NOASSERTION"
"""


@pytest.fixture(autouse=True)
def _quick_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RES_OPTIONS", "timeout:1 attempts:1")  # resolv.conf(5)


def recipe(folder: Path, seed: str, language: str = "khm_Khmr", delay: float = 0.0) -> Path:
    path = folder / "live.toml"
    path.write_text(RECIPE.format(seed=seed, language=language, delay=delay))
    return path


def site() -> dict[str, Route]:
    shut: dict[str, Route] = {"/robots.txt": Page("User-agent: *\nDisallow: /shut\n"), "/shut": "x"}
    return site_of(khmer_pages(6), {**shut, "/gone": Page("", status=404)})


@pytest.mark.parametrize("who", [(), WHO])
def test_init_says_what_is_left_to_do(tmp_path: Path, who: tuple[str, ...]) -> None:
    done = run("init", "khm_Khmr", "--out", tmp_path / "r.toml", *who)
    assert ("fill in the operator's name and contact" in done.stdout) is (not who)
    text = (tmp_path / "r.toml").read_text()
    assert (NOBODY in text, NO_CONTACT in text) == (not who, not who)


def test_a_contact_that_nobody_reads_is_refused_or_warned_of(tmp_path: Path) -> None:
    with serving(site()) as [local]:
        path = recipe(tmp_path, local.url + "/")
        text = path.read_text()
        path.write_text(text.replace("corpus@example.org", NO_CONTACT))
        done = run("fetch", path, "--out", tmp_path / "b")
        assert done.returncode == 1
        assert f"live.toml: operator.contact: is still {NO_CONTACT!r} (servers are" in done.stderr
        assert local.asked == []
        path.write_text(text)
        done = run("fetch", path, "--out", tmp_path / "b")
        assert done.returncode == 0, done.stderr
        assert "warning: nobody can be reached at operator.contact: example.org is" in done.stdout


def test_no_server_is_asked_in_the_name_of_nobody(tmp_path: Path) -> None:
    asked: list[str] = []
    with serving({"/": lambda request: asked.append(request.path) or Page("x")}) as [one]:
        path = recipe(tmp_path, one.url + "/")
        path.write_text(path.read_text().replace("corpuskit tests", NOBODY))
        done = run("fetch", path, "--out", tmp_path / "b")
    assert done.returncode == 1
    assert f"live.toml: operator.name: is still {NOBODY!r} (servers are told who" in done.stderr
    assert asked == []


def test_a_crawl_says_what_it_kept_and_lost(tmp_path: Path) -> None:
    with serving(site()) as [server]:
        more = (*AT_ONCE, "--allow-private", server.host, "--max-pages", 5, "--out", tmp_path / "b")
        done = run("crawl", server.url + "/", "--lang", "khm_Khmr", *WHO, *more)
        assert done.returncode == 0, done.stderr
        again = run("fetch", recipe(tmp_path, server.url + "/"), "--out", tmp_path / "c")
    assert "  fetch     crawl: 5 pages kept, " in done.stdout
    assert "wanted characters on" in done.stdout
    assert "published " in done.stdout
    kept = [line for line in again.stdout.splitlines() if "pages kept" in line][-1]
    assert re.match(r"  fetch     site: 8 pages kept, \d+ kB, ", kept)
    assert kept.endswith("read/http_status 404, 1 read/robots")
    assert f"site: kept in {tmp_path / 'c'}" in again.stdout


def test_where_no_model_knows_the_language_focus_is_off_and_it_says_so(tmp_path: Path) -> None:
    """Iban is in the catalogue; lid176 does not know it."""
    with serving(site()) as [server]:
        path = recipe(tmp_path, server.url + "/", "iba_Latn")
        path.write_text(path.read_text() + '\n[identify]\nmodel = "lid176"\n')
        done = run("fetch", path, "--out", tmp_path / "b")
        asked = len(server.asked)
        build = run("build", path, "--out", tmp_path / "b")
        assert len(server.asked) == asked
    assert done.returncode == 0, done.stderr
    assert "site: focus is off, the model lid176 does not know iba_Latn" in done.stdout
    assert "site: 8 pages kept" in done.stdout
    assert "wanted characters" not in done.stdout
    assert build.returncode == 1
    assert "does not know iba_Latn" in build.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.2:9/", "read/network (the server refuses connections); run the same"),
        ("http://127.0.0.1:9/", "read/refused_address (127.0.0.1 is not a public address, and"),
        ("http://nowhere.invalid/", "read/network (the host name cannot be resolved); run the"),
    ],
)
def test_a_seed_that_cannot_be_had_is_named(tmp_path: Path, url: str, said: str) -> None:
    done = run("fetch", recipe(tmp_path, url), "--out", tmp_path / "b")
    assert f"  fetch     site: nothing was kept; {url}: {said}" in done.stdout


def test_a_source_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    path = recipe(tmp_path, "http://127.0.0.2:9/")
    with serving({"/a.jsonl": Page("no", status=403)}) as [server]:
        table = f'connector = "tables"\nurl = "{server.url}/a.jsonl"\nlicense = "NOASSERTION"\n'
        head = path.read_text().partition("[[source]]")[0]
        path.write_text(f'{head}[[source]]\nname = "shared"\n{table}')
        done = run("fetch", path, "--out", tmp_path / "b")
    assert done.returncode == 1
    assert f"error: source 'shared': {server.url}/a.jsonl: the server answers 403" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["http://a.example/", "--lang", "khm_Khmr", *WHO[:2]], 2, "Missing option '--contact'"),
        (["http://a.example/", "--lang", "khm_Khmr", *WHO[:3], "me"], 1,
         "operator.contact: expected an e-mail address or a URL"),
        (["--lang", "khm_Khmr", *WHO], 2, "Missing argument 'URL...'"),
        (["a.example", "--lang", "khm_Khmr", *WHO], 1,
         "seeds: expected http:// or https:// URLs, got ['a.example']"),
        (["http://a.example/", "--lang", "km", *WHO], 1, "did you mean khm_Khmr?"),
        (["http://a.example/", "--lang", "khm_Khmr", *WHO, "--max-page", "3"], 2, "--max-pages"),
    ],
)  # fmt: skip
def test_wrong_usage_is_explained_before_anything_is_asked(
    arguments: list[str], code: int, said: str
) -> None:
    done = run("crawl", *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dry_run_asks_nothing_and_knows_its_sources(tmp_path: Path) -> None:
    with serving(site()) as [server]:
        path = recipe(tmp_path, server.url + "/", delay=5.0)
        done = run("fetch", path, "--dry-run")
        asked = run("fetch", path, "--dry-run", "--json")
        unknown = run("fetch", path, "--dry-run", "--source", "sight")
        assert server.asked == []
    lines = json.loads(asked.stdout)["site"]
    assert lines[0] == f"{server.url}/ (after robots.txt, tdmrep.json, ai.txt)"
    assert "within 127.0.0.2: at most 10000 pages" in lines[1]
    assert lines[1].endswith("at least 5 s apart at a public host")
    assert all(line in done.stdout for line in lines)
    assert unknown.returncode == 1
    assert "the recipe has no source sight; there are site" in unknown.stderr


def endless() -> dict[str, Route]:
    """A site that never ends, and a page that is not answered for long."""

    def page(request: BaseHTTPRequestHandler) -> Page:
        number = int("0" + "".join(filter(str.isdigit, request.path)))
        return Page(links(f"/{number + 1}", "/slow"))

    def slow(request: BaseHTTPRequestHandler) -> Page:
        time.sleep(20)
        return Page("late")

    return {"/": links("/1", "/slow"), "/slow": slow, "/robots.txt": Page(""), "*": page}


def test_ctrl_c_ends_it_with_where_it_stands(tmp_path: Path) -> None:
    with serving(endless()) as [one]:
        path = recipe(tmp_path, one.url + "/", delay=0.02)
        process = subprocess.Popen(
            command("fetch", path, "--out", tmp_path / "b"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        _wait_for(lambda: "/slow" in one.paths())
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        out, err = process.communicate(timeout=30)
        assert time.monotonic() - began < 5
    assert process.returncode == 130
    assert "pages kept" in out.splitlines()[-1]
    assert err.strip() == "interrupted; run the same command again to continue"


def test_a_reader_that_goes_away_does_not_end_it(tmp_path: Path) -> None:
    with serving(site()) as [server]:
        path = recipe(tmp_path, server.url + "/")
        with subprocess.Popen(
            command("fetch", path, "--out", tmp_path / "b"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout and process.stderr
            process.stdout.close()
            errors = process.stderr.read()
        assert process.returncode == 0
        assert errors == ""
        asked = len(server.asked)
        again = run("fetch", path, "--out", tmp_path / "b")
        assert "8 pages kept" in again.stdout
        assert len(server.asked) == asked


def test_a_terminal_shows_how_far_it_is(tmp_path: Path) -> None:
    with serving(site()) as [server]:
        parent, child = pty.openpty()
        process = subprocess.Popen(
            command("fetch", recipe(tmp_path, server.url + "/"), "--out", tmp_path / "b"),
            stdout=child, stderr=child, env={**os.environ, "TERM": "xterm", "COLUMNS": "200"},
        )  # fmt: skip
        os.close(child)
        shown = _all_of(parent)
        assert process.wait(timeout=30) == 0
    assert "8 pages kept" in shown
    assert "wanted characters on" in shown
    assert "1/1" in shown


def _all_of(terminal: int) -> str:
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError:  # the other side is closed
        pass
    os.close(terminal)
    return b"".join(parts).decode("utf-8", "replace")


def _wait_for(ready: object) -> None:
    assert callable(ready)
    until = time.monotonic() + 30
    while not ready():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_crawl_of_another_site_or_language_has_a_folder_of_its_own(tmp_path: Path) -> None:
    local = ("--allow-private", "127.0.0.2", "--allow-private", "127.0.0.3")

    def crawl_of(place: str, language: str, *more: object) -> subprocess.CompletedProcess[str]:
        arguments = ("crawl", place + "/", "--lang", language, *WHO, *AT_ONCE, "--max-pages", 4)
        return run(*arguments, *more, *local, cwd=tmp_path)

    with serving(site(), site()) as [first, second]:
        assert crawl_of(first.url, "khm_Khmr").returncode == 0
        folder = tmp_path / "builds" / crawl_name([first.url], ["khm_Khmr"])
        manifest = (folder / "manifest.json").read_bytes()
        named = ("--out", folder, "--name", folder.name)
        for place, language, message in (
            (first.url, "lao_Laoo", "add --lang khm_Khmr"),
            (second.url, "khm_Khmr", "holds a crawl of 127.0.0.2:"),
        ):
            refused = crawl_of(place, language, *named)
            assert refused.returncode == 1
            assert message in refused.stderr
        assert (folder / "manifest.json").read_bytes() == manifest
        assert second.asked == []
        assert crawl_of(second.url, "khm_Khmr").returncode == 0
        assert len([*(tmp_path / "builds").glob("127.0.0.3-*-khm_Khmr/manifest.json")]) == 1


def test_a_site_at_another_port_is_another_site(tmp_path: Path) -> None:
    """Two servers of one host do not mix: neither by default nor in a folder that is named."""
    pages = khmer_pages(4)
    with serving(site_of(pages, {})) as [first], serving(site_of(pages, {})) as [second]:
        assert first.host == second.host
        names = {crawl_name([place.url], ["khm_Khmr"]) for place in (first, second)}
        assert len(names) == 2
        who = ("--lang", "khm_Khmr", *WHO, *AT_ONCE)
        more = (*who, "--allow-private", first.host, "--out", tmp_path / "b")
        assert run("crawl", first.url, *more, "--name", "x").returncode == 0
        refused = run("crawl", second.url, *more, "--name", "x")
        assert refused.returncode == 1
        assert f"holds a crawl of {first.url[7:]}, not of {second.url[7:]};" in refused.stderr
        assert second.asked == []


def test_default_ports_are_not_in_a_folder_name() -> None:
    names = {crawl_name([f"{scheme}://Example.org:{port}/"], ["khm_Khmr"])
             for scheme, port in (("http", 80), ("https", 443))}  # fmt: skip
    assert names == {"example.org-khm_Khmr"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.1.2.3", "archive.local"])
def test_a_host_of_ones_own_is_refused_before_anything_is_built(tmp_path: Path, host: str) -> None:
    done = run("crawl", f"http://{host}:9/", "--lang", "khm_Khmr", *WHO, "--out", tmp_path / "b")
    assert done.returncode == 1
    assert f"add --allow-private {host.strip('[]')})" in done.stderr
    assert "allow_private" not in done.stderr
    assert not (tmp_path / "b").exists()


def test_a_scope_that_is_not_a_domain_is_refused(tmp_path: Path) -> None:
    more = ("--domain", "https://example.org/", "--out", tmp_path / "b")
    done = run("crawl", "http://example.org/", "--lang", "khm_Khmr", *WHO, *more)
    assert done.returncode == 1
    assert "domains: expected bare names without scheme, port or path" in done.stderr
    assert not (tmp_path / "b").exists()


def test_a_crawl_tells_why_it_ended_and_how_to_repeat_it(tmp_path: Path) -> None:
    with serving(site()) as [place]:
        who = ("--lang", "khm_Khmr", *WHO, *AT_ONCE)
        more = (*who, "--allow-private", place.host, "--out", tmp_path / "b")
        first = run("crawl", place.url, *more, "--max-pages", 1)
        assert re.search(r"crawl: 1 page kept, .* waiting, stopped at max_pages = 1", first.stdout)
        rest = run("crawl", place.url, *more)
        assert "8 pages kept" in rest.stdout
        assert "0 URLs waiting; lost" in rest.stdout
        assert "finished before" not in rest.stdout
        asked = len(place.asked)
        again = run("crawl", place.url, *more)
        assert "crawl: the crawl was finished before, nothing was asked; to ask" in again.stdout
        assert "set recrawl to 1" in again.stdout
        assert len(place.asked) == asked
        repeated = run("crawl", place.url, *more, "--recrawl", 1)
        assert "finished before" not in repeated.stdout
        assert len(place.asked) > asked
