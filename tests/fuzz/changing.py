"""Changes an input by its form: another member, another cell; so that it gets further into what reads it."""

from __future__ import annotations

import copy
import json
import random
import re
from typing import Any

from tests.fuzz.oracle import DAY, NUMBER

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

type Place = tuple[Any, Any]  # a list or an object, and the position or name in it

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 0.5, -0.0, 2**31, 2**63, 2**64, 10**400, 1e308, float("nan"), float("inf"), "",
    " ", NUMBER, DAY, "\ud800", "\x00", "a\nb", "é", "x" * 300, "../x", "0", "-1", "NaN", "1e999", [], {}, [[]],
    [None], {"": 0}, [NUMBER], {NUMBER: NUMBER}, "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59", "2026-11-19T00:00:00", "2026-02-30", "sha256:" + "0" * 64,
)  # fmt: skip
MOMENTS = (
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59") * 3,
    "0000-01-01T00:00:00Z", "2026-02-29T00:00:00Z",
    "2026-11-19T24:00:00Z", "2026-11-19T10:00:60Z", "2026-11-19T10:00:00.123456789Z", "2026-11-19", DAY,
    "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999", "2026-W47-4", "2026-11-19T10:00:00+24:00", "12:00",
)  # fmt: skip
CELLS = (
    "", " ", "0", "-1", "-0", "00", "1.5", "1.555", ".5", "1e5", "9" * 19, "9" * 40, "NaN", "inf", "é", "'", "\"",
    "\ufeff", "\u200b", "2026-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "2382-12-31", "2026-11-19T10:00:00",
    "2026-11-19 24:00:00", "2026-11-19 10:00:00.1234567", NUMBER, DAY, "123456782", "x" * 129, "=1+1",
)  # fmt: skip


def places(document: Any) -> list[Place]:
    """Return every place in a document that holds something."""
    found: list[Place] = []
    waiting = [document]
    while waiting:
        node = waiting.pop()
        names = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        found += [(node, name) for name in names]
        waiting += [node[name] for name in names]
    return found


def _odd(old: Any, turn: random.Random) -> Any:
    """Return something else, most often of the same kind as the old: then what reads it gets further."""
    if isinstance(old, str) and _MOMENT.match(old) and turn.random() < 0.7:
        return turn.choice(MOMENTS)
    if isinstance(old, int | float) and turn.random() < 0.5:
        return turn.choice([value for value in ODD if isinstance(value, int | float)])
    if turn.random() < 0.05:
        deep: Any = NUMBER
        for _ in range(turn.choice([3, 100, 300])):
            deep = [deep] if turn.random() < 0.5 else {"a": deep}
        return deep
    return copy.deepcopy(turn.choice(ODD))


def _change_place(document: Any, turn: random.Random) -> None:
    known = places(document)
    if not known:
        return
    node, name = turn.choice(known)
    what = turn.randrange(6)
    if what == 0:
        del node[name]
    elif what == 1:
        other, where = turn.choice(known)
        node[name] = copy.deepcopy(other[where])
    elif what == 2 and isinstance(node, list):
        node.insert(name, copy.deepcopy(node[name]))
    elif what == 2:
        node[turn.choice([NUMBER, "", "extra", "\ud800", "$ref"])] = node.pop(name)
    elif what == 3 and isinstance(node[name], str):
        text = node[name]
        cut = turn.randint(0, len(text))
        node[name] = text[:cut] + turn.choice(["", NUMBER, "/", "..", "\n", "\u202e", "'", text]) + text[cut:]
    else:
        node[name] = _odd(node[name], turn)


def change_json(data: bytes, turn: random.Random) -> bytes | None:
    """Return a JSON document with some places changed; None where it is none."""
    try:
        document = json.loads(data)
        for _ in range(turn.choice([1, 1, 1, 2, 3, 8])):
            _change_place(document, turn)
        return json.dumps(document, ensure_ascii=turn.random() < 0.9).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):  # no JSON, or too deep to change
        return None


def after(length: int, data: bytes, turn: random.Random) -> bytes | None:
    """Return an input of which the first bytes choose, and the rest is JSON that is changed."""
    changed = change_json(data[length:], turn)
    return None if changed is None else data[:length] + changed


def change_cells(data: bytes, turn: random.Random, delimiter: bytes = b",") -> bytes | None:
    """Return csv with some cells, rows or columns changed."""
    rows = [line.split(delimiter) for line in data.split(b"\n")]
    for _ in range(turn.choice([1, 1, 2, 4])):
        row = turn.choice(rows)
        what = turn.randrange(10)
        if what < 6:
            row[turn.randrange(len(row))] = turn.choice(CELLS).encode("utf-8", "surrogatepass")
        elif what == 6:
            rows.insert(turn.randrange(len(rows)), list(row))
        elif what == 7 and len(rows) > 1:
            rows.remove(row)
        elif what == 8:
            one, other = turn.randrange(len(row)), turn.randrange(len(row))
            for each in rows:  # two columns change places, in the rows that have both
                if len(each) > max(one, other):
                    each[one], each[other] = each[other], each[one]
        else:
            cell = turn.randrange(len(row))
            row[cell] = b'"' + row[cell].replace(b'"', b'""') + turn.choice([b"", b"\n", b"\r\n", b'""']) + b'"'
    return turn.choice([b"\n", b"\n", b"\r\n"]).join(delimiter.join(row) for row in rows)
