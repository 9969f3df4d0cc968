"""Follows how good the signal is and what people do with it: precision, recall, following, volumes, what is unknown."""

from __future__ import annotations

from collections.abc import Sequence

from shared.monitoring.blocks import YEAR, Chains, Counted, number_of
from shared.monitoring.columns import EVERYBODY, applications_of
from shared.monitoring.disclosure import SMALLEST_COUNT, Counts, SuppressedTable, suppress
from shared.monitoring.measures import Share, rate, shares_of
from shared.monitoring.months import MonthTally, Stream
from shared.monitoring.pictures import shown_tables
from shared.monitoring.reportfacts import Following, Measure, Operation, Quality, Rate, Trend
from shared.monitoring.rough import most_at_the_ends
from shared.monitoring.windows import shown_in, table_of

NEAR_AUTOMATIC = 0.95  # of the assessments; at or above it people hardly ever decide otherwise than the score
ENOUGH_ASSESSMENTS = 50
FLAGGED = ".1"  # the signal that says onderzoekswaardig
_CAVEATS = {
    Stream.MODEL: (
        "Alleen van aanvragen die iemand onderzocht is de uitkomst bekend. Wie niet is gekozen telt niet mee. Zonder "
        "steekproef is daarom niet bekend hoeveel het model mist en hoe vaak het terecht niet markeert."
    ),
    Stream.PROCES: (
        "Dit gaat over wie mensen kozen. Van wie zij niet kozen is de uitkomst alleen bekend als het model of de "
        "steekproef die aanvraag koos."
    ),
    Stream.STEEKPROEF: (
        "Het lot koos deze aanvragen. Daarom zeggen deze cijfers ook iets over wie niet is gemarkeerd. Het zijn er "
        "weinig: de marges zijn breed."
    ),
}


def quality(chains: Chains, month: int) -> tuple[Quality, ...]:
    """Return precision and recall of every stream over everybody, over the newest twelve months that may be shown."""
    found = []
    for stream in Stream:
        _, (_, table, window) = shown_tables(
            chains, stream, EVERYBODY, YEAR, month, f"Uitkomsten, {stream}", {EVERYBODY: EVERYBODY}
        )
        cells = dict(zip(table.measures, table.total.parts, strict=True)) if table.total else {}
        shares = shares_of(cells)
        precision, recall = (rate(shares.get(measure)) for measure in (Measure.PPV, Measure.TPR))
        found.append(Quality(stream, window, table, precision, recall, _CAVEATS[stream]))
    return tuple(found)


def following(counted: Counted, chains: Chains, months: Sequence[MonthTally]) -> tuple[Following, ...]:
    """Return how often people did what the signal says of those who were flagged, apart for whom the sample drew."""
    found = []
    for family in counted.families:
        if not family.name.startswith("beoordeling") or not family.name.endswith(FLAGGED):
            continue
        shown = shown_in(chains, EVERYBODY, {family.name: family.columns}, YEAR, counted.last)
        headings = dict(zip(family.columns, ("gevolgd", "niet gevolgd"), strict=True))
        table = table_of(family.name, shown, None, headings, {EVERYBODY: EVERYBODY})
        share = Share(table.total.parts[0], table.total.size) if table.total else None
        sampled = "steekproef" in family.name
        window = shown.window if shown and table.total else None
        found.append(Following(sampled, window, table, rate(share), _near_automatic(months, sampled=sampled)))
    return tuple(found)


def trends(counted: Counted, chains: Chains, months: Sequence[MonthTally]) -> tuple[Trend, ...]:
    """Return a year of months of what may be shown of each month by itself."""
    year = [month for month in months if counted.last - number_of(month.month) < YEAR]
    names = tuple(month.month for month in year)
    at = [number_of(name) for name in names]
    everybody = _per_month(chains, "alle aanvragen", "alle.aanvragen", counted, at)
    scored = _per_month(chains, applications_of(Stream.MODEL), "model.aanvragen", counted, at)
    flagged = _per_month(chains, applications_of(Stream.MODEL), "model.gemarkeerd", counted, at)
    sized = _per_month(chains, applications_of(Stream.PROCES), "proces.aanvragen", counted, at)
    chosen = _per_month(chains, applications_of(Stream.PROCES), "proces.gemarkeerd", counted, at)
    found = [
        Trend("aanvragen", "Aanvragen", names, everybody),
        Trend("gescoord", "Aanvragen met een score", names, scored),
        Trend("gemarkeerd", "Gemarkeerd door het model", names, flagged, _rates(flagged, scored)),
        Trend("gekozen", "Gekozen door mensen", names, chosen, _rates(chosen, sized)),
    ]
    for family in counted.families:
        if family.name.startswith("uitkomst."):
            counts = _per_month(chains, family.name, family.columns[0], counted, at)
            found.append(Trend(family.name, family.name.removeprefix("uitkomst.").replace("/", ": "), names, counts))
        if family.name.startswith("beoordeling"):
            yes, no = (_per_month(chains, family.name, column, counted, at) for column in family.columns)
            both = tuple(None if one is None or two is None else one + two for one, two in zip(yes, no, strict=True))
            title = f"Signaal {family.name.rsplit('.', 1)[1]} gevolgd"
            sampled = " (steekproef)" if "steekproef" in family.name else ""
            found.append(Trend(family.name, title + sampled, names, yes, _rates(yes, both)))
    flags = sorted({flag for month in year for flag in month.unknown})
    for flag in flags:
        tables = [unknown_table(flag, month, shown=size is not None) for month, size in zip(year, scored, strict=True)]
        counts = tuple(None if (row := table.rows["onbekend"]) is None else row.size for table in tables)
        found.append(Trend(flag, flag, names, counts, _rates(counts, scored)))
    return tuple(found)


