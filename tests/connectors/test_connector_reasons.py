from __future__ import annotations

import ast
from pathlib import Path

from corpuskit import connectors
from corpuskit.connectors import reasons


def test_every_code_has_a_meaning_and_its_prefix():
    codes = {value for name, value in vars(reasons).items() if name.isupper() and name != "REASONS"}
    assert codes == set(connectors.REASONS)
    for code, meaning in connectors.REASONS.items():
        assert code.startswith("read/")
        assert meaning.endswith(".")


def test_every_code_is_used_and_none_is_written_out():
    used, written = set(), set()
    for path in Path(reasons.__file__).parent.rglob("*.py"):
        if path.name == "reasons.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                used.add(getattr(reasons, node.id, None) if node.id.isupper() else None)
            if isinstance(node, ast.Constant) and str(node.value).startswith("read/"):
                written.add(node.value)
    assert set(connectors.REASONS) <= used
    assert not written
