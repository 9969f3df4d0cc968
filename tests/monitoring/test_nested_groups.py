"""Under 30 lies inside under 40: from a chain of reports no count below ten of an age in between can be found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from development.population.months import Plan, synthetic_months
from shared.levensonderhoud.groups import GROUP_RULES
from shared.monitoring.blocks import number_of
from shared.monitoring.disclosure import Counts
from shared.monitoring.months import GroupTally, MonthTally, Stream
from shared.monitoring.nested import Nested, nested_in, side_by_side
from shared.monitoring.reportfacts import GroupPicture
from tests.monitoring import test_facts
from tests.monitoring.attack import PRIME
from tests.monitoring.rules import RULES, Rule

AGES = (30, 40, 50)
BANDS = len(AGES) + 2  # four ages, and the unknown
MONTHS = 14
AGED = tuple(f"leeftijd_onder_{age}" for age in AGES)
NOT_NESTED = {name: replace(rule, inside="") for name, rule in RULES.items()}


def _shown(months: Sequence[MonthTally], rules: Mapping[str, Rule]) -> Iterator[GroupPicture]:
    record = None
    for last in range(1, len(months) + 1):
        facts = test_facts.report_facts(months[:last], test_facts.REFERENCE, 0.63, rules, record)
        record = facts.released
        yield from (one for one in (*facts.month_groups, *facts.year_groups) if one.grouping in AGED)


def _bands(row: str) -> set[int]:
    """Return which bands a rendered row is about."""
    found: set[int] = set()
    for name in row.split(" + "):
        if name == "onbekend":
            found.add(BANDS - 1)
        elif name.startswith("jonger"):
            found |= set(range(AGES.index(int(name.split()[-1])) + 1))
        else:
            found |= set(range(AGES.index(int(name.split()[0])) + 1, BANDS - 1))
    return found


def _numbers(tally: GroupTally) -> dict[str, int]:
    cells = tally.outcomes
    return {"aantal": tally.applications, "gemarkeerd": tally.flagged, "FP": cells.fp, "TP": cells.tp}


def _truth(months: Sequence[MonthTally]) -> dict[tuple[Stream, str], np.ndarray]:
    """Return how many there are, per month and band."""
    found = {}
    for stream in (Stream.MODEL, Stream.PROCES):
        for column in _numbers(GroupTally()):
            numbers = np.zeros((len(months), BANDS), dtype=np.int64)
            for at, month in enumerate(months):
                of = [month.streams[stream][name] for name in AGED]
                young = [_numbers(groups["ja"])[column] for groups in of]
                rest = [_numbers(of[-1][name])[column] for name in ("nee", "onbekend")]
                numbers[at] = [*np.diff([0, *young]), *rest]
            found[stream, column] = numbers
    return found


def _leaks(seed: int, rules: Mapping[str, Rule]) -> tuple[int, int]:
    """Return how many rows a reader has, and how many counts below ten these give away."""
    months = synthetic_months(Plan(months=MONTHS), seed)
    truth = _truth(months)
    known: dict[tuple[Stream, str], list[np.ndarray]] = {key: [] for key in truth}
    for one in _shown(months, rules):
        tables = ((one.applications, one.applications_window), (one.outcomes, one.outcomes_window))
        for table, window in tables:
            if window is None:
                continue
            start = number_of(months[0].month)
            span = slice(number_of(window.first) - start, number_of(window.last) - start + 1)
            for row, counts in table.rows.items():
                assert isinstance(counts, Counts)
                numbers = dict(zip(table.measures, counts.parts, strict=True))
                if "gemarkeerd" in numbers:
                    numbers["aantal"] = counts.size
                for column, number in numbers.items():
                    if (one.stream, column) in known:
                        weights = _over(span, _bands(row))
                        assert int((weights * truth[one.stream, column].ravel()).sum()) == number
                        known[one.stream, column].append(weights)
    return sum(map(len, known.values())), sum(_found(known[key], truth[key]) for key in known)


def _over(span: slice, bands: set[int]) -> np.ndarray:
    weights = np.zeros((MONTHS, BANDS), dtype=np.int64)
    weights[span, sorted(bands)] = 1
    return weights.ravel()


def _found(rows: Sequence[np.ndarray], truth: np.ndarray) -> int:
    basis: list[tuple[int, np.ndarray]] = []
    for row in np.unique(np.array(rows).reshape(-1, MONTHS * BANDS), axis=0):
        left = _reduced(row, basis)
        if left.any():
            at = int(np.flatnonzero(left)[0])
            basis.append((at, left * pow(int(left[at]), -1, PRIME) % PRIME))
    found = 0
    for first in range(MONTHS):
        for last in range(first, min(MONTHS, first + 12)):
            for bands in (set(some) for size in range(1, BANDS) for some in combinations(range(BANDS), size)):
                weights = _over(slice(first, last + 1), bands)
                if 0 < int(weights @ truth.ravel()) < 10:
                    found += not _reduced(weights, basis).any()
    return found


def _reduced(row: np.ndarray, basis: Sequence[tuple[int, np.ndarray]]) -> np.ndarray:
    left = row % PRIME
    for at, other in basis:
        if left[at]:
            left = (left - left[at] * other) % PRIME
    return left


@pytest.mark.parametrize("seed", range(6))
def test_no_count_below_ten_of_an_age_in_between_can_be_found(seed: int) -> None:
    rows, leaks = _leaks(seed, RULES)
    assert rows > 300
    assert leaks == 0


def test_the_attacker_finds_ages_that_are_shown_as_if_they_had_nothing_to_do_with_each_other() -> None:
    assert _leaks(0, NOT_NESTED)[1] > 0


def test_the_ages_of_the_use_case_lie_inside_each_other() -> None:
    assert nested_in(GROUP_RULES) == (Nested(AGED),) == nested_in(RULES)


def test_bands_are_taken_together_with_their_neighbours_alone() -> None:
    bands = Nested(AGED).bands
    order = (AGED[1], "nee", AGED[2], AGED[0], "onbekend")
    assert side_by_side(order, bands) == [
        tuple((band,) for band in bands),
        ((AGED[0],), (AGED[1], "onbekend"), (AGED[2],), ("nee",)),
        ((AGED[0], AGED[1], "onbekend"), (AGED[2],), ("nee",)),
        ((AGED[0], AGED[1], "onbekend"), (AGED[2], "nee")),
    ]
