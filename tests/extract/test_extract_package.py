"""The room's reasons, and that its names cost nothing until they are used."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import corpuskit.extract as room


def test_every_reason_in_the_code_is_documented_and_no_other() -> None:
    folder = Path(room.__file__).parent
    used = set()
    for file in (*folder.glob("*.py"), folder.parent / "markup" / "decode.py"):
        if file.name != "reasons.py":
            used |= set(re.findall(r'"((?:decode|extract)/\w+)"', file.read_text(encoding="utf-8")))
    assert used == set(room.REASONS)


def test_the_reasons_do_not_load_the_extractor() -> None:
    loaded = "[name in sys.modules for name in ('trafilatura', 'lxml')]"
    code = f"import sys, corpuskit.extract as e; e.REASONS; print(*{loaded})"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["False", "False"]


def test_every_public_name_is_there() -> None:
    assert all(getattr(room, name) for name in room.__all__)
