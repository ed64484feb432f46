"""Thrift's compact protocol, that of the footer and the page indexes of a Parquet file.

A struct is a dict of field numbers to (type, value), a list a tuple (type of the elements,
elements): what is read can be written again, with fields that this module does not know.
Source: github.com/apache/thrift, doc/specs/thrift-compact-protocol.md.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)

Struct = dict[int, tuple[int, Any]]

_DEPTH: Final = 64
"""Deepest nesting read; Parquet's own structs have less than ten levels."""


class ThriftError(ValueError):
    """Bytes that are not of this protocol."""


def loads(data: bytes, last: int | None = None) -> Struct:
    """The struct at the start of `data`; of it only the fields up to number `last`, if one is
    given. ThriftError if there is none."""
    try:
        return _ThriftReader(data).struct(_DEPTH, last)
    except (IndexError, struct.error) as error:
        raise ThriftError("it ends too early") from error


def dumps(value: Struct) -> bytes:
    """A struct's bytes."""
    out = bytearray()
    _write(out, STRUCT, value)
    return bytes(out)


class _ThriftReader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def struct(self, depth: int, last: int | None = None) -> Struct:
        fields: Struct = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else _unzigzag(self._varint())
            if last is not None and number > last:
                break
            kind = head & 15
            fields[number] = kind, kind == TRUE if kind <= FALSE else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        containers: dict[int, Callable[[int], Any]] = {
            STRUCT: self.struct, LIST: self._list, SET: self._list, MAP: self._map,
        }  # fmt: skip
        read = containers.get(kind)
        if read is not None and depth:
            return read(depth - 1)
        if kind in (I16, I32, I64):
            return _unzigzag(self._varint())
        if kind == BINARY:
            return self._take(self._varint())
        if kind == DOUBLE:
            return struct.unpack("<d", self._take(8))[0]
        if 0 < kind <= BYTE:
            return self._byte()
        raise ThriftError(f"a value of type {kind}")

    def _list(self, depth: int) -> tuple[int, list[Any]]:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._varint()
        return head & 15, [self._value(head & 15, depth) for _ in range(count)]

    def _map(self, depth: int) -> tuple[int, int, list[Any]]:
        count = self._varint()
        kinds = self._byte() if count else 0
        key, value = kinds >> 4, kinds & 15
        pairs = [(self._value(key, depth), self._value(value, depth)) for _ in range(count)]
        return key, value, pairs

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise ThriftError("it ends too early")
        self._at += size
        return self._data[self._at - size : self._at]

    def _varint(self) -> int:
        number = shift = 0
        while (byte := self._byte()) & 0x80:
            number |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise ThriftError("a number of more than 64 bits")
        return number | byte << shift


def _write(out: bytearray, kind: int, value: Any) -> None:
    if kind == STRUCT:
        _write_struct(out, value)
    elif kind in (LIST, SET):
        of, items = value
        _head(out, len(items), of)
        for item in items:
            _write(out, of, item)
    elif kind == MAP:
        _write_map(out, *value)
    elif kind in (I16, I32, I64):
        _varint(out, value << 1 if value >= 0 else (-value << 1) - 1)
    elif kind == BINARY:
        _varint(out, len(value))
        out += value
    elif kind == DOUBLE:
        out += struct.pack("<d", value)
    else:
        out.append(value)


def _write_struct(out: bytearray, value: Struct) -> None:
    last = 0
    for number, (kind, held) in sorted(value.items()):
        if 0 < number - last < 16:
            out.append((number - last) << 4 | kind)
        else:
            out.append(kind)
            _write(out, I16, number)
        if kind > FALSE:
            _write(out, kind, held)
        last = number
    out.append(0)


def _write_map(out: bytearray, key: int, value: int, pairs: list[Any]) -> None:
    _varint(out, len(pairs))
    if pairs:
        out.append(key << 4 | value)
    for name, held in pairs:
        _write(out, key, name)
        _write(out, value, held)


def _head(out: bytearray, count: int, kind: int) -> None:
    if count < 15:
        out.append(count << 4 | kind)
    else:
        out.append(0xF0 | kind)
        _varint(out, count)


def _varint(out: bytearray, number: int) -> None:
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def _unzigzag(number: int) -> int:
    return number >> 1 ^ -(number & 1)
