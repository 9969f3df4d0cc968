"""The pure core in one place: files in, results out; no clock, no storage, no log.

`shared/runs.py` has them called in this order, a delivery part by part, and does everything that has an effect. A stage
is imported when it is first called: a round in which nothing waits must not pay for tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from shared.records import (
    CheckedDelivery,
    DeliveryFiles,
    FeatureTable,
    Finding,
    PseudonymisedDelivery,
    ResultSet,
    RunIdentity,
)
from shared.stages.pseudonym import Pseudonymiser, PseudonymKey
from shared.usecase import UseCase

if TYPE_CHECKING:
    from shared.stages.inparts import DeliveryInParts
    from shared.stages.minimise import PseudonymisedParts
    from shared.stages.rowstore import Scratch


def check_delivery(
    files: DeliveryFiles,
    use_case: UseCase,
    bands: Mapping[str, Mapping[str, float | None]],
    *,
    previous_tot: datetime | None = None,
) -> CheckedDelivery:
    """Return the typed tables of a delivery and what is wrong with it; never raises for bad input.

    `bands`: rows per application per table, from the model package. `previous_tot`: end of the period of the last
    accepted delivery, None for the first.
    """
    from shared.stages import check

    return check.check_delivery(files, use_case, bands, previous_tot=previous_tot)


def check_in_parts(
    files: DeliveryFiles,
    use_case: UseCase,
    bands: Mapping[str, Mapping[str, float | None]],
    *,
    size: int,
    scratch: Scratch,
    previous_tot: datetime | None = None,
) -> DeliveryInParts:
    """Return the same check with the rows in scratch files, cut in parts of `size` applications; close it after use."""
    from shared.stages import check

    return check.check_in_parts(files, use_case, bands, previous_tot=previous_tot, size=size, scratch=scratch)


def pseudonymise_delivery(
    checked: CheckedDelivery, use_case: UseCase, key: PseudonymKey
) -> tuple[PseudonymisedDelivery, tuple[Finding, ...]]:
    """Return the applications and the rows they need under pseudonyms, and findings on what was left out."""
    from shared.stages.minimise import pseudonymise_whole

    return pseudonymise_whole(checked, use_case, key)


def pseudonymise_in_parts(delivery: DeliveryInParts, use_case: UseCase, key: PseudonymKey) -> PseudonymisedParts:
    """Return the same part by part, each made when it is asked for."""
    from shared.stages.minimise import PseudonymisedParts

    return PseudonymisedParts(delivery, use_case, key)


def features(
    delivery: PseudonymisedDelivery,
    use_case: UseCase,
    key: PseudonymKey,
    special_addresses: tuple[Mapping[str, str], ...] = (),
) -> FeatureTable:
    """Return eligibility, features, flags and facts for every application of a pseudonymised delivery."""
    special = frozenset(use_case.special_address(address, Pseudonymiser(key)) for address in special_addresses)
    return use_case.compute_features(delivery, special)


def judge(table: FeatureTable, use_case: UseCase, identity: RunIdentity, key: PseudonymKey) -> ResultSet:
    """Return one result per application: scored and explained, or the reason why not. `key`: of its pseudonyms."""
    from shared.stages import explain, present, score

    scored = score.score_applications(identity.model, table)
    return present.present(explain.explain(scored, table, use_case, identity.model), use_case, identity, key)
