"""What a trigger does: the order of its work, and what the platform hears of a failure.

Rejected and held deliveries are not failures. A failure is raised, so that the platform tries again: five times for an
event, after which it lies in the poison queue; everything that is left is done by the nightly sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from shared import mailbox
from shared.alarms import Alarms
from shared.errors import SlimmeCheckError
from shared.failures import as_told
from shared.installation import Installation
from shared.logs import run_log
from shared.runs import Outcome
from shared.sweep import process_arrived


class TriggerFailed(Exception):
    """What the platform hears, and keeps in its own telemetry: a code and the next step, nothing else."""


@contextmanager
def told_to_platform() -> Iterator[None]:
    """Raise whatever goes wrong as TriggerFailed; the rest of it stands in our log."""
    try:
        yield
    except TriggerFailed:
        raise
    except Exception as cause:
        failure = as_told(cause)
        run_log().error("trigger: %s", failure)
        raise _told(failure) from None


def delivery_arrived(
    blob_name: str, datasets: Collection[str], alarms: Alarms, installation: Callable[[str], Installation]
) -> None:
    """Process what is complete, now that a description arrived; of other names only an event is left.

    Event Grid tells at least once, in any order, and does not look at the path.
    """
    named = mailbox.delivery_named(blob_name)
    if named is None:
        alarms.ignored("iets anders dan datapackage.json van een levering")
    elif named.dataset not in datasets:
        alarms.ignored("een onbekende dataset")
    else:
        _raise_first(_failures(process_arrived(installation(named.dataset))))


def one_after_another(works: Iterable[Callable[[], Sequence[Outcome]]]) -> None:
    """Do all work, also when some of it fails; the first failure is raised at the end, so that it is seen."""
    failures = []
    for work in works:
        try:
            failures += _failures(work())
        except Exception as cause:  # what is broken here may not keep the rest from being done
            failures.append(as_told(cause))
            run_log().error("trigger: %s", failures[-1])
    _raise_first(failures)


def for_each(work: Callable[[str], None], datasets: Iterable[str]) -> list[Callable[[], Sequence[Outcome]]]:
    """Return work of which only a failure counts, once for every dataset."""

    def once(dataset: str) -> Sequence[Outcome]:
        work(dataset)
        return ()

    return [partial(once, dataset) for dataset in datasets]


def _failures(outcomes: Iterable[Outcome]) -> list[SlimmeCheckError]:
    return [outcome.failure for outcome in outcomes if outcome.failure is not None]


def _raise_first(failures: Sequence[SlimmeCheckError]) -> None:
    if failures:
        raise _told(failures[0]) from None


def _told(failure: SlimmeCheckError) -> TriggerFailed:
    return TriggerFailed(f"{failure.code}: {failure.next_step or 'See the log.'}")
