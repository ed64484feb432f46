"""The connector `web`: a polite, resumable crawler.

connector    what a recipe says, and reading what the crawl kept
crawler      threads across hosts, one request in flight per host
visit        one URL from its robots verdict to its outcome
frontier     which URLs are known and what became of each (SQLite)
archive      what was kept (WARC 1.1)
client       one HTTP request within limits; addresses says where it may go
discover, scope                  what may be asked next
"""
