"""HTML pages that are one file: templates, styles and charts without a script.

`render` fills a template of `templates/`; `histogram` draws one as inline SVG. Every value is
escaped, colors are CSS variables for light and dark, and every chart has a text alternative.
"""

from __future__ import annotations

from corpuskit.html.environment import render
from corpuskit.html.histogram import HistogramChart, histogram

__all__ = ["HistogramChart", "histogram", "render"]
