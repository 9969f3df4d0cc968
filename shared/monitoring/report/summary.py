"""The first chapter: what was found, what could not have been found, and what is hidden, for who reads nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from shared.monitoring.disclosure import SMALLEST_COUNT, SuppressedTable
from shared.monitoring.months import Stream
from shared.monitoring.report.about_fairness import found_sentences
from shared.monitoring.report.about_people import STREAMS, hidden_rows, is_hidden, rate_words, window_words
from shared.monitoring.report.document import Block, Bullets, Notice, Part, Section
from shared.monitoring.report.vocabulary import Vocabulary
from shared.monitoring.report.words import listed, month, number
from shared.monitoring.reportfacts import Band, Gap, Measure, ReportFacts, Shift

# alarms of which the summary tells more than their own sentence does
_SAID = ("stopadvies", "ongelijk", "verschuiving")
_MOST = 8  # sentences below one heading; the chapters have the rest


def summary_section(facts: ReportFacts, vocabulary: Vocabulary) -> Section:
    """Return the summary, in the words of the use case."""
    return Section(
        "samenvatting",
        "Samenvatting",
        (
            f"Dit rapport laat zien wat het model deed en bij wie, tot en met {month(facts.month)}. De score is een "
            "signaal. Een mens beslist altijd.",
            _advice(facts, vocabulary),
        ),
        (
            Part("Wat is er gevonden?", _found(facts, vocabulary)),
            Part("Wat had dit rapport niet kunnen vinden?", _not_found(facts)),
            Part("Wat is verborgen, en waarom?", _hidden(facts)),
            Part("Waarom weten wij niet alles?", _selection(facts)),
        ),
    )


def _advice(facts: ReportFacts, vocabulary: Vocabulary) -> Notice:
    reasons = tuple(vocabulary.read(reason) for reason in facts.advice.reasons)
    if facts.advice.stop:
        return Notice(
            "Advies: stop het model",
            (
                *reasons,
                "De toezichthouder besluit of het model stopt. Zolang het stilstaat, gaat het werk door.",
            ),
            urgent=True,
        )
    return Notice(
        "Er is geen reden om het model te stoppen",
        reasons or ("Geen groep werd zo anders behandeld dat de band van de stad met zekerheid werd verlaten.",),
    )


def _found(facts: ReportFacts, vocabulary: Vocabulary) -> tuple[Block, ...]:
    said = [*_volumes(facts), *found_sentences(facts), *_clearly_outside(facts), *_moved(facts, vocabulary)]
    said += [vocabulary.read(alarm.sentence) for alarm in facts.alarms if alarm.name.split()[0] not in _SAID]
    more = len(said) - _MOST
    shown = said[:_MOST]
    return (Bullets(tuple(shown)), *((f"En nog {more} andere bevindingen; zie de hoofdstukken.",) if more > 0 else ()))


def _volumes(facts: ReportFacts) -> list[str]:
    found = []
    for trend in facts.trends:
        if not trend.counts or trend.counts[-1] is None:
            continue
        if trend.name == "aanvragen":
            found.append(f"In {month(facts.month)} kregen {number(trend.counts[-1])} aanvragen een uitkomst.")
        elif trend.name == "gemarkeerd" and trend.rates:
            found.append(f"Van de aanvragen met een score kreeg {rate_words(trend.rates[-1])} een signaal.")
    return found


def _clearly_outside(facts: ReportFacts) -> list[str]:
    """Return which groups are chosen clearly more or less often, where the running test does not say so already."""
    said = {(each.stream, each.grouping, each.group) for each in facts.sequential if each.found}
    found = []
    for picture in facts.year_groups:
        for gap in picture.gaps:
            known = (picture.stream, picture.grouping, gap.group) in said
            if gap.band is Band.DUIDELIJK_BUITEN and gap.measure is Measure.SHARE_FLAGGED and not known:
                side = "vaker" if (gap.difference.value or 0) > 0 else "minder vaak"
                when = window_words(picture.applications_window)
                found.append(
                    f"{picture.title}: ‘{gap.group}’ werd {side} gekozen dan ‘{gap.privileged}’ door "
                    f"{STREAMS[picture.stream]}, {when}. Het verschil valt duidelijk buiten de band."
                )
    return found


def _moved(facts: ReportFacts, vocabulary: Vocabulary) -> list[str]:
    strong = [f"‘{vocabulary.read(each.name)}’" for each in facts.features if each.shift is Shift.STERK]
    if not strong:
        return ["Geen kenmerk van de aanvragen is sterk verschoven sinds het model werd gemaakt."]
    return [f"Sterk verschoven sinds het model werd gemaakt: {listed(strong)}. Kijk of het model nog past."]


def _not_found(facts: ReportFacts) -> tuple[Block, ...]:
    gaps = [
        (picture.title, gap)
        for picture in facts.year_groups
        if picture.stream is Stream.MODEL
        for gap in picture.gaps
        if gap.measure is Measure.SHARE_FLAGGED
    ]
    known = tuple(_smallest(title, gap) for title, gap in gaps if gap.smallest is not None)
    intro = (
        "Hoe kleiner een groep, hoe groter een verschil moet zijn om op te vallen. Is het verschil in het aandeel "
        "met een signaal kleiner dan hieronder, dan kan het er zijn zonder dat wij het zien:"
    )
    if not known:
        return ("Er zijn nog te weinig aanvragen om verschillen tussen groepen te vinden.",)
    return (intro, Bullets(known))


def _smallest(title: str, gap: Gap) -> str:
    size = max(round((gap.smallest or 0) * 100), 1)
    unit = "procentpunt" if size == 1 else "procentpunten"
    return f"{title}, ‘{gap.group}’ naast ‘{gap.privileged}’: ongeveer {size} {unit}."


def _hidden(facts: ReportFacts) -> tuple[Block, ...]:
    hidden, rows = hidden_rows(_tables(facts))
    return (
        f"Een aantal onder de {SMALLEST_COUNT} laten wij niet zien, zodat niemand te herkennen is. Soms is ook een "
        "groter aantal verborgen of met een ander samengenomen. Anders kon iemand het kleine aantal uitrekenen, ook "
        "met eerdere rapporten ernaast. Er staat dan ‘verborgen’, en nooit 0.",
        f"In dit rapport zijn {number(hidden)} van de {number(rows)} regels over mensen verborgen. Waar van een groep "
        "niets te tonen is, staat dat er in een zin."
        if hidden
        else "In dit rapport hoefde geen regel over mensen helemaal verborgen te worden.",
        "Een maand die is afgesloten verandert niet meer, ook niet als gegevens van iemand later worden verwijderd. In "
        "een telling staat niemand.",
    )


def _tables(facts: ReportFacts) -> list[SuppressedTable]:
    pictures = [each for each in (*facts.month_groups, *facts.year_groups) if not is_hidden(each)]
    others: Sequence[SuppressedTable] = (
        *facts.numbers,
        facts.score.table,
        *(each.table for each in facts.quality),
        *(each.table for each in facts.following),
    )
    return [table for each in pictures for table in (each.applications, each.outcomes)] + list(others)


def _selection(facts: ReportFacts) -> tuple[Block, ...]:
    sampled = any(each.stream is Stream.STEEKPROEF and each.table.total is not None for each in facts.quality)
    first = (
        "Wij weten alleen van onderzochte aanvragen of er iets mis was. Wie niet onderzocht werd, kan ten onrechte met "
        "rust zijn gelaten; dat zien wij niet. En wie vaker onderzocht wordt, wordt vaker betrapt. Dat heet selectie."
    )
    if sampled:
        return (
            first,
            "Daarom loopt er een steekproef mee: het lot kiest aanvragen, ook zonder signaal. De cijfers van de "
            "steekproef hebben dit probleem niet. Kijk daar het eerst naar.",
        )
    return (
        first,
        "Er is geen steekproef die groot genoeg is. Hoeveel aanvragen terecht of ten onrechte géén signaal kregen, is "
        "daarom onbekend. Cijfers over wat gevonden of gemist werd, gaan alleen over wie onderzocht is.",
    )
