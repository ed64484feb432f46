"""Safety lists: addresses and words that a recipe names, as facts about documents."""

from corpuskit.safety.address_list import AddressList
from corpuskit.safety.stage import SafetyLists
from corpuskit.safety.word_list import KeyedText, ListCount, ListedWords

__all__ = ["AddressList", "KeyedText", "ListCount", "ListedWords", "SafetyLists"]
