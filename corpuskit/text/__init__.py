"""Views of a text that the stages share: code points, scripts, clusters, words, match key."""

from corpuskit.text.batch import TextBatch
from corpuskit.text.clusters import clusters
from corpuskit.text.keys import match_key
from corpuskit.text.scripts import script_counts, script_share
from corpuskit.text.words import words

__all__ = ["TextBatch", "clusters", "match_key", "script_counts", "script_share", "words"]
