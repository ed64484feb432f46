"""Why a text has no language: which rule of identification left it `und`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpuskit.identify.combined import CombinedModel
from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import (
    MIN_LABEL_SCRIPT,
    TOP,
    Identifier,
    code_of,
    fits,
    known_share,
)
from corpuskit.identify.labels import is_negative
from corpuskit.identify.model_spec import ModelSpec
from corpuskit.languages import language, language_codes, script_of
from corpuskit.names import EMBEDDED_MODEL_NAMES, REGIONAL_MODEL, WORLD_MODEL
from corpuskit.text import TextBatch


def undetermined_because(model: Identifier, text: str) -> tuple[str, ...]:
    """A line per model: its two likeliest languages, and the rule that the likeliest one fails.

    Empty for a model of a kind that has no such rules. Evidence from outside the text (`priors`)
    is not repeated here.
    """
    batch = TextBatch([text])
    if not batch.script_counts[0].any():
        return ("the text has no letters",)
    if isinstance(model, FastTextModel):
        return (_line(model, batch),)
    if not isinstance(model, CombinedModel):
        return ()
    regional, world = model.members
    lines = [f"{REGIONAL_MODEL}: {_line(regional, batch)}"]
    answer = world.identify(batch)[0]
    if not answer.score:
        lines.append(f"{WORLD_MODEL}: {_line(world, batch)}")
    elif answer.lang in regional.codes:
        lines.append(
            f"{WORLD_MODEL}: {named(answer.lang)} {answer.score:.2f}, not accepted because "
            f"{REGIONAL_MODEL} knows that language and did not find it"
        )
    return tuple(lines)


def why_undetermined(
    recorded: Mapping[str, Any], text: str, lid_top: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Why the model that a manifest records named no language for a text.

    Without the model, because it is not part of the package, its likeliest labels `lid_top`.
    """
    if recorded["name"] in EMBEDDED_MODEL_NAMES:
        model = ModelSpec.of(sha256=recorded["sha256"]).load()
        return list(undetermined_because(model, text))
    labels = [f"{named(top['label'])} {top['score']:.2f}" for top in lid_top]
    likeliest = " or ".join(labels[:2]) or "no label at all"
    return [f"{recorded['name']}: {likeliest}; none was believed"]


def named(code: str) -> str:
    """`Khmer (khm_Khmr)`; the bare code of a language that is not in the catalogue."""
    if code.startswith("und_"):
        return f"a language it does not know ({code})"
    return f"{language(code).name} ({code})" if code in language_codes() else code


def _line(model: FastTextModel, batch: TextBatch) -> str:
    """A model's two likeliest labels, and why the first that fits the script was not believed."""
    main = batch.main_script(0)
    guesses = model.guess(batch.texts[:1])[0]
    labels = [(code_of(guess.codes, main), guess.score) for guess in guesses]
    if not labels:
        return "no label at all"
    two = list(dict(reversed(labels)).items())[::-1][:2]  # of two negative labels the likelier
    likeliest = " or ".join(f"{named(code)} {score:.2f}" for code, score in two)
    letters = int(batch.script_counts[0].sum())
    for code, score in labels[:TOP]:
        share = batch.script_share(0, script_of(code))
        if not fits(code, main) and share < MIN_LABEL_SCRIPT:
            continue
        if is_negative(code):
            label = model.best_label(batch.texts[0])
            return f"{likeliest}; its label {label} is none of the languages it knows"
        known = known_share(guesses, code)
        doubt = model.doubt(code, score, known, letters, batch.texts[0])
        return f"{likeliest}; {code}: {doubt}" if doubt else f"{likeliest}; {code} is believed"
    return f"{likeliest}; none of them is written in {main}, the main script of the text"
