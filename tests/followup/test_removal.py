"""What follows the judging is told to the person, goes with the person, and goes after its term; what is held stays."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

import pytest

from shared.adapters.sql.due_rows import SqlDue
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.months import SqlMonthRecords
from shared.adapters.sql.person_requests import SqlPersonRecords
from shared.adapters.sql.purge import SqlPurge
from shared.anchors import check_audit
from shared.closing.months import close_months
from shared.errors import LegalHold, RequestBusy
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.retention.purge import Purge, Purged
from shared.retention.terms import DEFAULT, TERMS, Kept
from shared.rights.followups import follow_up_account, remove_follow_ups
from shared.rights.held import Person, raw_deliveries
from shared.rights.requests import Rights
from shared.sweep import run_waiting
from tests.followup.posting import GROUPS, OUTCOME, OUTCOMES, PERSON, Desk, desk_of
from tests.shell.crashing import Fuse, fused
from tests.shell.workshop import CORE, Crash, Workshop

SECOND = {**OUTCOME, "aanvraagnummer": "KANARIE-2"}
OTHER = {**PERSON, "persoonnr": "KANARIE-3"}


class City:
    """Both mailboxes of one city, with something in each, and the rights of who is in it."""

    def __init__(self, workshop: Workshop) -> None:
        self.outcomes, self.groups = desk_of(workshop, OUTCOMES), desk_of(workshop, GROUPS)
        self.outcomes.deliver([OUTCOME, SECOND])
        self.outcomes.round()
        self.groups.deliver([PERSON, OTHER])
        self.groups.round()
        self.judging = workshop.with_(use_case=LEVENSONDERHOUD, core=CORE)
        self.engine = cast(SqlLedger, workshop.installation.ledger).engine
        self.remover = SqlPurge(self.engine)
        records, due = SqlPersonRecords(self.engine), SqlDue(self.engine)
        self.rights = Rights(self.judging.installation, records, due, lambda: self.remover)
        self.person = Person(
            frozenset({self.groups.pseudonym("KANARIE-91827")}),
            (),
            frozenset({self.outcomes.pseudonym("KANARIE-1")}),
        )

    def remove(self) -> dict[str, int]:
        return remove_follow_ups(self.rights, self.remover, "verzoek-1", self.person)

    def purge(self, days: int) -> Purged:
        self.judging.clock.pass_by(timedelta(days=days))
        installations = [self.judging.installation, self.groups.installation, self.outcomes.installation]
        return Purge(self.remover, SqlDue(self.engine), DEFAULT).run(installations)

    def object_to(self, number: str) -> None:
        """Open an objection about an application."""
        with self.engine.begin() as connection:
            moment = "2026-11-21T04:00:00.000000Z"
            columns = "dataset, dienst, aan, reden, actor, tijdstip"
            values = f"'{LEVENSONDERHOUD.dataset}', '{self.outcomes.pseudonym(number)}', 1, 'bezwaar', 'x', '{moment}'"
            connection.exec_driver_sql(f"INSERT INTO bewaarplichten ({columns}) VALUES ({values})")


@pytest.fixture
def city(workshop: Workshop) -> City:
    return City(workshop)


@pytest.fixture
def workshop(make_workshop: Callable[[str], Workshop]) -> Workshop:
    return make_workshop("stad")


def test_a_person_is_told_what_is_kept_and_of_nobody_else(city: City) -> None:
    told = follow_up_account(city.rights, city.person)
    ((outcome,), (group,)) = told["uitkomsten"], told["groepskenmerken"]
    assert {name: outcome[name] for name in ("soort", "resultaat", "datum")} == {
        "soort": "onderzocht door handhaving", "resultaat": "onrechtmatig", "datum": "2026-11-12"
    }  # fmt: skip
    assert (group["geslacht"], group["geboortejaar"]) == ("vrouw", 1991)
    assert "persoon" not in group and "dienst" not in outcome


def test_a_person_goes_from_both_and_the_others_stay_with_a_tombstone_of_each(city: City) -> None:
    assert city.remove() == {"rijen in uitkomsten": 1, "rijen in groepskenmerken": 1}
    assert [set(rows["dienst"]) for rows in city.outcomes.kept()] == [{city.outcomes.pseudonym("KANARIE-2")}]
    assert [set(rows["persoon"]) for rows in city.groups.kept()] == [{city.groups.pseudonym("KANARIE-3")}]
    assert follow_up_account(city.rights, city.person) == {"uitkomsten": [], "groepskenmerken": []}
    assert [stone.aantal for stone in city.remover.tombstones()] == [1, 1]
    assert check_audit(city.judging.installation.ledger, city.judging.installation.blobs).holds
    assert city.remove() == {}


def test_nothing_goes_while_a_delivery_is_being_taken_in(city: City) -> None:
    city.outcomes.deliver([OUTCOME], "2026-11-21")
    with pytest.raises(Crash):
        Desk(
            Workshop(fused(city.outcomes.workshop, Fuse(1, after=True)), city.outcomes.workshop.root), OUTCOMES
        ).round()
    with pytest.raises(RequestBusy):
        city.remove()


def test_what_is_under_legal_hold_does_not_go_with_the_person(city: City) -> None:
    city.object_to("KANARIE-1")
    with pytest.raises(LegalHold):
        city.remove()
    assert len(city.outcomes.kept()[0]) == 2


def test_outcomes_and_groups_go_after_their_own_term(city: City) -> None:
    assert city.purge(399).counts.get("groepskenmerken") is None
    assert (len(city.outcomes.kept()), len(city.groups.kept())) == (1, 1)
    done = city.purge(2)
    assert not done.failures
    assert {name: done.counts[name] for name in ("uitkomsten", "groepskenmerken")} == {
        "uitkomsten": 1, "groepskenmerken": 1
    }  # fmt: skip
    assert city.outcomes.kept() == city.groups.kept() == []
    assert check_audit(city.judging.installation.ledger, city.judging.installation.blobs).holds


def test_outcomes_under_legal_hold_stay_and_groups_go(city: City) -> None:
    city.object_to("KANARIE-2")
    city.purge(1000)
    assert (len(city.outcomes.kept()), len(city.groups.kept())) == (1, 0)


def test_a_removal_for_a_person_does_not_make_the_rest_younger(city: City) -> None:
    city.judging.clock.pass_by(timedelta(days=300))
    city.remove()
    city.purge(101)
    assert city.outcomes.kept() == city.groups.kept() == []


def test_counts_of_months_go_after_their_term_and_the_audit_still_holds(city: City) -> None:
    installation = city.judging.installation
    model = type("Model", (), {**vars(installation.model), "reference": {"features": {}}, "sample_share": 0.0})()
    judging = city.judging.with_(model=model)
    judging.deliver(dataset=LEVENSONDERHOUD.dataset)
    run_waiting(judging.installation)
    judging.clock.moment = datetime.fromisoformat("2026-12-02T03:30:00+00:00")
    assert close_months(judging.installation, SqlMonthRecords(city.engine)) == ["2026-11"]
    (name,) = judging.files("telling")
    written = judging.clock.moment.timestamp()
    os.utime(judging.root / "telling" / name, (written, written))
    city.purge(TERMS[Kept.TELLING].default - 5)
    assert len(judging.files("telling")) == 1
    city.purge(10)
    assert judging.files("telling") == {}


def test_raw_deliveries_of_what_follows_are_counted_with_the_others(city: City) -> None:
    city.outcomes.deliver([SECOND], "2026-11-25", van="2026-11-24")
    city.outcomes.round()  # held for a gap
    assert [record.dataset for record in raw_deliveries(city.rights)] == ["uitkomsten"]
