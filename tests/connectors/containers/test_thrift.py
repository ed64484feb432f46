"""Thrift's compact protocol: what is written is read again, broken bytes are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.containers.thrift import (
    BINARY,
    BYTE,
    DOUBLE,
    FALSE,
    I16,
    I32,
    I64,
    LIST,
    MAP,
    SET,
    STRUCT,
    TRUE,
    Struct,
    ThriftError,
    dumps,
    loads,
)

NUMBERS = st.integers(-(2**63), 2**63 - 1)
LEAVES = {
    BYTE: st.integers(0, 255),
    I16: st.integers(-(2**15), 2**15 - 1),
    I32: st.integers(-(2**31), 2**31 - 1),
    I64: NUMBERS,
    DOUBLE: st.floats(allow_nan=False),
    BINARY: st.binary(max_size=200),
}
FIELDS = st.integers(1, 3000)


def typed(values: dict) -> st.SearchStrategy:
    return st.one_of(*(st.tuples(st.just(kind), value) for kind, value in values.items()))


def containers(structs: st.SearchStrategy) -> st.SearchStrategy:
    lists = st.one_of(
        st.tuples(st.just(kind), st.lists(value, max_size=20)) for kind, value in LEAVES.items()
    )
    maps = st.tuples(
        st.just(BINARY), st.just(I32), st.lists(st.tuples(LEAVES[BINARY], LEAVES[I32]), min_size=1)
    )
    held = LEAVES | {LIST: lists, SET: lists, MAP: maps, STRUCT: structs}
    bools = st.sampled_from([(TRUE, True), (FALSE, False)])
    return st.dictionaries(FIELDS, st.one_of(typed(held), bools), max_size=6)


STRUCTS = st.recursive(st.just({}), containers, max_leaves=5)


@given(STRUCTS)
def test_what_is_written_is_read_again(value: Struct) -> None:
    assert loads(dumps(value)) == value


@given(STRUCTS.map(dumps), st.integers(1, 20))
def test_a_struct_that_is_cut_off_is_an_error(data: bytes, less: int) -> None:
    with pytest.raises(ThriftError):
        loads(data[: max(0, len(data) - less)])


@given(st.binary(max_size=100))
def test_any_bytes_are_a_struct_or_an_error(data: bytes) -> None:
    try:
        loads(data)
    except ThriftError:
        return


def test_bytes_are_those_of_the_specification() -> None:
    """Field 1 is -1, field 3 true, field 20 "ab": deltas, zigzag, a long form, lengths."""
    value: Struct = {1: (I32, -1), 3: (TRUE, True), 20: (BINARY, b"ab")}
    assert dumps(value) == bytes([0x15, 0x01, 0x21, 0x08, 0x28, 0x02]) + b"ab\0"


def test_nesting_without_end_is_an_error() -> None:
    with pytest.raises(ThriftError):
        loads(b"\x1c" * 100_000)
