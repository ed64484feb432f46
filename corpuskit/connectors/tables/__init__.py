"""The connector `tables`: rows of Parquet, JSONL and CSV, from disk, HTTP(S), S3 or a hub.

`options` says what a recipe may ask, `presets` which columns well-known sets have, `columns`
turns a row into a raw record; `parquet` and `lines` read rows; `remote` and `sample` fetch files;
`connector` ties them together.
"""
