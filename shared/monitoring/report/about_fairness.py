"""The chapters on equal treatment: every group over twelve months and in the month, and what the running test found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.monitoring.months import Stream
from shared.monitoring.report.about_people import (
    STREAMS,
    gaps_figure,
    is_hidden,
    outcomes_table,
    shares_figure,
)
from shared.monitoring.report.document import Block, Notice, Part, Section, Table
from shared.monitoring.report.words import NONE, capital, month
from shared.monitoring.reportfacts import MEASURE_TITLES, GroupPicture, ReportFacts, Sequential

_INTRO = (
    "Gekozen worden is een last: er komt een onderzoek. Daarom vergelijken wij groepen. Wij doen dat voor het model en "
    "voor wat mensen kozen. Zij zagen daarbij ook het signaal van het model: het is niet wat zij alleen zouden kiezen.",
    "Elk cijfer heeft een marge. De echte waarde ligt in 95 van de 100 keer binnen de marge. De stad noemt een "
    "verschil tot 10 procentpunten en een verhouding van 0,8 tot 1,25 eerlijk genoeg: dat is de band. In de "
    "plaatjes is de band in punten grijs, met een stippellijn als rand. Een vierkant is de groep waarmee wij "
    "vergelijken. Een ruit ligt buiten de band, en eronder staat of dat in punten is of in verhouding. Wie maar in "
    "verhouding buiten de band ligt, staat dus als ruit in het grijs.",
    "Kleine groepen zijn samengenomen of verborgen, zodat niemand te herkennen is.",
)


def fairness_section(facts: ReportFacts) -> Section:
    """Return every grouping over the long window, the model beside the people."""
    return Section(
        "gelijk",
        "Gelijke behandeling, over twaalf maanden",
        _INTRO,
        tuple(_grouping(title, pictures) for title, pictures in _by_title(facts.year_groups).items()),
    )


def month_fairness_section(facts: ReportFacts) -> Section:
    """Return every grouping in the month alone: small numbers, so only large differences show."""
    parts = []
    for title, pictures in _by_title(facts.month_groups).items():
        blocks: list[Block] = []
        for picture in pictures:
            if is_hidden(picture):
                blocks.append(_nothing(picture))
                continue
            name = f"{title}, alleen deze maand"
            blocks.append(shares_figure(picture, name).table)
            gaps = gaps_figure(picture, name)
            blocks += [gaps.table] if gaps else []
        parts.append(Part(f"{title} in {month(facts.month)}", tuple(blocks)))
    return Section(
        "gelijk-maand",
        f"Gelijke behandeling, alleen in {month(facts.month)}",
        (
            "In één maand zijn de aantallen klein. Alleen een groot verschil is dan te zien. Kijk daarom vooral "
            "naar twaalf maanden.",
        ),
        tuple(parts),
    )


def _by_title(pictures: Sequence[GroupPicture]) -> Mapping[str, list[GroupPicture]]:
    found: dict[str, list[GroupPicture]] = {}
    for picture in pictures:
        found.setdefault(picture.title, []).append(picture)
    return found


def _grouping(title: str, pictures: Sequence[GroupPicture]) -> Part:
    blocks: list[Block] = []
    for picture in pictures:
        if is_hidden(picture):
            blocks.append(_nothing(picture))
            continue
        blocks.append(shares_figure(picture, title))
        gaps = gaps_figure(picture, title)
        blocks += [gaps] if gaps else []
        blocks.append(outcomes_table(picture, title))
    return Part(capital(title), tuple(blocks))


def _nothing(picture: GroupPicture) -> str:
    if picture.stream is Stream.STEEKPROEF:
        return "Over een steekproef is hier niets te tonen: die is er niet, of zij is te klein."
    return f"Wie gekozen werd door {STREAMS[picture.stream]} is hier verborgen: de aantallen zijn te klein."


def sequential_section(facts: ReportFacts) -> Section:
    """Return what the test found that may be read every month without finding more by looking more often."""
    titles = {picture.grouping: picture.title for picture in (*facts.year_groups, *facts.month_groups)}
    found = [each for each in facts.sequential if each.found]
    judged = sum(1 for each in facts.sequential if each.judged)
    blocks: list[Block] = [
        "Wie elke maand opnieuw kijkt, vindt vanzelf een keer iets dat toeval is. Deze toets houdt daar rekening mee: "
        "over de hele looptijd, alle groepen, alle maten en het advies om te stoppen samen is de kans op vals alarm "
        "hoogstens 5 %.",
        "De helft daarvan is voor de vraag of groepen verschillen. Dat die helft klopt is bewezen. De andere helft is "
        "voor het advies om te stoppen: of een verschil zeker buiten de band van de stad ligt. Dat die klopt is niet "
        "bewezen, maar nagemeten met verzonnen maanden.",
        f"De toets vergelijkt {len(facts.sequential)} keer een groep met een andere; bij {judged} daarvan zijn er al "
        "genoeg aanvragen om iets te zeggen.",
    ]
    if found:
        rows = tuple(
            (
                f"{titles.get(each.grouping, each.grouping)}: {each.group} naast {each.privileged}",
                capital(STREAMS[each.stream]),
                MEASURE_TITLES[each.measure],
                "hoger" if each.direction > 0 else "lager",
                month(each.since) if each.since else NONE,
            )
            for each in found
        )
        blocks.append(Table("Wat de toets vond", ("Groep", "Bij wie", "Maat", "Hoger of lager", "Sinds"), rows))
    else:
        blocks.append(
            Notice("Niets gevonden", ("De toets vond tot nu toe geen verschil tussen groepen dat meer is dan toeval.",))
        )
    return Section("toets", "De toets die elke maand meeloopt", tuple(blocks))


def found_sentences(facts: ReportFacts) -> tuple[str, ...]:
    """Return in a sentence each what the running test found, the model first."""
    titles = {picture.grouping: picture.title for picture in (*facts.year_groups, *facts.month_groups)}
    order = list(Stream)
    found = sorted((each for each in facts.sequential if each.found), key=lambda each: order.index(each.stream))
    return tuple(_sentence(each, titles.get(each.grouping, each.grouping)) for each in found)


def _sentence(each: Sequential, title: str) -> str:
    measure = MEASURE_TITLES[each.measure].lower()
    since = f" Gevonden in {month(each.since)}." if each.since else ""
    side = "hoger" if each.direction > 0 else "lager"
    who = STREAMS[each.stream]
    return f"{title}, bij {who}: ‘{measure}’ is bij ‘{each.group}’ {side} dan bij ‘{each.privileged}’.{since}"
