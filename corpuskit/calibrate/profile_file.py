"""Write thresholds and word lists into a language's TOML file; everything else stays unchanged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError

from corpuskit.calibrate.derive import Bound
from corpuskit.errors import CatalogueError
from corpuskit.languages import is_packaged, read_profile

_ROW: Final = 10  # words a line


def edited(
    text: str, bounds: Mapping[str, Bound] | None = None, words: Sequence[str] = (),
    words_from: str = "", gone: Sequence[str] = (), unset: Mapping[str, str] | None = None,
    specific: str = "",
) -> str:  # fmt: skip
    """The text of a profile with new thresholds and word lists.

    Other keys, comments and order stay. `gone` are thresholds to remove, `unset` says why rules
    have none, `specific` is the body of the table of specific words. Without words a list stays.
    """
    document = tomlkit.parse(text)
    table = cast(Any, document["language"])
    if bounds and "thresholds" not in table:
        table["thresholds"] = tomlkit.table()
    for key, bound in (bounds or {}).items():
        table["thresholds"][key] = _parsed(threshold_line(key, bound))[key]
    for key in gone:
        if key in table.get("thresholds", {}):
            table["thresholds"].remove(key)
    if unset is not None:
        _replace_unset(table, unset)
    if words:
        table["stop_words"] = _parsed(stop_word_lines(words, words_from))
    if specific:
        table["specific_words"] = _parsed(specific)
    return _spaced(tomlkit.dumps(document))


def _replace_unset(table: Any, unset: Mapping[str, str]) -> None:
    reasons = _parsed("".join(f"{key} = {_quoted(why)}\n" for key, why in unset.items()))
    if table.get("unset") != reasons:  # an equal table stays, with the empty lines around it
        table.pop("unset", None)
        if unset:
            table["unset"] = reasons


def _parsed(lines: str) -> Any:
    """TOML in our own layout, so that new lines look like the existing ones."""
    table = tomlkit.table()
    for key, value in tomlkit.parse(lines).items():
        table[key] = value
    return table


def _spaced(text: str) -> str:
    """An empty line before every table."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("[") and lines and lines[-1] and not lines[-1].startswith("#"):
            lines.append("")
        lines.append(line)
    return "\n".join(lines).rstrip() + "\n"


def threshold_line(key: str, bound: Bound) -> str:
    """The line of one threshold in a profile."""
    return f"{key} = {{ value = {bound.value:g}, from = {_quoted(bound.origin)} }}\n"


def stop_word_lines(words: Sequence[str], origin: str) -> str:
    """The body of `[language.stop_words]`."""
    return f"from = {_quoted(origin)}\n{_list_lines('values', words)}"


def specific_word_lines(words: Sequence[str], against: Sequence[str], origin: str) -> str:
    """The body of `[language.specific_words]`."""
    codes = ", ".join(map(_quoted, against))
    return f"from = {_quoted(origin)}\nagainst = [{codes}]\n{_list_lines('values', words)}"


def _list_lines(key: str, words: Sequence[str]) -> str:
    quoted = [_quoted(word) for word in words]
    rows = [", ".join(quoted[start : start + _ROW]) for start in range(0, len(quoted), _ROW)]
    return f"{key} = [\n" + "".join(f"    {row},\n" for row in rows) + "]\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def write_profile(code: str, source: Path, target: Path, **changes: Any) -> None:
    """Edit the profile of `code` at `source` into `target`, which may be the same file.

    Raises CatalogueError if `target` is a file of an installed package, if `source` is not TOML,
    or if the result is not a valid profile; then nothing is changed.
    """
    if is_packaged(target):
        raise CatalogueError(
            f"{target} belongs to the installed package; write a profile of your own with --out "
            "and name its folder in CORPUSKIT_CATALOGUE"
        )
    try:
        text = edited(source.read_text(encoding="utf-8"), **changes)
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise CatalogueError(f"{source}: {error}") from error
    with TemporaryDirectory(dir=target.parent) as folder:
        draft = Path(folder) / f"{code}.toml"
        draft.write_text(text, encoding="utf-8")
        read_profile(draft)
        draft.replace(target)
