"""What is made ahead comes in order, one piece at a time, and tells of its faults where it is asked for.

What is done beside something else is done when that is.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Generator, Iterator
from contextlib import closing

import pytest

from shared.ahead import beside, one_ahead
from tests.stages.collector import without_collector


def _pieces(number: int, begun: list[int]) -> Iterator[int]:
    for piece in range(number):
        begun.append(piece)
        yield piece
    begun.append(-1)


def test_all_pieces_come_in_order() -> None:
    assert list(one_ahead(range(1000))) == list(range(1000))
    assert list(one_ahead([])) == []
    assert list(one_ahead([None, 0, ""])) == [None, 0, ""]


def test_the_next_piece_is_made_meanwhile_and_no_more_than_that() -> None:
    second, third = threading.Event(), threading.Event()

    def made() -> Iterator[int]:
        yield 1
        second.set()
        yield 2
        third.set()
        yield 3

    with closing(one_ahead(made())) as pieces:
        assert next(pieces) == 1
        assert second.wait(60), "nobody asked for it yet"
        assert not third.is_set()


def test_what_goes_wrong_is_raised_where_the_piece_is_asked_for() -> None:
    class Fault(BaseException):
        pass

    def made() -> Iterator[int]:
        yield 1
        raise Fault

    pieces = one_ahead(made())
    assert next(pieces) == 1
    with pytest.raises(Fault):
        next(pieces)


def test_who_stops_early_leaves_no_thread_and_makes_nothing_more() -> None:
    before, begun = threading.active_count(), list[int]()
    with closing(one_ahead(_pieces(10, begun))) as pieces:
        assert next(pieces) == 0
    assert threading.active_count() == before
    assert begun == [0, 1]
    with pytest.raises(ZeroDivisionError), closing(one_ahead(_pieces(10, begun))) as pieces:
        for piece in pieces:
            assert piece // 0
    assert threading.active_count() == before


class _Large:
    """Something whose memory is missed."""


@without_collector()
def test_after_a_fault_nothing_is_held_that_the_pieces_were_made_of() -> None:
    seen: list[weakref.ref[_Large]] = []

    def made() -> Iterator[int]:
        large = _Large()
        seen.append(weakref.ref(large))
        yield 1
        raise ValueError(f"{len(seen)} of {large}")

    def ended() -> None:
        with closing(one_ahead(made())) as pieces, pytest.raises(ValueError, match="1 of"):
            list(pieces)

    ended()
    assert [each() for each in seen] == [None]


def test_what_is_done_beside_something_is_done_at_its_end() -> None:
    goes_on, done = threading.Event(), threading.Event()

    def work() -> None:
        assert goes_on.wait(60)
        done.set()

    with beside(work):
        assert not done.is_set()
        goes_on.set()
    assert done.is_set()


def test_who_wants_to_know_waits_for_it_before_the_end() -> None:
    with beside(lambda: 7) as finish:
        assert (finish(), finish()) == (7, 7)


def test_its_fault_is_told_at_the_end_and_one_of_the_other_goes_first() -> None:
    def work() -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"), beside(work):
        pass
    with pytest.raises(KeyboardInterrupt), beside(work):
        raise KeyboardInterrupt


def test_who_is_closed_meanwhile_waits_for_it() -> None:
    goes_on, done = threading.Event(), threading.Event()

    def work() -> None:
        assert goes_on.wait(60)
        done.set()

    def pieces() -> Generator[int]:
        with beside(work):
            yield 1

    with closing(pieces()) as some:
        assert next(some) == 1
        threading.Timer(0.05, goes_on.set).start()
    assert done.is_set()
