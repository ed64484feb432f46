"""The connector `wikimedia`: pages of MediaWiki wikis, from dumps or from a wiki's API, as text.

Of dumps it reads the XML that Wikimedia publishes (`pages-articles`, multistream or not) and
that `dumpBackup.php` and Special:Export write, plain or compressed with bzip2, gzip or zstd; of a
wiki the HTML that its REST API gives for each page. Every page is a record: its current revision
as text, or the reason why there is none.
"""

from corpuskit.connectors.wikimedia.connector import WikimediaConnector
from corpuskit.connectors.wikimedia.options import WikimediaOptions

__all__ = ["WikimediaConnector", "WikimediaOptions"]
