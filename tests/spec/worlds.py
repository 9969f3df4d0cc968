"""Small random worlds that are nasty on purpose: moments near the bounds, ties, shared parties, changing clients.

A world is a few people with a few service numbers of their own; a delivery holds any number of worlds side by side.
Everything follows from the seed.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from tests.spec.delivery import Texts

VAN = datetime(2023, 11, 14)
TOT = datetime(2023, 11, 17)
PERIODE = (VAN, TOT)
DAY = timedelta(days=1)

SPECIAL = (
    {"plaats": "Amsterdam", "straat": "Singel", "huisnr": "10"},
    {"postcode": "1012 ab", "huisnr": "1", "huisletter": "A"},
    {"postcode": "1012AB", "huisnr": "10", "huisnrtoev": "Hs "},
    {"postcode": "3511cd", "huisnr": "10"},
)
SOORTEN = [{"srtinkomennr": str(soort), "categorie": str(soort % 7)} for soort in range(9)]

_CLOCKS = ("00:00:00", "00:00:30", "00:01:00", "00:01:00.000001", "00:01:01", "12:00:00", "17:45:12.345678")
_LATE_CLOCKS = ("23:58:59", "23:58:59.999999", "23:59:00", "23:59:30", "23:59:59.999999")
_DAYS = (-3650, -400, -366, -366, -365, -365, -364, -364, -363, -100, -30, -10, -2, -1, -1, 0, 0, 0, 1, 1, 2, 40)
_SECONDS = (-61, -60.000001, -60, -59.999999, -59, -1, 0, 1, 59, 60, 60.000001, 61)
_PLACES = ("Amsterdam", "AMSTERDAM ", "Amsterdam-Zuidoost", "Weesp", "driemond", "Nieuw-Amsterdam", "Utrecht", " ", "")
_STREETS = ("Singel", " singel", "Damrak", "Dam rak", "", "  ")
_POSTCODES = ("", "", "1012AB", "1012 ab", " 1012 AB ", "3511CD")
_RESULTS = (
    "No show",
    "no show ",
    "Niet verschenen met bericht",
    "NIET VERSCHENEN",
    "geen contact, no show",
    "Niet bereikt",
    "Geen gegevens geleverd",
    "Verschenen",
    "",
)
_MONEY = ("", "0", "-0.00", "0.10", "0.20", "-0.30", "100", "100.00", "-2270.25", "99999999.99")
_UNREADABLE = (
    ("diensten", "besluit", "ja"),
    ("diensten", "dtopvoer", ""),
    ("dienstsubjecten", "dteinde", "2023-02-30"),
    ("adressen", "dtbegin", "gisteren"),
    ("inkomens", "soort", ""),
    ("vermogens", "bedrag", "1,50"),
    ("relaties", "geldig", ""),
    ("feiten", "percentage", "30%"),
    ("afspraken", "datum_invoer", "2023-13-01"),
    ("deelnames", "start_deelname", "01-02-2023"),
)


class World:
    """Draws the rows of one world; all its numbers begin with its name."""

    def __init__(self, name: str, seed: int) -> None:
        self.draw = random.Random(seed)
        self.name = name
        self.persons = [f"{name}p{number}" for number in range(3)]
        # One party bears the number of a person: parties and persons are different things.
        self.parties = [f"{name}p0", f"{name}q1", f"{name}q2"]
        self.services = [f"{name}d{number}" for number in range(6)]
        midnight = datetime(2023, 11, 15)
        days = self.draw.choices((midnight, midnight + DAY), k=6)
        self.refs = [self._at(day, self.draw.choice(_CLOCKS + _LATE_CLOCKS)) for day in days]

    @staticmethod
    def _at(day: datetime, clock: str) -> datetime:
        return datetime.fromisoformat(f"{day:%Y-%m-%d} {clock}")

    def moment(self, empty: float = 0.0) -> str:
        """A moment near a ref, near a year earlier, or anywhere; sometimes empty or in 2382."""
        if self.draw.random() < empty:
            return self.draw.choice(("", "", "2382-12-31 00:00:00", "2100-01-01 00:00:00"))
        ref = self.draw.choice(self.refs)
        roll = self.draw.random()
        if roll < 0.4:
            return str(ref + timedelta(seconds=self.draw.choice(_SECONDS)))
        if roll < 0.6:
            return "2023-11-10 09:00:00"
        return str(ref - timedelta(days=self.draw.choice((1, 30, 200, 500))))

    def date(self, empty: float = 0.1) -> str:
        """A day at a bound of some ref; sometimes empty or in 2382."""
        if self.draw.random() < empty:
            return self.draw.choice(("", "", "2382-12-31", "2100-01-01"))
        return f"{self.draw.choice(self.refs) + self.draw.choice(_DAYS) * DAY:%Y-%m-%d}"

    def begin(self) -> str:
        """A day on which something began: mostly in the past, so that rows do count."""
        return self.draw.choice(("2019-01-01", "2023-05-01", self.date(), self.date()))

    def end(self) -> str:
        """A day on which something ends: often never."""
        return self.date(empty=0.55)

    def _register(self) -> dict[str, str]:
        early = f"2023-0{self.draw.randint(1, 9)}-03 10:00:00"
        return {
            "dtopvoer": early if self.draw.random() < 0.5 else self.moment(),
            "dtafvoer": self.moment(empty=0.8),
            "geldig": self.draw.choice("1111110"),
            "technischesleutel": self.draw.choice(("", "", "", "-1", "0", "1", "2", "10")),
        }

    def _person(self) -> str:
        return self.draw.choice(self.persons)

    def _pick(self, *values: str) -> str:
        return self.draw.choice(values)

    def _dienst(self, number: str) -> dict[str, str]:
        owner = self.persons[self.services.index(number) % 3]
        return self._register() | {
            "dienstnr": number,
            "subjectnrklant": owner if self.draw.random() < 0.8 else self._person(),
            "productnr": self._pick("131", "131", "131", "131", "135", "227", "87", "300", ""),
            "besluit": self._pick("", "", "1", "1", "1", "2", "2", "3", "13", "99"),
            "dtaanvraag": self.date(),
            "dtbegindienst": self.begin(),
            "dteindedienst": self._pick(self.end(), self.end(), "2023-05-01"),
        }

    def _diensten(self) -> list[dict[str, str]]:
        """Rows per number; some are twins that differ in one cell only, to be told apart by the tie-breakers."""
        rows = [self._dienst(number) for number in self.services for _ in range(self._pick_count(0, 1, 1, 1, 2, 2, 3))]
        for row in list(rows):
            if self.draw.random() < 0.4:
                column = self._pick("besluit", "dtaanvraag", "dteindedienst", "productnr", "dtafvoer", "subjectnrklant")
                rows.append(row | {column: self._dienst(row["dienstnr"])[column]})
        undecided = set(self.draw.sample(self.services, 3))
        for row in rows:
            if row["dienstnr"] in undecided:
                row["besluit"] = ""
        return rows

    def _pick_count(self, *counts: int) -> int:
        return self.draw.choice(counts)

    def _adres(self) -> dict[str, str]:
        return self._register() | {
            "subjectnr": self._person(),
            "soort": self._pick("1", "1", "2", "3", "9", "4", ""),
            "plaats": self.draw.choice(_PLACES),
            "straat": self.draw.choice(_STREETS),
            "huisnr": self._pick("1", "10", " 10", ""),
            "huisletter": self._pick("", "", "A", "a "),
            "huisnrtoev": self._pick("", "", "hs", "HS"),
            "postcode": self.draw.choice(_POSTCODES),
            "dtbegin": self.begin(),
            "dteinde": self.end(),
        }

    def _span(self) -> dict[str, str]:
        return self._register() | {"subjectnr": self._person(), "dtbegin": self.begin(), "dteinde": self.end()}

    def tables(self) -> dict[str, list[dict[str, str]]]:
        """The rows of this world by table, some of them twice."""
        draw = self.draw
        tables = {
            "diensten": self._diensten(),
            "werkopdrachten": [
                {"dienstnr": number, "dtopvoer": str(ref + timedelta(seconds=later))}
                for number, ref in zip(self.services, self.refs, strict=True)
                for later in draw.choice(((0,), (0, 0), (0, 86400), (0.000001, 0), (-86400 * 3, 0), ()))
            ],
            "dienstsubjecten": [
                self._register()
                | {"dienstnr": draw.choice(self.services), "subjectnr": draw.choice(self.parties)}
                | {"dtbegin": self.begin(), "dteinde": self.end()}
                for _ in range(9)
            ],
            "partijen": [
                {"partijnr": party, "persoonnr": person}
                for party in self.parties
                for person in draw.sample(self.persons, draw.choice((0, 1, 2)))
            ],
            "adressen": [self._adres() for _ in range(9)],
            "feiten": [
                self._register()
                | {"subjectnr": self._person(), "dtconstatering": self.date()}
                | {"percentage": self._pick("", "0", "10000", "30000", "100000")}
                for _ in range(5)
            ],
            "inkomens": [
                self._span() | {"soort": str(draw.randint(0, 9)), "bedragbruto": draw.choice(_MONEY)} for _ in range(5)
            ],
            "relaties": [
                self._span() | {"subjectnrrelatie": self._pick("", " ", "x1"), "categorie": self._pick(*"112234", "")}
                for _ in range(9)
            ],
            "vermogens": [self._span() | {"bedrag": draw.choice(_MONEY)} for _ in range(5)],
            "afspraken": [
                {"administratienummer": self._person(), "afspraakresultaat": draw.choice(_RESULTS)}
                | {"datum_invoer": self.date(), "datum_afhandeling_gepland": self.date(empty=0.4)}
                for _ in range(8)
            ],
            "deelnames": [
                {"administratienummer": self._person(), "datum_aanmelding": self.date(empty=0.3)}
                | {"start_deelname": self.date(empty=0.4), "einde_deelname": self.date(empty=0.5)}
                for _ in range(6)
            ],
        }
        for rows in tables.values():
            rows += [dict(row) for row in rows if draw.random() < 0.1]
        return tables


def delivery(worlds: int, seed: int, *, unreadable: bool = False) -> Texts:
    """A delivery of so many worlds; with `unreadable`, every third world has one row that cannot be read."""
    tables: dict[str, list[dict[str, str]]] = {"soorteninkomen": list(SOORTEN)}
    for number in range(worlds):
        world = World(f"w{number}", seed * 1000 + number)
        rows_by_table = world.tables()
        if unreadable and number % 3 == 0:
            table, column, text = world.draw.choice(_UNREADABLE)
            world.draw.choice(rows_by_table[table] or [{}])[column] = text
        for table, rows in rows_by_table.items():
            tables.setdefault(table, []).extend(rows)
    return tables
