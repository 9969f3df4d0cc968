"""The chapter on the work itself: deliveries, findings, stops; not about people, and not in the public edition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.events import Action
from shared.monitoring.disclosure import HIDDEN, SMALLEST_COUNT
from shared.monitoring.report.document import Block, Part, Section, Table
from shared.monitoring.report.words import capital, day, month, number, short_month
from shared.monitoring.reportfacts import Operation
from shared.records import Verdict

# what is about the work and not about one person each: the number of anything else is hidden where it is small
_OF_THE_WORK = frozenset(
    {
        Action.STOPPEN,
        Action.HERVATTEN,
        Action.VRIJGEVEN,
        Action.MISLUKKEN,
        Action.ONBEKENDE_POST,
        Action.GEBEURTENIS_MISLUKT,
        Action.LEVERING_ONTBREEKT,
        Action.QUARANTAINE_VERNIETIGEN,
        Action.MODEL_ACTIVEREN,
        Action.MODEL_UIT_GEBRUIK,
        Action.SCHADUW_BEGINNEN,
        Action.SCHADUW_STOPPEN,
    }
)
_JUDGED = tuple(f" {verdict}" for verdict in Verdict)  # deliveries of what follows the judging, by its dataset
_SHOWN = 6  # months beside one another; more do not fit on paper


@dataclass(frozen=True)
class RunningMonth:
    """What is known of a month that is not over: nothing about groups or people, as two requests could be subtracted.

    `until`: the last day that it knows of. Numbers per verdict, code and kind of event, as in a closed month. Not how
    many applications: on the last day that is what the closed month may have to hide.
    """

    month: str
    until: date
    deliveries: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)


def work_section(operation: Operation, running: RunningMonth | None) -> Section:
    """Return what happened to deliveries, month by month, and so far in the running month."""
    parts = [
        _months("Leveringen", "Oordeel", operation.months, operation.deliveries, _counted),
        _months("Bevindingen bij de controle", "Code", operation.months, operation.findings, _counted),
        _months("Gebeurtenissen", "Wat", operation.months, operation.events, event_count),
    ]
    if running is not None:
        parts.append(_running(running))
    return Section(
        "bedrijf",
        "Leveringen, controles en storingen",
        ("Dit hoofdstuk gaat niet over mensen maar over het werk. Het staat niet in de openbare versie.",),
        tuple(parts),
    )


def _months(
    title: str,
    head: str,
    months: Sequence[str],
    counts: Sequence[Mapping[str, int]],
    said: Callable[[str, int], str],
) -> Part:
    shown = list(zip(months, counts, strict=True))[-_SHOWN:]
    names = sorted({name for _, found in shown for name in found})
    if not names:
        return Part(title, ("In deze maanden was er niets.",))
    rows = tuple((capital(name), *(said(name, found.get(name, 0)) for _, found in shown)) for name in names)
    heads = (head, *(short_month(name) for name, _ in shown))
    return Part(title, (Table(f"{title} per maand", heads, rows, len(shown)),))


def event_count(name: str, times: int) -> str:
    """Return how often something happened; hidden where that may be a small number of people."""
    return number(times) if _of_the_work(name) or times >= SMALLEST_COUNT else HIDDEN


def _counted(_: str, times: int) -> str:
    return number(times)


def _of_the_work(name: str) -> bool:
    return name in _OF_THE_WORK or name.endswith(_JUDGED)


def _running(running: RunningMonth) -> Part:
    blocks: list[Block] = [
        f"Tot en met {day(running.until)}. Over mensen en groepen staat hier niets: twee keer vragen, een dag na "
        "elkaar, zou dan laten zien wie er in die dag bij kwam. Die cijfers komen als de maand is afgesloten.",
    ]
    for title, head, counts in (
        ("leveringen", "Oordeel", running.deliveries),
        ("bevindingen", "Code", running.findings),
        ("gebeurtenissen", "Wat", running.events),
    ):
        # what may be shown of a whole month may still give one person away from day to day
        told = [name for name in sorted(counts) if counts is not running.events or _of_the_work(name)]
        rows = tuple((capital(name), number(counts[name])) for name in told)
        if rows:
            blocks.append(Table(f"{capital(month(running.month))} tot nu toe: {title}", (head, "Aantal"), rows, 1))
    return Part(f"De lopende maand: {month(running.month)}", tuple(blocks))
