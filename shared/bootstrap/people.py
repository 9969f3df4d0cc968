"""What people do with predictions: each command, route and page is one call from here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from shared.bootstrap import wiring
from shared.bootstrap.wiring import blobs, core, ledger, person_here, settings
from shared.errors import ModelPackageInvalid
from shared.usecases import datasets, use_case

if TYPE_CHECKING:
    from shared.administration import RunRecord
    from shared.events import Caller
    from shared.modelpackage.package import ModelPackage
    from shared.people.audittrail import EventPage
    from shared.people.desk import Desk
    from shared.people.explanation import Explanation
    from shared.people.inputs import Rows
    from shared.people.port import Oversight
    from shared.people.records import (
        Assessment,
        EventFilter,
        Hit,
        NewAssessment,
        NumberKind,
        Objection,
        ObjectionState,
    )
    from shared.people.replay import PredictionReplay, RunReplay
    from shared.ports import KeySource
    from shared.settings import Settings


def find_predictions(
    kind: NumberKind, number: str, reden: str, dataset: str = "", caller: Caller | None = None
) -> list[Hit]:
    """Return every prediction of an application or a person by number; see shared/people/predictions.py."""
    from shared.people import predictions

    return predictions.find_predictions(desk(caller), kind, number, reden, dataset)


def explain_prediction(prediction: str, reden: str, caller: Caller | None = None) -> Explanation:
    """Return the whole explanation of a prediction by its id, also one that is no longer current."""
    from shared.people import predictions

    return predictions.explain_prediction(desk(caller), prediction, reden)


def explain_current(aanvraagnummer: str, reden: str, dataset: str = "", caller: Caller | None = None) -> Explanation:
    """Return the whole explanation of the current result of an application by its number."""
    from shared.people import predictions

    return predictions.explain_current(desk(caller), aanvraagnummer, reden, dataset)


def inputs_of(prediction: str, reden: str, caller: Caller | None = None) -> Rows:
    """Return the rows of the audit snapshot that a prediction was made from, by table, without pseudonyms."""
    from shared.people import predictions

    return predictions.inputs_of(desk(caller), prediction, reden)


def replay_prediction(prediction: str, reden: str, caller: Caller | None = None) -> PredictionReplay:
    """Compute a prediction again from the snapshot, and compare it bit for bit; who asked and why is on record."""
    from shared.people import replay

    return replay.replay_prediction(desk(caller), prediction, reden)


def replay_run(run_id: str, caller: Caller | None = None) -> RunReplay:
    """Compute every prediction of a run again, and compare bit for bit."""
    from shared.people import replay

    return replay.replay_run(desk(caller), run_id)


def replay_everything(caller: Caller | None = None) -> Iterator[RunReplay]:
    """Yield what computing every published run again shows, the oldest first."""
    from shared.people import replay

    return replay.replay_everything(desk(caller))


def assess(prediction: str, new: NewAssessment, caller: Caller | None = None) -> Assessment:
    """Record what a person makes of a prediction."""
    from shared.people import assessments

    return assessments.assess(desk(caller), prediction, new)


def assessments_of(prediction: str, reden: str, caller: Caller | None = None) -> list[Assessment]:
    """Return the assessments of a prediction, the newest first."""
    from shared.people import assessments

    return assessments.assessments_of(desk(caller), prediction, reden)


def open_objection(prediction: str, reden: str, caller: Caller | None = None) -> Objection:
    """Record an objection about the application of a prediction; it is under legal hold from then on."""
    from shared.people import objections

    return objections.open_objection(desk(caller), prediction, reden)


def close_objection(bezwaar: str, uitkomst: ObjectionState, reden: str, caller: Caller | None = None) -> Objection:
    """Close an objection; the legal hold ends unless another open objection needs it."""
    from shared.people import objections

    return objections.close_objection(desk(caller), bezwaar, uitkomst, reden)


def objections(dataset: str = "", *, only_open: bool = False, caller: Caller | None = None) -> list[Objection]:
    """Return the objections, the newest first."""
    from shared.people.objections import objections as listed

    return listed(desk(caller), dataset, only_open=only_open)


def audit_trail(
    wanted: EventFilter, reden: str, before: int | None = None, limit: int = 50, caller: Caller | None = None
) -> EventPage:
    """Return a page of the audit log, the newest first; that somebody looked, and why, is written too."""
    from shared.people import audittrail

    return audittrail.audit_trail(desk(caller), wanted, reden, before, limit)


def desk(caller: Caller | None = None) -> Desk:
    """Return what somebody who looks back needs, acting on behalf of the caller: the person here when not said."""
    from shared.adapters.clock import SystemClock
    from shared.people.desk import Desk

    config = settings()
    return Desk(
        oversight=_oversight(config),
        blobs=blobs(config),
        keys=_keys(config),
        clock=SystemClock(),
        caller=caller or person_here(),
        activity=config.activity,
        datasets=datasets(),
        use_case_of=use_case,
        package_of=package_of,
        core=core,
    )


def package_of(run: RunRecord) -> ModelPackage:
    """Return the model package that a run used, read and verified once; ModelPackageInvalid when it is not here."""
    package = wiring.loaded_package(settings(), run.new.model, run.new.model_version)
    if package.sha256 != run.new.model_sha256:
        raise ModelPackageInvalid(
            "This is not the package that made the result.",
            where=f"{package.name}-{package.version}",
            next_step="Restore the package of that version; a new model needs a new version.",
        )
    return package


@lru_cache(maxsize=4)
def _oversight(config: Settings) -> Oversight:
    from shared.adapters.chosen import oversight_of

    return oversight_of(ledger(config))


@lru_cache(maxsize=4)
def _keys(config: Settings) -> KeySource:
    from shared.adapters.chosen import keys_of

    return keys_of(config, lambda: False, lambda: ledger(config))  # who looks back never makes a key
