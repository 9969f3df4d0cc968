"""Writes and reads what a report showed, so that the next one never cuts a block that was shown.

What was shown must still be true: a closed month that changed since would let two reports differ by a few people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.monitoring.blocks import Block, Chains, Counted, month_of, number_of
from shared.monitoring.disclosure import DisclosureRefused

FORM = 3  # since 3 also the unknown of every grouping


class ReleaseContradicted(DisclosureRefused):
    """The closed months do not add up to what an earlier report showed: two reports would differ by a few people."""

    code = "SC-571"


def as_record(chains: Chains, counted: Counted) -> dict[str, object]:
    """Return everything shown so far as plain JSON; it holds no number that may not be shown."""
    columns = {family.name: family.columns for family in counted.families}
    return {
        "vorm": FORM,
        "eerste_maand": month_of(chains.start),
        "laatste_maand": month_of(chains.last),
        "volgorde": {grouping: list(order) for grouping, order in sorted(chains.orders.items())},
        "getoond": [
            {
                "indeling": grouping,
                "soort": family,
                "kolommen": list(columns[family]),
                "blokken": [_block_as_dict(block) for block in blocks],
            }
            for (grouping, family), blocks in sorted(chains.blocks.items())
        ],
    }


def from_record(record: Mapping[str, Any], counted: Counted) -> Chains:
    """Return what an earlier report showed. ReleaseContradicted when the closed months now say something else."""
    if record.get("vorm") != FORM:
        raise _refused("was written in a form that this version does not know.")
    blocks: dict[tuple[str, str], tuple[Block, ...]] = {}
    known = {family.name: family.columns for family in counted.families}
    for shown in record["getoond"]:
        if list(known.get(shown["soort"], ())) != shown["kolommen"]:
            raise _refused("has other columns than are counted now.")
        found = tuple(_block_from_dict(block) for block in shown["blokken"])
        _check(found, shown["indeling"], shown["kolommen"], counted)
        blocks[shown["indeling"], shown["soort"]] = found
    start, last = number_of(record["eerste_maand"]), number_of(record["laatste_maand"])
    if counted.start > last + 1 or counted.last < last:
        raise _refused("does not join the closed months at hand.")
    orders = {grouping: tuple(order) for grouping, order in record["volgorde"].items()}
    return Chains(start, last, orders, blocks, counted.nested)


def _check(blocks: Sequence[Block], grouping: str, columns: Sequence[str], counted: Counted) -> None:
    places = [counted.columns[column] for column in columns]
    for block in blocks:
        whole = counted.start <= block.first
        if whole and counted.of(grouping, block.first, block.last, block.rows)[:, places].tolist() != [
            list(row) for row in block.counts
        ]:
            raise _refused("shows numbers that the closed months do not add up to.")


def _block_as_dict(block: Block) -> dict[str, object]:
    return {
        "van": month_of(block.first),
        "tot_en_met": month_of(block.last),
        "regels": [list(row) for row in block.rows],
        "aantallen": [list(row) for row in block.counts],
    }


def _block_from_dict(block: Mapping[str, Any]) -> Block:
    return Block(
        number_of(block["van"]),
        number_of(block["tot_en_met"]),
        tuple(tuple(row) for row in block["regels"]),
        tuple(tuple(row) for row in block["aantallen"]),
    )


def _refused(what: str) -> ReleaseContradicted:
    return ReleaseContradicted(
        f"An earlier report {what}",
        where="vrijgegeven aantallen",
        next_step="Find out which closed month was changed; do not report before that is known.",
    )
