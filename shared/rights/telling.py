"""Tells that rows of a person go out of a file, before they go: for snapshots, outcomes and group attributes alike."""

from __future__ import annotations

import hashlib

from shared.errors import LegalHold
from shared.retention.port import Remover
from shared.rights.held import Person
from shared.rights.requests import Rights, called


def tell_rows(
    rights: Rights, remover: Remover, request_id: str, person: Person, file: tuple[str, str], name: str, removed: int
) -> None:
    """Leave the tombstone of rows in a file, once: a second try at the same one is the same removal.

    `file`: container and name, of which the bytes say what was there; `name`: what the event calls it. LegalHold when
    an objection is running: holds are looked at in the transaction of the tombstone, for who opens objections without
    our rules.
    """
    object_ = f"{name}, {called(request_id)}"
    if remover.files_told(object_) is not None:
        return
    installation = rights.installation
    going = removed, hashlib.sha256(f"{installation.blobs.sha256(*file)} {removed}".encode()).hexdigest()
    caller, now, ground = installation.caller, installation.clock.now(), called(request_id)
    if remover.tell_files(object_, installation.dataset, going, ground, caller, now, person.ever) is None:
        raise LegalHold(
            "An application of this person came under legal hold while it was being removed.",
            where=called(request_id),
            next_step="Find out who opened the objection, and close it; the rest is removed after that.",
        )
