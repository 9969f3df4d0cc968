"""The ModelRegister in SQL: every method is one transaction, and whatever changes something writes its event in it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from shared.adapters.sql import event_rows, run_rows, version_rows
from shared.adapters.sql.engine import transaction
from shared.adapters.sql.tables import modelstappen, resultaten, verwerkingen
from shared.administration import ModelStatus
from shared.errors import DossierOutdated, FourEyesRequired, ModelPackageInvalid, RequestRefused, TransitionRefused
from shared.events import Action, AuditEvent, moment_of, moment_text, same_actor
from shared.modelregister.port import (
    ModelVersion,
    Proposal,
    PublishedFeatures,
    ScoredApplication,
    ScoredPage,
    StepRecord,
    VersionId,
)
from shared.modelregister.states import FOUR_EYES, VersionStatus, VersionStep, status_after, step_to_active
from shared.runstates import RunReason, RunState

_UNFINISHED = (RunState.WACHTEND, RunState.BEZIG, RunState.AANGEHOUDEN, RunState.MISLUKT)
_ROWS_AT_ONCE = 5_000


class SqlModelRegister:
    """A ModelRegister in a database that has the version of this code."""

    def __init__(self, engine: Engine) -> None:
        """Use this engine: that of the ledger."""
        self.engine = engine

    def versions(self, dataset: str) -> list[ModelVersion]:
        """Return every version of a dataset, in the order in which they were entered."""
        with transaction(self.engine, writes=False) as connection:
            return version_rows.listing(connection, dataset)

    def version(self, dataset: str, version: str) -> ModelVersion:
        """Return a version; NotKnown when it is not in the register."""
        with transaction(self.engine, writes=False) as connection:
            return version_rows.find(connection, dataset, version)

    def active(self, dataset: str) -> ModelVersion | None:
        """Return the active version; None while the register holds none."""
        with transaction(self.engine, writes=False) as connection:
            return version_rows.active(connection, dataset)

    def steps(self, version: VersionId) -> list[StepRecord]:
        """Return the steps of a version, the oldest first."""
        with transaction(self.engine, writes=False) as connection:
            return version_rows.steps(connection, version)

    def enter_first(self, version: VersionId, event: AuditEvent) -> ModelVersion:
        """Make a version active where the dataset has none yet, and return the active one, whichever that is."""
        with transaction(self.engine, writes=True) as connection:
            known = version_rows.active(connection, version.dataset)
            if known is not None:  # another worker was first
                return known
            status_after(None, VersionStep.EERSTE_VERSIE)
            reason = str(VersionStep.EERSTE_VERSIE)
            return self._add(connection, version, VersionStep.EERSTE_VERSIE, reason, event)

    def propose(self, version: VersionId, proposal: Proposal, reason: str, event: AuditEvent) -> ModelVersion:
        """Enter a proposal. RequestRefused when the same name and version was known by another digest."""
        with transaction(self.engine, writes=True) as connection:
            known = [one for one in version_rows.listing(connection, version.dataset) if _same(one.id, version)]
            if known and known[0].id.sha256 != version.sha256:
                raise RequestRefused(
                    "This version was proposed before with another package.",
                    where=f"model {version.title}",
                    next_step="Package it again under a new version number.",
                )
            status_after(known[0].status if known else None, VersionStep.VOORSTELLEN)
            if known and known[0].directly_before:  # a proposal would keep it from being put back at once
                raise TransitionRefused(
                    "This version was in use directly before the active one: it can be put back without a proposal.",
                    where=f"model {version.title}",
                    next_step="Activate it, which one Modelbeheerder may do.",
                )
            return self._add(connection, version, VersionStep.VOORSTELLEN, reason, event, proposal=proposal)

    def take(
        self, version: VersionId, step: VersionStep, reason: str, event: AuditEvent, sample_share: float | None = None
    ) -> ModelVersion:
        """Take a step with a version, as `event.caller`; see ModelRegister.take."""
        with transaction(self.engine, writes=True) as connection:
            known = _checked(connection, version)
            status_after(known.status, step)
            if step in FOUR_EYES and same_actor(known.proposer, event.caller.actor):
                raise FourEyesRequired(
                    "Who proposed this version may not decide on it.",
                    where=f"model {version.title}",
                    next_step="Ask another Modelbeheerder to approve or reject it.",
                )
            if step is VersionStep.GOEDKEUREN:
                _check_dossier(connection, known)
            taken = self._add(connection, version, step, reason, event, sample_share=sample_share)
            if known.status is VersionStatus.SCHADUW:
                _lapse_shadow_runs(connection, version, event)
            return taken

    def activate(self, version: VersionId, reason: str, event: AuditEvent) -> ModelVersion:
        """Make a version active, anew or again; the one that was active goes out of use in the same transaction."""
        with transaction(self.engine, writes=True) as connection:
            known = _checked(connection, version)
            step = step_to_active(known.status)
            status_after(known.status, step)
            if step is VersionStep.TERUGZETTEN:  # its dossier may compare with any other: it was in use until this one
                _check_directly_before(known)
            else:
                _check_dossier(connection, known)
            former = version_rows.active(connection, version.dataset)
            if former is not None:
                replaced = replace(
                    event,
                    handeling=Action.MODEL_UIT_GEBRUIK,
                    object=f"model {former.id.title}",
                    resultaat=str(VersionStatus.UIT_GEBRUIK),
                    details={"sha256": former.id.sha256, "vervangen_door": version.version},
                )
                self._add(connection, former.id, VersionStep.VERVANGEN, reason, replaced)
            taken = self._add(connection, version, step, reason, event)
            if known.status is VersionStatus.SCHADUW:
                _lapse_shadow_runs(connection, version, event)
            return taken

    def _add(
        self,
        connection: Connection,
        version: VersionId,
        step: VersionStep,
        reason: str,
        event: AuditEvent,
        *,
        proposal: Proposal | None = None,
        sample_share: float | None = None,
    ) -> ModelVersion:
        values: dict[str, object] = {
            "modelversie_nr": version_rows.number_of(connection, version),
            "stap": str(step),
            "reden": reason,
            "steekproef": sample_share,
            "actor": event.caller.actor,
            "tijdstip": moment_text(event.tijdstip),
        }
        details = {**event.details, "stap": str(step), "sha256": version.sha256, "reden": reason}
        if proposal is not None:
            values |= {
                "reden_drempel": proposal.threshold_reason,
                "reden_steekproef": proposal.sample_reason,
                "dossier": proposal.dossier,
                "dossier_sha256": proposal.dossier_sha256,
                "vergeleken_met": proposal.compared_with,
            }
            details["dossier_sha256"] = proposal.dossier_sha256
        if sample_share is not None:
            details["steekproef"] = sample_share
        connection.execute(sa.insert(modelstappen).values(values))
        event_rows.append(connection, replace(event, details=details))
        return version_rows.find(connection, version.dataset, version.version)

    def first_publication(self, dataset: str) -> datetime | None:
        """Return when anything of a dataset was published first; None when nothing was."""
        with transaction(self.engine, writes=False) as connection:
            return run_rows.first_publication(connection, dataset)

    def published_features(self, dataset: str, since: datetime, until: datetime) -> Generator[PublishedFeatures]:
        """Yield what was published from `since` to `until` and current then, without any score."""
        newer, later = resultaten.alias(), verwerkingen.alias()
        replaced = (
            sa.exists()
            .select_from(newer.join(later, later.c.nr == newer.c.verwerking_nr))
            .where(
                newer.c.aanvraagnummer == resultaten.c.aanvraagnummer,
                later.c.dataset == dataset,
                run_rows.is_shown(later),
                later.c.publicatie > verwerkingen.c.publicatie,
                later.c.gepubliceerd < moment_text(until),
            )
        )
        query = (
            sa.select(*(resultaten.c[name] for name in ("persoon", "dienst", "peilmoment", "kenmerken")))
            .join(verwerkingen, verwerkingen.c.nr == resultaten.c.verwerking_nr)
            .where(
                verwerkingen.c.dataset == dataset,
                run_rows.SHOWN,
                verwerkingen.c.gepubliceerd >= moment_text(since),
                verwerkingen.c.gepubliceerd < moment_text(until),
                resultaten.c.kenmerken.is_not(None),
                ~replaced,
            )
            .order_by(verwerkingen.c.run, resultaten.c.regel)
        )
        with (
            transaction(self.engine, writes=False) as connection,
            connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE}) as rows,
        ):
            for row in rows:
                yield PublishedFeatures(row.persoon or "", row.dienst, row.peilmoment, row.kenmerken)

    def scored_by(self, version: VersionId, since: datetime, until: datetime, skip: int, at_most: int) -> ScoredPage:
        """Return a page of what a version judged and published from `since` to `until`; see ModelRegister.scored_by."""
        query = (
            sa.select(
                verwerkingen.c.run,
                verwerkingen.c.levering,
                verwerkingen.c.gepubliceerd,
                resultaten.c.regel,
                resultaten.c.aanvraagnummer,
                resultaten.c.persoon,
                resultaten.c.dienst,
            )
            .join(resultaten, resultaten.c.verwerking_nr == verwerkingen.c.nr)
            .where(
                verwerkingen.c.dataset == version.dataset,
                verwerkingen.c.modeldigest == version.sha256,
                run_rows.SHOWN,
                verwerkingen.c.gepubliceerd >= moment_text(since),
                verwerkingen.c.gepubliceerd < moment_text(until),
                resultaten.c.score.is_not(None),
            )
            .order_by(verwerkingen.c.publicatie, resultaten.c.regel)
        )
        with transaction(self.engine, writes=False) as connection:
            total = connection.execute(sa.select(sa.func.count()).select_from(query.order_by(None).subquery()))
            found = tuple(
                ScoredApplication(
                    run_id=row.run,
                    levering=row.levering,
                    prediction=f"{row.run}-{row.regel}",
                    aanvraagnummer=row.aanvraagnummer,
                    published_at=moment_of(row.gepubliceerd),
                    person=row.persoon or "",
                    application=row.dienst,
                )
                for row in connection.execute(query.offset(skip).limit(at_most))
            )
            return ScoredPage(total.scalar_one(), found)


def _same(one: VersionId, other: VersionId) -> bool:
    return one.dataset == other.dataset and one.version == other.version


def _checked(connection: Connection, version: VersionId) -> ModelVersion:
    """Return the version as it is now; ModelPackageInvalid when its package is another than was entered."""
    known = version_rows.find(connection, version.dataset, version.version)
    if known.id.sha256 != version.sha256:
        raise ModelPackageInvalid(
            "The package of this version is not the one that was proposed.",
            where=f"model {version.title}",
            next_step="Put back the package that was proposed, or propose the other as a new version.",
        )
    return known


def _check_dossier(connection: Connection, known: ModelVersion) -> None:
    active = version_rows.active(connection, known.id.dataset)
    if active is None or active.id.sha256 != known.compared_with:
        raise DossierOutdated(
            "The dossier compares this version with one that is not active any more.",
            where=f"model {known.id.title}",
            next_step="Withdraw the proposal and propose the version again, with a new dossier.",
        )


def _check_directly_before(known: ModelVersion) -> None:
    if not known.directly_before:
        raise TransitionRefused(
            "Only the version that was in use directly before the active one is put back by one person.",
            where=f"model {known.id.title}",
            next_step="Propose this version again, with a new dossier; another Modelbeheerder approves it.",
        )


def _lapse_shadow_runs(connection: Connection, version: VersionId, event: AuditEvent) -> None:
    """Let shadow runs that stored nothing yet make way: nobody would take them up any more."""
    for run in run_rows.listing(connection, version.dataset, _UNFINISHED, status=ModelStatus.SCHADUW):
        if run.new.model_sha256 != version.sha256:
            continue
        run_rows.change(connection, run, RunState.VERVALLEN, RunReason.VERSIE_GEWIJZIGD, event.tijdstip)
        told = replace(
            event,
            handeling=Action.SCHADUW_VERVALLEN,
            object=f"levering {run.new.levering}",
            resultaat=str(RunState.VERVALLEN),
            run=run.run_id,
            details={"reden": str(RunReason.VERSIE_GEWIJZIGD)},
        )
        event_rows.append(connection, told)
