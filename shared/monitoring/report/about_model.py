"""The chapter about the model: what it looks at, how much each thing matters, and the shape of every effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.monitoring.report.bars import Bar, Bars
from shared.monitoring.report.document import Block, Bullets, Figure, Part, Section, Table
from shared.monitoring.report.effects import Effect, by_importance
from shared.monitoring.report.steps import Steps
from shared.monitoring.report.words import NONE, listed, number, signed

_NEGLIGIBLE = 0.005  # log-odds: what is smaller is shown as 0,00


@dataclass(frozen=True)
class ModelFacts:
    """What is known of the model beside its effects. `beside`: the other versions that judged in the month."""

    purpose: str
    threshold: float
    bags: int
    limits: tuple[str, ...]
    origin: str
    version: str = ""
    beside: tuple[str, ...] = ()


def model_section(facts: ModelFacts, effects: Sequence[Effect]) -> Section:
    """Return the chapter, with a picture of every effect on one scale."""
    ordered = by_importance(effects)
    lowest, highest = scale_of(effects)
    return Section(
        "model",
        "Wat het model doet",
        (
            facts.purpose,
            *([_beside(facts)] if facts.beside else []),
            f"Het model kijkt naar {len(effects)} kenmerken van een aanvraag. Elk kenmerk verhoogt of verlaagt de "
            f"score een beetje. Alles bij elkaar geeft een score tussen 0 en 1. Bij {number(facts.threshold, 2)} of "
            "hoger krijgt de aanvraag het signaal ‘onderzoekswaardig’. Daarna kijkt een mens, en die besluit.",
            *_limits(facts),
            "Hieronder staat eerst hoe zwaar elk kenmerk telt, en daarna wat elk kenmerk met de score doet. Boven "
            "de nul gaat de score omhoog, onder de nul omlaag. Alle plaatjes hebben dezelfde schaal.",
            *([_sureness(facts.bags)] if facts.bags else []),
        ),
        (_importances(ordered), *(shape(effect, lowest, highest) for effect in ordered)),
    )


def _beside(facts: ModelFacts) -> str:
    others = listed([f"versie {each}" for each in facts.beside])
    return (
        f"In deze maand oordeelde ook {others}. Dit rapport neemt de drempel, de vergelijking met toen en de plaatjes "
        f"hieronder van versie {facts.version}, die de meeste aanvragen beoordeelde."
    )


def _sureness(bags: int) -> str:
    return (
        f"Het model is {bags} keer geleerd, telkens op een deel van de gegevens. Het lichte vlak ligt tussen de "
        "laagste en de hoogste van die keren; in de tabel staan ze onder ‘van’ en ‘tot’. Hoe breder, hoe minder "
        "zeker."
    )


def _limits(facts: ModelFacts) -> tuple[Block, ...]:
    said = tuple(each.replace("`", "") for each in (facts.origin, *facts.limits) if each)
    return ("Wat u moet weten van dit model:", Bullets(said)) if said else ()


def _importances(ordered: Sequence[Effect]) -> Part:
    bars = tuple(
        Bar(effect.label, effect.importance, number(effect.importance, 2))
        for effect in ordered
        if effect.importance is not None
    )
    rows = tuple((effect.label, _weight(effect), *_ends(effect)) for effect in ordered)
    most = f"‘{bars[0].name}’ telt het meest mee." if bars else ""
    return Part(
        "Hoe zwaar elk kenmerk telt",
        (
            f"Hoe langer de balk, hoe meer het kenmerk de score gemiddeld verandert, omhoog of omlaag. {most}".strip(),
            Figure(
                Bars("Staven: per kenmerk hoeveel het de score gemiddeld verandert. De tabel zegt hetzelfde.", bars),
                Table(
                    "Gewicht van elk kenmerk",
                    ("Kenmerk", "Gemiddeld", "Laagste", "Hoogste"),
                    rows,
                    3,
                    "In log-odds, de rekenmaat van het model. Gemiddeld: over de aanvragen waarmee het model is "
                    "gemaakt, zonder op plus of min te letten.",
                ),
            ),
        ),
    )


def _weight(effect: Effect) -> str:
    return NONE if effect.importance is None else number(effect.importance, 3)


def _ends(effect: Effect) -> tuple[str, str]:
    return signed(min(effect.values)), signed(max(effect.values))


def scale_of(effects: Sequence[Effect]) -> tuple[float, float]:
    """Return the lowest and highest value of all effects: pictures on one scale can be compared."""
    ends = [end for effect in effects for pair in (effect.between or ()) for end in pair]
    ends += [value for effect in effects for value in effect.values]
    return min(ends, default=0.0), max(ends, default=1.0)


def shape(effect: Effect, lowest: float, highest: float) -> Part:
    """Return the picture of one effect, with its table and in words."""
    heads = ("Waarde" + (f" ({effect.unit})" if effect.unit not in ("", "ja of nee") else ""), "Verandert de score met")
    between = effect.between or ((None, None),) * len(effect.values)
    rows = tuple(
        (name, signed(value), *((signed(low), signed(high)) if low is not None and high is not None else ()))
        for name, value, (low, high) in zip(effect.bins, effect.values, between, strict=True)
    )
    sure = effect.between is not None
    table = Table(
        effect.label,
        (*heads, "van", "tot") if sure else heads,
        rows,
        3 if sure else 1,
        "" if sure else "Hoe zeker dit is, staat niet in het modelpakket.",
    )
    picture = Steps(
        f"Trap van het effect van {effect.label} op de score. De tabel zegt hetzelfde.",
        effect.bins,
        effect.values,
        effect.between,
        lowest,
        highest,
    )
    return Part(effect.label, (_in_words(effect), Figure(picture, table) if len(effect.bins) <= _MOST else table))


_MOST = 40  # steps that can still be told apart


def _in_words(effect: Effect) -> str:
    high, low = max(effect.values), min(effect.values)
    if max(abs(high), abs(low)) < _NEGLIGIBLE:
        return "Dit kenmerk verandert de score bijna niet."
    said = []
    if high >= _NEGLIGIBLE:
        said.append(f"De score gaat het meest omhoog bij ‘{effect.bins[effect.values.index(high)]}’ ({signed(high)}).")
    if low <= -_NEGLIGIBLE:
        said.append(f"De score gaat het meest omlaag bij ‘{effect.bins[effect.values.index(low)]}’ ({signed(low)}).")
    return " ".join(said)
