"""The connector `oai`: repositories and gazettes by OAI-PMH 2.0.

`options` says what a recipe may ask; `answers` reads what a repository answers, `repository` asks
it, `harvest` goes from answer to answer and `store` keeps what came; `archive` writes it as WARC,
`records` turns that into raw records; `full_text` fetches the documents that records lead to.
"""
