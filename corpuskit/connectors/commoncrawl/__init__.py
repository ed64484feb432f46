"""The connector `commoncrawl`: captures listed by an index, their WARC records fetched.

The request (`options`) is answered by the index server (`index_api`) or by the columnar index
(`columnar`), page by page; `listing` keeps every page and makes the list of captures from them;
`parts` fetches the captures' records into WARC files; `connector` ties them together.
"""
