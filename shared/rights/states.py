"""The states of a request of a person, and who may bring it from one to the next, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import FourEyesRequired, TransitionRefused


class Asked(StrEnum):
    """What a person can ask."""

    INZAGE = "inzage"
    VERWIJDERING = "verwijdering"


class RequestState(StrEnum):
    """Where a request is."""

    VASTGELEGD = "vastgelegd"
    TOEGEWEZEN = "toegewezen"
    AFGEWEZEN = "afgewezen"
    IN_UITVOERING = "in uitvoering"
    UITGEVOERD = "uitgevoerd"
    INGETROKKEN = "ingetrokken"


# carrying out may be begun again (its worker died) and given back (a hold was in the way)
TRANSITIONS: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.VASTGELEGD: frozenset({RequestState.TOEGEWEZEN, RequestState.AFGEWEZEN, RequestState.INGETROKKEN}),
    RequestState.TOEGEWEZEN: frozenset({RequestState.IN_UITVOERING, RequestState.INGETROKKEN}),
    RequestState.IN_UITVOERING: frozenset(
        {RequestState.IN_UITVOERING, RequestState.TOEGEWEZEN, RequestState.UITGEVOERD}
    ),
    RequestState.AFGEWEZEN: frozenset(),
    RequestState.UITGEVOERD: frozenset(),
    RequestState.INGETROKKEN: frozenset(),
}
CLOSED = frozenset(state for state, then in TRANSITIONS.items() if not then)
DECIDED = frozenset({RequestState.TOEGEWEZEN, RequestState.AFGEWEZEN})
CARRIED_OUT = frozenset({RequestState.IN_UITVOERING, RequestState.UITGEVOERD})

SENTENCES: Mapping[RequestState, str] = {
    RequestState.VASTGELEGD: "Het verzoek is vastgelegd en wacht op een beslissing.",
    RequestState.TOEGEWEZEN: "Het verzoek is toegewezen; een ander dan wie besliste voert het uit.",
    RequestState.AFGEWEZEN: "Het verzoek is afgewezen; de reden staat erbij.",
    RequestState.IN_UITVOERING: "Het verzoek wordt uitgevoerd.",
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


def check_step(steps: tuple[Step, ...], to: RequestState, actor: str) -> None:
    """Refuse a step that the table does not know, and one by who decided where another must carry out.

    TransitionRefused and FourEyesRequired.
    """
    now = steps[-1].toestand
    if to not in TRANSITIONS[now]:
        raise TransitionRefused(
            f"The request cannot go from {now} to {to}.",
            where="verzoek van een persoon",
            next_step=SENTENCES[now],
        )
    # the first time is the decision; later ones return to it after a try that could not be finished
    decided = next((step for step in steps if step.toestand is RequestState.TOEGEWEZEN), None)
    if to in CARRIED_OUT and decided is not None and decided.actor == actor:
        raise FourEyesRequired(
            "Who decided on a request does not carry it out.",
            where="verzoek van een persoon",
            next_step="Ask a colleague with this role to carry it out.",
        )
