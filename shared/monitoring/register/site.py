"""Makes the public pages: all algorithms, and of each a general and a technical page and what applicants are told."""

from __future__ import annotations

from collections.abc import Sequence

from shared.monitoring.register.aboutfeatures import features_chapter
from shared.monitoring.register.aboutreweighing import reweighing_section
from shared.monitoring.register.applicant import Telling, shortest, told
from shared.monitoring.register.facts import Algorithm
from shared.monitoring.register.sitelayout import Link, Page, chapter, facts, links, write_page, written
from shared.monitoring.report.document import Bullets, Notice, Part, Section, Table
from shared.monitoring.report.markup import Markup, element
from shared.monitoring.report.words import listed

OVERVIEW, CONTACT, ACCESS = "index.html", "reageren.html", "toegankelijkheid.html"
GENERAL, TECHNICAL, EXPLAINED = "index.html", "techniek.html", "uitleg.html"
ENTRIES = "algoritmeregister"
SCORED = "MODEL"  # the reden of an outcome that the score decided
_MENU = ((OVERVIEW, "Alle algoritmes"), (CONTACT, "Reageren"), (ACCESS, "Toegankelijkheid"))


def site_pages(algorithms: Sequence[Algorithm]) -> dict[str, bytes]:
    """Return every page by its place below the folder of the site."""
    pages = {
        OVERVIEW: _overview(algorithms),
        CONTACT: _contact(algorithms),
        ACCESS: _accessibility(algorithms),
    }
    for each in algorithms:
        name = each.package.name
        pages |= {
            f"{name}/{GENERAL}": _general(each),
            f"{name}/{TECHNICAL}": _technical(each),
            f"{name}/{EXPLAINED}": _explained(each),
        }
    return {name: write_page(page) for name, page in pages.items()}


def _menu(here: str, *, below: Algorithm | None = None) -> list[Link]:
    up = "../" if below is not None else ""
    found = [Link(title, f"{up}{place}", up + place == here) for place, title in _MENU]
    if below is not None:
        own = ((GENERAL, below.title), (TECHNICAL, "Techniek"), (EXPLAINED, "Waarom is mijn aanvraag bekeken?"))
        found[1:1] = [Link(title, place, place == here) for place, title in own]
    return found


def _overview(algorithms: Sequence[Algorithm]) -> Page:
    parts = [
        chapter(
            each.package.name,
            each.text.public["kop"],
            (
                element("p", each.text.fields["description_short"]),
                facts(
                    (
                        ("Status", each.text.fields["status"]),
                        ("Versie", f"{each.words['versie']} van {each.words['dag']}"),
                    )
                ),
                links(
                    (
                        Link(f"Wat het doet en waarom: {each.title}", f"{each.package.name}/{GENERAL}"),
                        Link(f"Hoe het werkt: {each.title}", f"{each.package.name}/{TECHNICAL}"),
                        Link("Waarom is mijn aanvraag bekeken?", f"{each.package.name}/{EXPLAINED}"),
                    )
                ),
            ),
        )
        for each in algorithms
    ]
    lead = (
        "Hier staat welke algoritmes meekijken bij een aanvraag, waar zij naar kijken en hoe wij controleren of het "
        "eerlijk gaat."
    )
    return Page("Algoritmes die meekijken", lead, _menu(OVERVIEW), parts)


def _general(algorithm: Algorithm) -> Page:
    fields, words = algorithm.text.fields, algorithm.words

    def said(name: str, title: str, field: str) -> Markup:
        return chapter(name, title, (written(algorithm.filled(fields[field])),))

    content: list[Section | Markup] = [
        *_origin(algorithm),
        facts(
            (
                ("Organisatie", words["organisatie"]),
                ("Status", fields["status"]),
                ("Versie", f"{words['versie']} van {words['dag']}"),
                ("Soort", fields["publication_category"]),
                ("Contact", fields["contact_email"]),
            )
        ),
        said("doel", "Wat het doet en wat u ervan merkt", "goal"),
        said("mens", "Wat een mens doet", "human_intervention"),
        _looked_at(algorithm),
        _how_good(algorithm),
        said("afweging", "Waarom wij het zo doen", "proportionality"),
        said("risico", "Wat er mis kan gaan en wat wij doen", "risks"),
        said("wet", "Van welke wet het mag", "lawful_basis"),
        said("gegevens", "Welke gegevens", "source_data"),
        said("toetsen", "Welke toetsen zijn gedaan", "impacttoetsen"),
        chapter(
            "verder",
            "Verder lezen",
            (
                links(
                    (
                        Link("Hoe het werkt, per kenmerk", TECHNICAL),
                        Link("Waarom is mijn aanvraag bekeken?", EXPLAINED),
                        Link("Reageren of een klacht indienen", f"../{CONTACT}"),
                        Link("De beschrijving voor het Algoritmeregister (JSON)", _entry(algorithm)),
                    )
                ),
            ),
        ),
    ]
    return Page(algorithm.text.public["kop"], fields["description_short"], _menu(GENERAL, below=algorithm), content)


