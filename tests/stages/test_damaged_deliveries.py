"""However a delivery is damaged, it is accepted, held or rejected with codes; nothing escapes and no value is told."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from shared.levensonderhoud import LEVENSONDERHOUD
from shared.pipeline import pseudonymise_delivery
from shared.records import CheckedDelivery, Verdict
from shared.stages.pseudonym import PseudonymKey
from shared.stages.rules import RULES
from shared.stages.rules import verdict as verdict_of
from tests.stages.deliveries import SCHEMA, Delivery, check, csv_text, leaks, texts_of
from tests.stages.mutations import DESCRIPTION, FILES, MUTATIONS, RAW, damaged, draw

BATCHES, PER_BATCH = 10, 30
KEY = PseudonymKey("k-1", bytes(32))
# damage that no delivery survives, whatever else happens to it
FATAL = {*RAW, "BOM", "UTF-16", "gzip", "zip", "flipped bit", "no header", "nothing at all", "header in capitals"}
FATAL |= {"doubled column", "column left out", "look-alike column", "wrong hash", "wrong size", "wrong count"}
FATAL |= {*DESCRIPTION, "parquet broken off", "lone CR"}


def _judge(delivery: Delivery, *, features: bool = True) -> tuple[CheckedDelivery, str]:
    """Return what the stages make of a delivery, and all that they say about it."""
    checked = check(delivery)
    findings = checked.findings
    if checked.verdict is not Verdict.AFGEKEURD:
        delivery, left_out = pseudonymise_delivery(checked, LEVENSONDERHOUD, KEY)
        findings += left_out
        if features:
            LEVENSONDERHOUD.compute_features(delivery, frozenset())
    return checked, texts_of(findings)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_combined_damage_ends_in_a_verdict_with_codes_and_tells_no_value(batch: int) -> None:
    for seed in range(batch * PER_BATCH, (batch + 1) * PER_BATCH):
        turn = random.Random(seed)
        names = draw(turn)
        checked, said = _judge(damaged(names, turn), features=seed % 4 == 0)
        context = f"seed {seed}: {names}"
        assert {found.code for found in checked.findings} <= set(RULES), context
        assert checked.verdict is verdict_of(checked.findings), context
        assert bool(checked.tables) == (checked.verdict is not Verdict.AFGEKEURD), context
        assert leaks(said) == [], context


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_damage_alone_ends_in_a_verdict_and_tells_no_value(name: str) -> None:
    verdicts = set()
    for seed in range(2):
        checked, said = _judge(damaged([name], random.Random(seed)))
        verdicts.add(checked.verdict)
        assert leaks(said) == []
    assert name not in FATAL or verdicts == {Verdict.AFGEKEURD}


def test_enough_kinds_of_damage_are_tried_and_each_of_them_often() -> None:
    drawn = Counter(name for seed in range(BATCHES * PER_BATCH) for name in draw(random.Random(seed)))
    assert len(MUTATIONS) >= 40
    assert set(MUTATIONS) >= FATAL and FILES.keys() <= drawn.keys()
    assert min(drawn[name] for name in MUTATIONS) >= 2


def odd(seed: int) -> Delivery:
    """Return a delivery that looks odd and is right: other columns orders, line ends, delimiters, quotes, names."""
    turn = random.Random(seed)
    delivery = Delivery()
    for name, table in SCHEMA.tables.items():
        names = [column.name for column in table.columns if not column.may_be_absent or turn.random() < 0.5]
        turn.shuffle(names)
        turn.shuffle(delivery.rows[name])
        delimiter, eol = turn.choice(",;"), turn.choice(["\n", "\r\n"])
        text = csv_text(delivery.rows[name], names, delimiter=delimiter, eol=eol)
        if turn.random() < 0.3:
            text = eol.join(
                delimiter.join(f'"{field}"' for field in line.split(delimiter)) for line in text.split(eol)[:-1]
            )
        entry = delivery.resource(name)
        del delivery.files[entry["path"]]
        entry |= {"path": f"{turn.choice(['a', 'É', 'x y', '.'])}-{name}", "dialect": {"delimiter": delimiter}}
        delivery.put(name, text.encode())
    turn.shuffle(delivery.package["resources"])
    return delivery


@pytest.mark.parametrize("seed", range(30))
def test_odd_but_right_deliveries_are_all_accepted(seed: int) -> None:
    checked = check(odd(seed))
    assert (checked.verdict, checked.findings) == (Verdict.GEACCEPTEERD, ())
    assert {name: len(table) for name, table in checked.tables.items()} == {
        name: len(table) for name, table in check(Delivery()).tables.items()
    }
