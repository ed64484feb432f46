"""Quality: what a text looks like, as facts; `corpuskit.policy` decides what they mean.

signals = quality_signals(["..."], language="khm_Khmr")
"""

from corpuskit.quality.signals import Signals
from corpuskit.quality.strings import quality_signals

__all__ = ["Signals", "quality_signals"]
