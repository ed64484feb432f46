"""corpuskit init."""

from __future__ import annotations

from pathlib import Path

import click

from corpuskit.cli.output import show


@click.command()
@click.argument("lang")
@click.option("--out", type=click.Path(path_type=Path), help="File to write [LANG.toml].")
@click.option("--operator", help="Who builds the corpus.")
@click.option("--contact", default="corpus@example.org", help="E-mail address or URL.")
def init(lang: str, out: Path | None, operator: str | None, contact: str) -> None:
    """Write a recipe for LANG to start from.

    \b
    corpuskit init khm_Khmr --operator "Institute of Technology" --contact corpus@example.org
    """
    from corpuskit.languages import language
    from corpuskit.recipe.models import NOBODY
    from corpuskit.recipe.scaffold import scaffold
    from corpuskit.store import disk_errors

    text = scaffold(language(lang), operator or NOBODY, contact)
    path = out or Path(f"{lang}.toml")
    if path.exists():
        raise click.ClickException(f"{path} exists; choose another file with --out")
    with disk_errors(path):
        path.write_text(text, encoding="utf-8")
    todo = "read its comments" if operator else "fill in the operator, read its comments"
    show(f"wrote {path}; {todo}, then run: corpuskit build {path}")
