"""corpuskit completion."""

from __future__ import annotations

import os
from pathlib import Path

import click

from corpuskit.cli.output import show, show_text

SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_CORPUSKIT_COMPLETE"
_BEGIN, _END = "# >>> corpuskit completion >>>", "# <<< corpuskit completion <<<"
_ZSH_START = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }\n"
"""A .zshrc that does not start zsh's completion has no `compdef`."""


@click.command()
@click.argument("shell", required=False, type=click.Choice(SHELLS))
@click.option("--install", is_flag=True, help="Set it up for this user; new shells have it.")
@click.option("--remove", is_flag=True, help="Take it away again.")
def completion(shell: str | None, install: bool, remove: bool) -> None:
    """Complete commands, options, files, language codes and reasons with the Tab key.

    SHELL is bash, zsh or fish, by default the one that you use. Without --install the script is
    printed.

    \b
    corpuskit completion --install
    corpuskit completion zsh > ~/.zfunc/_corpuskit
    """
    if install and remove:
        raise click.UsageError("--install and --remove exclude each other")
    chosen = shell or _shell_of_user()
    if remove:
        show(_remove(chosen))
    elif install:
        show(_install(chosen))
    else:
        show_text(script(chosen))


def script(shell: str) -> str:
    """The script that a shell reads."""
    from click.shell_completion import get_completion_class

    from corpuskit.cli import cli

    kind = get_completion_class(shell)
    if kind is None:  # the shells are those that click knows
        raise click.UsageError(f"no completion for {shell}")
    text = _source(kind(cli, {}, "corpuskit", _VARIABLE))
    return f"{_ZSH_START}{text}" if shell == "zsh" else text


def _source(complete: click.shell_completion.ShellComplete) -> str:
    """The script without a look at the shell's version, for which bash would be started."""
    return complete.source_template % complete.source_vars()


def _shell_of_user() -> str:
    name = Path(os.environ.get("SHELL", "")).name
    if name not in SHELLS:
        raise click.UsageError(
            f"the shell {name or '(unknown)'} is none of {', '.join(SHELLS)}; name one of them"
        )
    return name


def _install(shell: str) -> str:
    from corpuskit.store import disk_errors

    place = _script_file(shell)
    with disk_errors(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(script(shell) + "\n", encoding="utf-8")
    startup = _startup_file(shell)
    if startup is not None:
        with disk_errors(startup):
            kept = _without_block(_text(startup))
            if kept and not kept.endswith("\n"):
                kept += "\n"
            line = f"[ -r {_quoted(place)} ] && . {_quoted(place)}"
            startup.parent.mkdir(parents=True, exist_ok=True)
            startup.write_text(f"{kept}{_BEGIN}\n{line}\n{_END}\n", encoding="utf-8")
    named = f", read by {startup}" if startup else ""
    return f"installed for {shell}: {place}{named}; open a new shell to use it"


def _remove(shell: str) -> str:
    from corpuskit.store import disk_errors

    place, startup = _script_file(shell), _startup_file(shell)
    was_there = place.exists()
    with disk_errors(place):
        place.unlink(missing_ok=True)
    if startup is not None and _BEGIN in _text(startup):
        with disk_errors(startup):
            startup.write_text(_without_block(_text(startup)), encoding="utf-8")
    return f"removed for {shell}: {place}" if was_there else f"nothing is installed for {shell}"


def _script_file(shell: str) -> Path:
    if shell == "fish":  # reads every file in this folder
        config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return Path(config) / "fish" / "completions" / "corpuskit.fish"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "corpuskit" / f"completion.{shell}"


def _startup_file(shell: str) -> Path | None:
    """The file that the shell reads when it starts; None where it needs none."""
    if shell == "bash":
        return Path.home() / ".bashrc"
    if shell == "zsh":
        return Path(os.environ.get("ZDOTDIR") or Path.home()) / ".zshrc"
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ""


def _without_block(text: str) -> str:
    before, begin, rest = text.partition(f"{_BEGIN}\n")
    _, end, after = rest.partition(f"{_END}\n")
    return before + after if begin and end else text


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
