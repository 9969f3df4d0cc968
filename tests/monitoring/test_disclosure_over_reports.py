"""No count below ten can be found from a chain of reports, whatever is subtracted from what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from development.population.months import Plan, synthetic_months
from shared.monitoring import blocks
from shared.monitoring.blocks import Chains, Counted, close_blocks, number_of
from shared.monitoring.columns import Family, families
from shared.monitoring.disclosure import DisclosureRefused
from shared.monitoring.months import GroupTally, MonthTally, Stream
from shared.monitoring.pictures import picture_columns, shown_tables
from shared.monitoring.quality import numbers
from shared.monitoring.released import as_record, from_record
from shared.monitoring.windows import shown_in
from tests.monitoring.attack import COLUMNS, Attack
from tests.monitoring.invented import KINDS, UNKNOWN, World, invent

PAIRS, LONG, BOUNDED = 1000, 6, 25
REASONS = {"MODEL": "model.applications", "GEEN_DIENST": "unscored", "": "proces.applications"}


def reports(world: World) -> Iterator[tuple[int, Counted, Chains]]:
    """Make the report of every month, each from the record that the one before it wrote."""
    record = None
    months = world.months
    for last in range(1, len(months) + 1):
        counted = Counted(months[:last], world.nested)
        earlier = None if record is None else from_record(record, counted)
        chains = close_blocks(counted, earlier)
        record = as_record(chains, counted)
        yield last, counted, chains


def attack(world: World) -> Attack:
    """Read every table of every report."""
    attacker = Attack(world)
    attacker.learn_nobody()
    for last, counted, chains in reports(world):
        for asked in (1, 12):
            for grouping in ("alle", *world.shown):
                names = {name: name for name in counted.seen[grouping]}
                for stream in Stream:
                    for size, table, window in shown_tables(chains, stream, grouping, asked, counted.last, "t", names):
                        if window is None:
                            assert table.total is None
                            continue
                        first = number_of(window.first) - counted.start
                        end = number_of(window.last) - counted.start
                        assert end < last
                        headings = {heading: _column(column) for column, heading in picture_columns(stream).items()}
                        attacker.learn_table(table, grouping, headings, _column(size) if size else None, (first, end))
        learn_judgements(attacker, counted, chains)
        reasons = numbers(counted, chains, world.months[last - 1])[0]
        for name, counts in {**reasons.rows, "": reasons.total}.items():
            if counts is not None:
                kinds = COLUMNS[REASONS[name]]
                attacker.learn(attacker.everybody(next(iter(world.divisions)), last - 1, last - 1, kinds), counts.size)
    return attacker


def learn_judgements(attacker: Attack, counted: Counted, chains: Chains) -> None:
    """Learn what people did with each signal, of a month and of a year: more than the report draws of it."""
    for family in counted.families:
        if not family.name.startswith("beoordeling"):
            continue
        for asked in (1, 12):
            shown = shown_in(chains, "alle", {family.name: family.columns}, asked, counted.last)
            if shown is not None:
                span = (number_of(shown.window.first) - counted.start, number_of(shown.window.last) - counted.start)
                for column, number in shown.counts["alle",].items():
                    weights = attacker.everybody(next(iter(attacker.world.divisions)), *span, COLUMNS[column])
                    attacker.learn(weights, number)


def _column(column: str) -> str:
    return column.replace("aanvragen", "applications").replace("gemarkeerd", "flagged")


@pytest.mark.parametrize("part", range(10))
def test_no_count_below_ten_can_be_found_from_two_reports_in_a_row(part: int) -> None:
    shown = 0
    for seed in range(part * PAIRS // 10, (part + 1) * PAIRS // 10):
        attacker = attack(invent(seed, months=2 + seed % 3))
        shown += len(attacker.rows)
        assert not attacker.leaks(by_bounds=True), seed
    assert shown > 2_000


@pytest.mark.parametrize("seed", range(LONG))
def test_no_count_below_ten_can_be_found_from_a_chain_of_reports(seed: int) -> None:
    attacker = attack(invent(9000 + seed, months=13 + seed))
    assert not attacker.leaks()


@pytest.mark.parametrize("seed", range(BOUNDED))
def test_what_is_hidden_can_be_ten_or_more(seed: int) -> None:
    world = invent(5000 + seed, months=4)
    attacker = attack(world)
    wanted = [found for found in attacker.small() if found[1][2] == found[1][3] and "+" not in found[1][1]]
    for place in np.random.default_rng(seed).permutation(len(wanted))[:8]:
        weights, name = wanted[place]
        low, high = attacker.bounds(weights)
        assert low - 1e-6 <= weights @ attacker.truth <= high + 1e-6
        assert high >= 10 - 1e-6 and high - low > 1, (name, low, high)


@pytest.mark.parametrize("seed", [29, 91])
def test_the_attacker_finds_the_unknown_that_each_grouping_shows_on_its_own(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has no row is unknown everywhere: rows of the unknown of two groupings, taken off each other, are a few."""
    monkeypatch.setattr(blocks, "whole_blocks", lambda *_: True)
    assert any(people.startswith(UNKNOWN) for _, people, _, _ in attack(invent(seed, 2 + seed % 3)).leaks())


