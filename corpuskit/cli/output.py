"""Everything that commands print goes through here: no credentials, no control characters."""

from __future__ import annotations

import json
from typing import Any, Final

import click

from corpuskit.display import mask, mask_values, printable
from corpuskit.progress import counted

__all__ = ["counted", "excerpt", "print_json", "show", "show_error", "show_text"]


def show(line: str = "", *, err: bool = False, bold: bool = False) -> None:
    """Print one line, whatever strangers wrote into the values that it shows."""
    click.secho(printable(mask(line)), err=err, bold=bold or None)


def show_error(line: str) -> None:
    """Print one line on stderr that begins with `error: `."""
    show(f"error: {line}", err=True)


def show_text(text: str) -> None:
    """Print a document's text with its line breaks; nothing in it is taken for a credential."""
    for line in text.split("\n"):
        click.echo(printable(line))


_TEXTS: Final = ("text", "raw_text", "title", "removed_text")
"""Columns with texts of documents, in which nothing is taken for a credential."""


def print_json(data: Any) -> None:
    """Print data as JSON; times as ISO 8601, control characters as `\\u001b`."""
    plain = json.loads(json.dumps(data, ensure_ascii=False, default=str))
    masked = mask_values(plain, skip=_TEXTS)
    written = json.dumps(masked, ensure_ascii=False, indent=1)
    click.echo("\n".join(_escaped(line) for line in written.split("\n")))


def _escaped(line: str) -> str:
    """A line of JSON, in which control characters are only found within strings."""
    if printable(line) == line:
        return line
    return "".join(
        character if printable(character) == character else f"\\u{ord(character):04x}"
        for character in line
    )


def excerpt(text: str, width: int) -> str:
    """The first `width` characters of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
