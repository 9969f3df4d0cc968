"""Where a value may stand that came in or was typed, and why: everything else is a leak.

Row numbers in findings are no values. A row of this list that no test uses is one too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tests.canary.canaries import Canary, What
from tests.canary.places import Piece
from tests.canary.searching import Hit, Search

LEFT = r"\.tijdelijk/[0-9a-f]{32}"  # what a worker leaves that dies while it writes; only the owner may look, for a day
RESULTS = r"uitvoer/levensonderhoud/[-\w/]+/(actueel|resultaten)\.(jsonl|parquet)"
FILE = rf"({RESULTS}|(uitvoer|momentopname|uitkomsten)/{LEFT})"
SNAPSHOT = r"momentopname/levensonderhoud/[0-9a-f]+(/r\d+-[0-9a-f]+)?"  # and as it was rewritten after a removal
DATABASE = r"administratie\.sqlite"
KEPT = r"(resultaten|actuele_resultaten|resultaten_dataverkenner)"  # the table, and views of what is current
FINDINGS = rf"((terugkoppeling/[^ ]*/bericht|quarantaine/[^ ]*/bevindingen)\.json|terugkoppeling/{LEFT})"
RAW = r"(brievenbus|quarantaine)/"


@dataclass(frozen=True)
class Allowance:
    """What may stand where. `place`: all of the name of a piece."""

    what: tuple[What, ...]
    place: str
    reason: str

    def covers(self, hit: Hit) -> bool:
        return hit.canary.what in self.what and re.fullmatch(self.place, hit.place) is not None


NUMBER = Allowance(
    (What.AANVRAAG,),
    rf"{FILE}:aanvraagnummer|{DATABASE}:{KEPT}\.aanvraagnummer",
    "the Dataverkenner joins on it, and a case worker looks a result up by it (domain.md §3)",
)
FEATURES = Allowance(
    (What.WAARDE,),
    rf"{FILE}:(kenmerken|uitleg)[.\w]*|{DATABASE}:{KEPT}\.(kenmerken|uitleg)",
    "a feature that is one value of one row (total_vermogen, sum_inkomen_bruto_value), and the sentence that says so",
)
JUDGED_AT = Allowance(
    (What.MOMENT,),
    rf"{FILE}:peilmoment|{DATABASE}:{KEPT}\.peilmoment|{SNAPSHOT}/aanvragen\.parquet:peilmoment",
    "a result says at what moment it was judged (domain.md §6)",
)
KEPT_ROWS = Allowance(
    (What.WAARDE,),
    rf"({SNAPSHOT}/\w+\.parquet|momentopname/{LEFT})(:\w+| \(footer\)| \(bytes\))",
    "the snapshot: minimised tables under pseudonyms, in which dates, amounts and codes stay (domain.md §3)",
)
OUTCOMES_KEPT = Allowance(
    (What.WAARDE,),
    r"uitkomsten/uitkomsten/[0-9a-f]+/\d+\.parquet(:datum| \(bytes\))",
    "what came of an application, under a pseudonym, with its date (domain.md §7)",
)
EXTRA_NAME = Allowance(
    (What.KOLOM,),
    rf"{FINDINGS}(:bevindingen\.kolom| \(bytes\))|{DATABASE}:bevindingen\.kolom",
    "the name of a column that was dropped is a finding, when it has the form of a name (domain.md §2)",
)
FILE_NAME = Allowance(
    (What.BESTAND,),
    rf"{DATABASE}:leveringen\.bestanden",
    "the supplier's names of files are on record: without them nothing could be removed",
)
FILE_CALL = Allowance(
    (What.BESTAND,),
    r"call of (open|os\.(remove|rename|link|chmod|utime|scandir|listdir))",
    "the files themselves, in the mailbox and in quarantine",
)
ASKED_FOR = Allowance(
    (What.AANVRAAG,),
    rf"{DATABASE}:verzoeken\.aanvraagnummers",
    "a person asked by name for these applications; they are judged from what is kept under a pseudonym",
)
REASON = Allowance(
    (What.GETYPT,),
    rf"{DATABASE}:((verzoeken|stopknop|bezwaren)\.reden|gebeurtenissen\.details)",
    "why somebody did something is on record, for whoever looks over it",
)
REASON_OF_STOP = Allowance(
    (What.GETYPT,),
    r"uitvoer/levensonderhoud/actueel\.json(:model\.reden| \(bytes\))",
    "readers are told why a model is stopped (domain.md §7)",
)
WHOLE_FILE = Allowance(
    (What.AANVRAAG, What.WAARDE, What.MOMENT),
    rf"{FILE} \((bytes|footer)\)|{SNAPSHOT}/aanvragen\.parquet \(bytes\)",
    "the same once more, as bytes of the file",
)
WHOLE_DATABASE = Allowance(
    (What.AANVRAAG, What.WAARDE, What.MOMENT, What.KOLOM, What.BESTAND, What.GETYPT),
    rf"{DATABASE}(-wal|-journal)? \(bytes\)",
    "the same once more, as bytes of the database",
)
DELIVERY_NAME = Allowance(
    (What.LEVERING,),
    rf"{DATABASE}(:(\w+\.(levering|object|datum)|gebeurtenissen\.\w+)|(-wal)? \(bytes\))|name of [^ ]+|error of ours"
    r"|(terugkoppeling|quarantaine|logboek|uitvoer)/.*|call of .*",
    "how the supplier calls a delivery is how everybody calls it, and the answer to it lies under that name; it is in "
    "no log, no telemetry and nothing that fails (domain.md §2)",
)
STORED = (
    *(NUMBER, FEATURES, JUDGED_AT, KEPT_ROWS, OUTCOMES_KEPT, EXTRA_NAME, FILE_NAME, FILE_CALL, ASKED_FOR),
    *(REASON, REASON_OF_STOP, WHOLE_FILE, WHOLE_DATABASE, DELIVERY_NAME),
)


def leaks(hits: Iterable[Hit], allowed: Iterable[Allowance] = STORED) -> list[Hit]:
    """Return what stands where it may not."""
    return [hit for hit in hits if not any(one.covers(hit) for one in allowed)]


def used(hits: Iterable[Hit], allowed: Iterable[Allowance] = STORED) -> set[Allowance]:
    """Return the allowances that are needed for these."""
    return {one for hit in hits for one in allowed if one.covers(hit)}


def told(hits: Iterable[Hit], most: int = 40) -> str:
    """Return hits in words."""
    lines = sorted({str(hit) for hit in hits})
    return "\n".join([*lines[:most], *([f"and {len(lines) - most} more"] if len(lines) > most else [])])


def found(pieces: Iterable[Piece], search: Search) -> list[Hit]:
    """Return every place where a canary stands, whether it may or not."""
    return [hit for place, data in pieces for hit in search.hits(data, place)]


def of(canaries: Iterable[Canary], *what: What) -> list[Canary]:
    """Return the canaries of these kinds."""
    return [canary for canary in canaries if canary.what in what]
