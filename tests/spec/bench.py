"""A workbench for specifications: one plain application; a test says only what matters and reads off one number."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

from tests.oracle.features import FEATURES, FLAGS, Number
from tests.spec.judges import FeatureRow, Oracle, Outcome, Product, Special

APPLICATION = "1001"
PERSON = "500"
REF = "2023-11-15 12:00:00"
LONG_KNOWN = "2022-01-03 09:00:00"

type Cell = str | int | Decimal | None

_REGISTER = {"dtopvoer": LONG_KNOWN, "geldig": 1}


class Bench:
    """Builds a delivery row by row and asks one judge (product or oracle) about it.

    From the start there is one application 1001 of person 500 for product 131, entered the day before, with
    a first work order at 2023-11-15 12:00:00 (ref). Everything else is empty.
    """

    def __init__(self, folder: Path, judge: Oracle | Product) -> None:
        self.judge = judge
        self.form = "csv"
        self._folder = folder
        self._asked = count()
        self._answers: dict[str, dict[str, FeatureRow]] = {}
        self._periode: tuple[datetime, datetime] | None = None
        self._special: Special = ()
        self.rows: dict[str, list[dict[str, str]]] = {"diensten": [], "werkopdrachten": []}
        self.dienst(APPLICATION, dtaanvraag="2023-11-14", dtopvoer="2023-11-14 10:00:00")
        self.werkopdracht(APPLICATION, REF)

    # What a test may say -------------------------------------------------------------------------------------

    def ref(self, moment: str) -> None:
        """Moves the first work order of the application."""
        self.rows["werkopdrachten"] = [{"dienstnr": APPLICATION, "dtopvoer": moment}]

    def periode(self, van: str, tot: str) -> None:
        """Sets the period of the delivery; otherwise it is wide enough for every work order."""
        self._periode = (datetime.fromisoformat(van), datetime.fromisoformat(tot))

    def special_addresses(self, *addresses: dict[str, str]) -> None:
        """Lists addresses of the special group."""
        self._special = addresses

    def aanvraag(self, **cells: Cell) -> None:
        """Changes the row of application 1001."""
        self.rows["diensten"][0] |= _texts(cells)

    def no_dienst(self) -> None:
        """Takes the row of application 1001 away."""
        self.rows["diensten"].pop(0)

    def dienst(self, dienstnr: str, **cells: Cell) -> None:
        """Adds a dienst row, of person 500 and product 131 unless said otherwise."""
        self._add("diensten", _REGISTER | {"dienstnr": dienstnr, "subjectnrklant": PERSON, "productnr": 131} | cells)

    def granted(self, dienstnr: str, **cells: Cell) -> None:
        """Adds a granted benefit of product 131 that ran from 2020-01-01 and has not ended."""
        self.dienst(dienstnr, **{"besluit": 1, "dtbegindienst": "2020-01-01"} | cells)

    def werkopdracht(self, dienstnr: str, dtopvoer: str) -> None:
        """Adds a work order."""
        self._add("werkopdrachten", {"dienstnr": dienstnr, "dtopvoer": dtopvoer})

    def dienstsubject(self, dienstnr: str, partij: str, **cells: Cell) -> None:
        """Adds a row that a benefit runs through a party, since 2020-01-01 unless said otherwise."""
        self._add(
            "dienstsubjecten", _REGISTER | {"dienstnr": dienstnr, "subjectnr": partij, "dtbegin": "2020-01-01"} | cells
        )

    def partij(self, partij: str, persoon: str = PERSON) -> None:
        """Makes a person member of a party."""
        self._add("partijen", {"partijnr": partij, "persoonnr": persoon})

    def adres(self, **cells: Cell) -> None:
        """Adds a home address in Amsterdam since 2023-11-05."""
        home = {"soort": 1, "plaats": "Amsterdam", "straat": "Damrak", "huisnr": "1", "dtbegin": "2023-11-05"}
        self._add("adressen", _REGISTER | {"subjectnr": PERSON} | home | cells)

    def feit(self, **cells: Cell) -> None:
        """Adds a fact with a measure of 30 %, found on 2023-06-01."""
        fact = {"subjectnr": PERSON, "dtconstatering": "2023-06-01", "percentage": 30000}
        self._add("feiten", _REGISTER | fact | cells)

    def inkomen(self, **cells: Cell) -> None:
        """Adds an income of 100 euro of soort 1 since 2023-01-01."""
        income = {"subjectnr": PERSON, "soort": 1, "bedragbruto": "100.00", "dtbegin": "2023-01-01"}
        self._add("inkomens", _REGISTER | income | cells)

    def soortinkomen(self, srtinkomennr: int, categorie: Cell) -> None:
        """Says to which category a soort of income belongs."""
        self._add("soorteninkomen", {"srtinkomennr": srtinkomennr, "categorie": categorie})

    def relatie(self, **cells: Cell) -> None:
        """Adds a relation of the person with person 900 since 2023-01-01."""
        relation = {"subjectnr": PERSON, "subjectnrrelatie": "900", "dtbegin": "2023-01-01"}
        self._add("relaties", _REGISTER | relation | cells)

    def vermogen(self, **cells: Cell) -> None:
        """Adds a wealth of 250.50 euro since 2023-01-01."""
        self._add("vermogens", _REGISTER | {"subjectnr": PERSON, "bedrag": "250.50", "dtbegin": "2023-01-01"} | cells)

    def afspraak(self, afspraakresultaat: str | None, **cells: Cell) -> None:
        """Adds an appointment that was entered on 2023-06-01, with its result."""
        met = {"administratienummer": PERSON, "afspraakresultaat": afspraakresultaat, "datum_invoer": "2023-06-01"}
        self._add("afspraken", met | cells)

    def deelname(self, **cells: Cell) -> None:
        """Adds a participation without any date."""
        self._add("deelnames", {"administratienummer": PERSON} | cells)

    # What a test reads off -----------------------------------------------------------------------------------

    def feature(self, name: str, application: str = APPLICATION) -> Number:
        """The value of one feature of an application; None where it is unknown."""
        assert name in FEATURES
        return self._values(application)[name]

    def flag(self, name: str, application: str = APPLICATION) -> Number:
        """The value of one of the four flags of an application."""
        assert name in FLAGS
        return self._values(application)[name]

    def peilmoment(self, application: str = APPLICATION) -> str:
        """The ref of an application as the feature file writes it."""
        return self._features()[application].peilmoment

    def applications_with_features(self) -> list[str]:
        """The numbers of the applications that have a row of features, in order."""
        return list(self._features())

    def outcome(self, application: str = APPLICATION) -> Outcome:
        """The resultaattype (0: the model decides) and reden of an application."""
        return self.outcomes()[application]

    def outcomes(self) -> dict[str, Outcome]:
        """The outcome of every application of the delivery."""
        return self.judge.outcomes(self.rows, self._span(), self._next_folder(), self._special)

    # How --------------------------------------------------------------------------------------------------------

    def _values(self, application: str) -> dict[str, Number]:
        return dict(self._features()[application].values)

    def _features(self) -> dict[str, FeatureRow]:
        """Asks the judge once for the rows as they are now."""
        question = repr((self.rows, self._span(), self.form))
        if question not in self._answers:
            self._answers[question] = self.judge.features(self.rows, self._span(), self._next_folder(), self.form)
        return self._answers[question]

    def _next_folder(self) -> Path:
        return self._folder / f"2023-11-16-{next(self._asked)}"

    def _span(self) -> tuple[datetime, datetime]:
        if self._periode:
            return self._periode
        moments = [datetime.fromisoformat(row["dtopvoer"]) for row in self.rows["werkopdrachten"]]
        midnight = min(moments).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight, max(moments) + timedelta(days=1)

    def _add(self, table: str, cells: dict[str, Cell]) -> None:
        self.rows.setdefault(table, []).append(_texts(cells))


def _texts(cells: dict[str, Cell]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in cells.items()}