def numbers(counted: Counted, chains: Chains, month: MonthTally) -> tuple[SuppressedTable, ...]:
    """Return the tables that stand alone: redenen and what is unknown this month, kinds of outcome this year."""
    at = [counted.last]
    everybody = _per_month(chains, "alle aanvragen", "alle.aanvragen", counted, at)[0]
    scored = _per_month(chains, applications_of(Stream.MODEL), "model.aanvragen", counted, at)[0]
    reasons = {
        reason: Counts(number if everybody is not None else 0) for reason, number in sorted(month.results.items())
    }
    found = [suppress(f"redenen, {month.month}", (), reasons)]
    found += [unknown_table(flag, month, shown=scored is not None) for flag in sorted(month.unknown)]
    for family in counted.families:
        if family.name.startswith("uitkomst."):
            shown = shown_in(chains, EVERYBODY, {family.name: family.columns}, YEAR, counted.last)
            name = family.name.removeprefix("uitkomst.").replace("/", ": ")
            number = shown.counts[EVERYBODY,][family.columns[0]] if shown else 0
            over = f", {shown.window.first} tot en met {shown.window.last}" if shown and number else ""
            found.append(suppress(f"{name}{over}", (), {name: Counts(number)}))
    return tuple(found)


def unknown_table(flag: str, month: MonthTally, *, shown: bool) -> SuppressedTable:
    """Return of how many something is unknown, or nothing where a feature would then give away a few others.

    Who is unknown stands in a feature's lowest or highest bin, beside those who are known to be there: the bins that
    hold a default. Of such a bin is shown how many are in it at most; fewer than ten more than the unknown is too few.
    `shown`: the number scored in this month may be shown.
    """
    unknown = month.unknown.get(flag, -1)
    full = (bins for bins in month.features.values() if sum(bins) == month.scored)
    near = any(0 <= most - unknown < SMALLEST_COUNT for bins in full for most in most_at_the_ends(bins))
    rows = {"onbekend": unknown, "bekend": month.scored - unknown}
    hidden = near or not shown or not 0 <= unknown <= month.scored
    return suppress(f"{flag}, {month.month}", (), {name: Counts(0 if hidden else size) for name, size in rows.items()})


def operation(counted: Counted, months: Sequence[MonthTally]) -> Operation:
    """Return a year of what is not about people."""
    year = [month for month in months if counted.last - number_of(month.month) < YEAR]
    return Operation(
        tuple(month.month for month in year),
        tuple(month.deliveries for month in year),
        tuple(month.findings for month in year),
        tuple(month.operation for month in year),
    )


def _near_automatic(months: Sequence[MonthTally], *, sampled: bool) -> bool:
    """Say whether nearly all assessments of the flagged did what the score says; read unsuppressed, over a year."""
    year = [month.sampled_assessments if sampled else month.assessments for month in months[-YEAR:]]
    yes, no = (sum(month.get(f"1/{answer}", 0) for month in year) for answer in ("ja", "nee"))
    return yes + no >= ENOUGH_ASSESSMENTS and yes / (yes + no) >= NEAR_AUTOMATIC


def _per_month(
    chains: Chains, family: str, column: str, counted: Counted, months: Sequence[int]
) -> tuple[int | None, ...]:
    columns = {one.name: one.columns for one in counted.families}[family]
    found: list[int | None] = []
    for month in months:
        shown = shown_in(chains, EVERYBODY, {family: columns}, 1, month)
        number = shown.counts[EVERYBODY,][column] if shown else 0
        found.append(number or None)
    return tuple(found)


def _rates(hits: Sequence[int | None], sizes: Sequence[int | None]) -> tuple[Rate, ...]:
    """Return what share of each month's applications; none where more were chosen than came in: a backlog."""
    return tuple(
        Rate() if hit is None or size is None or hit > size else rate(Share(hit, size))
        for hit, size in zip(hits, sizes, strict=True)
    )
