"""Workers that stand still at the worst moment, and go on or die when others have done the work: all is right again."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from shared import quarantine
from shared.anchors import check_audit
from shared.errors import ExplanationBroken, StorageUnavailable
from shared.interventions import release, resume_model, stop_model
from shared.modellog import HIDDEN
from shared.sweep import process_arrived, run_waiting, take_up
from tests.shell.workshop import CORE, DATASET, Crash, Worker, Workshop

DAY = "2026-11-20"


class Meanwhile:
    """A port; before one call of it something else happens, and after it the worker may die."""

    def __init__(
        self, port: object, method: str, about: str, happens: Callable[[], object], dies: bool = False
    ) -> None:
        self._port, self._method, self._about, self._happens, self._dies = port, method, about, happens, dies
        self._done = False

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)
        if name != self._method:
            return call

        def called(*arguments: Any, **named: Any) -> Any:
            if self._done or not any(self._about in str(argument) for argument in arguments):
                return call(*arguments, **named)
            self._done = True
            self._happens()
            outcome = call(*arguments, **named)
            if self._dies:
                raise Crash
            return outcome

        return called


def blobs(workshop: Workshop, method: str, about: str, happens: Callable[[], object], dies: bool = False) -> Any:
    return cast(Any, Meanwhile(workshop.installation.blobs, method, about, happens, dies))


def people_told(workshop: Workshop) -> list[dict[str, Any]]:
    found = [data for name, data in workshop.files("logboek").items() if not name.startswith("ankers")]
    return [json.loads(line) for data in found for line in data.splitlines()]


def test_a_delivery_is_not_destroyed_that_somebody_took_up_meanwhile(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, DAY, "nagevraagd")
    workshop.clock.pass_by(timedelta(days=15))
    other = workshop.with_(owner=Worker("tweede")).installation

    def published_and_died() -> None:
        with pytest.raises(Crash):
            run_waiting(replace(other, blobs=blobs(workshop, "write", "manifest.json", lambda: None, dies=True)))

    slow = cast(Any, Meanwhile(workshop.installation.ledger, "delivery", "", published_and_died))
    assert quarantine.destroy_expired(replace(workshop.installation, ledger=slow)) == 0
    workshop.clock.pass_by(timedelta(minutes=40))
    assert not run_waiting(workshop.installation).failed
    assert workshop.sql("SELECT toestand FROM verwerkingen") == [("afgerond",)]
    assert workshop.files("momentopname") and not workshop.files("quarantaine")


def test_what_is_recorded_as_destroyed_is_emptied_by_the_next_round(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    workshop.clock.pass_by(timedelta(days=15))
    with pytest.raises(Crash):
        run_waiting(replace(workshop.installation, blobs=blobs(workshop, "delete", "quarantaine", lambda: None, True)))
    assert workshop.files("quarantaine")
    run_waiting(workshop.installation)
    assert not workshop.files("quarantaine")
    events = "SELECT count(*) FROM gebeurtenissen WHERE handeling = 'levering in quarantaine vernietigd'"
    assert workshop.sql(events) == [(1,)]


def test_a_released_delivery_that_is_destroyed_unjudged_is_told(workshop: Workshop, caplog: Any) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, DAY, "nagevraagd")
    workshop.clock.pass_by(timedelta(days=15))
    assert quarantine.destroy_expired(workshop.installation) == 1
    assert "without being judged" in caplog.text
    details = workshop.sql("SELECT details FROM gebeurtenissen WHERE handeling = 'levering in quarantaine vernietigd'")
    assert json.loads(details[0][0])["onbeoordeeld"] is True


def test_one_broken_step_keeps_no_other_from_being_done(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    before = len([name for name in workshop.files("logboek") if name.startswith("ankers")])
    for file in (workshop.root / "uitvoer").rglob("*.jsonl"):
        file.unlink()
    workshop.deliver("2026-11-21")
    found = run_waiting(workshop.installation)
    assert found.failed, "what is lost is told every round"
    assert len([name for name in workshop.files("logboek") if name.startswith("ankers")]) == before + 1
    assert check_audit(workshop.installation.ledger, workshop.installation.blobs).holds


def test_a_delivery_that_fails_again_and_again_no_longer_holds_up_the_others(workshop: Workshop) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            return getattr(workshop.installation.blobs, name)

        def read(self, container: str, name: str, most: int | None = None) -> bytes:
            if f"{DAY}/aanvragen.csv" in name:
                raise StorageUnavailable("No answer.")
            return workshop.installation.blobs.read(container, name, most)

    workshop.deliver(DAY)
    workshop.deliver("2026-11-21")
    broken = workshop.with_(blobs=Broken()).installation
    rounds = [run_waiting(broken) for _ in range(6)]
    assert [len(round_.waiting) for round_ in rounds] == [1, 1, 1, 1, 1, 0]
    assert [outcome.levering for outcome in rounds[-1].outcomes] == [DAY, "2026-11-21"]


@pytest.mark.parametrize("works", [process_arrived, take_up, run_waiting])
def test_a_late_pointer_does_not_hide_that_the_model_is_stopped(workshop: Workshop, works: Any) -> None:
    workshop.deliver()
    late = blobs(workshop, "write", "actueel.json", lambda: stop_model(workshop.installation, "fout"), dies=True)
    with pytest.raises(Crash):
        run_waiting(replace(workshop.installation, blobs=late))
    works(workshop.installation)
    assert workshop.pointer()["model"]["gestopt"]


def test_a_late_message_does_not_stay_over_a_newer_one(workshop: Workshop) -> None:
    workshop.deliver(oordeel="afgekeurd")
    other = workshop.with_(owner=Worker("tweede")).installation

    def others() -> None:
        run_waiting(other)
        workshop.clock.pass_by(timedelta(seconds=1))
        workshop.deliver()
        run_waiting(other)

    run_waiting(replace(workshop.installation, blobs=blobs(workshop, "write", "bericht.json", others)))
    assert workshop.message(DAY)["oordeel"] == "geaccepteerd"


def test_a_run_that_a_worker_left_behind_is_taken_up_by_day(workshop: Workshop) -> None:
    workshop.deliver()
    with pytest.raises(Crash):
        process_arrived(
            replace(workshop.installation, blobs=blobs(workshop, "write_by", "resultaten", lambda: None, True))
        )
    other = workshop.with_(owner=Worker("tweede")).installation
    assert not [outcome for outcome in take_up(other) if outcome.counts.aantal], "the lease holds"
    workshop.clock.pass_by(timedelta(minutes=40))
    assert [outcome.counts.aantal for outcome in take_up(other)] == [3]
    assert take_up(other) == []


def test_people_who_were_being_judged_are_in_the_logboek_when_it_failed_or_the_model_was_stopped(
    workshop: Workshop,
) -> None:
    workshop.deliver()
    stops = Meanwhile(workshop.installation.ledger, "publish", "", lambda: stop_model(workshop.installation, "fout"))
    run_waiting(workshop.with_(ledger=stops).installation)
    assert [line["status"] for line in people_told(workshop)] == ["Unset"] * 4
    resume_model(workshop.installation, "hersteld")

    def broken(*_: object) -> Any:
        raise ExplanationBroken("The contributions do not add up.")

    run_waiting(workshop.with_(core=replace(CORE, judge=broken)).installation)
    assert sorted(line["status"] for line in people_told(workshop)) == ["Error"] * 4 + ["Unset"] * 4
    run_waiting(workshop.installation)
    found = people_told(workshop)
    assert sum(line["status"] == "Ok" for line in found) == 4
    assert len({line["span_id"] for line in found}) == len(found) == 12
    assert len({line["trace_id"] for line in found}) == 1


def test_no_employee_is_named_in_the_output(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    employee = workshop.with_(caller=replace(workshop.installation.caller, actor="j.de.vries", herkomst="pagina"))
    run_waiting(employee.installation)
    release(employee.installation, DAY, "nagevraagd")
    run_waiting(employee.installation)
    assert not [name for name, data in workshop.files("uitvoer").items() if b"vries" in data or b"nagevraagd" in data]


def test_nothing_of_few_applications_is_in_the_log_of_the_model(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    (data,) = workshop.files("modellog").values()
    line = json.loads(data)
    assert [line[name] for name in ("aantal", "per_resultaattype", "per_reden")] == [HIDDEN] * 3


def test_nothing_staged_stays_behind(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    late = workshop.root / "uitvoer" / DATASET / DAY / "runs"
    (run,) = late.iterdir()
    (run / "poging-1").mkdir()
    (run / "poging-1" / "resultaten.jsonl").write_bytes(b"{}\n")
    run_waiting(workshop.installation)
    assert not [name for name in workshop.files("uitvoer") if "poging" in name]