def _origin(algorithm: Algorithm) -> list[Section]:
    if not algorithm.package.card.get("invented_people"):
        return []
    said = (
        "Dit model is gemaakt met verzonnen mensen.",
        "Het zegt niets over echte mensen, en is daarom niet in gebruik.",
    )
    return [Section("let-op", "Let op", (Notice(said[0], said[1:]),))]


def _looked_at(algorithm: Algorithm) -> Section:
    rows = tuple((each.label, each.text.what, each.text.why) for each in algorithm.features)
    table = Table("De kenmerken, en waarom", ("Kenmerk", "Wat het is", "Waarom wij ernaar kijken"), rows)
    return Section(
        "kenmerken",
        "Waar het naar kijkt",
        (
            f"Het model kijkt naar {len(algorithm.features)} kenmerken, en naar niets anders. Een kenmerk zonder "
            "opgeschreven reden wordt geweigerd.",
            table,
        ),
    )


def _how_good(algorithm: Algorithm) -> Section:
    words = algorithm.words
    rows = (
        ("Hoe goed het twee aanvragen in de goede volgorde zet (AUC; 0,5 is gokken)", words["auc"]),
        ("Hoeveel aanvragen een seintje kregen", words["boven_drempel"]),
        ("Hoe vaak zo'n seintje terecht was", words["daarvan_terecht"]),
        ("Vanaf welke score een seintje volgt", words["drempel"]),
        ("Geleerd van", words["geleerd_van"]),
        ("Getoetst op", words["getoetst_op"]),
    )
    limits = tuple(each.replace("`", "‘", 1).replace("`", "’", 1) for each in algorithm.package.card.get("limits", ()))
    return Section(
        "hoe-goed",
        "Hoe goed het is",
        (
            "Gemeten bij aanvragen die later kwamen, van mensen van wie het model niets leerde.",
            Table("Gemeten", ("Wat", "Uitkomst"), rows),
            "Wat u daarbij moet weten:",
            Bullets(limits),
        ),
    )


def _technical(algorithm: Algorithm) -> Page:
    words = algorithm.words
    content: list[Section | Markup] = [
        facts(
            (
                ("Model", f"{words['model']} {words['versie']}"),
                ("sha256 van het pakket", words["sha256"]),
                ("Contract", words["contract"]),
                ("Code", words["code"]),
                ("Drempel", words["drempel"]),
                ("Deelmodellen", words["deelmodellen"]),
                ("Steekproef", words["steekproef"]),
            )
        ),
        chapter("werking", "Hoe de score ontstaat", (written(algorithm.filled(_method(algorithm))),)),
        _not_scored(algorithm),
        *features_chapter(algorithm),
        *([reweighing_section(algorithm.reweighing)] if algorithm.reweighing else []),
    ]
    lead = "Voor wie precies wil weten hoe de score ontstaat, en wat de tests van elk kenmerk laten zien."
    return Page(f"{algorithm.text.public['kop']}: techniek", lead, _menu(TECHNICAL, below=algorithm), content)


def _method(algorithm: Algorithm) -> str:
    """Return what people wrote about the method, without the list of features: these follow on the same page."""
    parts: list[str] = algorithm.text.fields["methods_and_models"].strip().split("\n\n")
    at = next((at for at, part in enumerate(parts) if part.strip() == "{kenmerken}"), None)
    return "\n\n".join(parts if at is None else [*parts[: at - 1], *parts[at + 1 :]])


def _not_scored(algorithm: Algorithm) -> Section:
    return Section(
        "geen-score",
        "Wie geen score krijgt",
        (
            "Vóór de score kijkt de app of het model voor deze aanvraag is gemaakt. De eerste zin die past geldt:",
            Bullets(tuple(zin for reden, zin in algorithm.case.reasons.items() if reden != SCORED)),
        ),
    )


