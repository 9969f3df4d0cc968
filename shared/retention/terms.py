"""How long each kind of data is kept: by default, at least and at most, and why. Refused where a setting goes outside.

One term holds for the whole audit trail (events, logboek, run logs, anchors), and so the immutability period of its
store is that term too: nothing of it can go earlier, and nothing has to stay longer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from shared.environment import PREFIX, Reading, Setting

LAW = 183  # days: logs are kept for at least six months (AI-verordening, artikel 26 lid 6)


class Kept(StrEnum):
    """The kinds of data that are kept for a time."""

    BRIEVENBUS = "ruwe levering in de brievenbus"
    QUARANTAINE = "levering in quarantaine"
    TERUGKOPPELING = "bericht aan de leverancier"
    MOMENTOPNAME = "momentopname"
    RESULTATEN = "resultaten"
    GROEPEN = "groepskenmerken"
    UITKOMSTEN = "uitkomsten"
    TELLING = "tellingen per maand"
    RAPPORTAGE = "rapportages"
    AUDIT = "auditspoor"
    SYSTEEMLOG = "systeemlog"
    INZAGE = "op te halen inzage"
    VERZOEKSLEUTELS = "verzoeksleutels"


@dataclass(frozen=True)
class Term:
    """How many days a kind of data is kept. `since`: from when; `by`: who takes it away; both in Dutch, for a page."""

    setting: str
    default: int
    least: int
    most: int
    what: str
    since: str
    by: str
    reason: str


_PURGE = "de verwijderronde"
TERMS: Mapping[Kept, Term] = {
    Kept.BRIEVENBUS: Term(
        "BEWAAR_BRIEVENBUS_DAGEN",
        14,
        1,
        14,
        "Alles in de brievenbus dat niet verwerkt werd: mappen die nooit een datapackage.json kregen, losse bestanden, "
        "mappen buiten elke dataset, wat de opslag niet uitgeeft, en een levering die op een mens wacht omdat ze niet "
        "naar quarantaine te kopiëren is. Een verwerkte levering gaat meteen na publicatie.",
        "het laatste bestand van de map geschreven werd",
        _PURGE,
        "Ruwe gegevens staan er leesbaar; wat na twee weken niet compleet is, wordt opnieuw geleverd.",
    ),
    Kept.QUARANTAINE: Term(
        "QUARANTAINE_DAGEN",
        14,
        1,
        14,
        "Een afgekeurde of aangehouden levering, met haar bevindingen.",
        "de levering aankwam",
        "de nachtelijke ronde",
        "De enige ruwe levering die wij bewaren; twee weken is genoeg om haar vrij te geven of opnieuw te vragen.",
    ),
    Kept.TERUGKOPPELING: Term(
        "BEWAAR_TERUGKOPPELING_DAGEN",
        92,
        14,
        400,
        "bericht.json aan de leverancier; zonder persoonsgegevens.",
        "het bericht geschreven werd",
        _PURGE,
        "Een kwartaal laat zien of leveringen beter worden; daarna telt alleen het register van leveringen.",
    ),
    Kept.MOMENTOPNAME: Term(
        "BEWAAR_MOMENTOPNAME_DAGEN",
        400,
        LAW,
        731,
        "De gepseudonimiseerde tabellen waaruit een resultaat opnieuw te berekenen is.",
        "de eerste verwerking van de levering gepubliceerd werd",
        _PURGE,
        "Bezwaar en beslissing daarop duren samen tot een half jaar (Awb 6:7 en 7:10); een voorstel voor een model "
        "rekent de laatste twaalf maanden opnieuw door.",
    ),
    Kept.RESULTATEN: Term(
        "BEWAAR_RESULTATEN_DAGEN",
        400,
        LAW,
        1827,
        "Resultaten, bijdragen, beoordelingen en verzoeken tot herverwerking in de database, en de bestanden van een "
        "verwerking in de uitvoer; afgesloten bezwaren gaan met de resultaten mee.",
        "de verwerking gepubliceerd werd",
        _PURGE,
        "Een mens moet een signaal kunnen uitleggen zolang bezwaar openstaat; de bewaking vergelijkt twaalf maanden.",
    ),
    Kept.GROEPEN: Term(
        "BEWAAR_GROEPEN_DAGEN",
        400,
        31,
        400,
        "Groepskenmerken onder pseudoniem, die alleen de telling van een maand leest.",
        "de levering is ingenomen",
        _PURGE,
        "De meting kijkt twaalf maanden terug; langer dan nodig mag niet, want het zijn gevoelige gegevens. Een "
        "bezwaar houdt ze niet langer: zij speelden geen rol in de voorspelling.",
    ),
    Kept.UITKOMSTEN: Term(
        "BEWAAR_UITKOMSTEN_DAGEN",
        400,
        92,
        1827,
        "Uitkomsten van onderzoek, screening en bezwaar, onder het pseudoniem van de aanvraag.",
        "de levering is ingenomen",
        _PURGE,
        "Een uitkomst die nog eens binnenkomt mag niet nog eens tellen; de bewaking vergelijkt twaalf maanden.",
    ),
    Kept.TELLING: Term(
        "BEWAAR_TELLING_DAGEN",
        731,
        400,
        2557,
        "De tellingen van een afgesloten maand: aantallen per groep, zonder pseudoniemen.",
        "de maand geteld werd",
        _PURGE,
        "De toets op ongelijke behandeling telt door over alle maanden, en een jaar wordt met het jaar ervoor "
        "vergeleken; nooit langer dan het auditspoor, waarin staat dat de telling klopt.",
    ),
    Kept.RAPPORTAGE: Term(
        "BEWAAR_RAPPORTAGE_DAGEN",
        2557,
        400,
        3653,
        "Rapportages met wat daarin is vrijgegeven; geen aantal onder de tien.",
        "het rapport geschreven werd",
        _PURGE,
        "Wat eerder is vrijgegeven telt mee bij wat een volgend rapport mag tonen; daarom nooit korter dan de "
        "tellingen.",
    ),
    Kept.AUDIT: Term(
        "BEWAAR_AUDIT_DAGEN",
        1096,
        LAW,
        2557,
        "Gebeurtenissen in de database, het logboek dataverwerkingen, verwerking.jsonl, ankers en verzoeken van "
        "personen. De opslag van het logboek is precies zo lang onveranderlijk.",
        "het geschreven werd",
        _PURGE,
        "Wie wat deed en zag moet na te gaan zijn zolang de uitkomst telt, en minstens zes maanden (AI-verordening, "
        "artikel 26 lid 6); drie jaar dekt een bezwaar met beroep.",
    ),
    Kept.SYSTEEMLOG: Term(
        "BEWAAR_SYSTEEMLOG_DAGEN",
        LAW,
        LAW,
        731,
        "Technische logs en telemetrie, zonder persoonsgegevens.",
        "de regel geschreven werd",
        "het platform (bewaartermijn van Log Analytics, bij uitrol gezet op deze waarde)",
        "Minstens zes maanden (AI-verordening, artikel 26 lid 6); voor storingen is meer niet nodig.",
    ),
    Kept.INZAGE: Term(
        "INZAGE_DAGEN",
        7,
        1,
        31,
        "Onder welke pseudoniemen een persoon te vinden is, zolang een toegewezen inzage is op te halen. Het overzicht "
        "zelf wordt niet bewaard: het wordt bij elk ophalen opnieuw gemaakt.",
        "het overzicht klaar was",
        "de ronde overdag",
        "Lang genoeg om een tweede keer af te drukken; daarna kan niemand zonder het nummer nog bij het overzicht.",
    ),
    Kept.VERZOEKSLEUTELS: Term(
        "BEWAAR_VERZOEKSLEUTELS_DAGEN",
        31,
        7,
        LAW,
        "Waaraan een verzoek of formulier dat nog eens komt te herkennen is: twee hashes, en het kenmerk van wat het "
        "verzoek maakte. Komt het na de termijn nog eens, dan telt het als een nieuw verzoek.",
        "het verzoek vastgelegd werd",
        _PURGE,
        "Wie geen antwoord kreeg, stuurt hetzelfde binnen een maand nog eens, en een formulier geldt acht uur. Nooit "
        "langer dan het minste dat blijft wat het verzoek maakte: de sleutel van iets dat weg is zegt niets meer.",
    ),
}
# what refers to something else may not outlive it, nor go before what it accounts for
_NOT_LONGER = (
    (Kept.MOMENTOPNAME, Kept.RESULTATEN),
    (Kept.RESULTATEN, Kept.AUDIT),
    (Kept.UITKOMSTEN, Kept.AUDIT),
    (Kept.TELLING, Kept.AUDIT),
    (Kept.TELLING, Kept.RAPPORTAGE),
)


def _setting(kept: Kept, term: Term) -> Setting:
    return Setting(
        term.setting, str(term.default), f"Dagen dat {kept} bewaard blijft ({term.least} tot {term.most}). {term.what}"
    )


_OWN = {kept: term for kept, term in TERMS.items() if kept is not Kept.QUARANTAINE}  # that one is read with the rest
RETENTION_SETTINGS: tuple[Setting, ...] = (
    *(_setting(kept, term) for kept, term in _OWN.items()),
    Setting(
        "VERWIJDER_DATABASE",
        "bij SQLite de DATABASE zelf",
        "Adres van dezelfde database voor de verwijderronde, met de gebruiker die lid is van `slimme_check_purge`. "
        "Zonder dit adres verwijdert de app op PostgreSQL niets.",
    ),
    Setting(
        "VERWIJDER_IDENTITEIT",
        "de IDENTITEIT",
        "Client-id van de identiteit waarmee de verwijderronde zich bij PostgreSQL aanmeldt; telt met DATABASE_ENTRA.",
    ),
)
_IDENTITY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Retention:
    """How long each kind of data is kept here, and as whom it is removed: `database` is empty where nobody may."""

    days: tuple[tuple[Kept, int], ...]
    database: str = field(default="", repr=False)
    identity: str = ""

    def of(self, kept: Kept) -> timedelta:
        """Return the term of a kind of data."""
        return timedelta(days=dict(self.days)[kept])


def read_retention(reading: Reading, quarantine: timedelta, database: str) -> Retention:
    """Return the terms that the environment sets; everything outside floor and ceiling is noted as a problem."""
    days = {Kept.QUARANTAINE: quarantine.days}
    for kept, term in _OWN.items():
        rule = f"{term.least} to {term.most} days"
        days[kept] = int(reading.checked(term.setting, str(term.default), _within(term.least, term.most), rule))
    for shorter, longer in _NOT_LONGER:
        if days[shorter] > days[longer]:
            reading.refuse(TERMS[shorter].setting, f"at most the days of {PREFIX}{TERMS[longer].setting}")
    embedded = database if database.startswith("sqlite") else ""
    purging = reading.checked(
        "VERWIJDER_DATABASE",
        embedded,
        lambda text: not text or text.partition(":")[0] == database.partition(":")[0],
        "an address of the same kind of database as SLIMME_CHECK_DATABASE",
    )
    identity = reading.checked(
        "VERWIJDER_IDENTITEIT", "", lambda text: not text or _IDENTITY.fullmatch(text), "a client id"
    )
    return Retention(tuple((kept, days[kept]) for kept in Kept), purging, identity)


DEFAULT = Retention(tuple((kept, TERMS[kept].default) for kept in Kept))


def _within(least: int, most: int) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(r"[0-9]{1,9}", text) is not None and least <= int(text) <= most


def render_terms() -> str:
    """Return docs/bewaartermijnen.md: every kind of data with its term, its bounds, who removes it, and why."""
    lines = [
        "# Bewaartermijnen",
        "",
        "Gemaakt uit `shared/retention/terms.py` (`make docs`); wijzig dit bestand niet met de hand.",
        "",
        "Een termijn is een instelling. Buiten de grenzen weigert de app te starten. Een momentopname blijft niet "
        "langer dan haar resultaten, en resultaten niet langer dan het auditspoor. Een bezwaar dat loopt gaat voor: "
        "wat onder bewaarplicht staat blijft, hoe oud ook. Wat verwijderen is en wat ervan overblijft staat in "
        "[ADR 8](adr/0008-bewaren-en-verwijderen.md).",
        "",
        "| wat | dagen | grenzen | telt vanaf dat | wie verwijdert | instelling |",
        "|---|---|---|---|---|---|",
    ]
    for kept, term in TERMS.items():
        bounds = f"{term.least} tot {term.most}"
        lines.append(f"| {kept} | {term.default} | {bounds} | {term.since} | {term.by} | `{PREFIX}{term.setting}` |")
    lines += ["", "## Wat het omvat en waarom zo lang", ""]
    for kept, term in TERMS.items():
        lines += [f"### {kept[0].upper()}{kept[1:]}", "", term.what, "", term.reason, ""]
    lines += [
        "## Wat blijft",
        "",
        "Verwijderbewijzen, het register van leveringen en verwerkingen, bevindingen (tabel, kolom en rijnummer), de "
        "stopknop, modelversies en lege resultaatbestanden met hun manifest. Daarin staat niets over een persoon.",
        "",
    ]
    return "\n".join(lines)
