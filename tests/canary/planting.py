"""Deliveries with a canary in every field of every table, in every member of the description, and beside them.

Of each person two kinds of rows: such as count, with the codes that make them count, and such as have a code that is
nobody else's in every column that holds one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from shared.dataset import Column, ColumnClass, Kind
from tests.canary.canaries import Aviary, Canary, What
from tests.followup.posting import Desk
from tests.stages.deliveries import SCHEMA, Delivery, csv_text, parquet_bytes, valid_rows

KEPT = {"2382-12-31", ""}  # never, and nothing: no canaries
COUNTING = ("datum", "start_deelname", "dtconstatering")  # columns that must lie within a year to count
_NUMBERS = (ColumnClass.PERSOON, ColumnClass.PARTIJ, ColumnClass.DIENST)


@dataclass
class Planted:
    """What is planted: `tables` by name, and by whom they are known."""

    aviary: Aviary
    persons: int
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)  # the canary of every number of the sound delivery

    @property
    def canaries(self) -> list[Canary]:
        return self.aviary.made

    def applications(self) -> list[str]:
        """Return the numbers of the applications."""
        return [self.known[f"KANARIE-D{number}"] for number in range(1, self.persons + 1)]

    def person(self, number: int) -> str:
        """Return the number of a person."""
        return self.known[f"KANARIE-P{number}"]


def planted(persons: int = 4, seed: int = 1) -> Planted:
    """Return the tables of so many people, each with an application."""
    made = Planted(Aviary(seed), persons)
    for name, rows in valid_rows(persons).items():
        columns = SCHEMA.tables[name].columns
        made.tables[name] = []
        for number, row in enumerate(rows):
            where = f"{name} row {number + 1}"
            made.tables[name].append({c.name: _counting(made, c, row[c.name], f"{c.name} of {where}") for c in columns})
            if name != "werkopdrachten":  # any other row would be one more application, or none at all
                made.tables[name].append(_unlike(made, columns, row, where))
    return made


def _counting(made: Planted, column: Column, value: str, where: str) -> str:
    """Return a canary in place of a value, which means the same to whoever judges."""
    aviary = made.aviary
    if value in KEPT or column.kind is Kind.GEHEEL:
        return value
    if column.kind is Kind.NUMMER:
        return made.known.setdefault(value, _number(made, column, value, where))
    if column.kind is Kind.BEDRAG:
        return aviary.amount(where)
    if column.kind is Kind.TEKST:
        return _text(aviary, column, where)
    if column.klasse is ColumnClass.TIJD and column.name == "dtopvoer" and value.startswith("2026-11-19"):
        return aviary.keep(What.MOMENT, f"{value[:17]}0{len(aviary.made) % 9 + 1}.{len(aviary.made):06}", where)
    if column.name.startswith(COUNTING):
        return value  # a day within the year; the rows that are unlike hold canaries here
    return aviary.moment(where) if column.kind is Kind.TIJDSTIP else aviary.day(where)


def _number(made: Planted, column: Column, value: str, where: str) -> str:
    """Return a number: of applications a word, of others a BSN of nine or eight digits or a word, in turn."""
    aviary = made.aviary
    if value.startswith("KANARIE-D") and not value.startswith("KANARIE-D9"):
        return aviary.word(What.AANVRAAG, where)
    turn = len(made.known) % 3
    return aviary.word(What.NUMMER, where) if turn == 0 else aviary.bsn(where, digits=7 + turn)


def _text(aviary: Aviary, column: Column, where: str) -> str:
    if column.klasse is ColumnClass.VRIJE_TEKST and column.name == "afspraakresultaat":
        first, last, mail = (aviary.word(What.TEKST, where) for _ in range(3))
        phone = aviary.keep(What.TEKST, f"06{aviary.whole(where)[:8]}", where)
        numbers = f"{aviary.bsn(where)}, {aviary.bsn(where, 8)}"
        return f"No show: {first} van {last}, BSN {numbers}, {phone}, {mail}@{mail}.example"
    word = aviary.word(What.ADRES, where)
    return {"plaats": f"Amsterdam Kanariedam {word}", "postcode": f"1012 {word}"}.get(column.name, word)


def _unlike(made: Planted, columns: tuple[Column, ...], row: Mapping[str, str], where: str) -> dict[str, str]:
    """Return a row about the same person, with a canary in every column that can hold one."""
    found = {}
    for column in columns:
        spot = f"{column.name} of another {where}"
        if column.name == "geldig":
            found[column.name] = "1"
        elif column.kind is Kind.GEHEEL:
            found[column.name] = made.aviary.whole(spot)
        elif column is columns[0] and column.klasse is ColumnClass.DIENST:
            found[column.name] = made.aviary.word(What.NUMMER, spot)
        elif column.kind is Kind.NUMMER:
            found[column.name] = made.known[row[column.name]]
        elif column.kind in (Kind.DATUM, Kind.TIJDSTIP):
            found[column.name] = made.aviary.day(spot) if column.kind is Kind.DATUM else made.aviary.moment(spot)
        else:
            found[column.name] = _counting(made, column, "x", spot)
    return found


def delivery_of(made: Planted, *, strange: bool = False, van: str = "2026-11-19", tot: str = "2026-11-20") -> Delivery:
    """Return the tables as a delivery, with canaries in the description; `strange`: with all that is not asked for."""
    delivery = Delivery(made.tables)
    delivery.package["periode"] = {"van": f"{van}T00:00:00", "tot": f"{tot}T00:00:00"}
    _describe(delivery, made.aviary)
    if strange:
        _add_columns(delivery, made)
        _as_parquet(delivery, made, "deelnames")
    return delivery


def _describe(delivery: Delivery, aviary: Aviary) -> None:
    """Plant members that nobody asked for, and names of files."""
    where = "datapackage.json"
    word, secret = aviary.word(What.VREEMD, where), aviary.word(What.GEHEIM, where)
    delivery.package |= {
        "contributors": [{"title": word, "email": f"{word}@{word}.example", "bsn": aviary.bsn(where)}],
        aviary.word(What.VREEMD, where): {"nested": [aviary.word(What.VREEMD, where)]},
        "storage": f"DefaultEndpointsProtocol=https;AccountName={word};AccountKey={secret};EndpointSuffix=x.example",
        "database": f"postgresql://{word}:{secret}@{word}.example/x?sig={secret}",
    }
    delivery.package["name"] = f"levensonderhoud-{aviary.word(What.VREEMD, where).lower()}"
    for entry in delivery.package["resources"]:
        entry |= {"title": aviary.word(What.VREEMD, where), "description": aviary.bsn(where)}
        if entry["name"] not in ("adressen", "deelnames"):  # tests look for adressen.csv
            was = entry["path"]
            entry["path"] = f"{aviary.word(What.BESTAND, where)}-{was}"
            delivery.files[entry["path"]] = delivery.files.pop(was)


def _add_columns(delivery: Delivery, made: Planted) -> None:
    """Plant columns that are forbidden, that nobody asked for, and whose very names say something."""
    aviary, where = made.aviary, "a column of partijen"
    rows = made.tables["partijen"]
    told = f"extra {aviary.word(What.KOLOM, where)}"
    untold = [aviary.bsn(where), f"{aviary.word(What.VREEMD, where)}@x.example"]
    added = {name: [aviary.word(What.VREEMD, where) for _ in rows] for name in ("naam", "iban", told, *untold)}
    added["bsn"] = [aviary.bsn(where) for _ in rows]
    wide = [row | {name: values[n] for name, values in added.items()} for n, row in enumerate(rows)]
    names = [*SCHEMA.tables["partijen"].column_names(), *added]
    delivery.put("partijen", csv_text(wide, names).encode(), len(wide))


def _as_parquet(delivery: Delivery, made: Planted, table: str) -> None:
    """Deliver a table as Parquet, with meta data that nobody asked for."""
    rows, where = made.tables[table], f"meta data of {table}"
    names = SCHEMA.tables[table].column_names()
    arrow = {name: pa.array([row.get(name) or None for row in rows], pa.string()) for name in names}
    dates = {name: column if name == names[0] else column.cast(pa.date32()) for name, column in arrow.items()}
    about = {made.aviary.word(What.VREEMD, where): made.aviary.word(What.VREEMD, where)}
    data = parquet_bytes(pa.table(dates).replace_schema_metadata(about))
    delivery.put(table, data, len(rows), format="parquet")


def post(delivery: Delivery, root: Path, levering: str = "2026-11-20") -> Path:
    """Put a delivery in the mailbox, the description last."""
    folder = root / "brievenbus" / "levensonderhoud" / levering
    folder.mkdir(parents=True)
    for path, data in delivery.files.items():
        if path == Path(path).name:
            (folder / path).write_bytes(data)
    (folder / "datapackage.json").write_bytes(delivery.read("datapackage.json"))
    return folder


def describe_more(folder: Path, aviary: Aviary) -> None:
    """Plant members in the description of a delivery that lies in a mailbox."""
    path = folder / "datapackage.json"
    document = json.loads(path.read_bytes()) | {
        "contact": aviary.word(What.VREEMD, path.parent.name),
        "token": f"Bearer {aviary.word(What.GEHEIM, path.parent.name)}",
    }
    path.write_text(json.dumps(document))


def outcomes_of(desk: Desk, made: Planted, *, wrong: bool = False) -> Path:
    """Deliver what came of the applications; with columns that nobody asked for, and rows that cannot be read."""
    aviary, where = made.aviary, "uitkomsten"
    row = {"soort": "onderzocht door handhaving", "resultaat": "onrechtmatig", "selectie": "proces"}
    day = lambda: aviary.day(where)  # noqa: E731
    extra = ("toelichting", "naam")
    more = lambda: {name: aviary.word(What.VREEMD, where) for name in extra}  # noqa: E731
    rows = [row | {"aanvraagnummer": number, "datum": day()} | more() for number in made.applications()]
    odd = row | {"aanvraagnummer": aviary.word(What.NUMMER, where), "datum": day()}
    wordy = ("soort", "resultaat", "selectie", "datum")
    rows += [odd | {name: aviary.word(What.WAARDE, f"{name} of {where}")} for name in wordy]
    rows += [odd | {"aanvraagnummer": ""}] if wrong else []
    folder = desk.deliver(rows, columns=extra)
    describe_more(folder, aviary)
    return folder


def groups_of(desk: Desk, made: Planted, *, wrong: bool = False) -> Path:
    """Deliver to what groups the people belong; two rows contradict each other, and some cannot be read."""
    aviary, where = made.aviary, "groepskenmerken"
    names = ("geslacht", "nationaliteit", "geboorteland", "burgerlijke_staat", "ouderschap")
    sound = {"geslacht": "vrouw", "geboortejaar": "1991", "burgerlijke_staat": "gehuwd", "ouderschap": "deeltijd"}
    lands = lambda: {n: aviary.word(What.WAARDE, f"{n} of {where}") for n in names[1:3]}  # noqa: E731
    rows = [sound | lands() | {"persoonnr": made.person(n)} for n in range(1, made.persons + 1)]
    rows.append(rows[0] | {"geslacht": "man"})
    odd = sound | {"nationaliteit": "Nederlandse", "geboorteland": "Nederland"}
    for name in (*names, "geboortejaar"):
        rows.append(odd | {"persoonnr": aviary.bsn(where), name: aviary.word(What.WAARDE, f"{name} of {where}")})
    rows += [odd | {"persoonnr": ""}] if wrong else []
    folder = desk.deliver([row | {"bsn": aviary.bsn(where)} for row in rows], columns=["bsn"])
    describe_more(folder, aviary)
    return folder
