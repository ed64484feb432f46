"""The identification model that recipes use unless they name another."""

from corpuskit.identify.model_spec import ModelSpec

ModelSpec.of().load()
