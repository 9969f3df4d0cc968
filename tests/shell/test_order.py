"""Deliveries are done in order of their period, also when one of them has to wait."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from shared.errors import StorageUnavailable
from shared.sweep import process_arrived, run_waiting
from tests.shell.tinycore import CORE, judge
from tests.shell.workshop import Workshop


def test_deliveries_are_done_in_order_of_their_period_whatever_their_names(workshop: Workshop) -> None:
    workshop.deliver("2026-11-19-a", {"1": 1}, van=datetime(2026, 11, 19))
    workshop.deliver("2026-11-19-z", {"2": 1}, van=datetime(2026, 11, 18))
    run_waiting(workshop.installation)
    order = workshop.sql("SELECT levering FROM verwerkingen ORDER BY publicatie")
    assert order == [("2026-11-19-z",), ("2026-11-19-a",)]


def test_a_later_delivery_waits_for_an_earlier_one_that_must_be_retried(workshop: Workshop) -> None:
    def unavailable(*_: object) -> None:
        raise StorageUnavailable("Storage is away.")

    workshop.deliver("2026-11-19", {"1": 1})
    workshop.deliver("2026-11-20", {"2": 1})
    broken = workshop.with_(core=replace(CORE, judge=unavailable))
    round_ = run_waiting(broken.installation)
    assert round_.failed and round_.waiting == ("2026-11-20",)
    assert workshop.states() == {"2026-11-19": "mislukt"}
    assert workshop.sql("SELECT reden FROM verwerkingen") == [("opslag_onbereikbaar",)]
    assert not run_waiting(workshop.installation).failed
    assert workshop.states() == {"2026-11-19": "afgerond", "2026-11-20": "afgerond"}


def test_events_in_any_order_are_done_in_order_of_their_period(workshop: Workshop) -> None:
    workshop.deliver("2026-11-20", {"2": 1})
    workshop.deliver("2026-11-19", {"1": 1})
    outcomes = process_arrived(workshop.installation)  # the event of the later one came first
    assert [outcome.levering for outcome in outcomes] == ["2026-11-19", "2026-11-20"]
    assert set(workshop.states().values()) == {"afgerond"}
    assert process_arrived(workshop.installation) == []


def test_an_event_waits_for_an_earlier_delivery_that_another_worker_is_at(workshop: Workshop) -> None:
    seen: list[str] = []

    def meanwhile(*arguments: object) -> object:
        if not seen:
            workshop.deliver("2026-11-20", {"2": 1})
            seen.extend(str(outcome.kind) for outcome in process_arrived(workshop.installation))
            assert workshop.states() == {"2026-11-19": "bezig"}
        return judge(*arguments)  # type: ignore[arg-type]

    workshop.deliver("2026-11-19", {"1": 1})
    process_arrived(workshop.with_(core=replace(CORE, judge=meanwhile)).installation)
    assert seen == ["bezet"]
    assert set(workshop.states().values()) == {"afgerond"}, "who was at it looked again and did the later one too"


@pytest.mark.parametrize("day", [18, 19])
@pytest.mark.parametrize("work", [run_waiting, process_arrived])
def test_one_that_is_corrected_while_it_waits_keeps_its_place(workshop: Workshop, work: Any, day: int) -> None:
    """Behind the next one it would come too late: that one would be held, for a gap that is none."""
    seen: list[object] = []

    def meanwhile(*arguments: object) -> object:
        if not seen:
            workshop.deliver("2026-11-19", {"4": 1}, van=datetime(2026, 11, day), days=20 - day)
        seen.append(arguments)
        return judge(*arguments)  # type: ignore[arg-type]

    for number, levering in enumerate(("2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21")):
        workshop.deliver(levering, {str(number): 1}, van=datetime(2026, 11, 18 + number))
    work(workshop.with_(core=replace(CORE, judge=meanwhile)).installation)
    assert list(workshop.states()) == ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"]
    assert set(workshop.states().values()) == {"afgerond"}


@pytest.mark.parametrize("work", [run_waiting, process_arrived])
def test_one_that_is_written_again_with_a_later_period_goes_to_its_new_place(workshop: Workshop, work: Any) -> None:
    """At its old place the one that it now comes after would be held, for a gap that is none."""
    seen: list[object] = []

    def meanwhile(*arguments: object) -> object:
        if not seen:
            workshop.deliver("2026-11-19", {"4": 1}, van=datetime(2026, 11, 20))
        seen.append(arguments)
        return judge(*arguments)  # type: ignore[arg-type]

    workshop.deliver("2026-11-18", {"1": 1}, van=datetime(2026, 11, 18))
    workshop.deliver("2026-11-19", {"2": 1}, van=datetime(2026, 11, 19))
    workshop.deliver("2026-11-20", {"3": 1}, van=datetime(2026, 11, 19))
    work(workshop.with_(core=replace(CORE, judge=meanwhile)).installation)
    order = workshop.sql("SELECT levering FROM verwerkingen ORDER BY publicatie")
    assert order == [("2026-11-18",), ("2026-11-20",), ("2026-11-19",)]
    assert set(workshop.states().values()) == {"afgerond"}


def test_progress_tells_how_far_the_round_is(workshop: Workshop) -> None:
    told: list[tuple[int, int, str]] = []
    workshop.deliver("2026-11-19", {"1": 1})
    workshop.deliver("2026-11-20", {"2": 1})
    run_waiting(workshop.installation, lambda p: told.append((p.done, p.total, p.levering)))
    assert told == [(0, 2, "2026-11-19"), (1, 2, "2026-11-19"), (1, 2, "2026-11-20"), (2, 2, "2026-11-20")]
