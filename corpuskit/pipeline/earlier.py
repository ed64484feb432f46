"""From a recipe's `[dedup] against` to the corpora that it names."""

from __future__ import annotations

from pathlib import Path

from corpuskit.earlier import EarlierCorpus, open_earlier
from corpuskit.errors import EarlierIndexError, Problem, RecipeError, WorkspaceError
from corpuskit.recipe import Recipe
from corpuskit.store_url import Place, is_store_url, place_of


def earlier_corpora(recipe: Recipe) -> tuple[EarlierCorpus, ...]:
    """The corpora, in the order of the recipe; RecipeError for each entry that cannot be used.

    A folder starts from that of the recipe.
    """
    corpora: dict[str, EarlierCorpus] = {}
    problems: list[Problem] = []
    for number, entry in enumerate(recipe.dedup.against, 1):
        key = f"dedup.against[{number}]"
        try:
            place = place_of(entry) if is_store_url(entry) else recipe.folder / entry
            opened = open_earlier(place)
        except (EarlierIndexError, WorkspaceError) as error:
            problems.append(Problem(str(recipe.path), key, str(error)))
            continue
        for corpus in opened:
            if (known := corpora.get(corpus.label)) is not None:
                message = f"{entry} has {corpus.label}, which {known.place} has as well"
                problems.append(Problem(str(recipe.path), key, message, "leave one of them out"))
            corpora[corpus.label] = corpus
    if problems:
        raise RecipeError(problems)
    return tuple(corpora.values())


def refuse_itself(recipe: Recipe, place: Place) -> None:
    """RecipeError if the recipe compares its build with the build itself, all of which it would
    then reject."""
    for number, entry in enumerate(recipe.dedup.against, 1):
        if is_store_url(entry) or not isinstance(place, Path):
            same = entry.rstrip("/") == str(place)
        else:
            same = (recipe.folder / entry).resolve() == place.resolve()
        if same:
            key, message = f"dedup.against[{number}]", f"{entry} is the place of this build itself"
            hint = "name the builds before it, or build into another folder with --out"
            raise RecipeError([Problem(str(recipe.path), key, message, hint)])
