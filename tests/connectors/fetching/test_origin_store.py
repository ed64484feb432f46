"""What origins say is kept from run to run, by a crawl and without one."""

from datetime import UTC, datetime
from pathlib import Path

from corpuskit.connectors.fetching.origin_store import OriginFiles, OriginStore
from corpuskit.connectors.fetching.robots import RobotsFile
from corpuskit.connectors.web.frontier import Frontier

FILES = OriginFiles(RobotsFile(200, b"\xff\x00", datetime(2026, 1, 2, tzinfo=UTC)), "[]", True)


def test_files_are_kept_and_replaced(tmp_path: Path) -> None:
    store = OriginStore.open(tmp_path / "origins.sqlite")
    assert store.load("http://a.example") is None
    store.save("http://a.example", FILES)
    store.close()
    store = OriginStore.open(tmp_path / "origins.sqlite")
    assert store.load("http://a.example") == FILES
    newer = OriginFiles(FILES.robots, "", False)
    store.save("http://a.example", newer)
    assert store.load("http://a.example") == newer
    store.close()


def test_a_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """Harvests used to keep origins in a frontier."""
    frontier = Frontier(tmp_path / "origins.sqlite")
    frontier.origins.save("http://a.example", FILES)
    frontier.close()
    store = OriginStore.open(tmp_path / "origins.sqlite")
    assert store.load("http://a.example") == FILES
    store.close()
