"""No count below ten leaves a suppressed table: not as such, and not by solving for what is hidden."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.monitoring.disclosure import (
    HIDDEN,
    SMALLEST_COUNT,
    Counts,
    DisclosureRefused,
    SuppressedTable,
    all_or_nothing,
    borders_of,
    merge_bins,
    suppress,
)
from tests.modelregister.attacking import Attacker

SIZES = st.one_of(st.integers(0, 25), st.integers(0, 400))


@st.composite
def counts(draw: st.DrawFn, parts: int) -> Counts:
    size = draw(SIZES)
    return Counts(size, tuple(draw(st.integers(0, size)) for _ in range(parts)))


@st.composite
def groups(draw: st.DrawFn) -> tuple[int, dict[str, Counts]]:
    parts = draw(st.integers(0, 2))
    names = [f"groep {number}" for number in range(draw(st.integers(1, 6)))]
    return parts, {name: draw(counts(parts)) for name in names}


def solve(table: SuppressedTable, true: dict[str, Counts]) -> None:
    """Fail when a hidden number that is below ten can be found, or found to be below ten."""
    attacker = Attacker()
    parts = len(table.measures)
    for name in true:  # a row is who a measure counts and who it does not count
        for part in range(parts):
            attacker.knows({f"{name}/n": 1, f"{name}/{part}": -1, f"{name}/niet {part}": -1}, 0)
        attacker.knows({f"{name}/n": 1, f"{name}/zelf": -1}, 0)
    known = {**table.rows, "": table.total}
    for name, shown in known.items():
        if shown is not None:
            rows = [name] if name else list(true)
            for column, number in zip(["n", *map(str, range(parts))], (shown.size, *shown.parts), strict=True):
                attacker.knows({f"{row}/{column}": 1 for row in rows}, number)
    for name, cell in true.items():
        if table.rows[name] is not None:
            continue
        columns = {"n": cell.size}
        for part, number in enumerate(cell.parts):
            columns |= {str(part): number, f"niet {part}": cell.size - number}
        for column, number in columns.items():
            low, high = attacker.bounds({f"{name}/{column}": 1})
            assert low <= number <= high
            assert number >= SMALLEST_COUNT or high >= SMALLEST_COUNT, (name, column, number, low, high)
            assert low < high


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(groups())
def test_no_hidden_cell_can_be_solved_for(made: tuple[int, dict[str, Counts]]) -> None:
    parts, rows = made
    table = suppress("tabel", [f"maat {number}" for number in range(parts)], rows)
    assert set(table.rows) == set(rows)
    for name, shown in table.rows.items():
        assert shown is None or (shown == rows[name] and shown.showable)
    if table.total is not None:
        solve(table, rows)


@settings(max_examples=300, deadline=None)
@given(groups())
def test_nothing_is_hidden_that_nothing_needs(made: tuple[int, dict[str, Counts]]) -> None:
    parts, rows = made
    table = suppress("tabel", [f"maat {number}" for number in range(parts)], rows)
    if all(one.showable for one in rows.values()):
        assert all(shown is not None for shown in table.rows.values())


@settings(max_examples=300, deadline=None)
@given(st.lists(SIZES, min_size=2, max_size=12), st.data())
def test_a_distribution_shows_no_bin_below_ten_and_adds_up(bins: list[int], data: st.DataObject) -> None:
    edges = [str(number) for number in range(len(bins) + 1)]
    keep = data.draw(st.lists(st.sampled_from(edges[1:-1]) if len(edges) > 2 else st.nothing(), max_size=2))
    table = merge_bins("scores", edges, bins, keep)
    if sum(bins) < SMALLEST_COUNT:
        assert table.total is None and borders_of(table) == {}
        return
    assert table.total is not None and table.total.size == sum(bins)
    shown = borders_of(table)
    for border, above in shown.items():
        assert above == sum(bins[int(border) :])
    numbers = [*shown.values(), 0]
    assert all(abs(one - other) >= SMALLEST_COUNT for one, other in pairwise(numbers))
    if keep:
        at = int(keep[0])
        enough = min(sum(bins[:at]), sum(bins[at:])) >= SMALLEST_COUNT
        assert (keep[0] in shown) == enough or not enough


@settings(max_examples=200, deadline=None)
@given(st.lists(SIZES, min_size=2, max_size=4))
def test_all_or_nothing_shows_all_or_nothing(numbers: list[int]) -> None:
    rows = {str(place): number for place, number in enumerate(numbers)}
    table = all_or_nothing("omslagen", rows)
    shown = [name for name, cell in table.rows.items() if cell is not None]
    assert shown == (list(rows) if min(numbers) >= SMALLEST_COUNT else [])


@pytest.mark.parametrize(
    ("total", "rows"),
    [
        (Counts(100), {"a": Counts(91), "b": Counts(9)}),
        (Counts(100), {"a": Counts(91), "b": None}),
        (Counts(100), {"a": Counts(91), "b": None, "c": None}),
        (Counts(100), {"a": Counts(50), "b": Counts(49)}),
        (Counts(9), {"a": None, "b": None}),
        (None, {"a": Counts(91), "b": None}),
    ],
    ids=["small", "one hidden", "hidden together small", "no sum", "small total", "hidden total"],
)
def test_a_table_that_gives_something_away_cannot_be_made(total: Counts | None, rows: dict[str, Counts | None]) -> None:
    with pytest.raises(DisclosureRefused, match="SC-570"):
        SuppressedTable("tabel", (), total, rows)


def test_a_part_that_is_nearly_everybody_hides_the_row() -> None:
    table = suppress("tabel", ["gemarkeerd"], {"ja": Counts(40, (35,)), "nee": Counts(100, (50,))})
    assert table.rows == {"ja": None, "nee": None} and table.total == Counts(140, (85,))


def test_hidden_is_marked_and_not_shown_as_nothing() -> None:
    table = suppress("tabel", ["gemarkeerd"], {"ja": Counts(0, (0,)), "nee": Counts(100, (50,))})
    plain = table.as_dict()
    assert plain["rijen"] == [
        {"naam": "ja", "aantal": HIDDEN, "gemarkeerd": HIDDEN},
        {"naam": "nee", "aantal": HIDDEN, "gemarkeerd": HIDDEN},
    ]
    assert plain["totaal"] == {"aantal": 100, "gemarkeerd": 50}
