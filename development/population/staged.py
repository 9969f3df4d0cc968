"""Puts known characters on stage: on each day somebody for every kind of result."""

from dataclasses import fields, replace
from typing import Any, Final

import numpy as np

from .circumstances import HOME_KNOWN, Circumstances
from .frames import EMPTY
from .moments import Moments

# What is true of everybody on stage, unless their own part says otherwise.
_ORDINARY: Final[dict[str, Any]] = {
    "product": 131,
    "decided_before": False,
    "no_valid_dienst": False,
    "in_city": True,
    "home": HOME_KNOWN,
    "addresses": 1,
    "measure": 0,
    "no_contacts": 0,
    "no_shows": 0,
}
_WORRYING: Final[dict[str, Any]] = {
    "registered": 2,
    "started": 0,
    "no_shows": 2,
    "measure": 30_000,
    "addresses": 2,
    "relocation_days": 120,
    "housemate": True,
    "partner": False,
    "wealth": 0,
    "applied": True,
    "benefit_days": EMPTY,
    "income_known": False,
}
_STEADY: Final[dict[str, Any]] = {
    "registered": 2,
    "started": 2,
    "relocation_days": 12_000,
    "age": 61,
    "partner": True,
    "housemate": False,
    "wealth": -1_284_050,
    "income_known": True,
    "income": 61_250,
    "benefit_days": 200,
    "applied": False,
    "no_contacts": 1,
}
PARTS: Final[dict[str, dict[str, Any]]] = {
    "onderzoekswaardig": _WORRYING,
    "onderzoekswaardig, bijna": {**_WORRYING, "no_shows": 1, "addresses": 1},
    "niet onderzoekswaardig": _STEADY,
    "IOAW": {"product": 87},
    "buiten de gemeente": {"in_city": False},
    "al beslist": {"decided_before": True},
    "geen dienst": {"no_valid_dienst": True},
    "ander product": {"product": 140},
}


def on_stage(moments: Moments, day: np.datetime64) -> dict[str, int]:
    """Names who plays which part among those who apply once, on this day."""
    there = np.flatnonzero((moments.first_day == day) & ~moments.twice)
    return dict(zip(PARTS, there.tolist(), strict=False))


def staged(life: Circumstances, moments: Moments) -> Circumstances:
    """Gives the first people of each day their parts."""
    columns = {field.name: getattr(life, field.name).copy() for field in fields(life)}
    for day in np.unique(moments.first_day):
        for part, person in on_stage(moments, day).items():
            for name, value in (_ORDINARY | PARTS[part]).items():
                columns[name][person] = value
    return replace(life, **columns)
