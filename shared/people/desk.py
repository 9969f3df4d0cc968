"""What somebody needs who looks back: the ports, the use cases, and on whose behalf; one record that is passed on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared import __version__
from shared.administration import RunRecord
from shared.events import Action, AuditEvent, Caller
from shared.logboek import write_read_line
from shared.people.port import Oversight
from shared.people.records import StoredPrediction
from shared.ports import BlobStore, Clock, KeySource

if TYPE_CHECKING:
    from shared.installation import Core
    from shared.modelpackage.package import ModelPackage
    from shared.usecase import UseCase


@dataclass(frozen=True)
class Desk:
    """Ports and pure functions. `package_of`: the verified package that made a run; ModelPackageInvalid otherwise."""

    oversight: Oversight
    blobs: BlobStore
    keys: KeySource
    clock: Clock
    caller: Caller
    activity: str
    datasets: tuple[str, ...]
    use_case_of: Callable[[str], UseCase]
    package_of: Callable[[RunRecord], ModelPackage]
    core: Callable[[], Core]

    def event(
        self, action: Action, object_: str, result: str, dataset: str, run: str = "", **details: Any
    ) -> AuditEvent:
        """Return an event of now, by this caller."""
        return AuditEvent(action, object_, result, self.caller, self.clock.now(), dataset, run, details)

    def tell_read(self, event: AuditEvent, run: RunRecord, subject: tuple[str, str]) -> None:
        """Put on record that data of one person is read: in the audit log, then in the logboek.

        Whoever calls this shows the data afterwards: nothing is shown that is not on record.
        """
        self.oversight.note(event)
        write_read_line(self.blobs, self.activity, run, subject, event.tijdstip, __version__, self.caller.trace)


def application_of(prediction: StoredPrediction) -> str:
    """Return what an event calls the application: its pseudonym, for a number does not belong in a log."""
    return f"aanvraag {prediction.values['dienst']}"
