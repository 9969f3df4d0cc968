"""The states of a request of a person, and who may bring it from one to the next, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import FourEyesRequired, TransitionRefused
from shared.events import same_actor


class Asked(StrEnum):
    """What a person can ask."""

    INZAGE = "inzage"
    VERWIJDERING = "verwijdering"


class RequestState(StrEnum):
    """Where a request is."""

    VASTGELEGD = "vastgelegd"
    TOEGEWEZEN = "toegewezen"
    AFGEWEZEN = "afgewezen"
    WACHT = "wacht op uitvoering"
    IN_UITVOERING = "in uitvoering"
    OPHAALBAAR = "op te halen"
    UITGEVOERD = "uitgevoerd"
    INGETROKKEN = "ingetrokken"


class Named(StrEnum):
    """What kind of name a request keeps while it is carried out: under these the person is found, and nothing else."""

    PERSOON = "persoon"
    DIENST = "dienst"
    LEVERING = "levering"


# waiting is returned to by a try that could not be finished; what is ready may be fetched more than once
TRANSITIONS: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.VASTGELEGD: frozenset({RequestState.TOEGEWEZEN, RequestState.AFGEWEZEN, RequestState.INGETROKKEN}),
    RequestState.TOEGEWEZEN: frozenset({RequestState.WACHT, RequestState.INGETROKKEN}),
    RequestState.WACHT: frozenset({RequestState.IN_UITVOERING, RequestState.TOEGEWEZEN, RequestState.INGETROKKEN}),
    RequestState.IN_UITVOERING: frozenset(
        {
            RequestState.IN_UITVOERING,
            RequestState.WACHT,
            RequestState.TOEGEWEZEN,
            RequestState.OPHAALBAAR,
            RequestState.UITGEVOERD,
        }
    ),
    RequestState.OPHAALBAAR: frozenset({RequestState.OPHAALBAAR, RequestState.TOEGEWEZEN, RequestState.UITGEVOERD}),
    RequestState.AFGEWEZEN: frozenset(),
    RequestState.UITGEVOERD: frozenset(),
    RequestState.INGETROKKEN: frozenset(),
}
CLOSED = frozenset(state for state, then in TRANSITIONS.items() if not then)
DECIDED = frozenset({RequestState.TOEGEWEZEN, RequestState.AFGEWEZEN})
UNFINISHED = frozenset({RequestState.WACHT, RequestState.IN_UITVOERING, RequestState.OPHAALBAAR})
CARRIED_OUT = UNFINISHED | {RequestState.UITGEVOERD}

SENTENCES: Mapping[RequestState, str] = {
    RequestState.VASTGELEGD: "Het verzoek is vastgelegd en wacht op een beslissing.",
    RequestState.TOEGEWEZEN: "Het verzoek is toegewezen; een ander dan wie besliste voert het uit.",
    RequestState.AFGEWEZEN: "Het verzoek is afgewezen; de reden staat erbij.",
    RequestState.WACHT: "Uw verzoek wordt uitgevoerd. Dat begint binnen een kwartier, of vroeg in de ochtend.",
    RequestState.IN_UITVOERING: "Uw verzoek wordt uitgevoerd.",
    RequestState.OPHAALBAAR: "Het overzicht is klaar om op te halen.",
    RequestState.UITGEVOERD: "Het verzoek is uitgevoerd.",
    RequestState.INGETROKKEN: "De persoon heeft het verzoek ingetrokken.",
}


@dataclass(frozen=True)
class Step:
    """One step of a request: to which state, by whom, and why. `uitkomst`: counts of what was done."""

    toestand: RequestState
    reden: str
    actor: str
    tijdstip: str
    uitkomst: Mapping[str, int]


def begun(steps: Sequence[Step]) -> int:
    """Return how often the carrying out was begun since the request was granted (again)."""
    granted = max((n for n, step in enumerate(steps) if step.toestand is RequestState.TOEGEWEZEN), default=0)
    return sum(step.toestand is RequestState.IN_UITVOERING for step in steps[granted:])


def ready_since(steps: Sequence[Step]) -> Sequence[Step]:
    """Return the step that made an overview ready, and one for every time that it was fetched since."""
    last = max((n for n, step in enumerate(steps) if step.toestand is RequestState.IN_UITVOERING), default=-1)
    return [step for step in steps[last + 1 :] if step.toestand is RequestState.OPHAALBAAR]


def check_step(soort: Asked, steps: Sequence[Step], to: RequestState, actor: str) -> None:
    """Refuse a step that the table does not know, and one by who decided where another must carry out.

    A removal that was begun has no way back: something may be gone. TransitionRefused and FourEyesRequired.
    """
    now = steps[-1].toestand
    back = to in (RequestState.TOEGEWEZEN, RequestState.INGETROKKEN)
    if to not in TRANSITIONS[now] or (back and soort is Asked.VERWIJDERING and begun(steps)):
        raise TransitionRefused(
            f"The request cannot go from {now} to {to}.",
            where="verzoek van een persoon",
            next_step=SENTENCES[now],
        )
    # the first time is the decision; later ones return to it after a try that could not be finished
    decided = next((step for step in steps if step.toestand is RequestState.TOEGEWEZEN), None)
    if to in CARRIED_OUT and decided is not None and same_actor(decided.actor, actor):
        raise FourEyesRequired(
            "Who decided on a request does not carry it out.",
            where="verzoek van een persoon",
            next_step="Ask a colleague with this role to carry it out.",
        )
