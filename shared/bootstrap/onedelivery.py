"""One delivery or table in any folder, of which nothing is kept but, where there is an administration, who asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.bootstrap.wiring import ledger, person_here, settings
from shared.events import Action, AuditEvent, Caller
from shared.usecases import use_case_of

if TYPE_CHECKING:
    import pandas as pd

    from shared.modelpackage.package import ModelPackage


def read_features(folder: Path, reden: str, caller: Caller | None = None) -> pd.DataFrame:
    """Return the feature file of a delivery in a folder, once it is on record who asked for it and why."""
    from shared.interventions import checked_reason
    from shared.stages.describe import DATAPACKAGE

    reason, found = checked_reason(reden), features_of_delivery(folder)
    digest = hashlib.sha256((folder / DATAPACKAGE).read_bytes()).hexdigest()
    # by its digest: anybody may have chosen the name of the folder
    told = {"reden": reason, "aanvragen": len(found), "digest": digest}
    dataset = use_case_of(folder).dataset
    _tell(Action.KENMERKEN_OPVRAGEN, f"levering met digest {digest[:12]}", dataset, told, caller)
    return found


def tell_scored(package: ModelPackage, rows: int, reden: str, caller: Caller | None = None) -> None:
    """Put on record who scores a table and why; RequestRefused without a reason."""
    from shared.interventions import checked_reason

    told = {"reden": checked_reason(reden), "rijen": rows, "sha256": package.sha256}
    _tell(Action.TABEL_SCOREN, f"model {package.name} {package.version}", "", told, caller)


def _tell(action: Action, object_: str, dataset: str, told: Mapping[str, Any], caller: Caller | None) -> None:
    """Write the event, before anything is shown; where no administration was made yet, there is nobody to tell."""
    from shared.adapters.chosen import has_ledger
    from shared.adapters.clock import SystemClock

    if has_ledger(settings()):
        event = AuditEvent(
            action, object_, "getoond", caller or person_here(), SystemClock().now(), dataset, details=told
        )
        ledger(settings()).note(event)


def features_of_delivery(folder: Path) -> pd.DataFrame:
    """Return the feature file of a delivery in a folder (see `feature_rows`)."""
    from shared.adapters.deliveryfolder import DeliveryFolder
    from shared.single_delivery import feature_rows, feature_table

    return feature_rows(feature_table(DeliveryFolder(folder), use_case_of(folder)))


def eligibility_of_delivery(folder: Path, special_addresses: Sequence[Mapping[str, str]] = ()) -> pd.DataFrame:
    """Return aanvraagnummer, resultaattype (0 = the model decides) and reden of every application in a folder."""
    from shared.adapters.deliveryfolder import DeliveryFolder
    from shared.single_delivery import feature_table

    table = feature_table(DeliveryFolder(folder), use_case_of(folder), special_addresses)
    return table.frame[["aanvraagnummer", "resultaattype", "reden"]]
