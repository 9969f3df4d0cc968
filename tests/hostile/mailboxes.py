"""The three mailboxes that are tried: a sound delivery of each, and what is heavy in those that follow the judging."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from shared.levensonderhoud import LEVENSONDERHOUD
from shared.usecase import UseCase, at_mailbox
from tests.hostile.heavy import HEAVY
from tests.stages import crowds
from tests.stages.deliveries import Delivery, parquet_bytes
from tests.stages.mutations import Mutation

MAIN = LEVENSONDERHOUD.dataset
_OUTCOMES, _GROUPS = LEVENSONDERHOUD.follow_ups
CASES: Mapping[str, UseCase] = {
    MAIN: LEVENSONDERHOUD,
    **{each.dataset: at_mailbox(LEVENSONDERHOUD, each) for each in (_OUTCOMES, _GROUPS)},
}
FOLLOW_UPS = (_OUTCOMES.dataset, _GROUPS.dataset)
_MANY = 120_000
_TYPED = {"datum": pa.date32(), "geboortejaar": pa.int64()}
_ROWS = {
    _OUTCOMES.dataset: [
        {
            "aanvraagnummer": f"KANARIE-D{number}",
            "soort": "onderzocht door handhaving",
            "resultaat": "onrechtmatig",
            "datum": "2026-11-12",
            "selectie": "proces",
        }
        for number in range(1, 4)
    ],
    _GROUPS.dataset: [
        {
            "persoonnr": f"KANARIE-P{number}",
            "geslacht": "vrouw",
            "geboortejaar": "1987",
            "nationaliteit": "Kanarie",
            "geboorteland": "Kanarie-eiland",
            "burgerlijke_staat": "gehuwd",
            "ouderschap": "deeltijd",
        }
        for number in range(1, 4)
    ],
}


def sound(dataset: str) -> Delivery:
    """Return a small delivery with which nothing is wrong."""
    return Delivery() if dataset == MAIN else Delivery({dataset: _ROWS[dataset]}, CASES[dataset].schema)


def _parquet_of_many(delivery: Delivery, _: random.Random) -> None:
    """Let the delivery be about very many, each with a sound row that only differs in whose it is."""
    (name,) = delivery.schema.tables
    own, *others = delivery.schema.tables[name].columns
    row, same = delivery.rows[name][0], pa.array(np.zeros(_MANY, np.int32))
    columns = {other.name: pa.DictionaryArray.from_arrays(same, pa.array([row[other.name]])) for other in others}
    table = pa.table({own.name: pa.array(_names()), **columns})
    plain = [pa.field(each.name, _TYPED.get(each.name, pa.string())) for each in table.schema]
    # packed well it would be refused for what it unpacks to
    data = parquet_bytes(table.cast(pa.schema(plain)), compression="none", use_dictionary=False)
    delivery.put(name, data, _MANY, format="parquet")


def _csv_of_many(delivery: Delivery, _: random.Random) -> None:
    (name,) = delivery.schema.tables
    own, *others = delivery.schema.tables[name].column_names()
    rest = ",".join(delivery.rows[name][0][other] for other in others)
    lines = "".join(f"{whose},{rest}\n" for whose in _names())
    delivery.put(name, f"{','.join([own, *others])}\n{lines}".encode(), _MANY)


def _names() -> list[str]:
    return [f"KANARIE-{number}" for number in range(_MANY)]


_CROWDS: Sequence[tuple[Callable[..., None], tuple[int, ...]]] = (
    *((crowds.crowd, sizes) for sizes in ((300, 300), (600, 600), (900, 990), (3_000, 3_000))),
    *((crowds.one_party, sizes) for sizes in ((900,), (3_000,))),
)


def _crowd(delivery: Delivery, turn: random.Random) -> None:
    """Let one client apply often and have many rows everywhere, just as many as anybody may have or more.

    Or let many be in one party.
    """
    make, sizes = turn.choice(_CROWDS)
    make(delivery, *sizes)


def _large_history(delivery: Delivery, turn: random.Random) -> None:
    """Let one client who applied a few times have very many rows; of so few applications no table is odd."""
    crowds.crowd(delivery, 15, turn.choice([950, 3_000]))


_OF_PEOPLE: Mapping[str, Mutation] = {
    "a client or party that is a crowd": _crowd,
    "a client with a large history": _large_history,
}
_OF_MANY: Mapping[str, Mutation] = {"csv about very many": _csv_of_many, "parquet about very many": _parquet_of_many}


def heavy_in(dataset: str) -> Mapping[str, Mutation]:
    """Return what takes all time or memory, by name: an odd number, so that each comes alone and among others."""
    return {**(_OF_PEOPLE if dataset == MAIN else _OF_MANY), **HEAVY}
