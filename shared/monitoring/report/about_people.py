"""Tables and pictures of numbers about people: only from suppressed tables and from rates of what these show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.monitoring.disclosure import Counts, SuppressedTable
from shared.monitoring.months import Stream
from shared.monitoring.report.document import Figure, Table
from shared.monitoring.report.intervals import Interval, Intervals
from shared.monitoring.report.words import HIDDEN, NONE, capital, count, listed, month, number, percent, points
from shared.monitoring.reportfacts import (
    Gap,
    GroupPicture,
    Measure,
    Rate,
    Side,
    Window,
)

STREAMS = {
    Stream.MODEL: "het model",
    Stream.PROCES: "mensen",
    Stream.STEEKPROEF: "het model, in de steekproef",
}
FAIR_DIFFERENCE = 0.10  # the city's bands (domain.md §9)
FAIR_RATIO = (0.8, 1.25)
TOGETHER = "samen"
_INVESTIGATED = "‘Gekozen’ gaat over alle aanvragen met een score. De andere maten gaan over de onderzochte aanvragen."


def window_words(window: Window | None) -> str:
    """Return which months a number is about."""
    if window is None:
        return "nog niets te tonen"
    if window.first == window.last:
        return month(window.last)
    return f"{month(window.first)} tot en met {month(window.last)}"


def counts_table(table: SuppressedTable, title: str, heads: Sequence[str], note: str = "") -> Table:
    """Return counts as they may be shown; `heads`: of the name, the number and each measure."""
    rows = [(name, *_cells(counts, table)) for name, counts in table.rows.items()]
    if len(rows) > 1:
        rows.append((TOGETHER, *_cells(table.total, table)))
    return Table(title, tuple(heads), tuple(rows), len(heads) - 1, note)


def _cells(counts: Counts | None, table: SuppressedTable) -> tuple[str, ...]:
    if counts is None:
        return (HIDDEN,) * (1 + len(table.measures))
    return tuple(count(each) for each in (counts.size, *counts.parts))


def rate_words(rate: Rate) -> str:
    """Return a share with its interval: 14,0 % (12,1–16,0)."""
    if rate.value is None:
        return HIDDEN
    if rate.low is None or rate.high is None:
        return percent(rate.value, 1)
    return f"{percent(rate.value, 1)} ({number(rate.low * 100, 1)}–{number(rate.high * 100, 1)})"


def rate_row(name: str, rate: Rate, *, reference: bool = False) -> Interval:
    """Return a share in percents as a row of a picture."""
    return Interval(name, *_hundredfold(rate), shown=rate_words(rate), reference=reference)


def _hundredfold(rate: Rate) -> tuple[float | None, float | None, float | None]:
    if rate.value is None or rate.low is None or rate.high is None:
        return None, None, None
    return rate.value * 100, rate.low * 100, rate.high * 100


def is_hidden(picture: GroupPicture) -> bool:
    """Say whether nothing of a picture may be shown."""
    tables = (picture.applications, picture.outcomes)
    return all(table.total is None and not any(table.rows.values()) for table in tables)


def shares_figure(picture: GroupPicture, name: str) -> Figure:
    """Return the share flagged of every group, as a picture with its table; `name`: the grouping, and over what."""
    who, when = STREAMS[picture.stream], window_words(picture.applications_window)
    privileged = {gap.privileged for gap in picture.gaps if gap.measure is Measure.SHARE_FLAGGED}
    rows, drawn = [], []
    for group, counts in picture.applications.rows.items():
        rate = picture.rates.get(group, {}).get(Measure.SHARE_FLAGGED, Rate())
        rows.append((group, *_cells(counts, picture.applications), rate_words(rate)))
        drawn.append(rate_row(group, rate, reference=group in privileged))
    rows.append((TOGETHER, *_cells(picture.applications.total, picture.applications), ""))
    title = f"{name}: gekozen door {who}, {when}"
    return Figure(
        Intervals(
            f"{title}. Per groep het aandeel met zijn marge. De tabel zegt hetzelfde.", tuple(drawn), suffix=" %"
        ),
        Table(title, ("Groep", "Aanvragen", "Gekozen", "Aandeel (marge)"), tuple(rows), 3),
    )


def gaps_figure(picture: GroupPicture, name: str) -> Figure | None:
    """Return every difference with the group that others are compared with; None where there is nothing to compare."""
    if not picture.gaps:
        return None
    rows = tuple(_gap_cells(gap) for gap in picture.gaps)
    drawn = tuple(_gap_row(gap) for gap in picture.gaps)
    title = f"{name}: verschillen bij {STREAMS[picture.stream]}, {_gaps_window(picture)}"
    words = f"{title}, in procentpunten, met de marge en de band van de stad. De tabel zegt hetzelfde."
    limit = FAIR_DIFFERENCE * 100
    return Figure(
        Intervals(words, drawn, (-limit, limit)),
        Table(
            title,
            (
                "Groep en maat",
                "Verschil in punten (marge)",
                "Verhouding (marge)",
                "Oordeel",
                "Kleinste dat te vinden was",
            ),
            rows,
            0,
            _INVESTIGATED if any(gap.measure is not Measure.SHARE_FLAGGED for gap in picture.gaps) else "",
        ),
    )


def _gaps_window(picture: GroupPicture) -> str:
    """Return which months the gaps are about: of the share flagged and of outcomes they may differ."""
    about = {gap.measure is Measure.SHARE_FLAGGED for gap in picture.gaps}
    windows = {True: picture.applications_window, False: picture.outcomes_window}
    found = [(flagged, window_words(windows[flagged])) for flagged in (True, False) if flagged in about]
    if len({words for _, words in found}) == 1:
        return found[0][1]
    return "; ".join(f"{'gekozen' if flagged else 'uitslagen'} {words}" for flagged, words in found)


def outcomes_table(picture: GroupPicture, name: str) -> Table:
    """Return what came out, per group."""
    title = f"{name}: uitslagen bij {STREAMS[picture.stream]}, {window_words(picture.outcomes_window)}"
    return counts_table(picture.outcomes, title, ("Groep", "Uitslagen", *picture.outcomes.measures))


def _gap_cells(gap: Gap) -> tuple[str, ...]:
    smallest = NONE if gap.smallest is None else f"{number(gap.smallest * 100, 1)} punten"
    name = f"{gap.group} naast {gap.privileged}: {SHORT[gap.measure]}"
    return name, _points(gap.difference), _ratio(gap.ratio), band_words(gap), smallest


def band_words(gap: Gap) -> str:
    """Return where a gap lies: buiten de band in punten en verhouding."""
    return str(gap.band) + (f" in {listed([str(side) for side in gap.outside])}" if gap.outside else "")


def _points(rate: Rate) -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return HIDDEN
    return f"{points(rate.value)} ({points(rate.low)} tot {points(rate.high)})"


def _ratio(rate: Rate) -> str:
    if rate.value is None:
        return HIDDEN
    if rate.low is None or rate.high is None:
        return number(rate.value, 2)
    return f"{number(rate.value, 2)} ({number(rate.low, 2)}–{number(rate.high, 2)})"


def _gap_row(gap: Gap) -> Interval:
    shown = points(gap.difference.value) if gap.difference.value is not None else HIDDEN
    name = f"{capital(SHORT[gap.measure])}: {gap.group}"
    return Interval(name, *_hundredfold(gap.difference), shown=shown, outside=_outside(gap))


def _outside(gap: Gap) -> str:
    """Return which band a gap is outside of, for in a picture of points: a ratio cannot be seen there."""
    if not gap.outside:
        return ""
    sides = {Side.PUNTEN: str(Side.PUNTEN), Side.VERHOUDING: f"{Side.VERHOUDING} ({_short_ratio(gap.ratio)})"}
    return f"buiten de band in {listed([sides[side] for side in gap.outside])}"


def _short_ratio(rate: Rate) -> str:
    return HIDDEN if rate.value is None else number(rate.value, 2)


SHORT = {
    Measure.SHARE_FLAGGED: "gekozen",
    Measure.FPR: "onterecht (niets mis)",
    Measure.PPV: "terecht gekozen",
    Measure.FDR: "onterecht gekozen",
    Measure.TPR: "gevonden",
    Measure.WRONGLY_FLAGGED: "onterecht, per lid",
    Measure.ERROR: "verkeerd beoordeeld",
}


def hidden_rows(tables: Iterable[SuppressedTable]) -> tuple[int, int]:
    """Return how many rows of tables are hidden, and how many there are."""
    rows = [counts for table in tables for counts in table.rows.values()]
    return sum(1 for counts in rows if counts is None), len(rows)
