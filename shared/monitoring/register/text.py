"""Reads what people wrote down about an algorithm: one small file, without figures and without anything forgotten.

Figures come from the package: in the text they stand as places, and a digit anywhere else is refused.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.errors import SlimmeCheckError

FILE = "algoritme.toml"
PLACE = re.compile(r"\{(\w+)\}")
_LAW = re.compile(r"artikel(en)? [0-9]+[0-9a-z:]*((,| en) [0-9]+[0-9a-z:]*)*")
_ADDRESS = re.compile(r"https://\S+|\bsha256\b")
_PUBLIC = ("kop", "met_seintje", "zonder_seintje", "feedback", "klacht", "bezwaar", "inzage")
_PROCESSING = ("verantwoordelijke", "functionaris", "betrokkenen", "ontvangers", "doorgifte", "beveiliging")


class RegisterTextInvalid(SlimmeCheckError):
    """The text that people wrote about an algorithm is not complete, or holds what belongs to the package."""

    code = "SC-652"


@dataclass(frozen=True)
class FeatureText:
    """What a person wrote about one feature. `why`: the reason to look at it; without one it may not be used."""

    what: str
    why: str
    mind: str


@dataclass(frozen=True)
class RegisterText:
    """All that people wrote. `fields`: by the names of the register's API; the rest for the pages and papers."""

    fields: Mapping[str, Any]
    public: Mapping[str, str]
    processing: Mapping[str, Any]
    features: Mapping[str, FeatureText]


def read_text(folder: Path, features: Iterable[str]) -> RegisterText:
    """Return the text in a folder; RegisterTextInvalid names at once everything that is missing or may not be there.

    `features`: those of the model; each must have its reason, and none may be told of that the model does not use.
    """
    try:
        document = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as cause:
        raise _invalid([f"it cannot be read ({type(cause).__name__})"]) from None
    told = document.get("kenmerken", {})
    wrong = [
        *_missing("publiek", document.get("publiek", {}), _PUBLIC),
        *_missing("verwerking", document.get("verwerking", {}), _PROCESSING),
        *([] if "register" in document else ["register is missing"]),
        *(f"{where} holds a figure: let it come from the package" for where, text in _texts(document) if _figure(text)),
        *_features(told, tuple(features)),
    ]
    if wrong:
        raise _invalid(wrong)
    return RegisterText(
        document["register"],
        document["publiek"],
        document["verwerking"],
        {name: FeatureText(each["wat"], each["waarom"], each.get("let_op", "")) for name, each in told.items()},
    )


def places_in(text: str) -> set[str]:
    """Return the names of the places in a text."""
    return set(PLACE.findall(text))


def fill(value: Any, facts: Mapping[str, str]) -> Any:
    """Return a text, or each text in a list or table, with facts in its places; RegisterTextInvalid for a wrong one."""
    if isinstance(value, str):
        unknown = sorted(places_in(value) - facts.keys())
        if unknown:
            raise _invalid([f"there is no fact called {name}" for name in unknown])
        return PLACE.sub(lambda found: facts[found.group(1)], value.strip())
    if isinstance(value, Mapping):
        return {name: fill(each, facts) for name, each in value.items()}
    if isinstance(value, list):
        return [fill(each, facts) for each in value]
    return value


def _features(told: Mapping[str, Mapping[str, str]], features: tuple[str, ...]) -> Iterator[str]:
    for name in features:
        for key in ("wat", "waarom"):
            if not str(told.get(name, {}).get(key, "")).strip():
                yield f"feature {name} has no {key}"
    yield from (f"feature {name} is not one of the model" for name in told if name not in features)


def _missing(section: str, found: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    return [f"{section}.{name} is missing" for name in names if not found.get(name)]


def _texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, f"{where}.{name}".lstrip("."))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, where)


def _figure(text: str) -> bool:
    """Say whether a text holds a digit that is no article of a law, no address, no place and no name of a digest."""
    return any(sign.isdigit() for sign in PLACE.sub("", _LAW.sub("", _ADDRESS.sub("", text))))


def _invalid(wrong: list[str]) -> RegisterTextInvalid:
    return RegisterTextInvalid(
        f"The text about the algorithm cannot be used: {'; '.join(wrong)}.",
        where=FILE,
        next_step="Write what is missing in this file, in the folder `register` of the use case.",
    )
