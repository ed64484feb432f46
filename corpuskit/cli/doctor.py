"""corpuskit doctor."""

from __future__ import annotations

from collections.abc import Iterator

import click

from corpuskit.cli.output import show

_FOR_DEVELOPERS = ("dev", "test")


@click.command()
@click.option("--warm", is_flag=True, help="Compile the kernels of the extra `fast`, once.")
def doctor(warm: bool) -> None:
    """Show what is installed, and whether the kernels are compiled.

    Kernels make large builds faster; results are the same without them. They are compiled once,
    by the first process that has done enough work, or by --warm, into NUMBA_CACHE_DIR, the
    installation or the user's cache folder. CORPUSKIT_KERNELS=off turns them off, on uses them
    from the first text on.

    \b
    corpuskit doctor
    corpuskit doctor --warm
    """
    from corpuskit.identity import installed_versions
    from corpuskit.installation import extras
    from corpuskit.kernels.compilation import compile_all, numba_version

    for name, version in installed_versions().items():
        show(f"{name:<20}{version}")
    show()
    for extra, libraries in extras().items():
        if extra not in _FOR_DEVELOPERS:
            show(f"{f'[{extra}]':<20}{', '.join(_libraries(libraries))}")
    if warm and numba_version():
        compile_all(wait=True)
    show(f"{'kernels':<20}{_kernels()}")


def _libraries(libraries: dict[str, str | None]) -> Iterator[str]:
    for name, version in libraries.items():
        yield f"{name} {version or 'missing'}"


def _kernels() -> str:
    from corpuskit.about import install_hint
    from corpuskit.kernels.choice import OFF, VARIABLE, mode
    from corpuskit.kernels.compilation import kernel_status

    status = kernel_status()
    if status.numba is None:
        return f"numba is missing; {install_hint('fast')}"
    if mode() == OFF:
        return f"turned off by {VARIABLE}"
    if status.folder is None:
        return "not compiled for this processor; corpuskit doctor --warm"
    return f"compiled in {status.folder}"
