"""A recipe for a single crawl, from the options of the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpuskit.licenses import NOASSERTION
from corpuskit.recipe.load import parse_recipe
from corpuskit.recipe.models import Recipe


def crawl_recipe(
    urls: Sequence[str],
    languages: Sequence[str],
    *,
    operator: str,
    contact: str,
    name: str,
    **limits: Any,
) -> Recipe:
    """A recipe whose only source is a crawl from `urls`; `limits` are options of `web`.

    The license is NOASSERTION, since nobody has verified one; declarations of pages are kept as
    evidence.
    """
    source = {
        "name": "crawl",
        "connector": "web",
        "license": NOASSERTION,
        "seeds": list(urls),
        **{key: value for key, value in limits.items() if value is not None},
    }
    return parse_recipe(
        {
            "name": name,
            "languages": list(languages),
            "operator": {"name": operator, "contact": contact},
            "source": [source],
        },
        "command line",
    )
