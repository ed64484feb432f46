"""Containers: formats that hold records, whatever connector reads them.

compression, bytestream        gzip, bzip2 and zstd in bounded memory; going on after damage
warc_format, warc_layout, frames, warc_scan
                               heads of WARC and ARC records; where records begin and end
warc_records, http_message     from a record to a page
warc_write                     records of our own
parquet_pages, thrift          single rows of Parquet by its offset index
zip_archive                    bounded reading of EPUB, DOCX and ODT files
"""