def test_the_attacker_finds_a_group_to_which_the_unknown_were_added_where_another_grouping_shows_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def people(whole: int, marked: int, not_worth: int, worth: int) -> np.ndarray:
        counts = {"out0_open": whole, "out1_open": marked, "people_marked0": not_worth, "people_marked1": worth}
        return np.array([counts.get(kind, 0) for kind in KINDS])

    known = {
        "een": np.stack([people(600, 150, 6, 30), people(200, 50, 20, 20)])[None],
        "twee": np.stack([people(500, 100, 13, 25), people(300, 100, 13, 25)])[None],
    }
    divisions = {"een": ("ja", "nee"), "twee": ("a", "b")}
    shown = {name: (name, {**{cell: (cell,) for cell in cells}, UNKNOWN: ()}) for name, cells in divisions.items()}
    layers = people(100, 30, 20, 20)[None, None]
    world = World(divisions, known, layers, dict.fromkeys(divisions, 1), shown)
    assert not attack(world).leaks(by_bounds=True)
    monkeypatch.setattr(blocks, "without_them", lambda rows: rows)
    assert ("model.fp", "een: ja", 0, 0) in attack(world).leaks()


@pytest.mark.parametrize("seed", [53, 71])
def test_the_attacker_finds_an_age_in_between_where_groupings_inside_each_other_are_shown_on_their_own(
    seed: int,
) -> None:
    world = replace(invent(seed, 2 + seed % 3), nested=())
    assert any(people.startswith("leeftijd") for _, people, _, _ in attack(world).leaks())


