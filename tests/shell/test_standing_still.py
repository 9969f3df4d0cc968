"""What workers end at again and again without a word holds up the rest no longer: a delivery is held unread, a request
that somebody made is given up."""

from __future__ import annotations

from typing import Any, cast

from shared.errors import StorageUnavailable
from shared.interventions import release, request_run
from shared.runstates import REASON_SENTENCES, RunReason
from shared.set_apart import PATIENCE
from shared.sweep import run_waiting
from tests.shell.crashing import Refusing, died
from tests.shell.workshop import DATASET, Crash, Workshop

DAY, NEXT = "2026-11-20", "2026-11-21"


class Deadly:
    """A storage in which to read one file ends the worker, or fails with a word."""

    def __init__(self, workshop: Workshop, *, by_a_word: bool = False) -> None:
        self._blobs, self._by_a_word = workshop.installation.blobs, by_a_word

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)

    def read(self, container: str, name: str, most: int | None = None) -> bytes:
        if f"{DAY}/" in name and name.endswith("aanvragen.csv"):
            raise StorageUnavailable("No answer.") if self._by_a_word else Crash
        return self._blobs.read(container, name, most)


def ended(workshop: Workshop, times: int) -> None:
    """Let so many workers end at the delivery, one after another."""
    died(workshop, workshop.with_(blobs=cast(Any, Deadly(workshop))).installation, times)


def ending_who_copies(workshop: Workshop) -> Workshop:
    """A storage that ends whoever copies a file of the delivery out of the mailbox."""
    blobs = Refusing(workshop.installation.blobs, "brievenbus", Crash, effect="copy", named=lambda name: DAY in name)
    return workshop.with_(blobs=cast(Any, blobs))


def states(workshop: Workshop) -> dict[str, str]:
    return dict(workshop.sql("SELECT levering, toestand FROM verwerkingen ORDER BY levering"))


def test_a_delivery_that_ends_every_worker_is_held_and_the_next_one_is_done(workshop: Workshop) -> None:
    workshop.deliver(DAY)
    workshop.deliver(NEXT, {"2001": 1})
    ended(workshop, PATIENCE - 1)
    assert states(workshop) == {DAY: "bezig"}
    deadly = workshop.with_(blobs=cast(Any, Deadly(workshop))).installation
    outcomes = run_waiting(deadly).outcomes
    assert [(one.levering, [found.code for found in one.findings]) for one in outcomes[:1]] == [(DAY, ["LEV-504"])]
    assert f"{PATIENCE - 1} keer" in outcomes[0].findings[0].zin
    assert states(workshop) == {DAY: "aangehouden", NEXT: "afgerond"}
    assert not workshop.files("brievenbus")
    assert any("LEV-504" in data.decode() for name, data in workshop.files("terugkoppeling").items() if DAY in name)
    assert not run_waiting(deadly).failed  # it waits for a person, and ends nobody


def test_one_that_also_ends_who_would_set_it_apart_is_held_where_it_lies(workshop: Workshop) -> None:
    """A file of hundreds of gigabytes that nobody asked for: it cannot be copied in the time that a worker has."""
    workshop.deliver(DAY, oordeel="afgekeurd")
    workshop.deliver(NEXT, {"2001": 1})
    deadly = ending_who_copies(workshop).installation
    died(workshop, deadly, PATIENCE)
    for _ in range(2):  # held, and left alone
        assert not run_waiting(deadly).failed
        assert states(workshop) == {DAY: "aangehouden", NEXT: "afgerond"}
    left = set(workshop.files("brievenbus"))
    assert left and all(DAY in name for name in left)
    assert not workshop.files("quarantaine")
    assert any("LEV-504" in data.decode() for name, data in workshop.files("terugkoppeling").items() if DAY in name)

    release(workshop.installation, DAY, "het grote bestand is weggehaald")
    assert not run_waiting(workshop.installation).failed
    assert states(workshop) == {DAY: "afgekeurd", NEXT: "afgerond"}
    assert not workshop.files("brievenbus")


def test_what_is_held_where_it_lies_goes_after_its_term_in_the_mailbox(workshop: Workshop) -> None:
    workshop.deliver(DAY)
    deadly = workshop.with_(blobs=cast(Any, Deadly(ending_who_copies(workshop)))).installation
    died(workshop, deadly, PATIENCE)
    assert not run_waiting(deadly).failed
    assert states(workshop) == {DAY: "aangehouden"}
    for name in workshop.files("brievenbus"):  # as the purge removes it
        workshop.installation.blobs.delete("brievenbus", name)
    assert run_waiting(workshop.installation).destroyed == 0
    assert states(workshop) == {DAY: "vervallen"}
    run = workshop.installation.ledger.run(workshop.sql("SELECT run FROM verwerkingen")[0][0])
    assert run.reason is RunReason.LEVERING_TERUGGENOMEN


