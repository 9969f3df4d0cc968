"""Every rule a delivery is held against: its code, its weight, and what to tell the supplier.

Sentences are templates over places (table, column, counts), never over values of a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.records import Finding, Severity, Verdict

if TYPE_CHECKING:  # an alarm must not pay for tables
    import numpy as np

ROWS_SHOWN = 10


@dataclass(frozen=True)
class Rule:
    """One rule; `zin` says what was found, `advies` what to ask the supplier or to do."""

    ernst: Severity
    zin: str
    advies: str


A, H, T, M, ALARM = Severity.AFKEUREN, Severity.AANHOUDEN, Severity.TERZIJDE, Severity.MELDING, Severity.ALARM

RULES: dict[str, Rule] = {
    # the description of the delivery
    "LEV-101": Rule(
        A,
        "datapackage.json is geen leesbare JSON in UTF-8.",
        "Lever datapackage.json opnieuw, in UTF-8 zonder BOM, met elke naam één keer.",
    ),
    "LEV-102": Rule(
        A,
        "datapackage.json: onderdeel {plaats} ontbreekt of heeft niet de afgesproken vorm.",
        "Vul dit onderdeel in zoals in de leveringsspecificatie staat.",
    ),
    "LEV-103": Rule(
        A, "De levering is voor een andere dataset dan deze brievenbus.", "Lever in de brievenbus van de dataset zelf."
    ),
    "LEV-104": Rule(
        A,
        "De schemaversie wordt niet ondersteund.",
        "Lever volgens schemaversie {versie} of stem een nieuwe versie af.",
    ),
    "LEV-105": Rule(
        A,
        "De periode is niet leesbaar, eindigt niet na het begin of ligt niet in de jaren 1900 tot en met 2199.",
        "Geef periode.van en periode.tot als lokale tijd zonder tijdzone, met van vóór tot.",
    ),
    "LEV-106": Rule(A, "De tabel staat niet in datapackage.json.", "Lever alle tabellen, ook als een tabel leeg is."),
    "LEV-107": Rule(
        A,
        "datapackage.json noemt een tabel die niet is afgesproken, of een tabel of bestand dubbel (resource {plaats}).",
        "Lever precies de afgesproken tabellen, elk één keer.",
    ),
    "LEV-108": Rule(
        A,
        "Het pad van het bestand is geen gewone bestandsnaam.",
        "Zet alle bestanden in dezelfde map als datapackage.json en noem alleen hun naam.",
    ),
    "LEV-109": Rule(
        A,
        "In de map staan bestanden die datapackage.json niet noemt ({aantal}).",
        "Laat deze bestanden weg of neem ze op in datapackage.json.",
    ),
    "LEV-110": Rule(
        A, "Het bestand van deze tabel ontbreekt.", "Lever het bestand mee; schrijf datapackage.json als laatste."
    ),
    "LEV-111": Rule(
        A,
        "De naam van de levering begint niet met een datum, of heeft er iets anders achter dan letters, cijfers, punt "
        "en streepje.",
        "Noem de map JJJJ-MM-DD, eventueel met een toevoeging erachter.",
    ),
    # what has no delivery to show: told as an alarm in the log of events
    "LEV-112": Rule(
        ALARM,
        "Een melding dat een levering is aangekomen ({plaats}) kon herhaaldelijk niet worden verwerkt.",
        "De nachtronde probeert het opnieuw. Zoek de fout in het log; ligt de levering er daarna nog, herstel dan "
        "wat de fout aanwijst.",
    ),
    "LEV-113": Rule(
        ALARM,
        "De verwachte levering ({plaats}) is er niet.",
        "Lever alsnog. Stem een dag zonder levering vooraf af, zodat hij bij de vrije dagen staat.",
    ),
    "LEV-114": Rule(
        A,
        "datapackage.json is groter dan 1 MB.",
        "Lever een datapackage.json met alleen wat in de leveringsspecificatie staat.",
    ),
    # the files
    "LEV-201": Rule(
        A,
        "Het bestand heeft niet de opgegeven grootte.",
        "Lever opnieuw; het bestand is mogelijk afgebroken bij het verzenden.",
    ),
    "LEV-202": Rule(
        A,
        "De sha256 van het bestand klopt niet.",
        "Lever opnieuw; het bestand is veranderd na het maken van datapackage.json.",
    ),
    "LEV-203": Rule(A, "Het bestand is ingepakt.", "Lever het bestand zonder gzip, zip of andere compressie."),
    "LEV-204": Rule(A, "Het bestand begint met een BOM.", "Lever UTF-8 zonder BOM."),
    "LEV-205": Rule(A, "Het bestand is geen geldige UTF-8.", "Lever het bestand in UTF-8."),
    "LEV-206": Rule(A, "Het bestand bevat NUL-tekens.", "Haal de NUL-tekens weg bij de bron."),
    "LEV-207": Rule(
        A,
        "Aanhalingstekens kloppen niet (RFC 4180), of het bestand is afgebroken.",
        "Zet een veld met een aanhalingsteken tussen aanhalingstekens en verdubbel het teken erin.",
    ),
    "LEV-208": Rule(A, "Regels eindigen met een losse CR.", "Gebruik CRLF of LF als regeleinde."),
    "LEV-209": Rule(
        A, "Het bestand heeft geen kopregel.", "Lever een kopregel met de kolomnamen, ook bij een lege tabel."
    ),
    "LEV-210": Rule(
        A,
        "De kolommen zijn gescheiden met een ander teken dan is opgegeven.",
        "Laat dialect.delimiter en het bestand overeenkomen.",
    ),
    "LEV-211": Rule(A, "De kolom ontbreekt.", "Lever de kolom mee, precies zo genoemd, in kleine letters."),
    "LEV-212": Rule(A, "Een kolomnaam komt meer dan één keer voor.", "Lever elke kolom één keer."),
    "LEV-213": Rule(
        A,
        "Rijen hebben meer of minder velden dan de kopregel.",
        "Controleer het scheidingsteken en zet tekst waarin het voorkomt tussen aanhalingstekens; ook een komma in een "
        "bedrag maakt er een extra veld van.",
    ),
    "LEV-214": Rule(
        A, "Het aantal rijen is niet het opgegeven aantal.", "Lever opnieuw met alle rijen en het juiste aantal."
    ),
    "LEV-215": Rule(A, "Het Parquet-bestand is niet leesbaar.", "Lever opnieuw; het bestand is mogelijk afgebroken."),
    "LEV-216": Rule(
        A,
        "De kolom heeft in Parquet een ander type dan afgesproken.",
        "Gebruik string, int32 of int64, date32, timestamp (ms of µs) zonder tijdzone, decimal128 of float64.",
    ),
    "LEV-217": Rule(
        A,
        "Een veld is langer dan 1.000.000 bytes, of een regel langer dan 2.000.000.",
        "Kijk bij de bron na wat daar staat; mogelijk ontbreekt een regeleinde of een aanhalingsteken.",
    ),
    "LEV-218": Rule(
        A, "De tabel heeft meer kolommen dan een tabel kan hebben (500).", "Lever alleen de afgesproken kolommen."
    ),
    "LEV-219": Rule(
        A,
        "Het Parquet-bestand wordt uitgepakt veel groter dan bij zijn grootte past.",
        "Lever het bestand opnieuw uit de bron, met pagina's van gewone grootte (1 MB); dit is niet uit gewone rijen "
        "gemaakt.",
    ),
    "LEV-220": Rule(
        A,
        "Het Parquet-bestand is geschreven met de codering DELTA_BYTE_ARRAY of DELTA_LENGTH_BYTE_ARRAY.",
        "Schrijf tekst met PLAIN of met een dictionary, zoals de meeste programma's doen als er niets is ingesteld.",
    ),
    "LEV-221": Rule(
        A,
        "Het bestand is groter dan 1 GB.",
        "Stem af hoe de levering over meer dagen wordt verdeeld.",
    ),
    "LEV-222": Rule(
        A,
        "Het Parquet-bestand bestaat uit te veel stukken, of zegt te veel over zichzelf.",
        "Schrijf grotere rijgroepen, zoals 100.000 rijen, en alleen de afgesproken kolommen: hoogstens 2.000 stukken "
        "(kolommen maal rijgroepen), zonder lange lijsten met eigen gegevens.",
    ),
    # the rows
    "LEV-301": Rule(
        T,
        "Een waarde is niet leesbaar als {soort}; de rijen zijn terzijde gelegd.",
        "Lever de waarde als {soort}, in de vorm van de leveringsspecificatie.",
    ),
    "LEV-302": Rule(T, "Een verplichte waarde is leeg; de rijen zijn terzijde gelegd.", "Vul de waarde bij de bron."),
    "LEV-303": Rule(
        A,
        "Het eigen nummer van een rij is leeg of onleesbaar, zodat niet vaststaat van wie de rij is.",
        "Lever de rij met haar nummer (hoogstens 128 leesbare tekens).",
    ),
    "LEV-304": Rule(
        A,
        "Een tijdstip dat het peilmoment zet is leeg of onleesbaar.",
        "Lever het tijdstip als JJJJ-MM-DD UU:MM:SS zonder tijdzone.",
    ),
    "LEV-305": Rule(
        A,
        "Een code heeft in een codetabel meer dan één betekenis ({aantal}).",
        "Lever voor elke code precies één regel.",
    ),
    # what may not or need not arrive
    "LEV-401": Rule(
        M,
        "Een kolom die niet is afgesproken is weggelaten.",
        "Lever deze kolom niet meer; wij mogen hem niet gebruiken.",
    ),
    "LEV-402": Rule(
        ALARM,
        "Een verboden kolom ({groep}) is weggelaten.",
        "Stop direct met het leveren van deze kolom en meld het aan de privacy officer.",
    ),
    "LEV-403": Rule(
        ALARM,
        "In een tekst stond een nummer dat een burgerservicenummer kan zijn; het is vervangen door ***.",
        "Haal het nummer weg bij de bron en meld het aan de privacy officer.",
    ),
    "LEV-404": Rule(M, "Rijen die in alle kolommen gelijk zijn, tellen één keer.", "Lever elke rij één keer."),
    # holds
    "LEV-501": Rule(
        H,
        "Het aantal rijen per aanvraag ({gemeten}) ligt buiten de band {laag} tot {hoog}.",
        "Vraag de leverancier of de tabel compleet is. Geef de levering daarna vrij met een reden, of laat opnieuw "
        "leveren.",
    ),
    "LEV-502": Rule(
        H,
        "Tussen de vorige geaccepteerde levering en deze ontbreekt een deel van de tijd; aanvragen uit dat deel "
        "zijn er niet.",
        "Vraag de leverancier om de ontbrekende periode; geef deze levering daarna vrij met een reden.",
    ),
    "LEV-503": Rule(
        M, "De periode overlapt met de vorige geaccepteerde levering.", "Sluit perioden precies op elkaar aan."
    ),
    "LEV-504": Rule(
        H,
        "Bij deze levering viel de verwerking {aantal} keer stil zonder dat er een fout is vastgelegd. Er is nog niets "
        "getoetst.",
        "Zoek in het log waar de verwerking stopte; vaak is het geheugen vol. Geef de levering daarna vrij met een "
        "reden; zij wordt dan alsnog getoetst.",
    ),
    "LEV-505": Rule(
        H,
        "De periode loopt door tot meer dan twee dagen na het moment waarop de levering is gemaakt (created).",
        "Geef als periode.tot het moment tot waar de levering volledig is.",
    ),
    # minimising
    "LEV-601": Rule(
        M, "Rijen van personen die voor geen aanvraag nodig zijn, zijn weggelaten.", "Lever deze rijen niet."
    ),
    "LEV-602": Rule(
        M,
        "Rijen van een soort die geen kenmerk gebruikt zijn weggelaten.",
        "Lever alleen de soorten die zijn afgesproken.",
    ),
    "LEV-603": Rule(
        M, "Rijen die op geen peilmoment meetellen (ongeldig, ingetrokken of buiten de termijn) zijn weggelaten.", ""
    ),
    "LEV-604": Rule(
        T,
        "Van aanvragen is niet vast te stellen wie de klant is: gelijke rijen noemen verschillende klanten.",
        "Laat de bron vaststellen wie de klant is.",
    ),
    "LEV-605": Rule(
        T,
        "Van aanvragen zijn gegevens terzijde gelegd; zij krijgen geen voorspelling (GEGEVENS_ONBRUIKBAAR).",
        "Lever de terzijde gelegde rijen verbeterd en vraag om herverwerking.",
    ),
    "LEV-606": Rule(
        M,
        "Van personen staan rijen in de levering die elkaar tegenspreken; wat verschilt telt als onbekend.",
        "Lever één rij per persoon.",
    ),
    "LEV-607": Rule(
        T,
        "Van aanvragen heeft de klant, of een partij van de klant, meer dan een mens kan hebben: diensten maal rijen "
        "in een tabel is meer dan 400.000, of er zijn meer dan 1.000 diensten via partijen. Zij krijgen geen "
        "voorspelling (GEGEVENS_ONBRUIKBAAR).",
        "Laat de bron vaststellen wie de klant is en wie bij de partij horen: een nummer staat voor te veel mensen.",
    ),
}


def finding(
    code: str, *, tabel: str = "", kolom: str = "", rijen: Iterable[int] = (), aantal: int = 1, **places: object
) -> Finding:
    """Return a finding of a rule; `places` fill its sentence and may only name places and counts, never values."""
    rule = RULES[code]
    words = {"aantal": aantal, **places}
    return Finding(
        code=code,
        ernst=rule.ernst,
        zin=rule.zin.format(**words),
        advies=rule.advies.format(**words),
        tabel=tabel,
        kolom=kolom,
        rijen=tuple(rijen),
        aantal=aantal,
    )


def row_finding(code: str, rows: np.ndarray, *, tabel: str, kolom: str = "", **places: object) -> Finding:
    """Return one finding for many rows. `rows`: positions from 0; shown are the first few, counted from 1."""
    ordered = rows.copy()
    ordered.sort()
    shown = (ordered[:ROWS_SHOWN] + 1).tolist()
    return finding(code, tabel=tabel, kolom=kolom, rijen=shown, aantal=len(rows), **places)


class RowFindings:
    """Findings on rows that come some at a time: one for each rule and place."""

    def __init__(self) -> None:
        self._shown: dict[Finding, list[int]] = {}
        self._numbers: Counter[Finding] = Counter()

    def add(self, code: str, rows: np.ndarray, *, tabel: str, kolom: str = "", **places: object) -> None:
        """Note rows that a rule found. `rows`: positions from 0 in the file, ascending, also from call to call."""
        if not len(rows):
            return
        kind = finding(code, tabel=tabel, kolom=kolom, rijen=(), aantal=1, **places)
        self._numbers[kind] += len(rows)
        shown = self._shown.setdefault(kind, [])
        shown += [row + 1 for row in rows[: ROWS_SHOWN - len(shown)].tolist()]

    def findings(self) -> list[Finding]:
        """Return the findings, in an order that does not tell how many rows came at a time."""
        return sorted(
            replace(kind, rijen=tuple(shown), aantal=self._numbers[kind]) for kind, shown in self._shown.items()
        )


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return what the findings together mean for the delivery."""
    weights = {found.ernst for found in findings}
    if Severity.AFKEUREN in weights:
        return Verdict.AFGEKEURD
    return Verdict.AANGEHOUDEN if Severity.AANHOUDEN in weights else Verdict.GEACCEPTEERD
