"""What a trigger does: each function of the app is one call from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from shared.bootstrap.wiring import blobs, installation, ledger, settings
from shared.events import SYSTEM, Caller
from shared.usecases import datasets, mailboxes

if TYPE_CHECKING:
    from shared.alarms import Alarms
    from shared.runs import Outcome


def _alarms(caller: Caller) -> Alarms:
    from shared.adapters.clock import SystemClock
    from shared.alarms import Alarms

    return Alarms(ledger(settings()), SystemClock(), caller)


def delivery_arrived(blob_name: str) -> None:
    """Process what is complete, now that a datapackage.json arrived; of events about other names a trace is left.

    Rejected and held deliveries return normally. A failure is raised, so that the platform tries again.
    """
    from shared import triggers

    caller = Caller(SYSTEM, "gebeurtenis blob")
    with triggers.told_to_platform():
        triggers.delivery_arrived(blob_name, mailboxes(), _alarms(caller), partial(installation, caller))


def poisoned(message: bytes, message_id: str) -> None:
    """Tell of an event that the platform gave up; the delivery is left to the sweep."""
    from shared import triggers
    from shared.alarms import tell_poisoned

    with triggers.told_to_platform():
        tell_poisoned(_alarms(Caller(SYSTEM, "poison-wachtrij")), message, message_id, mailboxes())


def nightly() -> None:
    """Sweep every mailbox, tell of deliveries that did not come, and see that the audit trail is as it was written.

    Then it closes the months that are over and reports on them, which takes more memory the more was delivered. Last it
    tries what may end this worker: to finish runs at which worker after worker ended. A failure is raised at the end.
    """
    from shared import sweep, triggers
    from shared.adapters.chosen import month_records_of
    from shared.alarms import tell_missing
    from shared.anchors import watch_audit
    from shared.bootstrap.reports import write_due_reports
    from shared.closing.months import close_months

    caller = Caller(SYSTEM, "tijdklok")

    def swept(dataset: str) -> Sequence[Outcome]:
        return sweep.run_waiting(installation(caller, dataset)).told

    def watched(dataset: str) -> Sequence[Outcome]:
        tell_missing(_alarms(caller), blobs(settings()), dataset, settings().delivery_days)
        return ()

    def closed(dataset: str) -> Sequence[Outcome]:
        close_months(installation(caller, dataset), month_records_of(ledger(settings())))
        return ()

    def reported(dataset: str) -> Sequence[Outcome]:
        write_due_reports(caller, dataset)
        return ()

    def strays() -> Sequence[Outcome]:
        sweep.report_strays(installation(caller, datasets()[0]), frozenset(mailboxes()))
        return ()

    def intact() -> Sequence[Outcome]:
        watch_audit(ledger(settings()), blobs(settings()))
        return ()

    def finished() -> Sequence[Outcome]:
        return sweep.finish_standing([partial(installation, caller, mailbox) for mailbox in mailboxes()])

    works: list[Callable[[], Sequence[Outcome]]] = [partial(swept, mailbox) for mailbox in mailboxes()]
    works += [*(partial(watched, dataset) for dataset in datasets()), strays, intact]
    works += [partial(work, dataset) for work in (closed, reported) for dataset in datasets()]
    with triggers.told_to_platform():
        triggers.one_after_another([*works, finished])


def daytime() -> None:
    """Take up in every mailbox what people asked for or made free, for persons too; a failure is raised at the end."""
    from shared import sweep, triggers
    from shared.bootstrap.rights import carry_out_person_requests

    caller = Caller(SYSTEM, "tijdklok")
    works = [partial(lambda mailbox: sweep.take_up(installation(caller, mailbox)), mailbox) for mailbox in mailboxes()]
    with triggers.told_to_platform():
        triggers.one_after_another([*works, *triggers.for_each(carry_out_person_requests, datasets())])