@pytest.mark.parametrize("seed", [2, 4])
def test_the_attacker_finds_who_is_left_beside_what_people_did_with_a_signal(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(months: Sequence[MonthTally]) -> tuple[Family, ...]:
        of = (
            replace(family, exposures=family.exposures[:2], unless_nobody=None)
            if family.name.startswith("beoordeling")
            else family
            for family in families(months)
        )
        return tuple(of)

    monkeypatch.setattr(blocks, "families", careless)
    assert attack(invent(seed, 2 + seed % 3)).leaks()


def test_the_unknown_of_a_city_are_a_row_of_their_own_where_they_are_many() -> None:
    """Of one in five is no row there, and of a few more each month the birth country is unknown."""
    rng = np.random.default_rng(3)
    months = []
    for at in range(12):
        whole = rng.multinomial(830, [0.86, 0.14])
        without = rng.multinomial(170, [0.86, 0.14])
        groups = {
            "geslacht": {"man": whole // 2, "vrouw": whole - whole // 2, UNKNOWN: without},
            "geboren": {
                "ja": whole // 3,
                "nee": whole - whole // 3 - np.array([2, 1]),
                UNKNOWN: without + np.array([2, 1]),
            },
        }
        tallies = {
            name: {group: GroupTally(int(n.sum()), int(n[1])) for group, n in numbers.items()}
            for name, numbers in groups.items()
        }
        everybody = {"alle": {"alle": GroupTally(1000, int(whole[1] + without[1]))}}
        streams = dict.fromkeys((Stream.MODEL, Stream.PROCES), everybody | tallies)
        months.append(MonthTally("proef", "model", f"2025-{at + 1:02d}", {}, {"MODEL": 1000}, 1000, streams=streams))
    counted = Counted(months)
    chains = close_blocks(counted)
    rows = {
        grouping: [
            table.rows for _, table, _ in shown_tables(chains, Stream.MODEL, grouping, 12, counted.last, "t", {})
        ]
        for grouping in ("geslacht", "geboren")
    }
    assert set(rows["geslacht"][0]) == {"man", "vrouw", UNKNOWN}
    assert set(rows["geboren"][0]) == {"nee + onbekend", "ja"}  # one to three people more are unknown: it gives way


def test_the_attacker_finds_what_large_counts_alone_give_away() -> None:
    """Show every month and every growing year with ten or more in each cell, and nothing else: that is not enough."""
    found = 0
    for seed in range(40):
        world = invent(seed, months=3)
        attacker = Attack(world)
        division, cells = next(iter(world.divisions.items()))
        for last in range(3):
            for first in {0, last}:
                for cell in (*cells, UNKNOWN):
                    for column in ("model.applications", "model.flagged", "model.fp", "model.tp"):
                        weights = attacker.functional(division, [cell], first, last, COLUMNS[column])
                        if weights @ attacker.truth >= 10:
                            attacker.learn(weights, int(weights @ attacker.truth))
        found += bool(attacker.rows and attacker.leaks())
    assert found >= 10


def test_of_a_city_most_of_the_twelve_months_are_shown() -> None:
    months = synthetic_months(Plan(months=24), seed=1)
    shown: list[bool] = []
    for last in (12, 18, 24):
        counted = Counted(months[:last])
        chains = close_blocks(counted)
        for grouping in counted.seen:
            names = {name: name for name in counted.seen[grouping]}
            for stream in (Stream.MODEL, Stream.PROCES):
                tables = shown_tables(chains, stream, grouping, 12, counted.last, "t", names)
                shown += [table.total is not None for _, table, _ in tables]
    share = sum(shown) / len(shown)
    print(f"{share:.0%} of the tables over twelve months are shown")
    assert share > 0.9


def test_a_chain_of_reports_shows_what_one_report_shows() -> None:
    world = invent(11, months=9)
    *_, (_, counted, chains) = reports(world)
    assert chains == close_blocks(counted)


def test_when_old_months_are_gone_the_reports_go_on_with_what_was_shown() -> None:
    months = synthetic_months(Plan(months=20), seed=3)
    counted = Counted(months[:18])
    record = as_record(close_blocks(counted), counted)
    left = Counted(months[14:])
    chains = close_blocks(left, from_record(record, left))
    whole = close_blocks(Counted(months))
    for (grouping, family), closed in chains.blocks.items():
        for block in closed:
            if block.last - whole.start >= 18:  # of months that are there, and nothing less
                assert block.first >= left.start
                place = next(one for one in left.families if one.name == family).columns
                columns = [left.columns[column] for column in place]
                seen = left.of(grouping, block.first, block.last, block.rows)[:, columns].tolist()
                assert seen == [list(row) for row in block.counts]
            else:
                assert block in whole.blocks[grouping, family]
    monthly = ("geslacht", "aanvragen model")
    assert chains.blocks[monthly] == whole.blocks[monthly]


def test_a_closed_month_that_was_changed_is_not_reported() -> None:
    months = synthetic_months(Plan(months=3), seed=2)
    counted = Counted(months[:2])
    record = as_record(close_blocks(counted), counted)
    streams = months[0].streams
    groups = streams[Stream.MODEL]
    one = groups["alle"]["alle"]
    changed = {**groups, "alle": {"alle": replace(one, flagged=one.flagged + 1)}}
    months[0] = replace(months[0], streams={**streams, Stream.MODEL: changed})
    with pytest.raises(DisclosureRefused, match="SC-571"):
        from_record(record, Counted(months))


def test_what_is_written_beside_a_report_holds_no_count_below_ten() -> None:
    for seed in range(200):
        *_, (_, counted, chains) = reports(invent(seed, months=3))
        record = as_record(chains, counted)
        for shown in record["getoond"]:  # type: ignore[attr-defined]
            for block in shown["blokken"]:
                numbers = np.array(block["aantallen"])
                nobody = ~numbers.any(axis=0)
                assert (numbers[:, ~nobody] >= 10).all()
