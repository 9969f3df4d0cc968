"""Figures for people: rounded, and never so that they contradict what is said beside them."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.people.figures import beside, percent, side_of

SCORES = st.floats(0.0, 1.0, allow_subnormal=False)


def _read(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


@given(SCORES, SCORES, st.integers(2, 6))
@example(0.6299999, 0.63, 2)
@example(math.nextafter(0.63, 0), 0.63, 6)
@example(0.631, 0.6312, 2)
def test_what_is_read_lies_on_the_same_side_as_what_was_computed(score: float, threshold: float, places: int) -> None:
    told, border = map(_read, beside(score, threshold, places))
    assert (told > border) == (score > threshold)
    assert (told < border) == (score < threshold)
    assert side_of(score, threshold) == ("onder" if told < border else "op of boven")


@pytest.mark.parametrize(
    ("score", "threshold", "told"),
    [
        (0.7149, 0.63, ("0,71", "0,63")),
        (0.6281, 0.63, ("0,628", "0,63")),
        (0.63, 0.63, ("0,63", "0,63")),
        (0.5, 0.6312, ("0,50", "0,63")),
        (0.6310, 0.6312, ("0,6310", "0,6312")),
    ],
)
def test_no_more_decimals_are_shown_than_it_takes(score: float, threshold: float, told: tuple[str, str]) -> None:
    assert beside(score, threshold) == told


@given(st.floats(0.0, 1.0, exclude_min=True, exclude_max=True, allow_subnormal=False))
@example(0.9951)
@example(math.nextafter(1, 0))
def test_a_share_of_some_never_reads_as_none_or_all(share: float) -> None:
    assert 0 < _read(percent(share).removesuffix(" %")) < 100


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.873, "87 %"), (0.998, "99,8 %"), (0.995, "99,5 %"), (0.004, "0,4 %")],
)
def test_a_share_is_told_in_whole_percents_where_that_says_enough(share: float, told: str) -> None:
    assert percent(share) == told
