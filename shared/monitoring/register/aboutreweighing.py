"""Tells what reweighing by one attribute would change, in words and tables; every group, not only the one reweighed."""

from __future__ import annotations

from collections.abc import Iterator

from shared.monitoring.disclosure import HIDDEN, Counts, SuppressedTable
from shared.monitoring.register.reweighing import WITH, WITHOUT, Reweighing, World, measures_of
from shared.monitoring.report.document import Block, Bullets, Part, Section, Table
from shared.monitoring.report.words import NONE, capital, count, number, percent, points
from shared.monitoring.reportfacts import Measure

_MOST_LESS = 3  # the tables have all of them
_SMALLEST = 0.01  # a change of a point or more is told in words
_SHOWN = {
    Measure.SHARE_FLAGGED: "Seintje",
    Measure.FPR: "Onterecht",
    Measure.WRONGLY_FLAGGED: "Onterecht per lid",
    Measure.PPV: "Terecht",
    Measure.TPR: "Gevonden",
    Measure.ERROR: "Fout",
}


def reweighing_section(measured: Reweighing) -> Section:
    """Return the chapter: what was done, what it changed for every group, and what to learn from it."""
    return Section(
        "herwegen",
        "Wat herwegen zou veranderen",
        (
            f"Bij herwegen krijgen mensen in de training een gewicht, zodat {measured.by} en de uitkomst niet "
            "meer samenhangen. Het verpakte model is niet herwogen. Hier staat wat er dan zou veranderen, "
            f"gemeten bij mensen van wie het model niets leerde, met dezelfde drempel van "
            f"{number(measured.threshold, 2)}.",
            "Alle mensen in deze tabellen zijn verzonnen. Daarom staan er ook verschillen van minder dan tien tussen "
            "met en zonder herwegen. Van echte mensen laten wij die nooit zien.",
            "Zo leest u de tabellen:",
            Bullets(
                (
                    "Seintje: welk deel van de groep een seintje kreeg.",
                    "Onterecht: van wie niets mis was, het deel dat toch een seintje kreeg.",
                    "Onterecht per lid: van de hele groep, het deel met een seintje bij wie niets mis was.",
                    "Terecht: van wie een seintje kreeg, het deel bij wie iets mis was.",
                    "Gevonden: van wie iets mis was, het deel met een seintje.",
                    "Fout: van de hele groep, het deel dat verkeerd is beoordeeld.",
                )
            ),
        ),
        tuple(Part(world.name, tuple(_world(world, measured))) for world in measured.worlds),
    )


def _world(world: World, measured: Reweighing) -> Iterator[Block]:
    yield world.story
    if world.planted:
        yield Bullets(tuple(f"{_PLANTED.get(name, name)}: {percent(chance)}" for name, chance in world.planted.items()))
    yield f"Een score verandert gemiddeld {number(world.change, 4)}, omhoog of omlaag."
    changes = [change for table in world.tables for change in _changes(table)]
    moved = [change for change in changes if abs(change[1]) >= _SMALLEST]
    if moved:
        yield "Wat er met groepen gebeurt:"
        yield Bullets(tuple(f"{capital(who)}: {_moved(by)}." for who, by in _most(moved)))
        yield _lesson(changes, measured)
    else:
        yield "Voor geen enkele groep verandert er iets van een procentpunt of meer."
    for table in world.tables:
        yield _table(table, world)


def _lesson(changes: list[tuple[str, float]], measured: Reweighing) -> str:
    better, worse = min(changes, key=lambda each: each[1]), max(changes, key=lambda each: each[1])
    if worse[1] < _SMALLEST:
        return f"De last wordt voor {better[0]} minder en voor niemand meer."
    return (
        f"Herwegen naar {measured.by} maakt de last voor {better[0]} minder. Voor {worse[0]} wordt zij meer. "
        "Zo ging het ook in de eerdere proef: na het herwegen kregen vrouwen en Nederlanders vaker ten onrechte een "
        "seintje. Daarom meten wij altijd elke groep, en niet alleen de groep waarvoor is herwogen."
    )


def _most(moved: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return the groups for whom it became less, only the most, and every group for whom it became more."""
    ordered = sorted(moved, key=lambda each: each[1])
    return [*[each for each in ordered if each[1] < 0][:_MOST_LESS], *[each for each in ordered if each[1] > 0]]


def _changes(table: SuppressedTable) -> Iterator[tuple[str, float]]:
    for name, counts in table.rows.items():
        if counts is not None:
            without, weighed = (measures_of(counts, model)[Measure.FPR] for model in (WITHOUT, WITH))
            yield f"{table.title} ({name})", weighed - without


def _moved(by: float) -> str:
    return f"{'vaker' if by > 0 else 'minder vaak'} ten onrechte een seintje ({points(by)} procentpunt)"


def _table(table: SuppressedTable, world: World) -> Table:
    heads = ("Groep", "Mensen", *_SHOWN.values())
    rows = tuple(
        (f"{name}, {model} herwegen", *_row(counts, model))
        for name, counts in table.rows.items()
        for model in (WITHOUT, WITH)
    )
    return Table(f"{capital(table.title)} ({world.name.lower()})", heads, rows, len(heads) - 1)


def _row(counts: Counts | None, model: str) -> tuple[str, ...]:
    if counts is None:
        return (HIDDEN,) * (len(_SHOWN) + 1)
    found = measures_of(counts, model)
    return (count(counts.size), *(percent(found[measure], 1) if measure in found else NONE for measure in _SHOWN))


_PLANTED = {
    "foreign_moved": "Geen Nederlandse nationaliteit, van wie in het laatste jaar verhuisde",
    "foreign_settled": "Geen Nederlandse nationaliteit, van de anderen",
    "woman_applied": "Vrouw, van de Nederlanders die eerder aanvroegen",
    "woman_dutch": "Vrouw, van de andere Nederlanders",
    "woman_foreign": "Vrouw, van wie geen Nederlandse nationaliteit heeft",
    "foreign_wronged": "Verkeerde uitkomst, van wie geen Nederlandse nationaliteit heeft en bij wie niets mis was",
    "woman_wronged": "Verkeerde uitkomst, van vrouwen bij wie niets mis was",
}
