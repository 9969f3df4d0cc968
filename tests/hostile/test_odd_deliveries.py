"""What is odd and yet as agreed is accepted, and says the same however it is written.

100 deliveries at every change, 1,000 at night. Each is written twice: plainly, and in another way that the
specification allows; both must be accepted and give the same results, byte for byte.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from shared import CONTRACT_VERSION, pipeline
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.records import ResultSet, RunIdentity, Verdict
from shared.stages.pseudonymise import PseudonymKey
from shared.stages.resultfiles import result_files
from tests.hostile.odd import odd_rows, written_oddly
from tests.reliability.size import number
from tests.reliability.workers import PACKAGE
from tests.stages.deliveries import Delivery, check, codes

TRIES, PARTS = number(100, 1_000), 10
KEY = PseudonymKey("k-1", b"1" * 32)
RUN = RunIdentity("verwerking", LEVENSONDERHOUD.dataset, "2026-11-20", "0" * 64, PACKAGE, CONTRACT_VERSION, KEY.key_id)


def results(delivery: Delivery, context: str) -> ResultSet:
    """Return what is published of a delivery, which must be accepted."""
    checked = check(delivery, PACKAGE.policy["bands"])
    assert checked.verdict is Verdict.GEACCEPTEERD, f"{context}: {codes(checked.findings)}"
    pseudonymised, _ = pipeline.pseudonymise_delivery(checked, LEVENSONDERHOUD, KEY)
    return pipeline.judge(pipeline.features(pseudonymised, LEVENSONDERHOUD, KEY), LEVENSONDERHOUD, RUN, KEY)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_an_odd_delivery_is_accepted_and_says_the_same_however_it_is_written(part: int) -> None:
    reasons: Counter[str] = Counter()
    for seed in range(TRIES * part // PARTS, TRIES * (part + 1) // PARTS):
        turn = random.Random(seed)
        rows = odd_rows(turn)
        plain, odd = results(Delivery(rows), f"seed {seed}"), results(written_oddly(rows, turn), f"seed {seed}, oddly")
        assert result_files([plain]) == result_files([odd]), f"seed {seed}"
        assert len(plain.results) == len({row["dienstnr"].strip() for row in rows["werkopdrachten"]}), f"seed {seed}"
        reasons.update(plain.results["reden"])
    assert reasons["MODEL"] and len(reasons) > 1, "some are scored, and some are not"
