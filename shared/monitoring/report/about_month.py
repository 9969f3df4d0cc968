"""The chapters on the month itself: numbers, trends, scores, what came out, and how people followed the score."""

from __future__ import annotations

from collections.abc import Sequence

from shared.monitoring.disclosure import TO, SuppressedTable
from shared.monitoring.report.about_people import STREAMS, counts_table, rate_words, window_words
from shared.monitoring.report.document import Block, Figure, Notice, Part, Section, Table
from shared.monitoring.report.histogram import Bin, Histogram
from shared.monitoring.report.trend import Line
from shared.monitoring.report.trend import Trend as TrendPicture
from shared.monitoring.report.words import HIDDEN, NONE, capital, count, month, short_month
from shared.monitoring.reportfacts import Drift, Following, Quality, ReportFacts, Trend


def month_section(facts: ReportFacts) -> Section:
    """Return the numbers of the month, and how each of them went from month to month."""
    tables = tuple(_numbers(table) for table in facts.numbers)
    return Section(
        "maand",
        f"De cijfers van {month(facts.month)}",
        (
            "Een aanvraag telt in de maand waarin zij voor het eerst een uitkomst van het model kreeg. Een uitslag van "
            "een onderzoek telt in de maand waarin hij binnenkwam.",
            *tables,
        ),
        tuple(_trend(each) for each in facts.trends if each.months),
    )


def _numbers(table: SuppressedTable) -> Table:
    heads = ("", "Aantal", *(capital(each) for each in table.measures))
    return counts_table(table, capital(table.title), ("Wat", *heads[1:]))


def _trend(trend: Trend) -> Part:
    rated = bool(trend.rates)
    values = (
        tuple((None if rate.value is None else rate.value * 100) for rate in trend.rates)
        if rated
        else tuple(None if number is None else float(number) for number in trend.counts)
    )
    heads = ("Maand", "Aantal", "Aandeel (marge)") if rated else ("Maand", "Aantal")
    rows = []
    for at, name in enumerate(trend.months):
        number = trend.counts[at] if at < len(trend.counts) else None
        rows.append((month(name), count(number), *((rate_words(trend.rates[at]),) if rated else ())))
    words = f"Lijn per maand: {trend.title}. De tabel zegt hetzelfde."
    return Part(
        capital(trend.title),
        (
            Figure(
                TrendPicture(
                    words,
                    tuple(short_month(each) for each in trend.months),
                    (Line(trend.title, values),),
                    " %" if rated else "",
                ),
                Table(f"{capital(trend.title)} per maand", heads, tuple(rows), len(heads) - 1),
            ),
        ),
    )


def score_section(score: Drift, threshold: float) -> Section:
    """Return how the scores of the month are spread, beside those with which the model was made."""
    bins = tuple(
        Bin(*_edges(name), None if counts is None else counts.size) for name, counts in score.table.rows.items()
    )
    rows = tuple(
        (name.replace(".", ","), count(None if counts is None else counts.size), _share(score, name))
        for name, counts in score.table.rows.items()
    )
    total = count(score.table.total.size if score.table.total else None)
    table = Table(
        "Aanvragen per score",
        ("Score vanaf–tot", "Aantal", "Toen het model gemaakt werd"),
        (*rows, ("samen", total, "")),
        2,
        "Naast elkaar gelegen scores met weinig aanvragen zijn samengenomen.",
    )
    drawn = Histogram(
        "Staven: hoeveel aanvragen welke score kregen, en de drempel. De tabel zegt hetzelfde.", bins, threshold
    )
    return Section(
        "scores",
        "Hoe de scores verdeeld zijn",
        ("Elke staaf is een groep scores. Hoe groter de staaf, hoe meer aanvragen.", Figure(drawn, table)),
    )


def _edges(name: str) -> tuple[float, float]:
    low, high = (float(each.replace(",", ".")) for each in name.split(TO))
    return low, high


def _share(drift: Drift, name: str) -> str:
    share = drift.reference.get(name)
    return NONE if share is None else f"{share * 100:.1f} %".replace(".", ",")


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
        ("Terecht, van wie gekozen was", rate_words(quality.precision)),
        ("Gevonden, van wie iets mis was", rate_words(quality.recall)),
    )
    title = f"Uitslagen bij {STREAMS[quality.stream]}"
    counts = counts_table(
        quality.table,
        f"{title}, {window_words(quality.window)}: aantallen",
        ("Wie", "Aantal", *quality.table.measures),
    )
    caveat: tuple[Block, ...] = (Notice("Let op", (quality.caveat,)),) if quality.caveat else ()
    return Part(capital(title), (*caveat, Table(f"{title}: aandelen", ("Maat", "Aandeel (marge)"), rows, 1), counts))


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
