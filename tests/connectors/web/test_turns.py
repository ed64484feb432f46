"""Whose turn it is, by promise and breadth-first."""

from __future__ import annotations

from collections import Counter

from corpuskit.connectors.web.turns import PATIENCE, Turns

SIZE = 10_000


def turns(promises: dict[str, float]) -> Turns:
    made = Turns(10**6, promises.__getitem__)
    for name in promises:
        made.host(name).waiting = 10**6
    return made


def asked(made: Turns, count: int, chars: dict[str, int]) -> Counter[str]:
    """How often hosts are asked that are rested at once and hold so many characters a page."""
    names: Counter[str] = Counter()
    for now in range(1, count + 1):
        name = made.next_host(now)
        assert name is not None
        host = made.host(name)
        made.taken(host)
        made.gave(host, SIZE, chars[name])
        host.next_at = now
        names[name] += 1
    return names


def test_without_scores_hosts_take_turns() -> None:
    made = Turns(10**6)
    for name in "abc":
        made.host(name).waiting = 10**6
    assert asked(made, 30, dict.fromkeys("abc", 0)) == {"a": 10, "b": 10, "c": 10}


def test_a_promise_that_is_kept_gets_nearly_all() -> None:
    names = asked(turns({"a": 0.2, "b": 0.01, "c": 0.01}), 1000, {"a": 2000, "b": 0, "c": 0})
    assert names["a"] > 900
    assert min(names["b"], names["c"]) > 0


def test_promises_that_are_not_kept_cost_little() -> None:
    """The better order is breadth-first here: two of the three hosts give, not the promising."""
    names = asked(turns({"a": 0.2, "b": 0.01, "c": 0.01}), 2000, {"a": 0, "b": 1000, "c": 1000})
    found = 1000 * (names["b"] + names["c"])
    breadth_first = 1000 * 2000 * 2 / 3
    assert found >= 0.83 * breadth_first


def test_where_nothing_is_found_both_orders_go_on_alike() -> None:
    names = asked(turns({"a": 0.2, "b": 0.01, "c": 0.01}), 600, dict.fromkeys("abc", 0))
    assert 100 <= names["b"] + names["c"] <= 300


def test_a_better_host_is_waited_for_but_not_for_long() -> None:
    made = turns({"a": 0.2, "b": 0.01})
    made.taken(made.host(str(made.next_host(0.0))))  # breadth-first has had its turn
    made.host("b").next_at = 0.5
    for rest, chosen in ((PATIENCE / 2, "a"), (PATIENCE * 2, "b")):
        made.host("a").next_at = rest
        assert made.next_host(0.0) == chosen
