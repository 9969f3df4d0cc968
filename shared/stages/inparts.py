"""A checked delivery of any size: its rows lie outside memory, and are had again part by part.

A part is the next so many applications by number, with every row that they need. How rows find their applications is
the use case's own (`UseCase.division`); what a part is given too much is left out again when its rows are selected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np

from shared.records import Affected, CheckedDelivery, Judgement
from shared.stages.rowstore import RowStore


@dataclass(frozen=True)
class StoredTable:
    """The rows of one table. `counted`: per row of the file, is it usable and not equal to an earlier one.

    `everywhere`: it says nothing of anybody, and every part needs it whole.
    """

    store: RowStore
    counted: np.ndarray
    everywhere: bool

    @property
    def rows(self) -> int:
        """Return how many rows count."""
        return int(np.count_nonzero(self.counted))


@dataclass(frozen=True)
class DeliveryInParts(Judgement):
    """A delivery after reading and checking. Without tables and parts when it is rejected."""

    tables: Mapping[str, StoredTable] = field(default_factory=dict)
    affected: Affected = field(default_factory=Affected)
    number: int = 0

    def rows(self) -> dict[str, int]:
        """Return how many rows of each table count, by name."""
        return {name: table.rows for name, table in sorted(self.tables.items())}

    def parts(self) -> Iterator[CheckedDelivery]:
        """Yield the parts, each as a delivery of its own, in the order of their applications.

        The index of a table is the position of each row in the delivered file. Findings stay with the whole.
        """
        for number in range(self.number):
            yield self._with_rows_of(number)

    def whole(self) -> CheckedDelivery:
        """Return everything at once, of a delivery that was not cut in parts."""
        whole = self._with_rows_of(0)
        tables = {name: frame.reset_index(drop=True) for name, frame in whole.tables.items()}
        return CheckedDelivery(self.verdict, self.findings, self.description, tables, self.affected)

    def _with_rows_of(self, number: int) -> CheckedDelivery:
        tables = {
            name: table.store.part(0 if table.everywhere else number, table.counted)
            for name, table in self.tables.items()
        }
        return CheckedDelivery(self.verdict, (), self.description, tables, self.affected)

    def close(self) -> None:
        """Forget the rows, which are in clear."""
        with ExitStack() as each:  # also when one cannot be closed
            for table in self.tables.values():
                each.callback(table.store.close)
