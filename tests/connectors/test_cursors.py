from __future__ import annotations

import os
from itertools import chain

import pytest

from corpuskit.connectors.cursors import between


@pytest.fixture
def numbers(tmp_path):
    """Reads 0..99 from a file and counts how often it had to start."""
    path = tmp_path / "numbers"
    path.write_text("0")
    starts = []

    def read_all():
        starts.append(1)
        for number in range(100):
            yield number, number

    def read(start, stop, how="numbers"):
        return [thing for _, thing in between(str(path), how, start, stop, read_all)]

    read.starts, read.path = starts, path
    return read


def test_pieces_in_order_are_read_in_one_go(numbers):
    assert [n for at in range(0, 100, 7) for n in numbers(at, at + 7)] == list(range(100))
    assert len(numbers.starts) == 1


def test_pieces_may_be_left_out(numbers):
    assert numbers(0, 10) + numbers(30, 40) + numbers(90, 200) == [
        *range(10), *range(30, 40), *range(90, 100)
    ]  # fmt: skip
    assert len(numbers.starts) == 1


def test_an_earlier_piece_starts_again(numbers):
    assert numbers(50, 60) + numbers(50, 55) + numbers(0, 5) == [
        *range(50, 60), *range(50, 55), *range(5)
    ]  # fmt: skip
    assert len(numbers.starts) == 3


def test_a_changed_file_and_another_way_of_reading_start_again(numbers):
    numbers(0, 10)
    numbers(10, 20, how="other")
    numbers(20, 30, how="other")
    assert len(numbers.starts) == 2
    os.utime(numbers.path, ns=(1, 1))
    assert numbers(30, 35, how="other") == list(range(30, 35))
    assert len(numbers.starts) == 3


def test_a_reader_that_is_given_up_leaves_nothing_behind(numbers):
    found = between(str(numbers.path), "given up", 0, 50, lambda: iter([(0, 0), (1, 1)]))
    next(found)
    found.close()
    assert numbers(0, 3, how="given up") == [0, 1, 2]


def test_a_stream_costs_what_the_docstring_says(numbers):
    """In things read, which are what is decompressed: one pass in order, (n + 1) / 2 anew."""
    read = []

    def counted():
        for number in range(100):
            read.append(number)
            yield number, number

    def pieces(how):
        for start in range(0, 100, 10):
            yield list(between(str(numbers.path), how(start), start, start + 10, counted))

    assert list(chain.from_iterable(pieces(lambda _: "kept"))) == [(n, n) for n in range(100)]
    assert len(read) == 100
    read.clear()
    for _ in pieces(lambda start: f"nothing kept for {start}"):
        pass
    assert len(read) == pytest.approx(100 * 11 / 2, abs=10)
