"""How applicants are divided to measure equal treatment (domain.md §9): every group, and whom it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.monitoring.months import UNKNOWN_GROUP
from shared.usecase import Grouping

_LIMITS: Final = (30, 40, 50)
_UNKNOWN: Final = {UNKNOWN_GROUP: "Onbekend"}


def _stored(name: str) -> Callable[[Mapping[str, Any], int], str]:
    return lambda attributes, _: str(attributes[name])


def _younger(limit: int) -> Callable[[Mapping[str, Any], int], str]:
    """Return whether somebody is younger; by the year of birth alone, so in the year of the birthday already not."""

    def of(attributes: Mapping[str, Any], year: int) -> str:
        born = attributes["geboortejaar"]
        return UNKNOWN_GROUP if born is None else "ja" if year - born < limit else "nee"

    return of


def _yes_no(
    title: str, yes: str, no: str, privileged: str, of: Callable[[Mapping[str, Any], int], str], inside: str = ""
) -> Grouping:
    return Grouping(title, {"ja": yes, "nee": no, **_UNKNOWN}, privileged, of, inside)


GROUP_RULES: Final[Mapping[str, Grouping]] = {
    "geslacht": Grouping("Geslacht", {"man": "Man", "vrouw": "Vrouw", **_UNKNOWN}, "man", _stored("geslacht")),
    **{
        f"leeftijd_onder_{limit}": _yes_no(
            f"Jonger dan {limit} jaar",
            f"Jonger dan {limit}",
            f"{limit} of ouder",
            "nee",
            _younger(limit),
            inside=f"leeftijd_onder_{wider}" if wider else "",
        )
        for limit, wider in zip(_LIMITS, (*_LIMITS[1:], None), strict=True)
    },
    "nederlandse_nationaliteit": _yes_no(
        "Nederlandse nationaliteit", "Nederlands", "Niet Nederlands", "ja", _stored("nederlandse_nationaliteit")
    ),
    "geboren_in_nederland": _yes_no(
        "Geboren in Nederland", "In Nederland", "Buiten Nederland", "ja", _stored("geboren_in_nederland")
    ),
    "burgerlijke_staat": Grouping(
        "Burgerlijke staat",
        {
            "ongehuwd": "Ongehuwd",
            "gehuwd": "Gehuwd",
            "partnerschap": "Geregistreerd partnerschap",
            "gescheiden": "Gescheiden",
            "verweduwd": "Verweduwd",
            **_UNKNOWN,
        },
        "gehuwd",
        _stored("burgerlijke_staat"),
    ),
    "ouderschap": Grouping(
        "Zorg voor kinderen",
        {"geen": "Geen kinderen", "voltijd": "Voltijd ouder", "deeltijd": "Deeltijd ouder", **_UNKNOWN},
        "geen",
        _stored("ouderschap"),
    ),
}
