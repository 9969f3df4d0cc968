"""What we are compared with makes the same results, so that the comparison is fair."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import typical
from benchmarks.nights import DATASET, DAY, PERIOD
from benchmarks.rivals import package_in_use
from development.population import write_delivery
from shared import CONTRACT_VERSION, pipeline
from shared.adapters.deliveryfolder import DeliveryFolder
from shared.records import RunIdentity
from shared.stages.pseudonym import PseudonymKey
from shared.stages.resultfiles import origin
from shared.usecases import use_case

KEY = PseudonymKey("k-1", bytes(range(32)))


def test_the_code_that_most_people_would_write_makes_our_documents(tmp_path: Path) -> None:
    write_delivery(tmp_path, applications=300, period=PERIOD, seed=3, format="parquet")
    case, package = use_case(DATASET), package_in_use()
    checked = pipeline.check_delivery(DeliveryFolder(tmp_path), case, package.policy["bands"])
    delivery, _ = pipeline.pseudonymise_delivery(checked, case, KEY)
    table = pipeline.features(delivery, case, KEY)
    identity = RunIdentity("r", DATASET, DAY, "d", package, CONTRACT_VERSION, KEY.key_id)
    ours = [json.loads(line) for line in pipeline.judge(table, case, identity, KEY).lines.splitlines()]
    theirs = json.loads(json.dumps(typical.documents(table, case, package, origin(identity))))
    assert len(ours) == len(theirs) == 300
    for our, their in zip(ours, theirs, strict=True):
        assert our.keys() == their.keys()
        assert {name: our[name] for name in our} == {
            name: pytest.approx(their[name]) if name == "score" else their[name] for name in our
        }
