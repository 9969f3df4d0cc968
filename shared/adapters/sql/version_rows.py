"""Rows of model versions and the steps with them: only ever added; the last step of a version says its status."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql.tables import modelstappen, modelversies
from shared.administration import ModelStatus, NewRun
from shared.errors import ModelVersionSuperseded, NotKnown
from shared.events import moment_of
from shared.modelregister.port import ModelVersion, Proposal, StepRecord, VersionId
from shared.modelregister.states import STATUS_OF, VersionStatus, VersionStep, version_before

_OF = {
    VersionStatus.ACTIEF: "It is not the active version.",
    VersionStatus.SCHADUW: "It is not a shadow.",
}


def find(connection: Connection, dataset: str, version: str) -> ModelVersion:
    """Return a version; NotKnown when it is not in the register."""
    found = [known for known in listing(connection, dataset) if known.id.version == version]
    if not found:
        raise NotKnown(
            "This model version is not in the register.",
            where=f"dataset {dataset}",
            next_step="Look at the list of model versions; a new one is proposed first.",
        )
    return found[0]


def listing(connection: Connection, dataset: str) -> list[ModelVersion]:
    """Return every version of a dataset that a step was taken with, in the order in which they were entered."""
    rows = connection.execute(
        sa.select(modelversies, *_but_the_dossier())
        .join(modelstappen, modelstappen.c.modelversie_nr == modelversies.c.nr)
        .where(modelversies.c.dataset == dataset)
        .order_by(modelversies.c.nr, modelstappen.c.volgnr)
    )
    found: dict[int, ModelVersion] = {}
    activations = []
    for row in rows:
        found[row.nr] = _after(found.get(row.nr), row)
        if STATUS_OF[VersionStep(row.stap)] is VersionStatus.ACTIEF:
            activations.append((row.volgnr, VersionStep(row.stap), row.versie))
    versions = list(found.values())
    out_of_use = {one.id.version for one in versions if one.status is VersionStatus.UIT_GEBRUIK}
    before = version_before([(step, version) for _, step, version in sorted(activations)], out_of_use)
    return [replace(one, directly_before=one.id.version == before) for one in versions]


def _but_the_dossier() -> list[sa.Column[Any]]:
    return [column for column in modelstappen.columns if column.name != "dossier"]


def _after(known: ModelVersion | None, row: Any) -> ModelVersion:
    step = VersionStep(row.stap)
    proposed = step is VersionStep.VOORSTELLEN
    return ModelVersion(
        id=VersionId(row.dataset, row.model, row.versie, row.sha256),
        status=STATUS_OF[step],
        since=moment_of(row.tijdstip),
        proposer=row.actor if proposed else (known.proposer if known else ""),
        compared_with=row.vergeleken_met if proposed else (known.compared_with if known else ""),
    )


def active(connection: Connection, dataset: str) -> ModelVersion | None:
    """Return the active version; None while the register holds none."""
    return next((known for known in listing(connection, dataset) if known.status is VersionStatus.ACTIEF), None)


def steps(connection: Connection, version: VersionId) -> list[StepRecord]:
    """Return the steps of a version, the oldest first, with the dossiers."""
    rows = connection.execute(
        sa.select(modelstappen)
        .join(modelversies, modelversies.c.nr == modelstappen.c.modelversie_nr)
        .where(modelversies.c.dataset == version.dataset, modelversies.c.versie == version.version)
        .order_by(modelstappen.c.volgnr)
    )
    return [_step(row) for row in rows]


def _step(row: Any) -> StepRecord:
    proposal = None
    if row.dossier is not None:
        proposal = Proposal(
            row.reden_drempel, row.reden_steekproef, row.dossier, row.dossier_sha256, row.vergeleken_met
        )
    return StepRecord(VersionStep(row.stap), row.reden, row.actor, moment_of(row.tijdstip), proposal, row.steekproef)


def number_of(connection: Connection, version: VersionId) -> int:
    """Return the row number of a version, which is added when it is new."""
    query = sa.select(modelversies.c.nr).where(
        modelversies.c.dataset == version.dataset, modelversies.c.versie == version.version
    )
    known = connection.execute(query).scalar()
    if known is None:
        values = {"dataset": version.dataset, "model": version.model, "versie": version.version}
        connection.execute(sa.insert(modelversies).values(**values, sha256=version.sha256))
        known = connection.execute(query).scalar_one()
    return int(known)


def check_may_judge(connection: Connection, new: NewRun) -> None:
    """Raise ModelVersionSuperseded unless the register lets this version begin a run now, in this same transaction.

    An empty register knows no versions and stands in nobody's way.
    """
    wanted = VersionStatus.SCHADUW if new.model_status is ModelStatus.SCHADUW else VersionStatus.ACTIEF
    known = listing(connection, new.dataset)
    allowed = {version.id.sha256 for version in known if version.status is wanted}
    if known and new.model_sha256 not in allowed:
        raise ModelVersionSuperseded(
            f"This model version may not judge any more. {_OF[wanted]}",
            where=f"model {new.model} {new.model_version}",
            next_step="Nothing; the next round uses the version that the register names.",
        )
