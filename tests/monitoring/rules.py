"""The groupings of the invented months, as a use case would give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A grouping: title, groups in words, privileged group."""

    title: str
    labels: Mapping[str, str]
    privileged: str
    inside: str = ""


def _yes_no(title: str, yes: str, no: str, privileged: str, inside: str = "") -> Rule:
    return Rule(title, {"ja": yes, "nee": no, "onbekend": "onbekend"}, privileged, inside)


RULES = {
    "geslacht": Rule("Geslacht", {name: name for name in ("man", "vrouw", "onbekend")}, "man"),
    **{
        f"leeftijd_onder_{age}": _yes_no(
            f"Jonger dan {age}",
            f"jonger dan {age}",
            f"{age} of ouder",
            "nee",
            f"leeftijd_onder_{age + 10}" if age < 50 else "",
        )
        for age in (30, 40, 50)
    },
    "nederlandse_nationaliteit": _yes_no("Nationaliteit", "Nederlands", "niet Nederlands", "ja"),
    "geboren_in_nederland": _yes_no("Geboorteland", "in Nederland geboren", "elders geboren", "ja"),
    "burgerlijke_staat": Rule(
        "Burgerlijke staat",
        {name: name for name in ("ongehuwd", "gehuwd", "partnerschap", "gescheiden", "verweduwd", "onbekend")},
        "ongehuwd",
    ),
    "ouderschap": Rule(
        "Ouderschap",
        {"geen": "geen ouder", "voltijd": "ouder, voltijd", "deeltijd": "ouder, deeltijd", "onbekend": "onbekend"},
        "geen",
    ),
}
