"""Clients with more applications and rows than anybody has: little to send, and each application goes with each row."""

from __future__ import annotations

from collections.abc import Mapping

from tests.stages.deliveries import Delivery, Rows, valid_rows

PARTY, HELD = "KANARIE-Q1", "KANARIE-D77"
BY_PERSON = ("adressen", "feiten", "inkomens", "relaties", "vermogens", "afspraken", "deelnames", "partijen")
_DIFFERS = {"afspraken": "datum_invoer", "deelnames": "datum_aanmelding", "partijen": "partijnr"}


def _different(row: Mapping[str, str], column: str, number: int) -> Rows:
    days = [f"{2001 + at // 336}-{1 + at // 28 % 12:02}-{1 + at % 28:02}" for at in range(number)]
    texts = [f"KANARIE-Q9{at:05}" for at in range(number)] if column == "partijnr" else days
    return [{**row, column: text} for text in texts]


def applications(delivery: Delivery, number: int, called: str = "KANARIE-D1") -> None:
    """Let one client apply so many times in the period, under numbers that begin so."""
    service, order = delivery.rows["diensten"][0], delivery.rows["werkopdrachten"][0]
    names = [f"{called}{at:05}" for at in range(number)]
    _add(delivery, "diensten", [{**service, "dienstnr": name} for name in names])
    moments = [f"2026-11-19 {at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}" for at in range(number)]
    orders = [{**order, "dienstnr": name, "dtopvoer": at} for name, at in zip(names, moments, strict=True)]
    _add(delivery, "werkopdrachten", orders)


def rows(delivery: Delivery, number: int, tables: tuple[str, ...] = BY_PERSON) -> None:
    """Give that client so many different rows in these tables."""
    for name in tables:
        column = _DIFFERS.get(name, "dtconstatering" if name == "feiten" else "dtbegin")
        _add(delivery, name, _different(delivery.rows[name][0], column, number))


def through_a_party(delivery: Delivery, number: int) -> None:
    """Let a party of that client hold one service so many times, of which so many rows tell."""
    link, service = delivery.rows["dienstsubjecten"][0], delivery.rows["diensten"][1]
    _add(delivery, "dienstsubjecten", _different({**link, "dienstnr": HELD, "subjectnr": PARTY}, "dtbegin", number))
    other = {**service, "dienstnr": HELD, "subjectnrklant": "KANARIE-P2"}
    _add(delivery, "diensten", _different(other, "dtbegindienst", number))


def one_party(delivery: Delivery, number: int) -> None:
    """Let a delivery be about so many people, each like the others, who are all in one party."""
    named_in = {"partijen": "partijnr", "dienstsubjecten": "subjectnr"}
    for name, rows in valid_rows(number).items():
        _put(delivery, name, [{**row, named_in[name]: PARTY} for row in rows] if name in named_in else rows)


def _add(delivery: Delivery, name: str, rows: Rows) -> None:
    _put(delivery, name, [*delivery.rows[name], *rows])


def _put(delivery: Delivery, name: str, rows: Rows) -> None:
    delivery.rows[name] = list(rows)
    delivery.write(name, rows)


def crowd(delivery: Delivery, number_of_applications: int, rows_of_each: int) -> None:
    """Let the first client of a delivery be a crowd; with about as many rows as applications no table is odd."""
    applications(delivery, number_of_applications)
    rows(delivery, rows_of_each)
    through_a_party(delivery, rows_of_each)
