"""`verify-audit` names the first event that was edited, dropped, swapped or put in, by however clever a hand (S2)."""

import sqlite3
from collections.abc import Callable
from typing import cast

import pytest

from shared import bootstrap
from shared.adapters.sql.ledger import SqlLedger
from shared.anchors import AuditCheck, check_audit, tell_restored
from shared.cli import main
from shared.errors import RequestRefused
from shared.events import FIRST_HASH, ChainGap, StoredEvent, link
from shared.interventions import resume_model, stop_model
from shared.sweep import run_waiting
from tests.shell.workshop import Workshop

FIELDS = ("tijdstip", "handeling", "object", "resultaat", "herkomst", "actor", "dataset", "run", "details", "hash")


@pytest.fixture
def night(workshop: Workshop) -> Workshop:
    """Two nights, with what happens outside runs in between; what follows the last run is anchored by the round."""
    for levering in ("2026-11-19", "2026-11-20"):
        workshop.deliver(levering)
        run_waiting(workshop.installation)
        stop_model(workshop.installation, "even niet")
        resume_model(workshop.installation, "weer wel")
    run_waiting(workshop.installation)
    return workshop


def checked(workshop: Workshop) -> AuditCheck:
    return check_audit(workshop.installation.ledger, workshop.installation.blobs)


def tampering(workshop: Workshop, *statements: str) -> None:
    """Do what somebody does who owns the file and knows our triggers."""
    cast(SqlLedger, workshop.installation.ledger).engine.dispose()
    raw = sqlite3.connect(workshop.root / "administratie.sqlite", isolation_level=None)
    for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        raw.execute(statement)
    raw.close()


def events(workshop: Workshop) -> list[StoredEvent]:
    return list(workshop.installation.ledger.events())


def first_broken(workshop: Workshop) -> int | None:
    broken = checked(workshop).chain.broken
    return None if broken is None else broken.volgnr


