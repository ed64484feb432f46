"""A recipe for a single crawl, from the options of the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from corpuskit.connectors.fetching.addresses import host_name, refusal
from corpuskit.errors import Problem, RecipeError, WorkspaceError
from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.recipe.load import parse_recipe
from corpuskit.recipe.models import Recipe
from corpuskit.store_url import Place
from corpuskit.urls import host_of, site_of
from corpuskit.workspace import store_at


def crawl_name(urls: Sequence[str], languages: Sequence[str]) -> str:
    """A build's name by what it crawls: `www.example.org-khm_Khmr`, so that another site (also
    one at another port of the host) or another language has a folder of its own."""
    site = next(filter(None, map(site_of, urls)), "crawl")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join([site, *languages]))
    return name.strip("-._") or "crawl"


def check_languages(place: Place, languages: Sequence[str]) -> None:
    """WorkspaceError if a place holds a corpus of a language that would be replaced."""
    try:
        manifest = json.loads(store_at(place).get("manifest.json"))
        published = set(manifest["languages"])
    except (OSError, ValueError, KeyError, TypeError):  # nothing is published yet, or damaged
        return
    if missing := sorted(published - set(languages)):
        raise WorkspaceError(
            f"{place} holds a corpus of {', '.join(missing)}, which a crawl for "
            f"{', '.join(languages)} would replace; choose another folder with --out or --name, or "
            f"add {' '.join(f'--lang {code}' for code in missing)}"
        )


def check_addresses(urls: Sequence[str], allow_private: Sequence[str]) -> None:
    """RecipeError if a crawl would be refused the address of a URL that it begins with."""
    for url in urls:
        if why := refusal(url, [host_name(host) or host for host in allow_private]):
            host = (host_of(url) or "").strip("[]")
            hint = f"if it is a host of your own network or machine, add --allow-private {host}"
            raise RecipeError([Problem("command line", url, f"cannot be crawled: {why}", hint)])


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
