"""States the twelve tables of a delivery: their columns in order and what each column holds (domain.md §2)."""

from typing import Final

PERSON, PARTIJ, DIENST = "persoon", "partij", "dienst"
INT, CENTS, DAY, MOMENT = "int", "centen", "datum", "tijdstip"
TEXT: Final = frozenset({"plaats", "straat", "huisnr", "huisletter", "huisnrtoev", "postcode", "afspraakresultaat"})

_REGISTER: Final = {"dtopvoer": MOMENT, "dtafvoer": MOMENT, "geldig": INT, "technischesleutel": INT}
_SPAN: Final = {"dtbegin": DAY, "dteinde": DAY}

TABLES: Final[dict[str, dict[str, str]]] = {
    "diensten": {
        "dienstnr": DIENST,
        "subjectnrklant": PERSON,
        "productnr": INT,
        "besluit": INT,
        "dtaanvraag": DAY,
        "dtbegindienst": DAY,
        "dteindedienst": DAY,
        **_REGISTER,
    },
    "werkopdrachten": {"dienstnr": DIENST, "dtopvoer": MOMENT},
    "dienstsubjecten": {"dienstnr": DIENST, "subjectnr": PARTIJ, **_SPAN, **_REGISTER},
    "partijen": {"partijnr": PARTIJ, "persoonnr": PERSON},
    "adressen": {
        "subjectnr": PERSON,
        "soort": INT,
        "plaats": "plaats",
        "straat": "straat",
        "huisnr": "huisnr",
        "huisletter": "huisletter",
        "huisnrtoev": "huisnrtoev",
        "postcode": "postcode",
        **_SPAN,
        **_REGISTER,
    },
    "feiten": {"subjectnr": PERSON, "dtconstatering": DAY, "percentage": INT, **_REGISTER},
    "inkomens": {"subjectnr": PERSON, "soort": INT, "bedragbruto": CENTS, **_SPAN, **_REGISTER},
    "soorteninkomen": {"srtinkomennr": INT, "categorie": INT},
    "relaties": {"subjectnr": PERSON, "subjectnrrelatie": PERSON, "categorie": INT, **_SPAN, **_REGISTER},
    "vermogens": {"subjectnr": PERSON, "bedrag": CENTS, **_SPAN, **_REGISTER},
    "afspraken": {
        "administratienummer": PERSON,
        "afspraakresultaat": "afspraakresultaat",
        "datum_invoer": DAY,
        "datum_afhandeling_gepland": DAY,
    },
    "deelnames": {
        "administratienummer": PERSON,
        "datum_aanmelding": DAY,
        "start_deelname": DAY,
        "einde_deelname": DAY,
    },
}

# The register's end dates that Socrates writes as 2382-12-31 while they are open.
OPEN_ENDS: Final = frozenset({"dteinde", "dteindedienst", "dtafvoer"})
REGISTERED: Final = tuple(name for name, columns in TABLES.items() if "geldig" in columns)
# `technischesleutel` may be missing from a table; one table goes without it.
WITHOUT_KEY: Final = frozenset({"feiten"})


def person_column(table: str) -> str | None:
    """Names the column that says whose row it is, if a person has rows of this table directly."""
    return next((name for name, kind in TABLES[table].items() if kind == PERSON), None)
