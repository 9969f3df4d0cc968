"""What is made ahead comes in order, one piece at a time, and tells of its faults where it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from shared.ahead import one_ahead


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
