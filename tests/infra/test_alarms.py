"""What an alarm looks for is what the code writes: rules, states, and words in the technical log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from development.infra.alarms import ALARMS
from shared import interventions
from shared.adapters import measurements
from shared.adapters.sql.ledger import SqlLedger
from shared.errors import AuditTrailBroken
from shared.runstates import RunState
from shared.stages.rules import RULES
from shared.triggers import TriggerFailed
from tests.infra.conftest import ROOT, ask
from tests.shell.workshop import Workshop, make_installation


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """A small shell in this process."""
    made = Workshop(make_installation(tmp_path / "werk"), tmp_path / "werk")
    yield made
    cast(SqlLedger, made.installation.ledger).engine.dispose()


def test_every_rule_state_and_measure_that_an_alarm_names_exists() -> None:
    measured = Path(measurements.__file__).read_text(encoding="utf-8")
    for table, word in ALARMS.values():
        name = word.strip('"')
        if table.startswith("slimme_check."):
            assert f'"{table}"' in measured
        if name.startswith("LEV-"):
            assert name in RULES
        elif name.startswith("SC-"):
            assert name == AuditTrailBroken.code
        elif table == "slimme_check.verwerkingen":
            assert name in set(RunState)
        elif table == "AppExceptions":
            assert name == TriggerFailed.__name__


def test_the_stop_switch_is_heard_of(workshop: Workshop, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="shared"):
        interventions.stop_model(workshop.installation, "proef")
    assert any("stop switch of" in record.getMessage() for record in caplog.records)


def test_drift_is_heard_of() -> None:
    """tests/report sees the line written; here that it is the line that the alarm looks for."""
    assert "drift of %s" in (ROOT / "shared" / "reporting.py").read_text(encoding="utf-8")


def test_every_alarm_looks_in_the_tables_of_this_product_alone(checker: Path) -> None:
    for queries in ask(checker, ROOT, "alarms").values():
        assert queries
        for query in queries.values():
            assert re.match(r"App(Metrics|Traces|Exceptions) \| where ", query)
