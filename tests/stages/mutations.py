"""Named ways to damage a delivery. Each changes one thing of a kind; any number of them can be combined.

Cells come first, then the bytes of files, then the description, so that one damage does not undo another.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from tests.stages.deliveries import BSN, Delivery, parquet_bytes

type Mutation = Callable[[Delivery, random.Random], object]


def _table(delivery: Delivery, turn: random.Random) -> str:
    return turn.choice(list(delivery.schema.tables))


def cell(*texts: str, kinds: tuple[str, ...] = ()) -> Mutation:
    """Return a mutation that writes one of the texts in a random cell (of a column of these kinds)."""

    def mutate(delivery: Delivery, turn: random.Random) -> None:
        name = _table(delivery, turn)
        columns = [c.name for c in delivery.schema.tables[name].columns if not kinds or c.kind.name in kinds]
        if columns and delivery.rows[name]:
            row = turn.randint(1, len(delivery.rows[name]))
            delivery.change(name, row, **{turn.choice(columns): turn.choice(texts)})

    return mutate


def content(change: Callable[[bytes, random.Random], bytes], *, vouched: bool = True) -> Mutation:
    """Return a mutation of the bytes of one file; the description still vouches for it, or not."""

    def mutate(delivery: Delivery, turn: random.Random) -> None:
        name = _table(delivery, turn)
        changed = change(delivery.content(name), turn)
        if vouched:
            delivery.put(name, changed)
        else:
            delivery.files[delivery.resource(name)["path"]] = changed

    return mutate


def header(change: Callable[[list[str], random.Random], list[str]]) -> Mutation:
    """Return a mutation of the header of one file."""

    def mutate(raw: bytes, turn: random.Random) -> bytes:
        first, _, rest = raw.partition(b"\n")
        names = first.decode("utf-8", "replace").split(",")
        return ",".join(change(names, turn)).encode() + b"\n" + rest

    return content(mutate)


def member(change: Callable[[dict[str, Any], random.Random], object]) -> Mutation:
    """Return a mutation of the description."""
    return lambda delivery, turn: change(delivery.package, turn)


def entry(**changes: Any) -> Mutation:
    """Return a mutation of one resource of the description."""

    def mutate(delivery: Delivery, turn: random.Random) -> None:
        resource = turn.choice(delivery.package["resources"])
        resource |= {name: change(resource.get(name)) for name, change in changes.items()}

    return mutate


def raw(change: Callable[[bytes], bytes]) -> Mutation:
    """Return a mutation of the bytes of datapackage.json."""
    return lambda delivery, turn: setattr(delivery, "raw", change(delivery.read("datapackage.json")))


def _zipped(data: bytes, turn: random.Random) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("kanarie.csv", data)
    return sink.getvalue()


def _flipped(data: bytes, turn: random.Random) -> bytes:
    place = turn.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << turn.randrange(8))]) + data[place + 1 :]


def _line(data: bytes, turn: random.Random, change: Callable[[bytes], bytes]) -> bytes:
    lines = data.split(b"\n")
    place = turn.randrange(len(lines) - 1) + 1 if len(lines) > 1 else 0
    return b"\n".join([*lines[:place], change(lines[place]), *lines[place + 1 :]]) if place else data


def _doubled_rows(delivery: Delivery, turn: random.Random) -> None:
    name = _table(delivery, turn)
    delivery.rows[name] = [*delivery.rows[name], *delivery.rows[name][:2]]
    delivery.write(name, delivery.rows[name])


def _emptied(delivery: Delivery, turn: random.Random) -> None:
    name = _table(delivery, turn)
    delivery.rows[name] = []
    delivery.write(name, [])


def _swapped(delivery: Delivery, turn: random.Random) -> None:
    if len(delivery.schema.tables) < 2:
        return
    first, second = turn.sample(list(delivery.schema.tables), 2)
    one, other = delivery.content(first), delivery.content(second)
    delivery.put(first, other, len(delivery.rows[second]))
    delivery.put(second, one, len(delivery.rows[first]))


def _as_parquet(delivery: Delivery, turn: random.Random, types: tuple[pa.DataType, ...], tail: int = 0) -> None:
    name = _table(delivery, turn)
    columns = {
        column.name: pa.array([None, None], turn.choice(types)) for column in delivery.schema.tables[name].columns
    }
    data = parquet_bytes(pa.table(columns))
    delivery.put(name, data[: len(data) - tail], 2, format="parquet")


_ALL_TYPES = (pa.string(), pa.int64(), pa.float64(), pa.date32(), pa.timestamp("us"), pa.timestamp("ns"))

CELLS: dict[str, Mutation] = {
    "impossible date": cell("2026-02-30", "2023-02-29", "2026-13-01", "05-06-1987", kinds=("DATUM",)),
    "date at the edge": cell("0000-01-01", "0001-01-01", "9999-12-31", "2100-01-01", kinds=("DATUM", "TIJDSTIP")),
    "moment with a zone": cell("2026-11-19 13:57:09Z", "2026-11-19T13:57:09+01:00", kinds=("TIJDSTIP",)),
    "decimal comma": cell("91827,36", "1.918,27", kinds=("BEDRAG", "GEHEEL")),
    "no number at all": cell("NaN", "inf", "-Infinity", "kanarie", "1e5", "٣", kinds=("BEDRAG", "GEHEEL")),
    "endless digits": cell("9" * 40, "-" + "9" * 5000, "0" * 5000 + "1"),
    "negative number": cell("-1", "-123456782"),
    "empty cell": cell("", "   "),
    "endless text": cell("kanarie " * 5000),
    "unprintable number": cell("KANARIE\x7f", "KANARIE\u200b", "\u202eKANARIE", kinds=("NUMMER",)),
    "delimiter and quotes in text": cell('kanarie, "kanarie"; kanarie', '"', '""', kinds=("NUMMER", "TEKST")),
    "lines in text": cell("kanarie\nkanarie", "\r\nkanarie\r", kinds=("TEKST",)),
    "formula": cell("=kanarie()", "@kanarie", "+1", "-kanarie"),
    "citizen number in text": cell(f"kanarie {BSN}", BSN, kinds=("TEKST",)),
    "orphan key": cell("KANARIE-NERGENS", kinds=("NUMMER",)),
    "doubled rows": _doubled_rows,
    "table without rows": _emptied,
}
FILES: dict[str, Mutation] = {
    "BOM": content(lambda data, turn: b"\xef\xbb\xbf" + data),
    "UTF-16": content(lambda data, turn: data.decode("utf-8", "replace").encode("utf-16")),
    "latin-1": content(lambda data, turn: data.replace(b"anarie", b"anari\xeb")),
    "NUL": content(lambda data, turn: data.replace(b"anarie", b"anarie\x00", 1)),
    "gzip": content(lambda data, turn: gzip.compress(data)),
    "zip": content(_zipped),
    "broken off": content(lambda data, turn: data[: turn.randrange(len(data) + 1)], vouched=False),
    "broken off and vouched for": content(lambda data, turn: data[: turn.randrange(len(data) + 1)]),
    "flipped bit": content(_flipped, vouched=False),
    "flipped bit and vouched for": content(_flipped),
    "lone CR": content(lambda data, turn: data.replace(b"\n", b"\r")),
    "CRLF": content(lambda data, turn: data.replace(b"\n", b"\r\n")),
    "open quote": content(lambda data, turn: _line(data, turn, lambda line: b'"' + line)),
    "blank line": content(lambda data, turn: _line(data, turn, lambda line: line + b"\n")),
    "field too many": content(lambda data, turn: _line(data, turn, lambda line: line + b",kanarie")),
    "another delimiter": content(lambda data, turn: data.replace(b",", turn.choice([b";", b"\t", b"|"]))),
    "no header": content(lambda data, turn: data.partition(b"\n")[2]),
    "nothing at all": content(lambda data, turn: b""),
    "header in capitals": header(lambda names, turn: [name.upper() for name in names]),
    "doubled column": header(lambda names, turn: [*names[:-1], names[0]]),
    "column left out": header(lambda names, turn: ["kanarie", *names[1:]]),
    "forbidden column": header(lambda names, turn: [*names[:-1], "bsn"]),
    "unknown columns": header(lambda names, turn: [*names, "123456782", "kanarie dam 1987-06-05"]),
    "look-alike column": header(lambda names, turn: [names[0].replace("e", "е"), *names[1:]]),
    "columns shuffled under their rows": header(lambda names, turn: turn.sample(names, len(names))),
    "tables swapped": _swapped,
    "parquet of any types": lambda delivery, turn: _as_parquet(delivery, turn, _ALL_TYPES),
    "parquet of nulls": lambda delivery, turn: _as_parquet(delivery, turn, (pa.null(),)),
    "parquet broken off": lambda delivery, turn: _as_parquet(delivery, turn, _ALL_TYPES, tail=turn.randint(1, 400)),
}
DESCRIPTION: dict[str, Mutation] = {
    "wrong hash": entry(hash=lambda _: "sha256:" + "ab" * 32),
    "wrong size": entry(bytes=lambda size: (size or 0) + 1),
    "numbers with a fraction": entry(bytes=lambda number: float(number or 0), rijen=lambda number: float(number or 0)),
    "wrong count": entry(rijen=lambda count: (count or 0) + 1),
    "csv called parquet": entry(format=lambda _: "parquet"),
    "path out of the folder": entry(path=lambda path: f"../kanarie/{path}"),
    "absolute path": entry(path=lambda path: f"/kanarie/{path}"),
    "another file": entry(path=lambda _: "kanarie.csv"),
    "another type of member": entry(name=lambda _: ["kanarie"], rijen=lambda _: "kanarie"),
    "unknown table": entry(name=lambda _: "kanarie"),
    "table left out": member(lambda package, turn: package["resources"].pop()),
    "member left out": member(lambda package, turn: package.pop(turn.choice([n for n in package if n != "resources"]))),
    "another dataset": member(lambda package, turn: package.update(dataset="kanarie", schemaversie="kanarie")),
    "period upside down": member(
        lambda package, turn: package.update(periode={"van": "2026-11-20", "tot": "2026-11-19"})
    ),
    "unreadable period": member(lambda package, turn: package.update(periode={"van": "kanarie", "tot": "1987-06-05"})),
    "extra file": lambda delivery, turn: delivery.files.update({"kanarie-123456782.csv": b"kanarie"}),
    "missing file": lambda delivery, turn: delivery.files.pop(turn.choice(sorted(delivery.files))),
}
RAW: dict[str, Mutation] = {
    "description with a BOM": raw(lambda data: b"\xef\xbb\xbf" + data),
    "description broken off": raw(lambda data: data[:-9]),
    "description with NaN": raw(lambda data: data.replace(b'"rijen": ', b'"rijen": NaN, "kanarie": ', 1)),
    "description with doubled names": raw(lambda data: b'{"name": "kanarie",' + data[1:]),
    "description in UTF-16": raw(lambda data: data.decode().encode("utf-16")),
    "description nested deep": raw(lambda data: b'{"kanarie":' * 50_000 + data + b"}" * 50_000),
    "description of something else": raw(lambda data: json.dumps(["kanarie"]).encode()),
}
MUTATIONS: dict[str, Mutation] = CELLS | FILES | DESCRIPTION | RAW


def draw(turn: random.Random) -> list[str]:
    """Return one to four names of mutations in the order in which to apply them; a broken description is rare."""
    names = [*CELLS, *CELLS, *FILES, *DESCRIPTION]
    chosen = set(turn.choices(names, k=turn.randint(1, 4)))
    if turn.random() < 0.1:
        chosen.add(turn.choice(list(RAW)))
    return [name for name in MUTATIONS if name in chosen]


def damaged(names: list[str], turn: random.Random) -> Delivery:
    """Return a valid delivery with these mutations."""
    delivery = Delivery()
    for name in names:
        MUTATIONS[name](delivery, turn)
    return delivery
