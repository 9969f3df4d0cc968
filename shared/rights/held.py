"""Finds everything that is held on one person, wherever it lies: in the database, in snapshots, in the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.administration import DeliveryRecord
from shared.ports import Container
from shared.records import PseudonymisedDelivery
from shared.rights.port import HeldResult, SharedApplication
from shared.rights.requests import Rights
from shared.rights.states import Named
from shared.stored_snapshot import read_whole, snapshot_key

type Names = frozenset[str]


@dataclass(frozen=True)
class Person:
    """A person as we know them: by pseudonyms, and by the results under these.

    `known`: applications that were known to be theirs before, of which results may be gone already. `shared`: those
    that were somebody else's too. What is kept of such an application without a client is the last client's.
    """

    persons: Names
    results: tuple[HeldResult, ...]
    known: Names = frozenset()
    shared: tuple[SharedApplication, ...] = ()

    @property
    def ever(self) -> Names:
        """Return the pseudonyms of all applications that ever were this person's."""
        return self.known | {str(result.values["dienst"]) for result in self.results}

    @property
    def services(self) -> Names:
        """Return the pseudonyms of the applications that are this person's."""
        return self.ever - {name for each in self.shared if not each.is_now_mine for name in each.services}

    @property
    def alone(self) -> Names:
        """Return the pseudonyms of the applications that never were anybody else's."""
        return self.ever - {name for each in self.shared for name in each.services}

    @property
    def numbers(self) -> Names:
        """Return the clear numbers of the applications that are this person's, as the results hold them."""
        found = frozenset(str(result.values["aanvraagnummer"]) for result in self.results)
        return found - {each.number for each in self.shared if not each.is_now_mine}

    @property
    def digests(self) -> Names:
        """Return the deliveries that the results came from."""
        return frozenset(result.run.new.digest for result in self.results)


def find_person(rights: Rights, names: Mapping[Named, Names]) -> Person:
    """Return the person with these names, and all results that are held on them."""
    persons, known = (names.get(kind, frozenset()) for kind in (Named.PERSOON, Named.DIENST))
    if not persons | known:
        return Person(persons, ())
    records, dataset = rights.records, rights.installation.dataset
    shared = tuple(records.shared_with_others(dataset, persons, known))
    others = {each.number for each in shared if not each.is_now_mine}
    results = tuple(
        result
        for result in records.results_of(dataset, persons, known)
        if result.values["persoon"] or result.values["aanvraagnummer"] not in others
    )
    return Person(persons, results, known, shared)


def snapshot_keys(rights: Rights) -> frozenset[str]:
    """Return the ids of the keys under which the snapshots of the dataset hold pseudonyms."""
    blobs, dataset = rights.installation.blobs, rights.installation.dataset
    found = (snapshot_key(blobs, dataset, digest) for digest in _digests(rights))
    return frozenset(key_id for key_id in found if key_id is not None)


def _digests(rights: Rights) -> list[str]:
    home = f"{rights.installation.dataset}/"
    names = rights.installation.blobs.names(Container.MOMENTOPNAME, home)
    return sorted({name.removeprefix(home).partition("/")[0] for name in names})


def snapshots(rights: Rights) -> Iterator[tuple[str, PseudonymisedDelivery]]:
    """Yield every snapshot of the dataset by its digest; SnapshotInvalid when one is not intact.

    A person can stand in the delivery of somebody else's application: as main client of a benefit that both hold.
    """
    for digest in _digests(rights):
        snapshot = read_whole(rights.installation, digest)
        if snapshot is not None:
            yield digest, snapshot


def raw_deliveries(rights: Rights) -> list[DeliveryRecord]:
    """Return the raw deliveries that are still there, in which nobody can be looked up but by reading all of it."""
    installation = rights.installation
    names = (installation.dataset, *(follow_up.dataset for follow_up in installation.use_case.follow_ups))
    known = [record for name in names for record in installation.ledger.deliveries(name)]
    return [record for record in known if str(record.plaats) in (Container.BRIEVENBUS, Container.QUARANTAINE)]
