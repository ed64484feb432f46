"""The column names in a Parquet file's footer, read without Arrow.

Arrow is written in C++ and has ended processes over damaged files. A source is listed in the
process that leads a build, where nothing guards against that, so the names are read here in Python.
Source: github.com/apache/parquet-format, parquet.thrift (FileMetaData, SchemaElement).
"""

from __future__ import annotations

import io
from typing import Any, Final

from corpuskit.connectors.containers import thrift

MAGIC: Final = b"PAR1"

_END: Final = 8
"""The length of the footer and the magic number, which end a file."""
_MOST: Final = 1 << 22
"""Bytes read of a footer. Its schema comes first and takes some 20 bytes a column: this is room
for 200,000 columns, while a damaged footer costs less than 300 MB."""

_SCHEMA, _NAME, _CHILDREN = 2, 4, 5  # numbers of fields in parquet.thrift


class FooterError(ValueError):
    """A file without a footer, or with one that is damaged; the message says which."""


def column_names(file: Any) -> list[str]:
    """The names of a seekable binary file's columns; a name may come twice.

    FooterError where they cannot be read, OSError where the file cannot be.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END))
    end = _read(file, _END)
    if size < _END or end[4:] != MAGIC:
        raise FooterError("it does not end like a Parquet file")
    length = int.from_bytes(end[:4], "little")
    if length > size - _END:
        raise FooterError(f"its footer claims {length} bytes")
    file.seek(size - _END - length)
    try:
        fields = thrift.loads(_read(file, min(length, _MOST)), last=_SCHEMA)
        return [name.decode() for name in _top_level(fields)]
    except (thrift.ThriftError, UnicodeDecodeError) as error:
        raise FooterError(f"its footer is damaged: {error}"[:200]) from error


def _read(file: Any, size: int) -> bytes:
    """Up to `size` bytes; a raw file may return fewer at a time."""
    parts: list[bytes] = []
    while size and (part := bytes(file.read(size))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _top_level(fields: thrift.Struct) -> list[bytes]:
    """The names below the root. The schema is a tree in preorder, of elements that say how many
    children they have."""
    kind, schema = fields.get(_SCHEMA, (0, None))
    if kind != thrift.LIST or schema[0] != thrift.STRUCT or not schema[1]:
        raise thrift.ThriftError("it has no schema")
    root, *elements = schema[1]
    names: list[bytes] = []
    below = 0  # elements that still belong to the last column
    for element in elements:
        if not below:
            names.append(_field(element, _NAME, thrift.BINARY, b""))
            below = 1
        below += _field(element, _CHILDREN, thrift.I32, 0) - 1
        if below < 0:
            raise thrift.ThriftError("an element has a negative number of children")
    if below or len(names) != _field(root, _CHILDREN, thrift.I32, 0):
        raise thrift.ThriftError("its schema is not whole")
    return names


def _field(element: thrift.Struct, number: int, kind: int, missing: Any) -> Any:
    there, value = element.get(number, (kind, missing))
    if there != kind:
        raise thrift.ThriftError(f"field {number} of its schema is of type {there}")
    return value
