"""A shadow judges what was published, keeps it, and shows it to nobody; it can delay, change or fail nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.administration import ModelStatus
from shared.anchors import check_audit
from shared.events import verify
from shared.interventions import request_run, resume_model, stop_model
from shared.modelregister.register import activate, end_shadow, scored_by_version, start_shadow
from shared.modelregister.shadow import score_shadows
from shared.runstates import RunReason, RunState
from shared.sweep import run_waiting
from tests.modelregister.offices import ANNE, BRAM, Office, make_office
from tests.modelregister.packages import make_version
from tests.shell.crashing import Fuse, Fused
from tests.shell.workshop import DATASET, DAY, Crash, Workshop

SHADOWS = "SELECT levering, modelversie, toestand, reden FROM verwerkingen WHERE modelstatus = 'schaduw' ORDER BY nr"
RESULTS = (
    "SELECT v.levering, r.aanvraagnummer, r.resultaattype, r.score FROM resultaten r "
    "JOIN verwerkingen v ON v.nr = r.verwerking_nr WHERE v.modelstatus = 'schaduw' ORDER BY 1, 2"
)
DONE = ("afgerond", "schaduw_bewaard")


def test_every_delivery_published_since_is_judged_by_the_shadow_too(shadowed: Office) -> None:
    shadowed.workshop.deliver("2026-11-19")
    round_ = run_waiting(shadowed.workshop.installation)
    assert shadowed.workshop.sql(SHADOWS) == [("2026-11-19", "1.1.0", *DONE)]
    assert [row[:3] for row in shadowed.workshop.sql(RESULTS)] == [
        ("2026-11-19", "1001", 1),
        ("2026-11-19", "1002", 2),
        ("2026-11-19", "1003", 4),
    ]
    assert shadowed.workshop.sql(RESULTS)[0][3] == pytest.approx(0.55)  # by its own package
    assert [outcome.run.state for outcome in round_.shadows if outcome.run] == [RunState.AFGEROND]
    assert len(round_.outcomes) == 1
    assert run_waiting(shadowed.workshop.installation).shadows == ()
    assert verify(shadowed.workshop.installation.ledger.events()) is None
    assert check_audit(shadowed.workshop.installation.ledger, shadowed.workshop.installation.blobs).holds


def test_what_others_see_is_the_same_bytes_with_a_shadow_and_without(
    make_workshop: Callable[[str], Workshop], models: Path
) -> None:
    seen = []
    for with_shadow in (True, False):
        office = make_office(make_workshop(f"werk-{with_shadow}"), models)
        make_version(models, "1.1.0", threshold=0.5)
        office.approved("1.1.0")
        if with_shadow:
            start_shadow(office.as_(ANNE), "1.1.0", "eerst meelopen")
        for day in ("2026-11-18", "2026-11-19"):
            office.workshop.deliver(day)
            run_waiting(office.workshop.installation)
        view = office.workshop.sql("SELECT run, regel, score FROM actuele_resultaten ORDER BY 1, 2")
        seen.append((office.workshop.everything(), view, len(office.workshop.sql(SHADOWS))))
    assert seen[0][:2] == seen[1][:2]
    assert [number for *_, number in seen] == [2, 0]


def test_no_reader_look_up_or_list_of_runs_knows_a_shadow(shadowed: Office) -> None:
    shadowed.workshop.deliver("2026-11-19")
    run_waiting(shadowed.workshop.installation)
    ledger = shadowed.workshop.installation.ledger
    (shadow,) = ledger.runs(DATASET, RunState, status=ModelStatus.SCHADUW)
    runs = ledger.runs(DATASET, RunState)
    assert shadow.run_id not in {run.run_id for run in runs} and len(runs) == 2
    assert len(ledger.runs_of_delivery(DATASET, shadow.new.digest)) == 1
    assert [run.new.model_version for run in ledger.published_on(DATASET, "2026-11-19")] == ["1.0.0"]
    current = ledger.current_result(DATASET, "1001")
    assert current is not None and current.run.new.model_version == "1.0.0"
    van, tot = shadowed.workshop.clock.now() - DAY, shadowed.workshop.clock.now() + DAY
    assert scored_by_version(shadowed.as_(BRAM), "1.1.0", van, tot, "nagaan").total == 0
    names = [*shadowed.workshop.files("uitvoer"), *shadowed.workshop.files("terugkoppeling")]
    assert not [name for name in names if shadow.run_id in name]


def test_it_is_a_processing_with_its_own_activity_in_the_logboek(shadowed: Office) -> None:
    shadowed.workshop.deliver("2026-11-19")
    run_waiting(shadowed.workshop.installation)
    (shadow,) = shadowed.workshop.installation.ledger.runs(DATASET, RunState, status=ModelStatus.SCHADUW)
    parts = {name: data for name, data in shadowed.workshop.files("logboek").items() if shadow.run_id in name}
    lines = [json.loads(line) for data in parts.values() for line in data.decode().splitlines()]
    assert len(lines) == 4  # the whole, and three people
    activities = {line["attributes"]["dpl.core.processing_activity_id"] for line in lines}
    assert len(activities) == 1 and "schaduw" in activities.pop()


def test_a_request_about_people_has_no_shadow(shadowed: Office) -> None:
    shadowed.workshop.deliver("2026-11-19")
    run_waiting(shadowed.workshop.installation)
    request_run(shadowed.workshop.installation, "2026-11-19", ["1001"], "bezwaar")
    run_waiting(shadowed.workshop.installation)
    assert len(shadowed.workshop.sql(SHADOWS)) == 1


def test_the_stop_switch_of_the_model_stops_its_shadow_too(shadowed: Office) -> None:
    shadowed.workshop.deliver("2026-11-19")
    installation = shadowed.workshop.installation.up_to_date()
    with_no_shadow = replace(installation, versions=None)
    run_waiting(with_no_shadow)
    stop_model(installation, "even niet")
    run_waiting(installation)
    assert shadowed.workshop.sql(SHADOWS) == [("2026-11-19", "1.1.0", "aangehouden", "model_gestopt")]
    assert shadowed.workshop.sql(RESULTS) == []
    resume_model(installation, "weer wel")
    run_waiting(installation)
    assert shadowed.workshop.sql(SHADOWS) == [("2026-11-19", "1.1.0", *DONE)]


def test_a_stop_between_judging_and_keeping_keeps_nothing(shadowed: Office) -> None:
    shadowed.workshop.deliver("2026-11-19")
    installation = shadowed.workshop.installation.up_to_date()
    run_waiting(replace(installation, versions=None))

    def stopping(*arguments: Any) -> Any:
        stop_model(installation, "nu")
        return installation.core.judge(*arguments)

    score_shadows(replace(installation, core=replace(installation.core, judge=stopping)))
    assert shadowed.workshop.sql(SHADOWS) == [("2026-11-19", "1.1.0", "aangehouden", "model_gestopt")]
    assert shadowed.workshop.sql(RESULTS) == []


def test_a_shadow_that_fails_fails_nothing_else_and_is_tried_again(shadowed: Office) -> None:
    def broken(*arguments: Any) -> Any:
        if arguments[2].model.version == "1.1.0":
            raise ValueError("geheim")
        return core.judge(*arguments)

    core = shadowed.workshop.installation.core
    shadowed.workshop.deliver("2026-11-19")
    round_ = run_waiting(shadowed.workshop.with_(core=replace(core, judge=broken)).installation)
    assert not round_.failed and round_.shadows[0].failure is not None
    assert shadowed.workshop.sql(SHADOWS) == [("2026-11-19", "1.1.0", "mislukt", "onverwachte_fout")]
    assert len(shadowed.workshop.current("2026-11-19")) == 3
    run_waiting(shadowed.workshop.installation)
    assert shadowed.workshop.sql(SHADOWS) == [("2026-11-19", "1.1.0", *DONE)]


def test_a_package_that_is_gone_stops_only_its_shadow(shadowed: Office) -> None:
    shutil.rmtree(shadowed.models / "levensonderhoud-1.1.0")
    shadowed.workshop.deliver("2026-11-19")
    round_ = run_waiting(shadowed.workshop.installation)
    assert not round_.failed and "SC-200" in str(round_.shadows[0].failure)
    assert len(shadowed.workshop.current("2026-11-19")) == 3


def test_a_delivery_whose_snapshot_is_gone_is_not_tried_for_ever(shadowed: Office) -> None:
    digest = shadowed.workshop.deliver("2026-11-19")
    run_waiting(replace(shadowed.workshop.installation.up_to_date(), versions=None))
    shutil.rmtree(shadowed.workshop.root / "momentopname" / DATASET / digest)
    assert len(run_waiting(shadowed.workshop.installation).shadows) == 1
    (row,) = shadowed.workshop.sql(SHADOWS)
    assert row[2:] == ("mislukt", str(RunReason.MOMENTOPNAME_ONTBREEKT))
    assert run_waiting(shadowed.workshop.installation).shadows == ()


def test_a_shadow_that_ends_lets_go_of_what_it_had_not_done(shadowed: Office) -> None:
    shadowed.workshop.deliver("2026-11-19")
    installation = shadowed.workshop.installation.up_to_date()
    run_waiting(replace(installation, versions=None))
    stop_model(installation, "even niet")
    run_waiting(installation)
    end_shadow(shadowed.as_(ANNE), "1.1.0", "genoeg gezien")
    assert shadowed.workshop.sql(SHADOWS) == [("2026-11-19", "1.1.0", "vervallen", "versie_gewijzigd")]
    resume_model(installation, "weer wel")
    assert run_waiting(installation).shadows == ()


def test_a_shadow_that_becomes_active_judges_for_real_and_no_longer_beside(shadowed: Office) -> None:
    shadowed.workshop.deliver("2026-11-19")
    run_waiting(shadowed.workshop.installation)
    activate(shadowed.as_(BRAM), "1.1.0", "het mag")
    shadowed.workshop.deliver("2026-11-20")
    run_waiting(shadowed.workshop.installation)
    assert len(shadowed.workshop.sql(SHADOWS)) == 1
    real = shadowed.workshop.sql("SELECT modelversie FROM verwerkingen WHERE modelstatus = 'actief' ORDER BY nr")
    assert real == [("1.0.0",), ("1.0.0",), ("1.1.0",)]


def test_two_workers_judge_a_delivery_in_shadow_once(shadowed: Office) -> None:
    shadowed.workshop.deliver("2026-11-19")
    installation = shadowed.workshop.installation.up_to_date()
    run_waiting(replace(installation, versions=None))

    def meanwhile(*arguments: Any) -> Any:
        assert [one.kind for one in score_shadows(installation)] == ["bezet"]
        return installation.core.judge(*arguments)

    score_shadows(replace(installation, core=replace(installation.core, judge=meanwhile)))
    assert len(shadowed.workshop.sql(RESULTS)) == 3


def _effects(installation: Any, fuse: Fuse) -> Any:
    return replace(installation, blobs=Fused(installation.blobs, fuse), ledger=Fused(installation.ledger, fuse))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_worker_that_dies_at_any_effect_loses_and_doubles_nothing(
    make_workshop: Callable[[str], Workshop], models: Path, after: bool
) -> None:
    make_version(models, "1.1.0", threshold=0.5)

    def ready(name: str) -> Office:
        office = make_office(make_workshop(name), models)
        office.approved("1.1.0")
        start_shadow(office.as_(ANNE), "1.1.0", "eerst meelopen")
        office.workshop.deliver("2026-11-19")
        run_waiting(replace(office.workshop.installation.up_to_date(), versions=None))
        return office

    counting = Fuse()
    whole = ready("heel")
    score_shadows(_effects(whole.workshop.installation.up_to_date(), counting))
    end, files = whole.workshop.sql(RESULTS), whole.workshop.files("logboek").keys()
    assert len(counting.seen) >= 4 and len(end) == 3
    for at in range(1, len(counting.seen) + 1):
        office = ready(f"dood-{at}-{after}")
        with suppress(Crash):
            score_shadows(_effects(office.workshop.installation.up_to_date(), Fuse(at, after)))
        office.workshop.clock.pass_by(DAY)
        run_waiting(office.workshop.installation)
        run_waiting(office.workshop.installation)
        where = f"effect {at} ({counting.seen[at - 1]})"
        assert office.workshop.sql(RESULTS) == end, where
        assert office.workshop.sql(SHADOWS) == [("2026-11-19", "1.1.0", *DONE)], where
        assert {name for name in office.workshop.files("logboek") if "ankers" not in name} >= {
            name for name in files if "modelvergelijking" not in name and "ankers" not in name
        }, where
