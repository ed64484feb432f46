"""Pages of a wiki from its API: listed, fetched one by one into WARC files, read from there.

STORE/<wiki>/site.json           what the wiki says of itself, and its robots.txt
STORE/<wiki>/list/0-00000.json   a batch of the list of pages of namespace 0
STORE/<wiki>/content.json        by which address the wiki gives the HTML of a page
STORE/<wiki>/pages/<part>.*      the pages of a batch: HTML as it came in .warc.gz, what became
                                 of each page in .jsonl
"""

from corpuskit.connectors.wikimedia.api.wiki import Wiki

__all__ = ["Wiki"]
