"""Of features that imply each other no count can be found, and no difference is known to be a few people."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.monitoring.rough import HALF_STEP, STEPS, Rough, roughly, span_of

FEWEST = 2 * 100 * HALF_STEP // STEPS[-1]


def spans(seen: Rough, known: int) -> list[tuple[int, int]]:
    """Return between which numbers the people below each border are, lowest and highest border included."""
    return [(0, 0), *(span_of(percent, seen.step, known) for percent in seen.below), (known, known)]


def left(larger: tuple[int, int], smaller: tuple[int, int]) -> tuple[int, int]:
    """Return between which numbers the people lie who are in the one and not in the other that lies inside it."""
    return max(0, larger[0] - smaller[1]), larger[1] - smaller[0]


def pinned(found: Sequence[tuple[int, int]]) -> bool:
    """Say whether one of these numbers is known to be a few people, or nobody."""
    return any(high < 10 or low == high for low, high in found)


@settings(max_examples=300, deadline=None)
@given(st.integers(FEWEST, 6000), st.integers(1, 9), st.randoms(use_true_random=False), st.booleans())
def test_no_bin_and_no_difference_between_features_is_known_to_be_a_few(
    size: int, bins: int, random: object, everybody: bool
) -> None:
    rng = np.random.default_rng(random.getrandbits(32))  # type: ignore[attr-defined]
    known = size if everybody else int(rng.integers(FEWEST, size + 1))
    counts = rng.multinomial(known, rng.dirichlet(np.full(bins + 1, 0.3)))
    below = list(accumulate(counts.tolist()))[:-1]
    inside = [int(rng.integers(max(0, number - 12), number + 1)) for number in below]  # who are in another feature too
    seen, other = roughly(counts.tolist(), size), roughly(np.diff([0, *sorted(inside), known]).tolist(), size)
    if seen is None or other is None:
        assert known < 2 * FEWEST
        return
    mine, theirs = spans(seen, known), spans(other, known)
    assert all(low <= number <= high for (low, high), number in zip(mine[1:-1], below, strict=True))
    assert not pinned([left(high, low) for low, high in pairwise(mine)])
    assert not pinned([left(one, two) for one, two in zip(mine[1:-1], theirs[1:-1], strict=True) if one[1] >= two[0]])


def test_whole_percents_of_a_hundred_and_fifty_people_give_the_count_away() -> None:
    """What the rule is against: one percent of 150 is fewer than two people."""
    sure = [span_of(percent, 1, 150) for percent in range(1, 100)]
    assert pinned(sure) and sum(low == high for low, high in sure) > 40
    assert roughly((40, 110), 150) is None


@pytest.mark.parametrize(("size", "step"), [(259, None), (260, 10), (830, 5), (1300, 2), (2600, 1)])
def test_the_more_people_the_finer(size: int, step: int | None) -> None:
    seen = roughly((size // 3, size - size // 3), size)
    assert (seen and seen.step) == step


def test_a_border_rounds_to_the_step_that_holds_it() -> None:
    for number in range(831):
        seen = roughly((number, 830 - number), 830)
        assert seen is not None
        low, high = span_of(seen.below[0], seen.step, 830)
        assert low <= number <= high
        assert high - low >= (HALF_STEP if seen.below[0] in (0, 100) else 2 * HALF_STEP) - 1
        assert sum(seen.shares) == pytest.approx(1)


def test_whether_a_few_are_unknown_changes_nothing_that_is_shown_of_so_many() -> None:
    assert roughly((700, 600), 1300) == Rough(2, (54,), 1300)
    assert roughly((698, 599), 1300) == Rough(2, (54,), 1300)  # 1297 alone would be rounded to five percent
    assert roughly((300, 300), 1300) == Rough(5, (50,), 600)
