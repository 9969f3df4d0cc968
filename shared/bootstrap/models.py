"""What a Modelbeheerder does: each step with a model version is one call from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.bootstrap.wiring import installation, installation_with, person_here, settings, versions
from shared.errors import ModelPackageInvalid
from shared.modelregister.port import ModelVersion, ScoredApplication, StepRecord

if TYPE_CHECKING:
    from datetime import datetime

    from shared.events import Caller
    from shared.installation import Installation


@dataclass(frozen=True)
class VersionHistory:
    """A version with every step that was taken, the oldest first; a proposal carries its dossier (JSON text)."""

    version: ModelVersion
    steps: tuple[StepRecord, ...]


def model_versions(dataset: str) -> list[ModelVersion]:
    """Return every version of the model of a dataset; the first one of an installation is entered by this look."""
    known = versions(settings(), dataset)
    known.active()
    return known.register.versions(dataset)


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

    return register.propose(_installed(dataset, caller), versie, reden, reden_drempel, reden_steekproef)


def approve_model(
    dataset: str, versie: str, reden: str, steekproef: float | None = None, caller: Caller | None = None
) -> ModelVersion:
    """Approve a proposal of another; see register.approve."""
    from shared.modelregister import register

    return register.approve(_installed(dataset, caller), versie, reden, steekproef)


def reject_model(dataset: str, versie: str, reden: str, caller: Caller | None = None) -> ModelVersion:
    """Reject a proposal of another."""
    from shared.modelregister import register

    return register.reject(_installed(dataset, caller), versie, reden)


def withdraw_model(dataset: str, versie: str, reden: str, caller: Caller | None = None) -> ModelVersion:
    """Withdraw a version that is not active."""
    from shared.modelregister import register

    return register.withdraw(_installed(dataset, caller), versie, reden)


def activate_model(dataset: str, versie: str, reden: str, caller: Caller | None = None) -> ModelVersion:
    """Make an approved version active, or an earlier one again: the rollback."""
    from shared.modelregister import register

    return register.activate(_installed_to_activate(dataset, caller, versie), versie, reden)


def start_shadow(dataset: str, versie: str, reden: str, caller: Caller | None = None) -> ModelVersion:
    """Let an approved version score beside the active one."""
    from shared.modelregister import register

    return register.start_shadow(_installed(dataset, caller), versie, reden)


def end_shadow(dataset: str, versie: str, reden: str, caller: Caller | None = None) -> ModelVersion:
    """Let a shadow score no more."""
    from shared.modelregister import register

    return register.end_shadow(_installed(dataset, caller), versie, reden)


def scored_by_version(
    dataset: str, versie: str, van: datetime, tot: datetime, reden: str, caller: Caller | None = None
) -> list[ScoredApplication]:
    """Return which applications a version scored between two moments, with who asked and why on record."""
    from shared.modelregister import register

    return register.scored_by_version(_installed(dataset, caller), versie, van, tot, reden)


def make_dossier(dataset: str, versie: str, caller: Caller | None = None) -> str:
    """Return the dossier (JSON text) that a proposal of this package would carry now; nothing is proposed."""
    from shared.modelregister.dossier import make_dossier as make

    known = versions(settings(), dataset)
    return make(_installed(dataset, caller), known, known.candidate(versie)[1]).text


def _installed(dataset: str, caller: Caller | None) -> Installation:
    return installation(caller or person_here(), dataset)


def _installed_to_activate(dataset: str, caller: Caller | None, versie: str) -> Installation:
    """Return the installation, also when the active package is broken: then another must be able to take its place."""
    try:
        return _installed(dataset, caller)
    except ModelPackageInvalid:
        known = versions(settings(), dataset)
        package = known.package(known.register.version(dataset, versie).id)
        return installation_with(caller or person_here(), dataset, package)
