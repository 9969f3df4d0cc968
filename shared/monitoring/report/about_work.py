"""The chapter on the work itself: deliveries, findings, stops; not about people, and not in the public edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.events import Action
from shared.monitoring.disclosure import HIDDEN, SMALLEST_COUNT
from shared.monitoring.report.document import Block, Part, Section, Table
from shared.monitoring.report.words import capital, day, month, number, short_month
from shared.monitoring.reportfacts import Operation

# events that are about one person each: their number is one of people, and hidden where it is small
_OF_PEOPLE = frozenset({Action.BEZWAAR_OPENEN, Action.BEZWAAR_AFHANDELEN, Action.PERSOONSVERZOEK, Action.AANVRAGEN})
_SHOWN = 6  # months beside one another; more do not fit on paper


@dataclass(frozen=True)
class RunningMonth:
    """What is known of a month that is not over: nothing about groups or people, as two requests could be subtracted.

    `until`: the last day that it knows of. `applications`: how many were judged first, None where that is too few to
    say. Numbers per verdict, code and kind of event, as in a closed month.
    """

    month: str
    until: date
    applications: int | None = None
    deliveries: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)


def work_section(operation: Operation, running: RunningMonth | None) -> Section:
    """Return what happened to deliveries, month by month, and so far in the running month."""
    parts = [
        _months("Leveringen", "Oordeel", operation.months, operation.deliveries),
        _months("Bevindingen bij de controle", "Code", operation.months, operation.findings),
        _months("Gebeurtenissen", "Wat", operation.months, operation.events),
    ]
    if running is not None:
        parts.append(_running(running))
    return Section(
        "bedrijf",
        "Leveringen, controles en storingen",
        ("Dit hoofdstuk gaat niet over mensen maar over het werk. Het staat niet in de openbare versie.",),
        tuple(parts),
    )


def _months(title: str, head: str, months: Sequence[str], counts: Sequence[Mapping[str, int]]) -> Part:
    shown = list(zip(months, counts, strict=True))[-_SHOWN:]
    names = sorted({name for _, found in shown for name in found})
    if not names:
        return Part(title, ("In deze maanden was er niets.",))
    rows = tuple((capital(name), *(event_count(name, found.get(name, 0)) for _, found in shown)) for name in names)
    heads = (head, *(short_month(name) for name, _ in shown))
    return Part(title, (Table(f"{title} per maand", heads, rows, len(shown)),))


def event_count(name: str, times: int) -> str:
    """Return how often something happened; hidden where that is a small number of people."""
    return HIDDEN if name in _OF_PEOPLE and times < SMALLEST_COUNT else number(times)


def _running(running: RunningMonth) -> Part:
    blocks: list[Block] = [
        f"Tot en met {day(running.until)}. Over mensen en groepen staat hier niets: twee keer vragen, een dag na "
        "elkaar, zou dan laten zien wie er in die dag bij kwam. Die cijfers komen als de maand is afgesloten.",
    ]
    if running.applications is not None and running.applications >= SMALLEST_COUNT:
        blocks.append(f"Er kregen {number(running.applications)} aanvragen een uitkomst.")
    for title, head, counts in (
        ("leveringen", "Oordeel", running.deliveries),
        ("bevindingen", "Code", running.findings),
        ("gebeurtenissen", "Wat", running.events),
    ):
        # what may be shown of a whole month may still give one person away from day to day
        rows = tuple((capital(name), number(counts[name])) for name in sorted(counts) if name not in _OF_PEOPLE)
        if rows:
            blocks.append(Table(f"{capital(month(running.month))} tot nu toe: {title}", (head, "Aantal"), rows, 1))
    return Part(f"De lopende maand: {month(running.month)}", tuple(blocks))
