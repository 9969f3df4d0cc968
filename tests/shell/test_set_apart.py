"""What becomes of a delivery that is rejected or held, until it is released or destroyed."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.administration import Place
from shared.errors import NotKnown, RequestRefused, TransitionRefused
from shared.interventions import release
from shared.mailbox import open_recorded
from shared.sweep import run_waiting
from tests.shell.workshop import DATASET, TABLE, Workshop


def test_a_rejected_delivery_goes_to_quarantine_with_its_report(workshop: Workshop) -> None:
    digest = workshop.deliver(oordeel="afgekeurd")
    round_ = run_waiting(workshop.installation)
    assert not round_.failed
    assert workshop.states() == {"2026-11-20": "afgekeurd"}
    folder = f"{DATASET}/2026-11-20/{digest}"
    names = {f"{folder}/bevindingen.json", f"{folder}/levering/datapackage.json", f"{folder}/levering/{TABLE}"}
    assert set(workshop.files("quarantaine")) == names
    assert workshop.files("brievenbus") == {} and workshop.sql("SELECT count(*) FROM resultaten") == [(0,)]
    message = workshop.message("2026-11-20")
    assert message["oordeel"] == "afgekeurd" and [f["code"] for f in message["bevindingen"]] == ["LEV-201"]


def test_a_delivery_whose_name_is_no_date_is_rejected(workshop: Workshop) -> None:
    workshop.deliver("2026-11-20", dataset=DATASET)
    (workshop.root / "brievenbus" / DATASET / "2026-11-20").rename(
        workshop.root / "brievenbus" / DATASET / "2026-13-45"
    )
    run_waiting(workshop.installation)
    assert [f["code"] for f in workshop.message("2026-13-45")["bevindingen"]] == ["LEV-111"]


def test_a_broken_off_transfer_may_be_repaired_under_the_same_description(workshop: Workshop) -> None:
    workshop.deliver(table=b"1001;1\n")
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-20": "afgekeurd"}
    workshop.deliver()  # the same datapackage.json, the whole file this time
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-20": "afgerond"}
    assert workshop.files("quarantaine") == {}, "the rejected copy goes when the delivery is published"
    assert len(workshop.current("2026-11-20")) == 3


def test_a_held_delivery_waits_and_is_processed_after_release(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-20": "aangehouden"}
    assert workshop.message("2026-11-20")["oordeel"] == "aangehouden"
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-20": "aangehouden"}, "only a person lets it go on"
    release(workshop.installation, "2026-11-20", "nagekeken met de leverancier")
    assert workshop.states() == {"2026-11-20": "vrijgegeven"}
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-20": "afgerond"}
    assert workshop.message("2026-11-20")["oordeel"] == "geaccepteerd"
    assert workshop.files("quarantaine") == {} and workshop.files("brievenbus") == {}


def test_only_a_held_delivery_can_be_released_and_only_with_a_reason(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    with pytest.raises(RequestRefused):
        release(workshop.installation, "2026-11-20", "  ")
    with pytest.raises(NotKnown):
        release(workshop.installation, "2026-11-21", "waarom niet")
    release(workshop.installation, "2026-11-20", "nagekeken")
    with pytest.raises(TransitionRefused):
        release(workshop.installation, "2026-11-20", "nog eens")


def test_a_released_delivery_that_is_broken_is_still_rejected(workshop: Workshop) -> None:
    digest = workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, "2026-11-20", "nagekeken")
    (workshop.root / "quarantaine" / DATASET / "2026-11-20" / digest / "levering" / TABLE).write_bytes(b"kapot;1\n")
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-20": "afgekeurd"}
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(0,)]


def test_a_gap_with_the_delivery_before_it_is_held(workshop: Workshop) -> None:
    workshop.deliver("2026-11-18")
    workshop.deliver("2026-11-20", {"2001": 1})
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-18": "afgerond", "2026-11-20": "aangehouden"}
    assert [f["code"] for f in workshop.message("2026-11-20")["bevindingen"]] == ["LEV-601", "LEV-502"]


def test_a_held_delivery_does_not_count_as_the_one_before(workshop: Workshop) -> None:
    workshop.deliver("2026-11-18", {"1": 1})
    workshop.deliver("2026-11-19", {"2": 1}, oordeel="aangehouden")
    workshop.deliver("2026-11-20", {"3": 1})
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-18": "afgerond", "2026-11-19": "aangehouden", "2026-11-20": "aangehouden"}


def test_a_late_delivery_is_compared_with_the_one_before_it_in_time(workshop: Workshop) -> None:
    workshop.deliver("2026-11-16", {"1": 1})
    workshop.deliver("2026-11-20", {"2": 1})
    run_waiting(workshop.installation)
    release(workshop.installation, "2026-11-20", "de tussenliggende dagen komen later")
    run_waiting(workshop.installation)
    workshop.deliver("2026-11-18", {"3": 1})  # the seventeenth is still missing before it
    workshop.deliver("2026-11-19", {"4": 1})
    run_waiting(workshop.installation)
    assert workshop.states()["2026-11-18"] == "aangehouden"
    release(workshop.installation, "2026-11-18", "akkoord")
    release(workshop.installation, "2026-11-19", "akkoord")
    run_waiting(workshop.installation)
    assert set(workshop.states().values()) == {"afgerond"}


def test_quarantine_is_destroyed_after_its_time_with_a_tombstone(workshop: Workshop) -> None:
    workshop.deliver("2026-11-19", oordeel="afgekeurd")
    workshop.deliver("2026-11-20", oordeel="aangehouden")
    run_waiting(workshop.installation)
    workshop.clock.pass_by(timedelta(days=13))
    assert run_waiting(workshop.installation).destroyed == 0
    workshop.clock.pass_by(timedelta(days=1, seconds=1))
    assert run_waiting(workshop.installation).destroyed == 2
    assert workshop.files("quarantaine") == {}
    assert workshop.states() == {"2026-11-19": "afgekeurd", "2026-11-20": "vervallen"}
    tombstones = workshop.sql("SELECT details FROM gebeurtenissen WHERE handeling='levering in quarantaine vernietigd'")
    assert len(tombstones) == 2 and all(json.loads(details)["bestanden"] == 2 for (details,) in tombstones)
    assert run_waiting(workshop.installation).destroyed == 0


def test_a_destroyed_delivery_that_is_delivered_again_starts_anew(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    workshop.clock.pass_by(timedelta(days=15))
    run_waiting(workshop.installation)
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-20": "aangehouden"}
    assert len(workshop.files("quarantaine")) == 3


def test_a_raw_delivery_is_found_where_it_lies_also_when_its_record_names_the_other_place(workshop: Workshop) -> None:
    """A worker that stood still can take a delivery out of the mailbox when another has begun on it there."""
    digest = workshop.deliver("2026-11-20", oordeel="aangehouden")
    run_waiting(workshop.installation)
    blobs, record = workshop.installation.blobs, workshop.installation.ledger.delivery(DATASET, digest)
    assert record.plaats is Place.QUARANTAINE
    found = open_recorded(blobs, replace(record, plaats=Place.BRIEVENBUS))
    assert found is not None and (found.container, found.digest) == (Place.QUARANTAINE, digest)
    assert open_recorded(blobs, replace(record, plaats=Place.VERWIJDERD)) is None
