"""Arrow values as Python values: a value that Python cannot hold is lost, never its row.

Times are computed from the stored numbers, because Arrow's own conversion needs pandas for
nanoseconds and a time zone database for zones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.types as kinds

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def python_values(column: pa.Array) -> tuple[list[Any], int]:
    """The values of a column, and how many of them are lost and stand as None.

    Text that is not UTF-8 comes as bytes, a timestamp as a time in UTC, a list as its first
    element at most, a struct as a dict of its fields.
    """
    if _is_plain(column.type):
        try:
            return column.to_pylist(), 0
        except ValueError:  # text that is not UTF-8
            pass
    values = [_value(scalar) for scalar in column]
    lost = sum(value is _LOST for value in values)
    return [None if value is _LOST else value for value in values], lost


def first_indices(names: Sequence[str]) -> dict[str, int]:
    """The place of every name; of a name that comes twice the first."""
    return {name: index for index, name in reversed(list(enumerate(names)))}


class _Lost:
    """A value that Python cannot hold."""


_LOST: Final = _Lost()


def _is_plain(kind: pa.DataType) -> bool:
    return bool(
        _is_text(kind)
        or kinds.is_integer(kind)
        or kinds.is_floating(kind)
        or kinds.is_boolean(kind)
        or kinds.is_null(kind)
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind))


def _value(scalar: pa.Scalar) -> Any:
    kind = scalar.type
    if not scalar.is_valid:
        return None
    if kinds.is_timestamp(kind):
        return _time(scalar.value, kind.unit)
    if kinds.is_struct(kind):
        return _struct(scalar)
    if kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind):
        first = _value(scalar.values[0]) if len(scalar.values) else _LOST
        return [] if first is _LOST else [first]
    if kinds.is_dictionary(kind) or isinstance(scalar, pa.ExtensionScalar):
        return _value(scalar.value)
    return _simple(scalar)


def _struct(scalar: pa.Scalar) -> dict[str, Any]:
    kind = scalar.type
    fields = first_indices([kind.field(index).name for index in range(kind.num_fields)])
    values = {name: _value(scalar[index]) for name, index in fields.items()}
    return {name: None if value is _LOST else value for name, value in values.items()}


def _simple(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return scalar.as_buffer().to_pybytes() if _is_text(scalar.type) else _LOST
    except Exception:  # noqa: BLE001 - damaged values raise what conversion happens to meet
        return _LOST


def _time(count: int, unit: str) -> datetime | _Lost:
    """A time so many units after 1970, to the microsecond; Python ends with the year 9999."""
    seconds, rest = divmod(count, _PER_SECOND[unit])
    try:
        return _EPOCH + timedelta(seconds=seconds, microseconds=rest * 10**6 // _PER_SECOND[unit])
    except OverflowError:
        return _LOST
