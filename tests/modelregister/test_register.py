"""A version comes into use by two people and a dossier, and goes out of use in the same moment as another comes in."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import timedelta

import pytest

from shared.errors import (
    FourEyesRequired,
    ModelPackageInvalid,
    ModelVersionSuperseded,
    NotKnown,
    RequestRefused,
    TransitionRefused,
)
from shared.events import Action, Caller, verify
from shared.interventions import release
from shared.modelregister.register import (
    MOST_AT_ONCE,
    activate,
    approve,
    propose,
    reject,
    scored_by_version,
    start_shadow,
    withdraw,
)
from shared.modelregister.states import VersionStatus, VersionStep
from shared.runstates import RunState
from shared.sweep import run_waiting
from tests.modelregister.offices import ANNE, BRAM, REASONS, Office
from tests.modelregister.packages import CITY, MODEL, make_version
from tests.shell.workshop import DATASET


def events(office: Office, about: str = "model") -> list[tuple[str, str, str]]:
    found = office.workshop.installation.ledger.events()
    return [(event.handeling, event.object, event.actor) for event in found if event.object.startswith(about)]


def test_an_empty_register_begins_with_the_package_of_the_installation(office: Office) -> None:
    office.workshop.deliver()
    run_waiting(office.workshop.installation)
    assert office.statuses() == {"1.0.0": "actief"}
    assert office.workshop.sql("SELECT modelversie, toestand FROM verwerkingen") == [("1.0.0", "afgerond")]
    assert events(office) == [("eerste modelversie ingevoerd", "model levensonderhoud 1.0.0", "systeem")]
    run_waiting(office.workshop.installation)
    assert len(events(office)) == 1


def test_a_version_is_proposed_by_one_approved_by_another_and_then_active(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    office.workshop.deliver("2026-11-19")
    run_waiting(office.workshop.installation)
    propose(office.as_(ANNE), "1.1.0", *REASONS)
    assert office.statuses() == {"1.0.0": "actief", "1.1.0": "voorgesteld"}
    approve(office.as_(BRAM), "1.1.0", "dossier gelezen")
    assert office.versions.active().version == "1.0.0"
    activate(office.as_(ANNE), "1.1.0", "ingepland")
    assert office.statuses() == {"1.0.0": "uit gebruik", "1.1.0": "actief"}
    office.workshop.deliver("2026-11-20")
    run_waiting(office.workshop.installation)
    judged = office.workshop.sql("SELECT levering, modelversie FROM verwerkingen ORDER BY nr")
    assert judged == [("2026-11-19", "1.0.0"), ("2026-11-20", "1.1.0")]
    assert office.workshop.pointer()["model"]["versie"] == "1.1.0"
    assert [told for told in events(office)[1:] if "vergeleken" not in told[0]] == [
        ("modelversie voorgesteld", "model levensonderhoud 1.1.0", "oid-anne"),
        ("modelversie goedgekeurd", "model levensonderhoud 1.1.0", "oid-bram"),
        ("modelversie uit gebruik genomen", "model levensonderhoud 1.0.0", "oid-anne"),
        ("modelversie geactiveerd", "model levensonderhoud 1.1.0", "oid-anne"),
    ]
    assert verify(office.workshop.installation.ledger.events()) is None


@pytest.mark.parametrize("same", [ANNE, Caller(" OID-Anne ", "elders")], ids=["same", "written otherwise"])
@pytest.mark.parametrize("decide", [approve, reject], ids=["approve", "reject"])
def test_who_proposed_decides_nothing(office: Office, same: Caller, decide: object) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    propose(office.as_(ANNE), "1.1.0", *REASONS)
    with pytest.raises(FourEyesRequired, match="SC-560"):
        decide(office.as_(same), "1.1.0", "zelf gedaan")  # type: ignore[operator]
    assert office.statuses()["1.1.0"] == "voorgesteld"


def test_after_a_new_proposal_it_is_the_new_proposer_who_may_not_decide(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    propose(office.as_(ANNE), "1.1.0", *REASONS)
    reject(office.as_(BRAM), "1.1.0", "reden van de drempel ontbreekt")
    propose(office.as_(BRAM), "1.1.0", *REASONS)
    with pytest.raises(FourEyesRequired):
        approve(office.as_(BRAM), "1.1.0", "zelf gedaan")
    assert approve(office.as_(ANNE), "1.1.0", "nu wel").status is VersionStatus.GOEDGEKEURD


@pytest.mark.parametrize("step", [approve, activate], ids=["approve", "activate"])
def test_a_package_that_changed_since_the_proposal_is_refused(office: Office, step: object) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    propose(office.as_(ANNE), "1.1.0", *REASONS)
    if step is activate:
        approve(office.as_(BRAM), "1.1.0", "dossier gelezen")
    before = office.statuses()
    make_version(office.models, "1.1.0", threshold=0.4)
    with pytest.raises(ModelPackageInvalid, match="SC-200"):
        step(office.as_(BRAM), "1.1.0", "snel even")  # type: ignore[operator]
    assert office.statuses() == before


def test_an_active_package_that_changed_judges_nothing(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    office.approved("1.1.0")
    activate(office.as_(ANNE), "1.1.0", "ingepland")
    make_version(office.models, "1.1.0", threshold=0.4)
    office.workshop.deliver()
    round_ = run_waiting(office.workshop.installation)
    assert round_.failed and "SC-200" in str(round_.outcomes[0].failure)
    assert office.workshop.sql("SELECT count(*) FROM resultaten") == [(0,)]


def test_another_package_under_a_known_version_is_not_proposed(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    propose(office.as_(ANNE), "1.1.0", *REASONS)
    reject(office.as_(BRAM), "1.1.0", "niet goed")
    make_version(office.models, "1.1.0", threshold=0.4)
    with pytest.raises(RequestRefused, match="another package"):
        propose(office.as_(ANNE), "1.1.0", *REASONS)


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_proposal_says_why_why_this_threshold_and_why_this_sample(office: Office, missing: int) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    said = [*REASONS]
    said[missing] = " "
    where = ("reden", "reden_drempel", "reden_steekproef")[missing]
    with pytest.raises(RequestRefused) as refused:
        propose(office.as_(ANNE), "1.1.0", *said)
    assert refused.value.where == where
    assert office.statuses() == {"1.0.0": "actief"}


@pytest.mark.parametrize("version", ["9.9.9"])
def test_a_version_that_lies_nowhere_is_not_proposed(office: Office, version: str) -> None:
    with pytest.raises(ModelPackageInvalid):
        propose(office.as_(ANNE), version, *REASONS)
    with pytest.raises(NotKnown):
        approve(office.as_(BRAM), version, "toch maar")


def test_a_folder_with_another_version_than_its_name_is_refused(office: Office) -> None:
    shutil.copytree(CITY, office.models / "levensonderhoud-1.1.0")
    with pytest.raises(RequestRefused, match="another model or version"):
        propose(office.as_(ANNE), "1.1.0", *REASONS)


@pytest.mark.parametrize("chosen", [None, 0.0, 0.1])
def test_a_random_sample_needs_to_be_chosen_by_the_approver(office: Office, chosen: float | None) -> None:
    make_version(office.models, "1.1.0", sample_share=0.05)
    propose(office.as_(ANNE), "1.1.0", *REASONS)
    with pytest.raises(RequestRefused) as refused:
        approve(office.as_(BRAM), "1.1.0", "dossier gelezen", chosen)
    assert refused.value.where == "steekproef"
    approve(office.as_(BRAM), "1.1.0", "dossier gelezen", 0.05)
    steps = office.register.steps(office.register.version(DATASET, "1.1.0").id)
    assert steps[-1].sample_share == 0.05 and steps[-1].step is VersionStep.GOEDKEUREN


def test_a_dossier_against_a_version_that_is_no_longer_active_is_no_ground_to_approve(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    make_version(office.models, "1.2.0", threshold=0.55)
    propose(office.as_(ANNE), "1.2.0", *REASONS)
    office.approved("1.1.0")
    activate(office.as_(ANNE), "1.1.0", "ingepland")
    with pytest.raises(RequestRefused, match="not active any more"):
        approve(office.as_(BRAM), "1.2.0", "dossier gelezen")
    withdraw(office.as_(ANNE), "1.2.0", "verouderd dossier")
    assert office.approved("1.2.0").status is VersionStatus.GOEDGEKEURD


@pytest.mark.parametrize("shadow", [False, True], ids=["approved", "shadow"])
def test_a_version_that_was_approved_against_another_than_the_active_one_does_not_come_into_use(
    office: Office, shadow: bool
) -> None:
    for number, threshold in (("1.1.0", 0.5), ("1.2.0", 0.55)):
        make_version(office.models, number, threshold=threshold)
        office.approved(number)
    if shadow:
        start_shadow(office.as_(ANNE), "1.2.0", "meelopen")
    activate(office.as_(ANNE), "1.1.0", "ingepland")
    before = office.statuses()
    with pytest.raises(RequestRefused, match="not active any more"):
        activate(office.as_(ANNE), "1.2.0", "ook ingepland")
    assert office.statuses() == before and before["1.1.0"] == "actief"
    assert not [told for told in events(office) if told[:2] == ("modelversie geactiveerd", f"model {MODEL} 1.2.0")]
    activate(office.as_(BRAM), "1.0.0", "terugzetten")  # its dossier compared with nothing
    activate(office.as_(BRAM), "1.2.0", "dit staat weer in het dossier")
    assert office.statuses() == {"1.0.0": "uit gebruik", "1.1.0": "uit gebruik", "1.2.0": "actief"}


def test_a_proposal_alone_is_never_activated(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    propose(office.as_(ANNE), "1.1.0", *REASONS)
    with pytest.raises(TransitionRefused):
        activate(office.as_(BRAM), "1.1.0", "haast")
    assert office.versions.active().version == "1.0.0"


def test_the_active_version_is_not_withdrawn_only_replaced(office: Office) -> None:
    with pytest.raises(TransitionRefused):
        withdraw(office.as_(ANNE), "1.0.0", "weg ermee")
    make_version(office.models, "1.1.0", threshold=0.5)
    office.approved("1.1.0")
    activate(office.as_(ANNE), "1.1.0", "ingepland")
    shutil.rmtree(office.models / "levensonderhoud-1.0.0")  # to stop using it, its package need not be there
    assert withdraw(office.as_(ANNE), "1.0.0", "fout gevonden").status is VersionStatus.INGETROKKEN
    with pytest.raises(ModelPackageInvalid):
        activate(office.as_(ANNE), "1.0.0", "toch terug")


def test_a_rollback_puts_the_earlier_version_back_and_names_whom_the_other_judged(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    office.approved("1.1.0")
    clock = office.workshop.clock
    office.workshop.deliver("2026-11-18", {"1": 1})
    run_waiting(office.workshop.installation)
    clock.pass_by(timedelta(hours=1))
    activate(office.as_(ANNE), "1.1.0", "ingepland")
    begin = clock.now()
    office.workshop.deliver("2026-11-19", {"2": 1, "3": 2, "4": 4})
    run_waiting(office.workshop.installation)
    clock.pass_by(timedelta(hours=1))
    activate(office.as_(BRAM), "1.0.0", "te veel zaken")
    office.workshop.deliver("2026-11-20", {"5": 1})
    run_waiting(office.workshop.installation)
    assert office.statuses() == {"1.0.0": "actief", "1.1.0": "uit gebruik"}
    steps = office.register.steps(office.register.version(DATASET, "1.0.0").id)
    assert [step.step for step in steps][-1] is VersionStep.TERUGZETTEN and steps[-1].reason == "te veel zaken"
    end = clock.now()
    found = scored_by_version(office.as_(BRAM), "1.1.0", begin, end, "terugzetten").applications
    assert [(one.levering, one.aanvraagnummer) for one in found] == [("2026-11-19", "2"), ("2026-11-19", "3")]
    (run,) = office.workshop.sql("SELECT run FROM verwerkingen WHERE modelversie = '1.1.0'")
    assert [one.prediction for one in found] == [f"{run[0]}-0", f"{run[0]}-1"]
    assert scored_by_version(office.as_(BRAM), "1.1.0", end, end + timedelta(days=1), "terugzetten").total == 0
    asked = [event for event in office.workshop.installation.ledger.events() if "opgevraagd" in event.handeling]
    assert [json.loads(event.details)["reden"] for event in asked] == ["terugzetten"] * 2
    lines = [data for name, data in office.workshop.files("logboek").items() if "modelversie-nagaan" in name]
    assert [len(part.splitlines()) for part in lines] == [3, 1] or [len(p.splitlines()) for p in lines] == [1, 3]


def test_whom_a_version_judged_is_told_by_the_page_and_on_record_is_whom_the_page_shows(office: Office) -> None:
    begin, shown = office.workshop.clock.now(), []
    for day, numbers in (("2026-11-19", "123"), ("2026-11-20", "45")):
        office.workshop.deliver(day, dict.fromkeys(numbers, 1))
        run_waiting(office.workshop.installation)
        office.workshop.clock.pass_by(timedelta(hours=1))
    period = begin, office.workshop.clock.now(), "terugzetten"
    for number in (1, 2, 3, 4):
        page = scored_by_version(office.as_(BRAM), "1.0.0", *period, number, 2)
        assert page.total == 5
        shown.append([one.aanvraagnummer for one in page.applications])
        office.workshop.clock.pass_by(timedelta(minutes=1))
    assert shown == [["1", "2"], ["3", "4"], ["5"], []]
    ledger = office.workshop.installation.ledger
    asked = [json.loads(one.details) for one in ledger.events() if one.handeling == Action.MODEL_NAGAAN]
    assert [(one["aanvragen"], one["van_totaal"], one["pagina"]) for one in asked] == [
        *((2, 5, 1), (2, 5, 2), (1, 5, 3), (0, 5, 4))
    ]
    assert [one["van"] < one["tot"] for one in asked] == [True, True, True, False]
    assert asked[0]["tot"] < asked[2]["van"], "the first page shows nobody of the second night"
    lines = [data for name, data in office.workshop.files("logboek").items() if "modelversie-nagaan" in name]
    assert sorted(len(part.splitlines()) for part in lines) == [1, 2, 3, 3], "one for the whole, one for each person"


@pytest.mark.parametrize(("number", "size"), [(0, 10), (1, 0), (1, MOST_AT_ONCE + 1)])
def test_no_page_is_larger_than_it_may_be_or_comes_before_the_first(office: Office, number: int, size: int) -> None:
    now = office.workshop.clock.now()
    with pytest.raises(RequestRefused, match="no such page"):
        scored_by_version(office.as_(ANNE), "1.0.0", now, now + timedelta(1), "terugzetten", number, size)


def test_whom_a_version_judged_is_told_to_nobody_without_a_reason_and_a_period(office: Office) -> None:
    now = office.workshop.clock.now()
    for van, tot, why in ((now, now + timedelta(1), " "), (now, now, "x"), (now.replace(tzinfo=None), now, "x")):
        with pytest.raises(RequestRefused):
            scored_by_version(office.as_(ANNE), "1.0.0", van, tot, why)


def test_a_run_that_waits_under_the_old_version_makes_way(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    office.approved("1.1.0")
    office.workshop.deliver(oordeel="aangehouden")
    run_waiting(office.workshop.installation)
    activate(office.as_(ANNE), "1.1.0", "ingepland")
    release(office.workshop.installation, "2026-11-20", "nagekeken")
    run_waiting(office.workshop.installation)
    runs = office.workshop.sql("SELECT modelversie, toestand FROM verwerkingen ORDER BY nr")
    assert runs == [("1.0.0", "vervallen"), ("1.1.0", "afgerond")]


def test_activation_takes_effect_at_the_next_claim_in_the_middle_of_a_round(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    office.approved("1.1.0")
    for day in ("2026-11-18", "2026-11-19", "2026-11-20"):
        office.workshop.deliver(day)

    def after_the_first(progress: object) -> None:
        if getattr(progress, "done", 0) == 1 and office.versions.active().version == "1.0.0":
            activate(office.as_(BRAM), "1.1.0", "midden in een ronde")

    run_waiting(office.workshop.installation, after_the_first)
    judged = office.workshop.sql("SELECT modelversie FROM verwerkingen ORDER BY nr")
    assert judged == [("1.0.0",), ("1.1.0",), ("1.1.0",)]


def test_a_worker_that_prepared_a_run_before_the_activation_does_not_begin_it(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    office.approved("1.1.0")
    late = office.as_(ANNE)
    activate(office.as_(BRAM), "1.1.0", "ingepland")
    new = late.new_run("2026-11-20", "d" * 64)
    with pytest.raises(ModelVersionSuperseded, match="SC-230"):
        late.ledger.claim(new, late.terms(), late.event(Action.CLAIMEN, "levering 2026-11-20", "geclaimd"))
    assert late.ledger.runs(DATASET, RunState) == []


def test_a_version_that_needs_what_was_never_stored_says_so_in_its_dossier(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    office.workshop.deliver()  # the results of this workshop hold no features
    run_waiting(office.workshop.installation)
    office.workshop.clock.pass_by(timedelta(days=14))  # the month is over
    proposed = propose(office.as_(ANNE), "1.1.0", *REASONS)
    (step,) = office.register.steps(proposed.id)
    assert step.proposal is not None
    dossier = json.loads(step.proposal.dossier)
    assert dossier["vergelijking"] is None and "schaduw" in dossier["geen_vergelijking"]
    assert hashlib.sha256(step.proposal.dossier.encode()).hexdigest() == step.proposal.dossier_sha256
    ledger = office.workshop.installation.ledger
    (told,) = [event for event in ledger.events() if event.handeling == Action.MODEL_VOORSTELLEN]
    assert json.loads(told.details)["dossier_sha256"] == step.proposal.dossier_sha256
