"""Judges a pseudonymised delivery part by part, in little memory; what an attempt finished is not judged again."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import islice

from shared.administration import RunRecord
from shared.ahead import one_ahead
from shared.events import Action
from shared.finished_parts import FinishedParts
from shared.installation import Installation, Steps
from shared.records import FeatureTable, PseudonymisedDelivery, ResultSet
from shared.stages.pseudonym import PseudonymKey

JUDGED_AT_ONCE = 2_500  # applications; their results are in memory, and those of as many that are judged meanwhile


def judge(
    installation: Installation, run: RunRecord, deliveries: Iterable[PseudonymisedDelivery], steps: Steps
) -> Generator[ResultSet]:
    """Yield the results of a pseudonymised delivery that comes in one part or more, in order of application number.

    Results are made when they are asked for; the last ones end the steps. A run of one part keeps nothing on its way.
    """
    number = known = 0
    steps.take_turns(Action.KENMERKEN, Action.BEOORDELEN)
    special = installation.keys.special_addresses()
    for delivery, alone in _with_company(deliveries):
        steps.people.add(_people(delivery))
        made = _made(installation, run, delivery, special, steps)
        if alone:
            found: Iterator[tuple[ResultSet, bool]] = ((results, False) for results in made)
        else:
            key = installation.keys.find(delivery.key_id)
            found = FinishedParts(installation, run, key, special).or_made(delivery, made)
        for results, was_known in found:
            number += len(results.results)
            known += len(results.results) if was_known else 0
            yield results
    before = {"eerder_beoordeeld": known} if known else {}
    steps.done(Action.KENMERKEN, "berekend", aanvragen=number, **before)
    steps.done(Action.BEOORDELEN, "beoordeeld", aanvragen=number, **before)


def _with_company(deliveries: Iterable[PseudonymisedDelivery]) -> Iterator[tuple[PseudonymisedDelivery, bool]]:
    """Yield the parts, and say of each whether it is the only one."""
    parts = iter(deliveries)
    first = list(islice(parts, 2))
    alone = len(first) == 1
    while first:
        yield first.pop(0), alone
    yield from ((part, False) for part in parts)


def _made(
    installation: Installation,
    run: RunRecord,
    delivery: PseudonymisedDelivery,
    special: tuple[Mapping[str, str], ...],
    steps: Steps,
) -> Generator[ResultSet]:
    key = installation.keys.find(delivery.key_id)
    with steps.during(Action.KENMERKEN):
        table = installation.core.features(delivery, installation.use_case, key, special)
    yield from judged(installation, run, table, key, steps)


def judged(
    installation: Installation, run: RunRecord, table: FeatureTable, key: PseudonymKey, steps: Steps
) -> Generator[ResultSet]:
    """Yield the results of a table of features, some thousands at a time; the next are made while these are written."""
    identity = installation.identity(run)
    made = (installation.core.judge(part, installation.use_case, identity, key) for part in _parts(table))
    with closing(one_ahead(made)) as coming:
        while True:
            with steps.during(Action.BEOORDELEN):
                results = next(coming, None)
            if results is None:
                return
            yield results


def _parts(table: FeatureTable) -> Iterator[FeatureTable]:
    """Yield the applications of a table in parts of which the results fit in little memory; one when there are none."""
    for start in range(0, len(table.frame) or 1, JUDGED_AT_ONCE):
        yield replace(table, frame=table.frame.iloc[start : start + JUDGED_AT_ONCE].reset_index(drop=True))


def _people(delivery: PseudonymisedDelivery) -> Iterator[tuple[str, str]]:
    """Return the pseudonyms of person ("" when unknown) and application of every application."""
    people = delivery.applications["persoon"].fillna("").tolist()
    return zip(people, delivery.applications["dienst"].tolist(), strict=True)
