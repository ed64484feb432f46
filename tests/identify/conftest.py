"""A small model of our own and a server that gives it away."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fasttext
import pytest

SAMPLES = {
    "khm_Khmr": ["ភាសាខ្មែរ ជាភាសាផ្លូវការ", "សួស្តី អ្នកទាំងអស់គ្នា"],
    "lao_Laoo": ["ພາສາລາວ ເປັນພາສາ", "ສະບາຍດີ ທຸກຄົນ"],
    "eng_Latn": ["this is the English language", "good morning to all of you"],
    "ind_Latn": ["ini adalah bahasa Indonesia", "selamat pagi semuanya"],
}


def _train(path: Path, prefix: str = "") -> Path:
    """A real fastText classifier of four languages, trained in a moment."""
    lines = [
        f"__label__{prefix}{code} {text}" for code, texts in SAMPLES.items() for text in texts * 20
    ]
    source = path.with_suffix(".txt")
    source.write_text("\n".join(lines), encoding="utf-8")
    model = fasttext.train_supervised(
        str(source), dim=8, minn=1, maxn=3, epoch=40, bucket=2000, verbose=0, thread=1
    )
    model.save_model(str(path))
    return path


@pytest.fixture(scope="session")
def samples() -> dict[str, list[str]]:
    """What the small model was trained on, by language."""
    return SAMPLES


@pytest.fixture(scope="session")
def train() -> Callable[..., Path]:
    """`train(path, prefix)` writes a small model there."""
    return _train


@pytest.fixture(scope="session")
def own_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels are codes, as in GlotLID."""
    return _train(tmp_path_factory.mktemp("model") / "own.bin")


@pytest.fixture(scope="session")
def own_sha256(own_model: Path) -> str:
    return hashlib.sha256(own_model.read_bytes()).hexdigest()


class _Counting(SimpleHTTPRequestHandler):
    requests: list[str]

    def do_GET(self) -> None:
        self.requests.append(self.path)
        super().do_GET()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(own_model: Path) -> Iterator[tuple[str, list[str], ThreadingHTTPServer]]:
    """A real HTTP server for the model's folder: its address, the paths asked for, itself."""
    asked: list[str] = []
    handler = type("Handler", (_Counting,), {"requests": asked})
    made = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(own_model.parent)))
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}", asked, made
    made.shutdown()
    made.server_close()
    thread.join()
