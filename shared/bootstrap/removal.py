"""Removing: what is past its term every night, by an identity that may do nothing else."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from shared.bootstrap.wiring import ledger, opened, person_here, settings, workplace
from shared.events import Caller
from shared.settings import Settings
from shared.usecases import datasets, mailboxes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.retention.port import Remover
    from shared.retention.purge import Purged
    from shared.runs import Outcome

PURGER = "verwijderronde"


@lru_cache(maxsize=2)
def remover(config: Settings) -> Remover:
    """Return who may remove; SettingsInvalid where nobody may."""
    from shared.adapters.chosen import close, remover_of

    found = remover_of(config, ledger(config))
    opened.callback(close, found)
    return found


def purge(caller: Caller | None = None) -> Purged:
    """Remove everything that is past its term, of every mailbox, with tombstones, events and a proof."""
    from shared.adapters.chosen import due_of
    from shared.retention.purge import Purge

    config, caller = settings(), caller or person_here()
    round_ = Purge(remover(config), due_of(ledger(config)), config.retention)
    return round_.run([workplace(caller, mailbox) for mailbox in mailboxes()])


def nightly_purge() -> None:
    """Do the round of removal of the night, and the removals that people asked for; a failure is raised at the end."""
    from shared import triggers
    from shared.bootstrap.rights import carry_out_person_requests

    def old() -> Sequence[Outcome]:
        done = purge(Caller(PURGER, "tijdklok"))
        if done.failures:
            raise done.failures[0]
        return ()

    with triggers.told_to_platform():
        triggers.one_after_another([*triggers.for_each(carry_out_person_requests, datasets()), old])