def test_what_was_held_where_it_lies_and_released_lapses_when_the_supplier_takes_it_back(workshop: Workshop) -> None:
    workshop.deliver(DAY, oordeel="afgekeurd")
    deadly = ending_who_copies(workshop).installation
    died(workshop, deadly, PATIENCE)
    run_waiting(deadly)
    release(workshop.installation, DAY, "het grote bestand gaat weg")
    for name in workshop.files("brievenbus"):
        workshop.installation.blobs.delete("brievenbus", name)
    run_waiting(workshop.installation)
    assert states(workshop) == {DAY: "vervallen"}


def test_fewer_ends_or_a_failure_between_them_hold_nothing(workshop: Workshop) -> None:
    workshop.deliver(DAY)
    ended(workshop, PATIENCE - 2)
    failing = workshop.with_(blobs=cast(Any, Deadly(workshop, by_a_word=True))).installation
    assert run_waiting(failing).failed
    ended(workshop, PATIENCE - 2)
    assert not run_waiting(workshop.installation).failed
    assert states(workshop) == {DAY: "afgerond"}


def test_released_it_is_judged_and_held_again_if_workers_end_again(workshop: Workshop) -> None:
    workshop.deliver(DAY)
    ended(workshop, PATIENCE - 1)
    run_waiting(workshop.installation)
    release(workshop.installation, DAY, "meer geheugen gegeven")
    ended(workshop, PATIENCE - 1)
    assert states(workshop) == {DAY: "bezig"}
    run_waiting(workshop.installation)
    assert states(workshop) == {DAY: "aangehouden"}
    release(workshop.installation, DAY, "nog meer geheugen gegeven")
    assert not run_waiting(workshop.installation).failed
    assert states(workshop) == {DAY: "afgerond"}
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(3,)]


def test_a_release_of_what_nobody_read_is_none_of_what_the_check_then_finds(workshop: Workshop) -> None:
    workshop.deliver(DAY, oordeel="aangehouden")
    ended(workshop, PATIENCE - 1)
    run_waiting(workshop.installation)
    release(workshop.installation, DAY, "meer geheugen gegeven")
    run_waiting(workshop.installation)
    assert states(workshop) == {DAY: "aangehouden"}
    codes = {
        row[0]
        for row in workshop.sql("SELECT code FROM bevindingen WHERE poging = (SELECT max(poging) FROM bevindingen)")
    }
    assert codes and "LEV-504" not in codes
    release(workshop.installation, DAY, "nagevraagd bij de leverancier")
    assert not run_waiting(workshop.installation).failed
    assert states(workshop) == {DAY: "afgerond"}
    assert any(name.startswith(DATASET) for name in workshop.files("uitvoer"))


def test_a_request_at_which_every_worker_ends_is_given_up_and_may_be_asked_again(workshop: Workshop) -> None:
    """Every round would end there: what comes behind the requests, such as tidying up, would never be done."""
    workshop.deliver(DAY)
    assert not run_waiting(workshop.installation).failed
    asked = request_run(workshop.installation, DAY, ["1001"], "een fout hersteld")

    class Snapshot(Deadly):
        def read(self, container: str, name: str, most: int | None = None) -> bytes:
            if container == "momentopname":
                raise Crash
            return self._blobs.read(container, name, most)

    deadly = workshop.with_(blobs=cast(Any, Snapshot(workshop))).installation
    died(workshop, deadly, PATIENCE - 1)
    for _ in range(2):  # given up, and left alone
        assert not run_waiting(deadly).failed
    run = workshop.installation.ledger.run(asked.run_id)
    assert (run.state, run.reason) == ("vervallen", RunReason.WERKERS_STONDEN_STIL)
    assert "opnieuw" in REASON_SENTENCES[run.reason]
    ended = [event for event in workshop.installation.ledger.events(asked.run_id) if event.resultaat == "vervallen"]
    assert len(ended) == 1 and '"werkers_stonden_stil"' in ended[0].details
    assert any(asked.run_id in name and "poging-" in name for name in workshop.files("logboek"))
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(3,)]

    again = request_run(workshop.installation, DAY, ["1001"], "nu met meer geheugen")
    assert not run_waiting(workshop.installation).failed
    assert workshop.installation.ledger.run(again.run_id).state == "afgerond"
