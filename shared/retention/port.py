"""What removal needs of the administration: an identity that may remove, and what is due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from shared.administration import Removed, Tombstone
from shared.events import Caller


class Remover(Protocol):
    """Removes, as an identity that may do nothing else; each removal is one transaction with event and tombstone.

    What is under legal hold stays. Raises LedgerUnavailable (retry) when the database does not answer.
    """

    def remove_results(
        self, dataset: str, before: datetime, grond: str, caller: Caller, now: datetime
    ) -> list[Tombstone]:
        """Remove the results of every run of this dataset that was published before; the oldest run first."""

    def remove_of(
        self, dataset: str, runs: Sequence[str], van: Sequence[str], grond: str, caller: Caller, now: datetime
    ) -> list[Tombstone]:
        """Remove from these runs the results of these pseudonyms of a person or application."""

    def remove_rows(
        self, soort: Removed, dataset: str, keys: Sequence[str], grond: str, caller: Caller, now: datetime
    ) -> Tombstone | None:
        """Remove requests, objections or requests of persons by their keys; None when nothing was there."""

    def remove_from_requests(
        self, dataset: str, keys: Sequence[str], numbers: Collection[str], grond: str, caller: Caller, now: datetime
    ) -> Tombstone | None:
        """Take applications (by number) out of requests for a run; one that names no other goes as a whole."""

    def remove_events(self, before: datetime, grond: str, caller: Caller, now: datetime) -> Tombstone | None:
        """Remove the events from the beginning of the chain up to this moment."""

    def remove_keys(self, before: datetime, grond: str, caller: Caller, now: datetime) -> Tombstone | None:
        """Remove what requests of before this moment were recognised by; None when there was nothing that old."""

    def tell_files(
        self,
        object_: str,
        dataset: str,
        going: tuple[int, str],
        grond: str,
        caller: Caller,
        now: datetime,
        of: Collection[str] = (),
    ) -> Tombstone | None:
        """Leave the tombstone of files before they go. `going`: how many, and one hash of them.

        `of`: the applications that they are about; None when one of these is under legal hold, looked at in the same
        transaction. An objection that opens later comes too late for these files.
        """

    def is_held(self, dataset: str, of: Collection[str]) -> bool:
        """Say whether one of these applications is under legal hold."""

    def files_told(self, object_: str) -> datetime | None:
        """Return when it was last told that these files go; None when it never was."""

    def removed_for(self, grond: str) -> list[tuple[str, Tombstone]]:
        """Return the tombstones with this ground, the oldest first, each with what its event calls what went."""

    def tombstones(self) -> list[Tombstone]:
        """Return what is left of everything that was ever removed, the oldest first."""


class Due(Protocol):
    """What may go, and what may not, as the app itself sees it."""

    def held(self, dataset: str) -> frozenset[str]:
        """Return the applications (pseudonym) that are under legal hold."""

    def let_go(self) -> None:
        """Let the database let go of the bytes of rows that were removed, where it keeps them beside its tables."""

    def requests_before(self, dataset: str, before: datetime) -> list[str]:
        """Return the requests for a run of before whose run is done, and that name no application under legal hold."""

    def objections_without_result(self, dataset: str, before: datetime) -> list[str]:
        """Return the applications with objections or holds of before, none running, of which no result is left."""

    def closed_requests_of_persons(self, before: datetime) -> list[str]:
        """Return the requests of persons that were carried out or refused before."""
