"""Modules that are called like the function they are named after.

`ck.build(recipe)` reads well, and `import corpuskit.build` has to give the module: the import
system binds a submodule to its name in the package. Both work because the module itself can be
called. A module declares at its end which function a call runs:

    make_callable(__name__, build)
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any


class CallableModule(ModuleType):
    """A module whose call runs one of its functions, `__wrapped__`."""

    __wrapped__: Callable[..., Any]
    """Under this name `inspect.signature` finds the function's signature."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the function."""
        return self.__wrapped__(*args, **kwargs)

    def __reduce__(self) -> tuple[Callable[[str], ModuleType], tuple[str]]:
        """Pickle by name, as functions are: worker processes receive functions this way."""
        return import_module, (self.__name__,)


def make_callable(name: str, function: Callable[..., Any]) -> None:
    """Let a call of the module `name`, which is being imported, run `function`.

    Signature and docstring of the function are shown for the module, too.
    """
    module = sys.modules[name]
    module.__class__ = CallableModule
    module.__dict__["__wrapped__"] = function
    call = f"A call of this module runs `{function.__name__}`:"
    parts = (module.__doc__, call, function.__doc__)
    module.__doc__ = "\n\n".join(inspect.cleandoc(part) for part in parts if part) + "\n"
