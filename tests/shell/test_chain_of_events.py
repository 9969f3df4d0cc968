"""Every change leaves an event, and the chain of events shows what was edited, dropped, swapped or cut off."""

from dataclasses import replace

import pytest

from shared.events import FIRST_HASH, Action, StoredEvent, link, verify
from tests.shell.workshop import Workshop, ledger_of


def events_of(workshop: Workshop) -> list[StoredEvent]:
    return list(ledger_of(workshop).events())


def test_the_chain_of_events_holds(filled: Workshop) -> None:
    events = events_of(filled)
    assert len(events) > 10 and verify(events) is None
    assert all(event.actor and event.herkomst and event.tijdstip and event.object for event in events)


@pytest.mark.parametrize(
    "field", ["tijdstip", "handeling", "object", "resultaat", "herkomst", "actor", "dataset", "run", "details"]
)
def test_an_edited_event_is_found(filled: Workshop, field: str) -> None:
    events = events_of(filled)
    events[4] = replace(events[4], **{field: getattr(events[4], field) + " "})
    broken = verify(events)
    assert broken is not None and broken.volgnr == 5


def test_a_dropped_event_is_found(filled: Workshop) -> None:
    events = events_of(filled)
    for position in range(len(events) - 1):
        broken = verify(events[:position] + events[position + 1 :])
        assert broken is not None and broken.volgnr == position + 1


def test_swapped_events_are_found(filled: Workshop) -> None:
    events = events_of(filled)
    events[2], events[3] = events[3], events[2]
    assert verify(events) is not None
    renumbered = [replace(event, volgnr=number) for number, event in enumerate(events, start=1)]
    broken = verify(renumbered)
    assert broken is not None and broken.volgnr == 3


def test_events_cut_off_at_the_end_and_a_rewritten_chain_are_found_by_their_anchors(filled: Workshop) -> None:
    events = events_of(filled)
    anchors = {event.volgnr: event.hash for event in events[::3]}
    assert verify(events, anchors) is None
    broken = verify(events[:5], anchors)
    assert broken is not None and "eind" in broken.wat
    rewritten, previous = [], FIRST_HASH
    for event in events:
        changed = replace(event, actor="iemand anders")
        previous = link(previous, changed.content())
        rewritten.append(replace(changed, hash=previous))
    assert verify(rewritten) is None
    assert verify(rewritten, anchors) is not None


def test_every_change_left_an_event(filled: Workshop) -> None:
    told = {handeling for (handeling,) in filled.sql("SELECT DISTINCT handeling FROM gebeurtenissen")}
    expected = {
        Action.CLAIMEN,
        Action.LEZEN,
        Action.PSEUDONIMISEREN,
        Action.KENMERKEN,
        Action.BEOORDELEN,
        Action.RESULTATEN_SCHRIJVEN,
        Action.PUBLICEREN,
        Action.MANIFEST_SCHRIJVEN,
        Action.ACTUEEL_SCHRIJVEN,
        Action.WIJZERS_SCHRIJVEN,
        Action.LOGBOEK_SCHRIJVEN,
        Action.TERUGKOPPELEN,
        Action.MOMENTOPNAME_SCHRIJVEN,
        Action.MOMENTOPNAME_LEZEN,
        Action.OPRUIMEN,
        Action.AFRONDEN,
        Action.AANVRAGEN,
        Action.STOPPEN,
        Action.MODEL_INVOEREN,
    }
    assert told == {str(action) for action in expected}