def _explained(algorithm: Algorithm) -> Page:
    public = algorithm.text.public
    rights = (
        ("Niet eens met het besluit?", algorithm.filled(public["bezwaar"])),
        ("Uw gegevens zien of verbeteren", algorithm.filled(public["inzage"])),
        ("Een klacht", algorithm.filled(public["klacht"])),
    )
    package, looks = algorithm.package, (public["met_seintje"], public["zonder_seintje"])
    telling = Telling(package.threshold, looks, rights, sampling=package.sample_share > 0)
    general = Section(
        "algemeen",
        "Zo gaat het",
        (
            "U deed een aanvraag. Daarna gebeurt dit:",
            Bullets(
                (
                    "De computer kijkt naar gegevens die de gemeente al van u heeft, zoals zij waren op de dag van de "
                    "aanvraag.",
                    f"Hij geeft de aanvraag een score tussen 0 en 1. Vanaf {shortest(package.threshold)} is er een "
                    "seintje.",
                    f"Met een seintje kijkt eerst {looks[0]}, zonder seintje eerst {looks[1]}.",
                    *(_by_lot(algorithm, looks[0]) if telling.sampling else ()),
                    "Die medewerker beoordeelt uw aanvraag zelf en beslist.",
                )
            ),
        ),
    )
    said = algorithm.example
    example = (
        told(said, telling, assessed=True)
        if said is not None
        else Section("voorbeeld", "Een voorbeeld", ("Van deze versie van het model is er nog geen voorbeeld.",))
    )
    waiting = [told(said, telling, assessed=False)] if said is not None and telling.sampling else []
    note = Notice("Deze mens bestaat niet", ("Het voorbeeld gaat over een verzonnen aanvraag.",))
    content: list[Section | Markup] = [
        general,
        Section("verzonnen", "Hoe u het voorbeeld leest", (note,)),
        *waiting,
        example,
    ]
    lead = "Wij vertellen het u in gewone woorden, met de redenen erbij."
    return Page("Waarom is mijn aanvraag bekeken?", lead, _menu(EXPLAINED, below=algorithm), content)


def _by_lot(algorithm: Algorithm, looks: str) -> tuple[str, ...]:
    return (
        f"Het lot kiest daarnaast {algorithm.words['steekproef']} van de aanvragen, wat de score ook is. Ook dan kijkt "
        f"eerst {looks}. Zo zien wij of de computer iets mist.",
        "Of de score u koos of het lot, vertellen wij als uw aanvraag is beoordeeld. Tot dan weet de medewerker die "
        "kijkt het ook niet.",
    )


def _contact(algorithms: Sequence[Algorithm]) -> Page:
    parts = [
        Section(
            each.package.name,
            each.text.public["kop"],
            (),
            tuple(
                Part(title, (each.filled(each.text.public[key]).strip(),))
                for key, title in (
                    ("feedback", "Een vraag of een idee"),
                    ("klacht", "Een klacht"),
                    ("bezwaar", "Bezwaar tegen een besluit"),
                    ("inzage", "Uw gegevens"),
                )
            ),
        )
        for each in algorithms
    ]
    found = sorted({str(each.text.fields["contact_email"]) for each in algorithms})
    write = [Link(f"Schrijf ons: {each}", each if each.startswith("https://") else f"mailto:{each}") for each in found]
    content: list[Section | Markup] = [*parts, chapter("schrijven", "Schrijf ons", (links(write),))]
    return Page("Reageren", "Hier leest u waar u terechtkunt.", _menu(CONTACT), content)


def _accessibility(algorithms: Sequence[Algorithm]) -> Page:
    contacts = listed(sorted({str(each.text.fields["contact_email"]) for each in algorithms}))
    section = Section(
        "toegankelijk",
        "Hoe toegankelijk zijn deze pagina's?",
        (
            "Iedereen moet deze pagina's kunnen lezen. Zij zijn gemaakt volgens WCAG 2.2, niveau A en AA. Bij elke "
            "wijziging kijkt een programma (axe) elke pagina na, ook op een smal scherm.",
            "Zo'n programma vindt niet alles. Een onderzoek door een onafhankelijk bureau is nog niet gedaan.",
            Bullets(
                (
                    "De pagina's werken zonder JavaScript.",
                    "Bij elk plaatje staat een tabel die hetzelfde zegt.",
                    "Kleur is nooit de enige manier waarop iets wordt verteld.",
                    "U kunt elke pagina afdrukken.",
                )
            ),
            f"Komt u er niet uit? Vertel het ons via {contacts}.",
        ),
    )
    return Page("Toegankelijkheid", "Komt u er niet uit, dan lossen wij het op.", _menu(ACCESS), [section])


def _entry(algorithm: Algorithm) -> str:
    return f"../../{ENTRIES}/{algorithm.package.name}.json"
