"""The connector `documents`: text of PDF, EPUB, DOCX and ODT files."""
