"""What closing a month needs of the administration: only reading."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.events import StoredEvent
from shared.monitoring.monthrows import Judged, Weighed


@dataclass(frozen=True)
class ToldEvent:
    """An event, and whether its run was asked for by a person or is of a shadow: no run of a delivery as it came."""

    event: StoredEvent
    beside: bool


@dataclass(frozen=True)
class ClosedMonth:
    """A month that was closed, as its event tells: `jjjj-mm`, and the sha256 of its counts."""

    month: str
    sha256: str


class MonthRecords(Protocol):
    """What was published, assessed and told by a moment. Raises LedgerUnavailable (retry)."""

    def first_publication(self, dataset: str) -> datetime | None:
        """Return when anything of a dataset was published first; None when nothing was."""

    def results(
        self, dataset: str, model: str, since: datetime, until: datetime, threshold_of: Callable[[str], float]
    ) -> list[Judged]:
        """Return every published result of before `until`, in order of publication, none of a shadow.

        With their features where published at or after `since`. `threshold_of`: of a model version.
        """

    def assessments(self, dataset: str, until: datetime) -> list[Weighed]:
        """Return every assessment of before `until`, the oldest first."""

    def events(self, dataset: str, since: datetime, until: datetime) -> list[ToldEvent]:
        """Return the events of a dataset, and of none, in this time."""

    def finding_codes(self, runs: Collection[str]) -> Mapping[str, int]:
        """Return in how many of these runs each finding occurs, by its code."""

    def closed(self, dataset: str, model: str) -> list[ClosedMonth]:
        """Return the months that were closed, the oldest first; each once, as it was told first."""
