"""A workshop whose model comes from the register, and the people who work with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from shared.adapters.packages import load_package
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.model_register import SqlModelRegister
from shared.events import Caller
from shared.installation import Installation
from shared.modelregister.port import ModelVersion, VersionId
from shared.modelregister.register import approve, entered, propose
from shared.modelregister.versions import Versions
from tests.modelregister.packages import FIRST, MODEL
from tests.shell.workshop import DATASET, START, Workshop

ANNE, BRAM = Caller("oid-anne", "https"), Caller("oid-bram", "https")
REASONS = ("nieuw getraind", "evenveel zaken per week", "nog geen steekproef")


@dataclass
class Office:
    """A workshop with a register and a folder of models."""

    workshop: Workshop
    models: Path

    @property
    def versions(self) -> Versions:
        assert self.workshop.installation.versions is not None
        return self.workshop.installation.versions

    @property
    def register(self) -> SqlModelRegister:
        return cast(SqlModelRegister, self.versions.register)

    def as_(self, person: Caller) -> Installation:
        """Return the installation as one person uses it."""
        return self.workshop.with_(caller=person).installation.up_to_date()

    def approved(self, version: str, **choice: Any) -> ModelVersion:
        """Propose a version as Anne and approve it as Bram."""
        propose(self.as_(ANNE), version, *REASONS)
        return approve(self.as_(BRAM), version, "dossier gelezen", **choice)

    def statuses(self) -> dict[str, str]:
        """Return the status of every version."""
        return {known.id.version: str(known.status) for known in self.register.versions(DATASET)}


def make_office(workshop: Workshop, models: Path) -> Office:
    """Return an office on the database of a workshop; a package is read anew each time."""

    def load(name: str, version: str) -> Any:
        return load_package(models / f"{name}-{version}")

    def first(version: VersionId) -> Any:
        return entered(version, Caller("systeem", "installatie"), START)

    engine = cast(SqlLedger, workshop.installation.ledger).engine
    versions = Versions(DATASET, SqlModelRegister(engine), load, load, (MODEL, FIRST), first)
    case = cast(Any, SimpleNamespace(dataset=DATASET, groupings={}, follow_up=None, follow_ups=()))
    return Office(workshop.with_(versions=versions, use_case=case), models)
