"""What is held on a person of outcomes and group attributes: found, told and removed, wherever it was kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from shared.errors import RequestBusy
from shared.events import moment_text
from shared.followup.rows import NEWEST
from shared.followup.stored import Kept, rewrite_without, rows_about
from shared.retention.port import Remover
from shared.rights.held import Person
from shared.rights.requests import Rights, called
from shared.rights.telling import tell_rows
from shared.runstates import RunState
from shared.usecase import FollowUp

if TYPE_CHECKING:
    import pandas as pd

type Found = tuple[FollowUp, Kept, pd.DataFrame]


def run_key_ids(rights: Rights) -> frozenset[str]:
    """Return the ids of the keys that any run was made with, of the applications and of what follows."""
    case = rights.installation.use_case
    names = (rights.installation.dataset, *(follow_up.dataset for follow_up in case.follow_ups))
    return frozenset(key_id for name in names for key_id in rights.records.run_key_ids(name))


def held_rows(rights: Rights, person: Person) -> Iterator[Found]:
    """Yield the rows about a person, or about an application of the person, of every delivery that follows."""
    names = _names(person)
    installation = rights.installation
    for follow_up in installation.use_case.follow_ups:
        for kept, rows in rows_about(installation.blobs, installation.ledger, follow_up, names):
            yield follow_up, kept, rows


def follow_up_account(rights: Rights, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return by kind the rows about a person, for the person: without pseudonyms, each once."""
    found: dict[str, list[dict[str, Any]]] = {
        str(follow_up.kind): [] for follow_up in rights.installation.use_case.follow_ups
    }
    for follow_up, kept, rows in held_rows(rights, person):
        plain = rows.drop(columns=["persoon", "dienst", NEWEST], errors="ignore").drop_duplicates().astype(object)
        for row in plain.where(plain.notna(), None).to_dict("records"):
            told = {"bewaard_sinds": moment_text(kept.since)} | {str(name): value for name, value in row.items()}
            found[str(follow_up.kind)].append(told)
    return found


def remove_follow_ups(rights: Rights, remover: Remover, request_id: str, person: Person) -> dict[str, int]:
    """Take a person out of everything that follows; returns how many rows went, by kind.

    RequestBusy while a delivery is being taken in: the person may be in it. LegalHold when an objection opened since.
    """
    installation, names = rights.installation, _names(person)
    for follow_up in installation.use_case.follow_ups:
        if installation.ledger.runs(follow_up.dataset, (RunState.BEZIG,)):
            raise RequestBusy(
                "A delivery that may hold this person is being taken in.",
                where=called(request_id),
                next_step="The next rounds try again.",
            )
    counts: dict[str, int] = {}
    for follow_up, kept, rows in list(held_rows(rights, person)):
        file = (kept.container, kept.name)
        tell_rows(rights, remover, request_id, person, file, " ".join(file), len(rows))
        what = f"rijen in {follow_up.kind}"
        counts[what] = counts.get(what, 0) + rewrite_without(installation.blobs, kept, names)
    return counts


def _names(person: Person) -> frozenset[str]:
    """Return the names by which a person is known; who removes has no key to make others, and needs none."""
    return person.persons | person.services
