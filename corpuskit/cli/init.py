"""corpuskit init."""

from __future__ import annotations

from pathlib import Path

import click

from corpuskit.cli.completing import complete_language
from corpuskit.cli.output import show


def check_contact(contact: str) -> None:
    """Raise click.BadParameter for what a recipe would refuse."""
    from pydantic import ValidationError

    from corpuskit.recipe.models import OperatorTable

    try:
        OperatorTable(name="-", contact=contact)
    except ValidationError:
        raise click.BadParameter(
            f"expected an e-mail address or a URL, got {contact!r}", param_hint="'--contact'"
        ) from None


@click.command()
@click.argument("lang", shell_complete=complete_language)
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write, or its folder [LANG.toml]."
)
@click.option("--operator", help="Who builds the corpus; sent to every server.")
@click.option("--contact", help="E-mail address or URL; sent to every server.")
def init(lang: str, out: Path | None, operator: str | None, contact: str | None) -> None:
    """Write a recipe for LANG to start from.

    It reads a folder of your own texts, so that the first build needs no network, and lists the
    sources that the catalogue knows.

    \b
    corpuskit init khm_Khmr --operator "Institute of Technology" --contact corpus@example.org
    """
    from corpuskit.identify.model_labels import models_that_know
    from corpuskit.languages import language
    from corpuskit.recipe.models import NO_CONTACT, NOBODY
    from corpuskit.recipe.scaffold import scaffold
    from corpuskit.store import disk_errors

    if contact is not None:
        check_contact(contact)
    profile = language(lang)
    models = models_that_know(profile.code)
    text = scaffold(profile, operator or NOBODY, contact or NO_CONTACT, models)
    path = out or Path(f"{lang}.toml")
    path = path / f"{lang}.toml" if path.is_dir() else path
    if path.exists():
        raise click.ClickException(f"{path} exists; choose another file with --out")
    if not path.parent.is_dir():
        raise click.ClickException(f"there is no folder {path.parent}; make it, or choose another")
    with disk_errors(path):
        path.write_text(text, encoding="utf-8")
    show(f"wrote {path}")
    missing = [name for name, value in (("name", operator), ("contact", contact)) if not value]
    if missing:
        show(f"  fill in the operator's {' and '.join(missing)}: no server is asked without them")
    show(f"  put your files into the folder {path.parent / 'texts'}, or name yours in [[source]]")
    show(f"  then run: corpuskit build {path}")