def test_all_events_of_ordinary_nights_hold_and_most_are_anchored(night: Workshop) -> None:
    found = checked(night)
    assert found.holds
    assert found.chain.intact == len(events(night)) > 30
    assert max(found.anchors, 0) > 20


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("which", ["first", "middle", "last"])
def test_an_edited_event_is_named(night: Workshop, field: str, which: str) -> None:
    number = {"first": 1, "middle": len(events(night)) // 2, "last": len(events(night))}[which]
    tampering(night, f"UPDATE gebeurtenissen SET {field} = {field} || ' ' WHERE volgnr = {number}")
    assert first_broken(night) == number
    assert checked(night).chain.intact == number - 1


def test_every_dropped_event_is_named_the_last_too(night: Workshop) -> None:
    database = night.root / "administratie.sqlite"
    tampering(night, "PRAGMA wal_checkpoint(TRUNCATE)")
    whole, number = database.read_bytes(), len(events(night))
    for volgnr in range(1, number + 1):
        tampering(night, f"DELETE FROM gebeurtenissen WHERE volgnr = {volgnr}", "PRAGMA wal_checkpoint(TRUNCATE)")
        assert first_broken(night) == volgnr
        cast(SqlLedger, night.installation.ledger).engine.dispose()
        database.write_bytes(whole)


def test_a_tail_that_is_cut_off_is_named(night: Workshop) -> None:
    for kept in (len(events(night)) - 1, 10, 1, 0):
        tampering(night, f"DELETE FROM gebeurtenissen WHERE volgnr > {kept}")
        broken = checked(night).chain.broken
        assert broken is not None and broken.volgnr > kept and "eind" in broken.wat


def test_events_that_changed_places_are_named(night: Workshop) -> None:
    swap = "UPDATE gebeurtenissen SET volgnr = CASE volgnr WHEN -7 THEN 8 WHEN -8 THEN 7 END WHERE volgnr < 0"
    tampering(night, "UPDATE gebeurtenissen SET volgnr = -volgnr WHERE volgnr IN (7, 8)", swap)
    assert first_broken(night) == 7


def test_an_event_that_is_put_in_is_named(night: Workshop) -> None:
    tampering(
        night,
        "UPDATE gebeurtenissen SET volgnr = -volgnr - 1 WHERE volgnr > 5",
        "UPDATE gebeurtenissen SET volgnr = -volgnr WHERE volgnr < 0",
        "INSERT INTO gebeurtenissen SELECT 6, tijdstip, handeling, object, resultaat, herkomst, 'een ander', dataset, "
        "run, details, hash FROM gebeurtenissen WHERE volgnr = 5",
    )
    assert first_broken(night) == 6


def rechained(workshop: Workshop, kept: Callable[[StoredEvent], bool]) -> None:
    """Drop events and compute the whole chain anew, numbers and hashes."""
    previous, statements = FIRST_HASH, ["DELETE FROM gebeurtenissen"]
    for number, event in enumerate(filter(kept, events(workshop)), start=1):
        moved = StoredEvent(**{**vars(event), "volgnr": number})
        previous = link(previous, moved.content())
        values = ", ".join(
            f"'{value}'" if isinstance(value, str) else str(value)
            for value in {**vars(moved), "hash": previous}.values()
        )
        statements.append(f"INSERT INTO gebeurtenissen VALUES ({values})")
    tampering(workshop, *statements)


def test_a_chain_that_was_computed_anew_is_named_where_it_differs_from_outside(night: Workshop) -> None:
    (stopped, *_) = [event.volgnr for event in events(night) if event.handeling == "model gestopt"]
    rechained(night, lambda event: event.volgnr != stopped)
    broken = checked(night).chain.broken
    assert broken is not None
    assert stopped <= broken.volgnr <= stopped + 3
    assert "buiten de database" in broken.wat


def test_a_log_outside_the_database_that_was_damaged_or_contradicts_itself_is_told(night: Workshop) -> None:
    (log, *_) = sorted((night.root / "uitvoer").rglob("verwerking.jsonl"))
    whole = log.read_text(encoding="utf-8")
    log.write_text(whole.replace('"hash": "', '"hash": "f', 1), encoding="utf-8")
    assert first_broken(night) == 1
    log.write_text(whole[:-30], encoding="utf-8")
    assert checked(night).unreadable == (f"uitvoer/{log.relative_to(night.root / 'uitvoer').as_posix()}",)
    assert not checked(night).holds


def test_a_beginning_that_no_removal_tells_of_is_named(night: Workshop) -> None:
    tampering(night, "DELETE FROM gebeurtenissen WHERE volgnr <= 4")
    assert first_broken(night) == 1


def test_the_command_says_how_many_hold_or_which_does_not(
    night: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "verify_audit", lambda: checked(night))
    assert main(["verify-audit"]) == 0
    assert f"{len(events(night))} gebeurtenissen zijn ongeschonden" in capsys.readouterr().out
    tampering(night, "UPDATE gebeurtenissen SET actor = 'niemand' WHERE volgnr = 9")
    assert main(["verify-audit"]) == 1
    told = capsys.readouterr().out
    assert "Gebeurtenis 9 is gewijzigd of verwisseld. Daarvoor zijn er 8 ongeschonden." in told


def test_behind_a_restore_the_chain_goes_on_and_says_what_is_gone(night: Workshop) -> None:
    """The last events are gone by a restore: their numbers are never given again, and nothing else may be wrong."""
    whole = events(night)
    with pytest.raises(RequestRefused):
        tell_restored(night.installation, "er is niets weg")
    tampering(night, f"DELETE FROM gebeurtenissen WHERE volgnr > {len(whole) - 3}")
    assert first_broken(night) == len(whole) - 2
    assert tell_restored(night.installation, "een schijf ging stuk") == ChainGap(len(whole) - 3, len(whole))
    stop_model(night.installation, "nakijken")
    found = checked(night)
    assert found.holds and found.chain.gaps == (ChainGap(len(whole) - 3, len(whole)),)
    told = events(night)[-2:]
    assert [event.volgnr for event in told] == [len(whole) + 1, len(whole) + 2]
    assert "een schijf ging stuk" in told[0].details


@pytest.mark.parametrize(
    "also",
    [
        "UPDATE gebeurtenissen SET actor = 'iemand' WHERE volgnr = 2",
        "DELETE FROM gebeurtenissen WHERE volgnr = 5",
        "DELETE FROM resultaten WHERE regel = 1",
    ],
)
def test_no_restore_is_told_where_more_is_wrong(night: Workshop, also: str) -> None:
    tampering(night, f"DELETE FROM gebeurtenissen WHERE volgnr > {len(events(night)) - 3}", also)
    with pytest.raises(RequestRefused):
        tell_restored(night.installation, "een schijf ging stuk")


@pytest.mark.parametrize("details", ['{"na":1,"tot_en_met":2}', '{"na":"x"}', "[]"])
def test_an_event_of_a_restore_that_does_not_fit_bridges_nothing(night: Workshop, details: str) -> None:
    whole = events(night)
    tampering(night, f"DELETE FROM gebeurtenissen WHERE volgnr > {len(whole) - 3}")
    tell_restored(night.installation, "een schijf ging stuk")
    tampering(night, f"UPDATE gebeurtenissen SET details = '{details}' WHERE volgnr = {len(whole) + 1}")
    assert first_broken(night) == len(whole) - 2
