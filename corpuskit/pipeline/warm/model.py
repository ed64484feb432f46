"""The identification model that recipes use unless they name another, with all of its tables."""

from corpuskit.identify.model_spec import ModelSpec
from corpuskit.text import TextBatch

ModelSpec.of().load().identify(TextBatch(["kata"]))
