"""The chapters on the month itself: numbers, trends, scores, what came out, and how people followed the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.monitoring.disclosure import TO, SuppressedTable
from shared.monitoring.report.about_people import STREAMS, counts_table, rate_words, window_words
from shared.monitoring.report.document import Block, Figure, Notice, Part, Section, Table
from shared.monitoring.report.histogram import Bin, Histogram
from shared.monitoring.report.trend import Line
from shared.monitoring.report.trend import Trend as TrendPicture
from shared.monitoring.report.vocabulary import Vocabulary
from shared.monitoring.report.words import HIDDEN, capital, count, month, short_month
from shared.monitoring.reportfacts import Drift, Following, Quality, Rate, ReportFacts, Trend


def month_section(facts: ReportFacts, vocabulary: Vocabulary) -> Section:
    """Return the numbers of the month, and how each of them went from month to month."""
    tables = tuple(_numbers(table, vocabulary) for table in facts.numbers)
    return Section(
        "maand",
        f"De cijfers van {month(facts.month)}",
        (
            "Een aanvraag telt in de maand waarin zij voor het eerst een uitkomst van het model kreeg. Een uitslag van "
            "een onderzoek telt in de maand waarin hij binnenkwam.",
            *tables,
        ),
        tuple(_trend(each, vocabulary.title(each.title)) for each in facts.trends if each.months),
    )


def _numbers(table: SuppressedTable, vocabulary: Vocabulary) -> Table:
    heads = ("Wat", "Aantal", *(capital(each) for each in table.measures))
    found = counts_table(table, vocabulary.title(table.title), heads)
    return replace(found, rows=tuple((vocabulary.read(name), *cells) for name, *cells in found.rows))


def _trend(trend: Trend, title: str) -> Part:
    rated = bool(trend.rates)
    values = _percents(trend.rates) if rated else tuple(None if each is None else float(each) for each in trend.counts)
    if all(value is None for value in values):
        return Part(title, (f"Dit is in elke maand {HIDDEN}.",))
    heads = ("Maand", "Aantal", "Aandeel (marge)") if rated else ("Maand", "Aantal")
    rows = []
    for at, name in enumerate(trend.months):
        rows.append((month(name), count(trend.counts[at]), *((rate_words(trend.rates[at]),) if rated else ())))
    words = f"Lijn per maand: {title}. De tabel zegt hetzelfde."
    months = tuple(short_month(each) for each in trend.months)
    picture = TrendPicture(words, months, (Line(title, values),), " %" if rated else "")
    return Part(title, (Figure(picture, Table(f"{title} per maand", heads, tuple(rows), len(heads) - 1)),))


def _percents(rates: Sequence[Rate]) -> tuple[float | None, ...]:
    return tuple(None if rate.value is None else rate.value * 100 for rate in rates)


def score_section(score: Drift, threshold: float) -> Section:
    """Return how the scores of the month are spread, in the smallest bins that may be shown, and the threshold."""
    table = score.finer or score.table
    names = {name: None if counts is None else counts.size for name, counts in table.rows.items()}
    bins = tuple(Bin(*_edges(name), size) for name, size in names.items())
    total = count(table.total.size if table.total else None)
    shown = Table(
        "Aanvragen per score",
        ("Score vanaf–tot", "Aantal"),
        (*((name.replace(".", ","), count(size)) for name, size in names.items()), ("samen", total)),
        1,
        "Scores naast elkaar met weinig aanvragen zijn samengenomen. Loopt de drempel door een staaf, dan hoort een "
        "deel van die aanvragen eronder en een deel erboven.",
    )
    words = "Staven: hoeveel aanvragen welke score kregen, en de drempel. De tabel zegt hetzelfde."
    said = "Elke staaf is een groep scores: hoe groter, hoe meer aanvragen. Een donkere staaf ligt boven de drempel."
    drawn: Block = Figure(Histogram(words, bins, threshold), shown) if bins else shown
    return Section("scores", "Hoe de scores verdeeld zijn", (said, drawn))


def _edges(name: str) -> tuple[float, float]:
    low, high = (float(each.replace(",", ".")) for each in name.split(TO))
    return low, high


def quality_section(quality: Sequence[Quality], following: Sequence[Following]) -> Section:
    """Return how often a signal was right, what is unknown about that, and whether people follow the score blindly."""
    parts = [_quality(each) for each in quality]
    parts += [_following(each) for each in following]
    return Section(
        "uitkomsten",
        "Wat eruit kwam, en wat mensen met de score deden",
        ("Een signaal is terecht als handhaving de aanvraag onderzocht en er iets onrechtmatigs vond.",),
        tuple(parts),
    )


def _quality(quality: Quality) -> Part:
    rows = (
        ("Terecht, van de onderzochte aanvragen die gekozen waren", rate_words(quality.precision)),
        ("Gevonden, van de onderzochte aanvragen waarbij iets mis was", rate_words(quality.recall)),
    )
    title = f"Uitslagen bij {STREAMS[quality.stream]}"
    if quality.table.total is None:
        return Part(title, (f"Deze uitslagen zijn {HIDDEN}, of er zijn er geen: er is nog niets te tonen.",))
    over = f"{title}, {window_words(quality.window)}"
    counts = counts_table(
        quality.table,
        f"{over}: aantallen",
        ("Wie", "Aantal", *quality.table.measures),
    )
    caveat: tuple[Block, ...] = (Notice("Let op", (quality.caveat,)),) if quality.caveat else ()
    return Part(capital(title), (*caveat, Table(f"{over}: aandelen", ("Maat", "Aandeel (marge)"), rows, 1), counts))


def _following(following: Following) -> Part:
    who = "die door het lot werden gekozen" if following.sampled else "die niet door het lot werden gekozen"
    title = f"Hoe vaak mensen het signaal volgden bij aanvragen {who}"
    said: tuple[Block, ...] = (
        f"Van de aanvragen met een signaal volgden mensen de score bij {rate_words(following.flagged_followed)}."
        if following.flagged_followed.value is not None
        else f"Hoe vaak mensen een signaal volgden is {HIDDEN}.",
    )
    if following.near_automatic:
        said += (
            Notice(
                "Let op: bijna altijd gevolgd",
                (
                    "Mensen volgen het signaal bijna altijd. Dan beslist in feite het model. Dat mag niet: zoek uit "
                    "waarom, en bespreek het met wie beoordeelt.",
                ),
                urgent=True,
            ),
        )
    heads = ("Signaal", "Aantal", *(capital(each) for each in following.table.measures))
    return Part(title, (*said, counts_table(following.table, f"{title}, {window_words(following.window)}", heads)))
