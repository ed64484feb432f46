"""Tables of the results of a benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Rows = Sequence[dict[str, Any]]


def table(rows: Rows) -> str:
    """Rows as a plain table, with numbers aligned right."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[cell(row.get(name)) for name in names] for row in rows]
    widths = [max(len(name), *(len(line[at]) for line in cells)) for at, name in enumerate(names)]
    numeric = [any(isinstance(row.get(name), int | float) for row in rows) for name in names]
    lines = []
    for line in ([*names], *cells):
        padded = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        )
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def cell(value: Any) -> str:
    """A value as it stands in a table."""
    if value is None:
        return "-"
    if isinstance(value, dict):
        shown = [f"{name} {count}" for name, count in value.items()]
        return ", ".join(shown[:3]) + (", ..." if len(shown) > 3 else "")
    return f"{value:.4f}" if isinstance(value, float) else str(value)
