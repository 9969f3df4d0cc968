"""Finds everything that is held on one person, wherever it lies: in the database, in snapshots, in the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shared.administration import DeliveryRecord
from shared.ports import Container
from shared.records import PseudonymisedDelivery
from shared.rights.port import HeldResult
from shared.rights.requests import PersonNumber, Rights
from shared.stored_snapshot import read_whole

type Names = frozenset[str]


@dataclass(frozen=True)
class Person:
    """A person as we know them: by pseudonyms, those of their applications too, and by the results under these."""

    persons: Names
    results: tuple[HeldResult, ...]

    @property
    def services(self) -> Names:
        """Return the pseudonyms of the applications."""
        return frozenset(str(result.values["dienst"]) for result in self.results)

    @property
    def numbers(self) -> Names:
        """Return the clear numbers of the applications, as the results hold them."""
        return frozenset(str(result.values["aanvraagnummer"]) for result in self.results)

    @property
    def digests(self) -> Names:
        """Return the deliveries that the results came from."""
        return frozenset(result.run.new.digest for result in self.results)


def find_person(rights: Rights, number: PersonNumber) -> Person:
    """Return the person under every key under which results are held; KeyUnavailable when one of these is gone."""
    dataset = rights.installation.dataset
    persons = frozenset(number.under(key_id) for key_id in rights.records.key_ids(dataset))
    return Person(persons, tuple(rights.records.results_of(dataset, persons)) if persons else ())


def snapshots(rights: Rights) -> Iterator[tuple[str, PseudonymisedDelivery]]:
    """Yield every snapshot of the dataset by its digest; SnapshotInvalid when one is not intact.

    A person can stand in the delivery of somebody else's application: as main client of a benefit that both hold.
    """
    home = f"{rights.installation.dataset}/"
    names = rights.installation.blobs.names(Container.MOMENTOPNAME, home)
    for digest in sorted({name.removeprefix(home).partition("/")[0] for name in names}):
        snapshot = read_whole(rights.installation, digest)
        if snapshot is not None:
            yield digest, snapshot


def raw_deliveries(rights: Rights) -> list[DeliveryRecord]:
    """Return the raw deliveries that are still there, in which nobody can be looked up but by reading all of it."""
    known = rights.installation.ledger.deliveries(rights.installation.dataset)
    return [record for record in known if str(record.plaats) in (Container.BRIEVENBUS, Container.QUARANTAINE)]
