"""A delivery that storage lists and does not hand out fails by itself: the rest is done, told of, and in order."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from azure.core.exceptions import HttpResponseError

from shared.adapters.azure.failures import told
from shared.errors import StorageUnavailable
from shared.interventions import release, request_run
from shared.sweep import process_arrived, report_strays, run_waiting, take_up
from tests.shell.crashing import Refusing, no_answer, not_handed_out
from tests.shell.nofolder import NoFolder
from tests.shell.tinycore import CORE
from tests.shell.workshop import DATASET, Workshop

DAYS = ("2026-11-18", "2026-11-19-x", "2026-11-20")  # it is 21 November
WORKS: tuple[Callable[..., Any], ...] = (run_waiting, process_arrived, take_up)


def withheld(workshop: Workshop, *names: str, container: str = "brievenbus") -> Workshop:
    """A storage that hands out nothing of these deliveries, of all when none is named."""
    blobs = workshop.installation.blobs
    parts = [f"/{name}/" for name in names] or [""]
    refusing = Refusing(
        blobs, container, not_handed_out, effect="read", named=lambda name: any(part in name for part in parts)
    )
    return workshop.with_(blobs=cast(Any, refusing))


def away(*_: object) -> None:
    raise no_answer()


def failures(workshop: Workshop) -> list[tuple[str, str | None]]:
    outcomes = run_waiting(workshop.installation).outcomes
    return [(one.levering, one.failure.code) for one in outcomes if one.failure is not None]


@pytest.mark.parametrize("work", WORKS)
def test_it_is_told_and_the_others_are_done_where_what_is_missing_counts_as_a_gap(
    workshop: Workshop, work: Any
) -> None:
    for levering in DAYS:
        workshop.deliver(levering)
    found = work(withheld(workshop, DAYS[1]).installation)
    outcomes = found.outcomes if work is run_waiting else found
    assert [(one.levering, one.failure and one.failure.code) for one in outcomes] == [
        (DAYS[0], None),
        (DAYS[1], "SC-403"),
        (DAYS[2], None),
    ]
    assert workshop.states() == {DAYS[0]: "afgerond", DAYS[2]: "aangehouden"}, "its day is missing"
    assert [found["code"] for found in workshop.message(DAYS[2])["bevindingen"]] == ["LEV-601", "LEV-502"]


@pytest.mark.parametrize("work", WORKS)
def test_requests_and_quarantine_are_not_left_undone(workshop: Workshop, work: Any) -> None:
    workshop.deliver(DAYS[0])
    workshop.deliver("2026-10-01", oordeel="afgekeurd")
    run_waiting(workshop.installation)
    request_run(workshop.installation, DAYS[0], None, "bezwaar")
    workshop.clock.pass_by(timedelta(days=15))
    workshop.deliver(DAYS[1])
    work(withheld(workshop, DAYS[1]).installation)
    asked = workshop.sql("SELECT toestand FROM verwerkingen WHERE verzoek <> ''")
    done = work is not process_arrived  # which looks at deliveries alone
    assert asked == [("afgerond" if done else "wachtend",)] and bool(workshop.files("quarantaine")) != done


def test_the_next_one_waits_for_one_of_yesterday_that_may_still_be_read(workshop: Workshop) -> None:
    for levering in ("2026-11-19", "2026-11-20", "2026-11-21"):
        workshop.deliver(levering)
    done = run_waiting(withheld(workshop, "2026-11-20").installation)
    assert workshop.states() == {"2026-11-19": "afgerond"} and done.waiting == ("2026-11-21",)
    assert not run_waiting(workshop.installation).failed
    assert workshop.states() == dict.fromkeys(("2026-11-19", "2026-11-20", "2026-11-21"), "afgerond")


def test_it_does_not_wait_longer_nor_for_one_that_will_be_rejected(workshop: Workshop) -> None:
    workshop.deliver("2026-11-21")
    workshop.deliver("zonder-datum", van=datetime(2026, 11, 1))
    broken = withheld(workshop, "2026-11-20", "zonder-datum")
    assert run_waiting(broken.installation).waiting == ()
    assert workshop.states() == {"2026-11-21": "afgerond"}
    workshop.deliver("2026-11-20")
    workshop.deliver("2026-11-22")
    assert run_waiting(broken.installation).waiting == ("2026-11-22",)
    workshop.clock.pass_by(timedelta(days=1))
    assert run_waiting(broken.installation).waiting == ()
    assert workshop.states() == {"2026-11-21": "afgerond", "2026-11-22": "afgerond"}


def test_nobody_waits_for_one_whose_name_lies_far_ahead(workshop: Workshop) -> None:
    workshop.deliver("2099-01-01", van=datetime(2026, 11, 1))
    for levering in ("2099-01-01-a", *DAYS):
        workshop.deliver(levering)
    broken = withheld(workshop, "2099-01-01-a")
    assert run_waiting(broken.installation).waiting == ()
    assert set(workshop.states()) == {"2099-01-01", *DAYS}, "each had its turn"


@pytest.mark.parametrize("reads", [1, 2])
def test_what_fails_by_chance_is_waited_for_when_it_is_days_old(workshop: Workshop, reads: int) -> None:
    """After an outage a few days wait: one call that fails may not have the rest held."""
    days = ("2026-11-16", "2026-11-17", "2026-11-18")
    for levering in days:
        workshop.deliver(levering)
    seen: list[str] = []

    class Flickering(Refusing):
        def read(self, container: str, name: str, *most: Any) -> Any:
            seen.append(name)
            if sum(f"{days[1]}/datapackage" in one for one in seen) == reads and f"{days[1]}/datapackage" in name:
                raise no_answer()
            return self.blobs.read(container, name, *most)

    blobs = Flickering(workshop.installation.blobs, "", no_answer)
    assert run_waiting(workshop.with_(blobs=cast(Any, blobs)).installation).waiting == days[2:]
    assert workshop.states() == {days[0]: "afgerond"}
    assert not run_waiting(workshop.installation).failed
    assert workshop.states() == dict.fromkeys(days, "afgerond")


def test_one_that_is_withheld_before_it_is_claimed_does_not_stop_the_next_for_ever(workshop: Workshop) -> None:
    """Its description can be read; when it was written storage does not say."""

    class Silent:
        def __getattr__(self, name: str) -> Any:
            return getattr(workshop.installation.blobs, name)

        def written_at(self, container: str, name: str) -> datetime:
            if DAYS[0] in name:
                raise not_handed_out()
            return workshop.installation.blobs.written_at(container, name)

    workshop.deliver(DAYS[0])
    workshop.deliver(DAYS[2])
    round_ = run_waiting(workshop.with_(blobs=cast(Any, Silent())).installation)
    assert round_.failed and round_.waiting == () and workshop.states() == {DAYS[2]: "afgerond"}


def test_no_run_is_taken_for_one_whose_delivery_is_gone(workshop: Workshop) -> None:
    workshop.deliver(DAYS[1])
    run_waiting(workshop.with_(core=replace(CORE, judge=away)).installation)
    assert workshop.states() == {DAYS[1]: "mislukt"}
    home = workshop.root / "brievenbus" / DATASET
    (home / DAYS[1]).rename(home / "2026-11-19-y")
    broken = withheld(workshop, "2026-11-19-y")
    assert failures(broken) == [("2026-11-19-y", "SC-403")]
    assert workshop.states() == {DAYS[1]: "mislukt"}, "under another name it is there"
    (home / "2026-11-19-y").rename(home / DAYS[1])
    assert failures(withheld(workshop, DAYS[1])) == [(DAYS[1], "SC-403")]
    assert workshop.states() == {DAYS[1]: "mislukt"}
    assert not failures(workshop) and workshop.states() == {DAYS[1]: "afgerond"}


def test_one_in_quarantine_is_none_that_was_taken_back_and_keeps_no_other_from_lapsing(workshop: Workshop) -> None:
    workshop.deliver(DAYS[0], oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, DAYS[0], "zo bedoeld")
    failing = workshop.with_(core=replace(CORE, judge=away))
    run_waiting(failing.installation)
    workshop.deliver(DAYS[2], van=datetime(2026, 11, 10))
    run_waiting(failing.installation)
    assert workshop.states() == {DAYS[0]: "mislukt", DAYS[2]: "mislukt"}
    shutil.rmtree(workshop.root / "brievenbus" / DATASET / DAYS[2])
    assert failures(withheld(workshop, DAYS[0], container="quarantaine")) == [(DAYS[0], "SC-403")]
    assert workshop.states() == {DAYS[0]: "mislukt", DAYS[2]: "vervallen"}


@pytest.mark.parametrize("answers", [0, 1, 2])
@pytest.mark.parametrize("work", WORKS)
def test_a_storage_that_lists_nothing_either_is_one_failure(workshop: Workshop, work: Any, answers: int) -> None:
    looks: list[Any] = []

    class Away(Refusing):
        def names(self, *named: Any) -> Any:
            looks.append(named)
            if len(looks) > answers:
                raise no_answer()
            return self.blobs.names(*named)

    for levering in DAYS:
        workshop.deliver(levering)
    blobs = Away(workshop.installation.blobs, "brievenbus", no_answer, effect="read")
    with pytest.raises(StorageUnavailable):
        work(workshop.with_(blobs=cast(Any, blobs)).installation)
    assert workshop.states() == {}


def test_where_none_can_be_read_one_is_told(workshop: Workshop) -> None:
    for levering in DAYS:
        workshop.deliver(levering)
    assert failures(withheld(workshop)) == [(DAYS[0], "SC-403")]
    assert workshop.states() == {}


def test_a_leftover_that_is_withheld_keeps_no_other_from_going(workshop: Workshop) -> None:
    for levering in DAYS:
        workshop.deliver(levering, van=datetime(2026, 11, int(levering[8:10]) - 1))
    run_waiting(workshop.installation)
    for levering in DAYS:
        workshop.deliver(levering, description=False)
    for table in (workshop.root / "brievenbus").rglob("*.csv"):
        os.utime(table, (1, 1))
    blobs = Refusing(workshop.installation.blobs, "brievenbus", no_answer, "delete", lambda name: DAYS[0] in name)
    done = run_waiting(workshop.with_(blobs=cast(Any, blobs)).installation)
    assert [one.failure and one.failure.code for one in done.outcomes] == ["SC-400"]
    assert [name.split("/")[1] for name in workshop.files("brievenbus")] == [DAYS[0]]


def test_a_delivery_without_a_name_is_stray_post(workshop: Workshop) -> None:
    workshop.deliver(DAYS[0])
    files = {file.name: file.read_bytes() for file in (workshop.root / "brievenbus" / DATASET / DAYS[0]).iterdir()}
    strange = workshop.with_(blobs=cast(Any, NoFolder.holding(workshop.installation.blobs, DATASET, files)))
    for _ in range(2):
        done = run_waiting(strange.installation)
        assert not done.failed and done.incomplete == ()
    assert workshop.states() == {DAYS[0]: "afgerond"}
    assert report_strays(strange.installation, frozenset({DATASET})) == [f"{DATASET}/(map zonder naam)"]


@pytest.mark.parametrize("code", ["BlobArchived", "BlobUsesCustomerSpecifiedEncryption"])
def test_it_is_told_what_can_be_done(code: str) -> None:
    cause = HttpResponseError("niet te lezen")
    cause.error_code, cause.status_code = code, 409  # type: ignore[attr-defined]
    with pytest.raises(StorageUnavailable) as caught, told("brievenbus", f"{DATASET}/2026-11-19-jan/datapackage.json"):
        raise cause
    assert caught.value.where == f"brievenbus/{DATASET}/2026-11-19…/datapackage.json"
    assert code in caught.value.what and "delivered again" in caught.value.next_step
