"""Reads what reweighing would have changed: outcomes per group with and without it, as tables that hide small counts.

Positive is flagged: a burden. The tables count people who were kept apart from training, and both models judged them.
These people are invented, and the file must say so: fewer than ten may differ between both models, and of real people
that is never shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.errors import SlimmeCheckError
from shared.monitoring.disclosure import HIDDEN, Counts, SuppressedTable
from shared.monitoring.measures import shares_of
from shared.monitoring.reportfacts import Measure

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage

OUTCOMES = ("TP", "FP", "FN", "TN")
FILE = "herwegen.json"
WITHOUT, WITH = "zonder", "met"
MEASURES = tuple(f"{outcome} {model}" for model in (WITHOUT, WITH) for outcome in OUTCOMES)


class ReweighingUnreadable(SlimmeCheckError):
    """The file with outcomes before and after reweighing is not what the evaluation wrote for this model."""

    code = "SC-650"


@dataclass(frozen=True)
class World:
    """One invented population. `planted`: the chances that make it unequal; empty where nothing was planted.

    `change`: by how much a score changes on average, upwards or downwards.
    """

    name: str
    story: str
    planted: Mapping[str, float]
    change: float
    tables: tuple[SuppressedTable, ...]


@dataclass(frozen=True)
class Reweighing:
    """What the evaluation measured of one packaged model. `by`: the attribute that was reweighed."""

    model: str
    version: str
    sha256: str
    threshold: float
    by: str
    worlds: tuple[World, ...]


def place_of(package: ModelPackage) -> str:
    """Return where the evaluation of a package lies, below the folder of all packages: it is no part of the package."""
    return f"evaluaties/{package.name}-{package.version}/{FILE}"


def measures_of(counts: Counts, model: str) -> dict[Measure, float]:
    """Return every measure of a group that is shown, for the model without or with reweighing."""
    cells = {outcome: counts.parts[MEASURES.index(f"{outcome} {model}")] for outcome in OUTCOMES}
    found = {measure: share.hits / share.size for measure, share in shares_of(cells).items()}
    return found | {Measure.SHARE_FLAGGED: (cells["TP"] + cells["FP"]) / sum(cells.values())}


def read_reweighing(document: Mapping[str, Any], sha256: str) -> Reweighing:
    """Return what an evaluation file says.

    ReweighingUnreadable unless it is of invented people and about the package with this digest.
    """
    if document.get("verzonnen") is not True:
        raise _unreadable("It does not say that the people in it are invented.")
    try:
        found = Reweighing(
            model=document["model"],
            version=document["versie"],
            sha256=document["sha256"],
            threshold=float(document["drempel"]),
            by=document["herwogen_naar"],
            worlds=tuple(_world(world) for world in document["werelden"]),
        )
    except (KeyError, TypeError, ValueError) as cause:
        raise _unreadable(f"Its layout is wrong ({type(cause).__name__}).") from None
    if found.sha256 != sha256:
        raise _unreadable("It is about another model package.")
    return found


def _world(world: Mapping[str, Any]) -> World:
    tables = tuple(_table(table) for table in world["tabellen"])
    change = float(world["gemiddelde_verandering"])
    return World(world["naam"], world["toelichting"], dict(world["geplant"]), change, tables)


def _table(table: Mapping[str, Any]) -> SuppressedTable:
    rows = {row["naam"]: _counts(row) for row in table["rijen"]}
    return SuppressedTable(table["titel"], MEASURES, _counts(table["totaal"]), rows)


def _counts(row: Mapping[str, Any]) -> Counts | None:
    numbers = [row[name] for name in ("aantal", *MEASURES)]
    if all(number == HIDDEN for number in numbers):
        return None
    return Counts(int(numbers[0]), tuple(int(number) for number in numbers[1:]))


def _unreadable(what: str) -> ReweighingUnreadable:
    return ReweighingUnreadable(
        f"The evaluation of reweighing cannot be used: {what}",
        where=FILE,
        next_step="Make it again with: python -m development evaluate",
    )
