"""Removing: what is past its term every night, by an identity that may do nothing else."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from shared.bootstrap.wiring import installation, ledger, person_here, settings
from shared.events import Caller
from shared.settings import Settings
from shared.usecases import datasets

if TYPE_CHECKING:
    from shared.retention.port import Remover
    from shared.retention.purge import Purged

PURGER = "verwijderronde"


@lru_cache(maxsize=2)
def remover(config: Settings) -> Remover:
    """Return who may remove; SettingsInvalid where nobody may."""
    from shared.adapters.chosen import remover_of

    return remover_of(config, ledger(config))


def purge(caller: Caller | None = None) -> Purged:
    """Remove everything that is past its term, of every dataset, with tombstones, events and a proof."""
    from shared.adapters.chosen import due_of
    from shared.retention.purge import Purge

    config, caller = settings(), caller or person_here()
    round_ = Purge(remover(config), due_of(ledger(config)), config.retention)
    return round_.run([installation(caller, dataset) for dataset in datasets()])


def nightly_purge() -> None:
    """Do the round of removal of the night; a failure is raised at the end, so that the platform shows it."""
    from shared import triggers

    with triggers.told_to_platform():
        done = purge(Caller(PURGER, "tijdklok"))
        if done.failures:
            raise done.failures[0]
