"""Evaluation items"""
from dataclasses import dataclass
@dataclass(frozen=True, slots=True)
class EvaluationItem:
    """An item of a benchmark."""
    benchmark: str
    name: str
    passages: tuple[str, ...]
