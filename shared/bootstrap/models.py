"""What a Modelbeheerder does: each step with a model version is one call from here."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.bootstrap.wiring import person_here, settings, versions, workplace
from shared.errors import ModelPackageInvalid, NotKnown
from shared.modelregister.port import ModelVersion, ScoredPage, StepRecord

if TYPE_CHECKING:
    from datetime import datetime

    from shared.administration import StopState
    from shared.events import Caller
    from shared.installation import Workplace


@dataclass(frozen=True)
class VersionHistory:
    """A version with every step that was taken, the oldest first; a proposal carries its dossier (JSON text)."""

    version: ModelVersion
    steps: tuple[StepRecord, ...]


def model_in_use(dataset: str) -> tuple[str, ModelVersion | None]:
    """Return the name of the model of a dataset and its active version, by the register alone.

    The first version of an installation is entered by this look; None while it cannot be, its package being broken.
    """
    known = versions(settings(), dataset)
    version = None
    with suppress(ModelPackageInvalid):
        version = known.active_version()
    return known.in_use()[0], version


def stop_model(model: str, dataset: str, reden: str, caller: Caller | None = None) -> StopState:
    """Turn the stop switch of a model on; NotKnown when the dataset has no such model. Reads no package."""
    from shared import interventions

    return interventions.stop_model(_with_model(model, dataset, caller), reden)


def resume_model(model: str, dataset: str, reden: str, caller: Caller | None = None) -> StopState:
    """Turn the stop switch of a model off; NotKnown when the dataset has no such model. Reads no package."""
    from shared import interventions

    return interventions.resume_model(_with_model(model, dataset, caller), reden)


def model_versions(dataset: str) -> list[ModelVersion]:
    """Return every version of the model of a dataset; the first one of an installation is entered by this look."""
    model_in_use(dataset)
    return versions(settings(), dataset).register.versions(dataset)


def model_version(dataset: str, versie: str) -> VersionHistory:
    """Return one version and its steps; NotKnown when it is not in the register."""
    register = versions(settings(), dataset).register
    version = register.version(dataset, versie)
    return VersionHistory(version, tuple(register.steps(version.id)))


def propose_model(
    dataset: str, versie: str, reden: str, reden_drempel: str, reden_steekproef: str, caller: Caller | None = None
) -> ModelVersion:
    """Propose the package `<model>-<versie>` that lies in the folder of models; see register.propose."""
    from shared.modelregister import register

    return register.propose(_at(dataset, caller), versie, reden, reden_drempel, reden_steekproef)


def approve_model(
    dataset: str, versie: str, reden: str, steekproef: float | None = None, caller: Caller | None = None
) -> ModelVersion:
    """Approve a proposal of another; see register.approve."""
    from shared.modelregister import register

    return register.approve(_at(dataset, caller), versie, reden, steekproef)


def reject_model(dataset: str, versie: str, reden: str, caller: Caller | None = None) -> ModelVersion:
    """Reject a proposal of another."""
    from shared.modelregister import register

    return register.reject(_at(dataset, caller), versie, reden)


def withdraw_model(dataset: str, versie: str, reden: str, caller: Caller | None = None) -> ModelVersion:
    """Withdraw a version that is not active."""
    from shared.modelregister import register

    return register.withdraw(_at(dataset, caller), versie, reden)


def activate_model(dataset: str, versie: str, reden: str, caller: Caller | None = None) -> ModelVersion:
    """Make an approved version active, or put back the one from directly before: the rollback."""
    from shared.modelregister import register

    return register.activate(_at(dataset, caller), versie, reden)


def start_shadow(dataset: str, versie: str, reden: str, caller: Caller | None = None) -> ModelVersion:
    """Let an approved version score beside the active one."""
    from shared.modelregister import register

    return register.start_shadow(_at(dataset, caller), versie, reden)


def end_shadow(dataset: str, versie: str, reden: str, caller: Caller | None = None) -> ModelVersion:
    """Let a shadow score no more."""
    from shared.modelregister import register

    return register.end_shadow(_at(dataset, caller), versie, reden)


def scored_by_version(
    dataset: str,
    versie: str,
    van: datetime,
    tot: datetime,
    reden: str,
    pagina: int,
    grootte: int,
    caller: Caller | None = None,
) -> ScoredPage:
    """Return a page of which applications a version scored between two moments, with who asked and why on record."""
    from shared.modelregister import register

    return register.scored_by_version(_at(dataset, caller), versie, van, tot, reden, pagina, grootte)


def make_dossier(dataset: str, versie: str, caller: Caller | None = None) -> str:
    """Return the dossier (JSON text) that a proposal of this package would carry now; nothing is proposed."""
    from shared.modelregister.dossier import make_dossier as make

    known = versions(settings(), dataset)
    return make(_at(dataset, caller), known, known.candidate(versie)[1]).text


def _at(dataset: str, caller: Caller | None) -> Workplace:
    return workplace(caller or person_here(), dataset)


def _with_model(model: str, dataset: str, caller: Caller | None) -> Workplace:
    found = _at(dataset, caller)
    if found.in_use()[0] != model:
        raise NotKnown("This dataset has no model with this name.", next_step="Choose one from the list of models.")
    return found
