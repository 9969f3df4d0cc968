"""With the identities of production: outcomes are taken in, a month is closed, and both go by who may remove."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from shared.adapters.sql.due_rows import SqlDue
from shared.adapters.sql.months import SqlMonthRecords
from shared.adapters.sql.purge import SqlPurge
from shared.anchors import check_audit
from shared.closing.months import close_months, closed_months
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.monitoring.months import Confusion, Stream
from shared.retention.purge import Purge
from shared.retention.terms import DEFAULT
from shared.sweep import run_waiting
from tests.followup.posting import GROUPS, OUTCOME, OUTCOMES, PERSON, desk_of
from tests.rights.conftest import either, make_scene, scene, server, server_running
from tests.rights.removing import Scene
from tests.shell.workshop import CORE

__all__ = ["either", "make_scene", "scene", "server", "server_running"]
pytestmark = pytest.mark.xdist_group("postgresql")


def test_taken_in_counted_and_removed(either: Scene) -> None:
    model = SimpleNamespace(**vars(either.installation.model), reference={"features": {}}, sample_share=0.0)
    judging = either.workshop.with_(use_case=LEVENSONDERHOUD, core=CORE, model=model)
    desks = desk_of(judging, OUTCOMES), desk_of(judging, GROUPS)
    here = judging.clock.moment.astimezone(ZoneInfo("Europe/Amsterdam"))
    today = f"{here:%Y-%m-%d}"
    judging.deliver(today, dataset=LEVENSONDERHOUD.dataset)
    run_waiting(judging.installation)
    for desk, row in zip(desks, ({**OUTCOME, "aanvraagnummer": "1001"}, PERSON), strict=True):
        desk.deliver([row], today)
        desk.round()
        assert len(desk.kept()) == 1
    following = datetime(here.year + here.month // 12, here.month % 12 + 1, 1, 6, tzinfo=here.tzinfo)
    judging.clock.moment = following
    records = SqlMonthRecords(either.app)
    assert close_months(judging.installation, records) == [f"{here:%Y-%m}"]
    (month,) = closed_months(judging.installation.blobs, records, LEVENSONDERHOUD.dataset, model.name)
    assert month.streams[Stream.MODEL]["alle"]["alle"].outcomes == Confusion(tp=1)
    judging.clock.pass_by(timedelta(days=401))
    removing = Purge(SqlPurge(either.purger), SqlDue(either.app), DEFAULT)
    done = removing.run([judging.installation, *(desk.installation for desk in desks)])
    assert not done.failures
    assert [desk.kept() for desk in desks] == [[], []]
    assert check_audit(judging.installation.ledger, judging.installation.blobs).holds
