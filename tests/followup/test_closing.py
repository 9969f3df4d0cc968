"""A month is closed once, when it is over: what was published and what arrived in it, and nothing that comes later."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.months import SqlMonthRecords
from shared.anchors import check_audit
from shared.closing import months
from shared.closing.months import MonthChanged, close_months, closed_months, open_months
from shared.closing.operation import operation_between
from shared.events import HERE, Action, moment_text
from shared.followup.rows import in_columns, to_parquet
from shared.followup.stored import kept_deliveries
from shared.installation import Installation
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.monitoring.monthrows import Outcome
from shared.monitoring.months import Confusion, MonthTally, Stream
from shared.sweep import run_waiting
from tests.followup.posting import GROUPS, OUTCOME, OUTCOMES, PERSON, Desk, desk_of
from tests.shell.crashing import Fuse, Fused
from tests.shell.workshop import CORE, Crash, Keys, Workshop

DATASET = LEVENSONDERHOUD.dataset
MONTH_END = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)


@dataclass(frozen=True)
class City:
    """A judging workshop, with the mailboxes of what follows beside it."""

    judging: Workshop
    outcomes: Desk
    groups: Desk

    @property
    def installation(self) -> Installation:
        return self.judging.installation

    @property
    def records(self) -> SqlMonthRecords:
        return SqlMonthRecords(cast(SqlLedger, self.installation.ledger).engine)

    def judge(self, levering: str = "2026-11-20", rows: dict[str, int] | None = None, **said: Any) -> None:
        self.judging.deliver(levering, rows, dataset=DATASET, **said)
        run_waiting(self.installation)

    def outcome(self, number: str, resultaat: str = "onrechtmatig", levering: str = "2026-11-22") -> None:
        self.outcomes.deliver([{**OUTCOME, "aanvraagnummer": number, "resultaat": resultaat}], levering)
        self.outcomes.round()

    def close(self) -> list[str]:
        return close_months(self.installation, self.records)

    def closed(self) -> list[MonthTally]:
        return closed_months(self.installation.blobs, self.records, DATASET, self.installation.model.name)

    def be(self, moment: datetime) -> None:
        self.judging.clock.moment = moment


@pytest.fixture
def make_city(make_workshop: Callable[[str], Workshop]) -> Callable[[str], City]:
    def make(name: str) -> City:
        plain = make_workshop(name)
        model = SimpleNamespace(**vars(plain.installation.model), reference={"features": {}}, sample_share=0.0)
        judging = plain.with_(use_case=LEVENSONDERHOUD, core=CORE, model=model)
        return City(judging, desk_of(judging, OUTCOMES), desk_of(judging, GROUPS))

    return make


@pytest.fixture
def city(make_city: Callable[[str], City]) -> City:
    return make_city("stad")


def test_a_month_that_is_over_is_closed_and_the_running_one_is_not(city: City) -> None:
    city.judge()
    assert city.close() == []
    city.be(MONTH_END)
    assert city.close() == ["2026-11"]
    (month,) = city.closed()
    assert (month.month, month.scored, month.flagged, month.results) == (
        "2026-11",
        2,
        1,
        {"GEEN_DIENST": 1, "MODEL": 2},
    )
    assert month.deliveries == {"geaccepteerd": 1}
    assert month.findings == {"LEV-601": 1, "LEV-602": 1}


def test_the_month_ends_when_it_does_here(city: City) -> None:
    city.judge()
    city.be(datetime(2026, 11, 30, 22, 59, tzinfo=UTC))
    assert city.close() == []
    city.be(datetime(2026, 11, 30, 23, 1, tzinfo=UTC))
    assert city.close() == ["2026-11"]


def test_features_are_counted_in_the_bins_of_the_version_that_scored_most_whichever_is_active_by_now(
    city: City,
) -> None:
    city.judge()
    city.be(MONTH_END)
    scored = city.installation.model
    active = SimpleNamespace(**{**vars(scored), "version": "9.9.9", "reference": {"features": {"x": {"edges": [1]}}}})
    of_version = {scored.version: scored}
    versions = SimpleNamespace(loaded=lambda name, version: of_version[version])
    later = city.judging.with_(model=active, versions=versions).installation
    close_months(later, city.records)
    (november,) = city.closed()
    assert november.versions == {scored.version: 3}
    assert (november.reference, november.features) == (scored.version, {})
    city.be(datetime(2027, 1, 2, tzinfo=UTC))
    close_months(later, city.records)
    assert city.closed()[1].reference == "9.9.9", "in a month without applications the active one"


def test_it_is_closed_once_and_what_comes_later_changes_nothing(city: City) -> None:
    city.judge()
    city.be(MONTH_END)
    city.close()
    before = city.judging.files("telling")
    city.judge("2026-12-01", {"2001": 1}, van=datetime(2026, 11, 20))
    city.outcome("1001", levering="2026-12-01")
    assert city.close() == []
    assert city.judging.files("telling") == before


def test_months_that_were_missed_are_closed_in_order(city: City) -> None:
    city.judge()
    city.be(datetime(2027, 2, 3, tzinfo=UTC))
    assert city.close() == ["2026-11", "2026-12", "2027-01"]
    assert [month.scored for month in city.closed()] == [2, 0, 0]


def test_outcomes_and_groups_are_joined_by_pseudonym_and_only_counted(city: City) -> None:
    city.judge()  # the plain core knows a person by the number of the application
    dienst = dict(city.judging.sql("SELECT aanvraagnummer, dienst FROM resultaten"))
    city.groups.deliver([PERSON])
    city.groups.round()
    (kept,) = city.judging.files("groepskenmerken")
    rows = city.groups.stored()[0].assign(persoon=dienst["1001"])
    city.installation.blobs.write("groepskenmerken", kept, to_parquet([in_columns(rows)])[0])
    city.outcome("1001")
    city.be(MONTH_END)
    city.close()
    (month,) = city.closed()
    assert month.streams[Stream.MODEL]["geslacht"]["vrouw"].outcomes == Confusion(tp=1)
    assert month.streams[Stream.MODEL]["geslacht"]["onbekend"].applications == 1
    (data,) = city.judging.files("telling").values()
    assert not [name for name in dienst.values() if name.encode() in data]


def test_an_outcome_that_arrives_after_the_month_counts_in_the_next(city: City) -> None:
    city.judge()
    city.be(datetime(2026, 12, 15, tzinfo=UTC))
    city.outcome("1001", levering="2026-12-15")
    city.be(datetime(2027, 1, 2, tzinfo=UTC))
    city.close()
    november, december = city.closed()
    assert november.outcomes == {}
    assert december.outcomes == {"onderzocht door handhaving/onrechtmatig/proces": 1}
    assert december.streams[Stream.MODEL]["alle"]["alle"].outcomes == Confusion(tp=1)
    assert december.operation == {"uitkomsten geaccepteerd": 1}


def test_groups_that_arrive_later_do_not_change_a_closed_month(city: City) -> None:
    city.judge()
    city.be(MONTH_END)
    city.close()
    before = city.closed()
    city.groups.deliver([PERSON], "2026-12-01")
    city.groups.round()
    assert city.closed() == before


def test_groups_that_arrive_later_are_counted_as_too_late_in_the_month_in_which_they_come_first(city: City) -> None:
    city.judge()
    dienst = dict(city.judging.sql("SELECT aanvraagnummer, dienst FROM resultaten"))
    city.be(MONTH_END)
    city.close()
    for levering, van, moment in (
        ("2026-12-01", "", MONTH_END),
        ("2027-01-04", "2026-12-01", datetime(2027, 1, 4, 4, tzinfo=UTC)),
    ):
        city.be(moment)
        before = set(city.judging.files("groepskenmerken"))
        city.groups.deliver([PERSON], levering, van=van)
        city.groups.round()
        (kept,) = set(city.judging.files("groepskenmerken")) - before
        rows = city.groups.stored()[-1].assign(persoon=dienst["1001"])  # the plain core knows a person by this name
        city.installation.blobs.write("groepskenmerken", kept, to_parquet([in_columns(rows)])[0])
    city.be(datetime(2027, 2, 3, tzinfo=UTC))
    city.close()
    november, december, january = city.closed()
    assert (november.late, december.late, january.late) == (0, 1, 0)
    assert november.streams[Stream.MODEL]["geslacht"]["onbekend"].applications == 2


def test_outcomes_of_other_applications_are_counted_once_whatever_the_keys_and_none_is_read_one_by_one(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[Any, ...]] = []

    def outcome(*values: Any) -> Outcome:
        made.append(values)
        return Outcome(*values)

    city.judge()
    rows = [{**OUTCOME, "aanvraagnummer": number} for number in ("1001", *(f"X-{n}" for n in range(20)))]
    two_keys = desk_of(city.judging.with_(keys=Keys(("k-2", "k-1"))), OUTCOMES)
    two_keys.deliver(rows, "2026-11-22")
    two_keys.round()
    assert len(two_keys.stored()[0]) == 2 * len(rows)
    city.be(MONTH_END)
    monkeypatch.setattr(months, "Outcome", outcome)
    city.close()
    (month,) = city.closed()
    assert month.operation == {"uitkomst zonder aanvraag": 20, "uitkomsten geaccepteerd": 1}
    assert month.outcomes == {"onderzocht door handhaving/onrechtmatig/proces": 1}
    assert len(made) == 1


def test_people_with_the_same_attributes_share_them_and_of_others_none_are_read(city: City) -> None:
    city.groups.deliver([{**PERSON, "persoonnr": number} for number in ("P-1", "P-2", "P-3")])
    city.groups.round()
    names = [city.groups.pseudonym(number) for number in ("P-1", "P-2", "elders")]
    kept = kept_deliveries(city.installation.ledger, GROUPS)
    found, first = months._attributes(city.installation.blobs, kept, {name: name for name in names})
    assert set(found) == set(first) == set(names[:2]) and found[names[0]] is found[names[1]]


def test_counts_that_were_changed_are_refused(city: City) -> None:
    city.judge()
    city.be(MONTH_END)
    city.close()
    (name,) = city.judging.files("telling")
    city.installation.blobs.write("telling", name, b"{}")
    with pytest.raises(MonthChanged):
        city.closed()


def test_counts_past_their_term_are_no_longer_there_and_no_month_is_closed_again(city: City) -> None:
    city.judge()
    city.be(MONTH_END)
    city.close()
    (name,) = city.judging.files("telling")
    city.installation.blobs.delete("telling", name)
    assert city.closed() == []
    assert open_months(city.installation, city.records) == []


def test_closing_is_told_and_who_was_counted_is_in_the_logboek(city: City) -> None:
    city.judge()
    city.be(MONTH_END)
    city.close()
    details = [
        row[0] for row in city.judging.sql("SELECT details FROM gebeurtenissen WHERE handeling = 'maand gesloten'")
    ]
    assert [json.loads(text)["maand"] for text in details] == ["2026-11"]
    told = [value for text in details for value in json.loads(text).values()]
    assert not [value for value in told if isinstance(value, int)], "who reads the log reads the report too"
    lines = b"".join(data for name, data in city.judging.files("logboek").items() if "/bewaken/" in name)
    assert lines.count(b"aanvrager meetellen") == 3
    assert check_audit(city.installation.ledger, city.installation.blobs).holds


def test_killed_at_any_effect_the_next_round_closes_the_same(make_city: Callable[[str], City]) -> None:
    def over(name: str) -> City:
        made = make_city(name)
        made.judge()
        made.outcome("1001")
        made.be(datetime(2027, 1, 2, tzinfo=UTC))
        return made

    def burning(made: City, fuse: Fuse) -> City:
        installation = made.installation
        ports = {"blobs": Fused(installation.blobs, fuse), "ledger": Fused(installation.ledger, fuse)}
        return City(made.judging.with_(**ports), made.outcomes, made.groups)

    whole, fuse = over("ongestoord"), Fuse()
    close_months(burning(whole, fuse).installation, whole.records)
    assert len(fuse.seen) == 6
    for at in range(1, len(fuse.seen) + 1):
        for after in (False, True):
            made = over(f"{at}-{after}")
            with pytest.raises(Crash):
                close_months(burning(made, Fuse(at, after)).installation, made.records)
            made.close()
            assert made.closed() == whole.closed()
            assert made.judging.files("telling") == whole.judging.files("telling")


def test_a_held_delivery_a_stop_and_an_objection_are_operation(city: City) -> None:
    city.judge(oordeel="aangehouden")
    installation = city.installation
    for action in (Action.STOPPEN, Action.BEZWAAR_OPENEN, Action.BEZWAAR_OPENEN, Action.UITLEG_BEKIJKEN):
        installation.ledger.note(installation.event(action, "iets", "gedaan"))
    found = operation_between(
        city.records, DATASET, datetime(2026, 11, 1, tzinfo=HERE), installation.clock.now() + timedelta(days=1)
    )
    assert found.deliveries == {"aangehouden": 1}
    assert found.findings == {"LEV-501": 1, "LEV-601": 1}
    assert found.operation == {"bezwaar geopend": 2, "model gestopt": 1}


def test_what_people_made_of_it_is_counted_with_the_application(city: City) -> None:
    city.judge()
    engine = cast(SqlLedger, city.installation.ledger).engine
    columns = "verwerking_nr, regel, rol, route, gevolgd, reden, toelichting, actor, tijdstip"
    moment = moment_text(city.installation.clock.now())
    with engine.begin() as connection:
        for regel, route, gevolgd in ((0, "handhaving", 1), (1, "handhaving", 0)):
            values = f"1, {regel}, 'behandelaar', '{route}', {gevolgd}, 'anders', 'x', 'iemand', '{moment}'"
            connection.exec_driver_sql(f"INSERT INTO beoordelingen ({columns}) VALUES ({values})")
    city.be(MONTH_END)
    city.close()
    (month,) = city.closed()
    assert month.assessments == {"1/ja": 1, "2/nee": 1}
    assert month.streams[Stream.PROCES]["alle"]["alle"].flagged == 2


def test_a_use_case_without_outcomes_closes_nothing(city: City) -> None:
    city.judge()
    city.be(MONTH_END)
    assert close_months(city.outcomes.installation, city.records) == []
