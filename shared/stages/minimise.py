"""Leaves only the rows that the applications need, under pseudonyms: of a whole delivery, or part by part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shared.records import CheckedDelivery, Finding, PseudonymisedDelivery, PseudonymisedPart
from shared.stages.inparts import DeliveryInParts
from shared.stages.leftout import LeftOut
from shared.stages.pseudonym import PseudonymKey
from shared.stages.pseudonymise import pseudonymise
from shared.usecase import UseCase


def pseudonymise_whole(
    checked: CheckedDelivery, use_case: UseCase, key: PseudonymKey
) -> tuple[PseudonymisedDelivery, tuple[Finding, ...]]:
    """Return a whole delivery under pseudonyms, and findings on what was left out."""
    left_out = LeftOut({name: np.ones(len(rows), dtype=bool) for name, rows in checked.tables.items()})
    return _minimised(checked, use_case, key, left_out).delivery, left_out.findings()


class PseudonymisedParts:
    """The parts of a delivery under pseudonyms, made when they are asked for.

    `findings` tell what was left out of the parts that were made.
    """

    def __init__(self, delivery: DeliveryInParts, use_case: UseCase, key: PseudonymKey) -> None:
        self._delivery, self._use_case, self._key = delivery, use_case, key
        self._left_out = LeftOut(
            {name: table.counted for name, table in delivery.tables.items()},
            [name for name, table in delivery.tables.items() if table.everywhere],
        )

    def __iter__(self) -> Iterator[PseudonymisedPart]:
        """Yield the parts in the order of their applications."""
        for part in self._delivery.parts():
            yield _minimised(part, self._use_case, self._key, self._left_out)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings on what was left out."""
        return self._left_out.findings()


def _minimised(part: CheckedDelivery, use_case: UseCase, key: PseudonymKey, left_out: LeftOut) -> PseudonymisedPart:
    selection = use_case.select(part)
    fresh = left_out.add(selection, part.tables)
    return PseudonymisedPart(pseudonymise(selection, use_case, key), fresh)
