"""The connector `web`: a polite, resumable crawler.

connector    what a recipe says, and reading what the crawl kept
crawler      threads across hosts, one request in flight per host
visit        one URL from its robots verdict to its outcome
frontier     which URLs are known and what became of each (SQLite)
archive      what was kept (WARC 1.1)
discover     links of a page and its headers; lists: those of sitemaps and feeds
scope, admit                     what may be asked next
"""
