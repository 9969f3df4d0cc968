"""Reading the audit log: by action, period, object and actor, a page at a time, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.errors import RequestRefused
from shared.events import Action, StoredEvent, moment_text
from shared.interventions import checked_reason
from shared.people.desk import Desk
from shared.people.records import EventFilter

LARGEST_PAGE, LONGEST_TEXT = 100, 200


@dataclass(frozen=True)
class EventPage:
    """Events, the newest first; `verder` is where the next page begins, None when there is none."""

    events: tuple[StoredEvent, ...]
    verder: int | None


def audit_trail(desk: Desk, wanted: EventFilter, reden: str, before: int | None = None, limit: int = 50) -> EventPage:
    """Return a page of the events that were asked for; who looked, at what and why is an event itself, written first.

    RequestRefused without a reason, for a page size below 1 or above LARGEST_PAGE, an unknown action, a filter that is
    no text or a period that ends before it begins.
    """
    if not 1 <= limit <= LARGEST_PAGE or (before is not None and before < 1):
        raise RequestRefused(f"A page has 1 to {LARGEST_PAGE} events.", where="pagina", next_step="Ask for fewer.")
    texts = (wanted.object, wanted.actor, wanted.dataset, wanted.run)
    if not all(text.isprintable() and len(text) <= LONGEST_TEXT for text in texts):
        raise RequestRefused(
            f"A filter has at most {LONGEST_TEXT} printable characters.",
            where="filter",
            next_step="Correct the filter.",
        )
    if wanted.handeling and wanted.handeling not in set(Action):
        raise RequestRefused("There is no such action.", where="handeling", next_step="Choose one from the list.")
    if wanted.van is not None and wanted.tot is not None and wanted.van >= wanted.tot:
        raise RequestRefused("The period ends before it begins.", where="tot", next_step="Choose a later end.")
    reason = checked_reason(reden)
    found = desk.oversight.events_before(wanted, before, limit + 1)
    told = {"reden": reason, **_told(wanted, before)}
    desk.oversight.note(desk.event(Action.AUDIT_BEKIJKEN, "auditlog", "getoond", wanted.dataset, **told))
    shown = tuple(found[:limit])
    return EventPage(shown, shown[-1].volgnr if len(found) > limit else None)


def _told(wanted: EventFilter, before: int | None) -> dict[str, Any]:
    period = {name: moment_text(moment) for name in ("van", "tot") if (moment := getattr(wanted, name)) is not None}
    texts = {name: value for name in ("handeling", "object", "actor", "run") if (value := getattr(wanted, name))}
    return {**texts, **period, **({} if before is None else {"voor": before})}
