"""A shadow at which worker after worker ends takes no round, no other mailbox and no night with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.installation import Installation
from shared.runstates import RunReason
from shared.set_apart import PATIENCE
from shared.sweep import finish_standing, run_waiting
from tests.modelregister.offices import Office
from tests.shell.crashing import Refusing
from tests.shell.workshop import Crash

SHADOWS = "SELECT levering, toestand, reden FROM verwerkingen WHERE modelstatus = 'schaduw' ORDER BY nr"
LEVERING = "2026-11-19"


def ended(office: Office, deadly: Callable[[], Installation], times: int) -> None:
    for _ in range(times):
        with pytest.raises(Crash):
            run_waiting(deadly())
        office.workshop.clock.pass_by(timedelta(minutes=40))


def test_one_that_ends_every_worker_while_it_judges_is_given_up(shadowed: Office) -> None:
    core = shadowed.workshop.installation.core

    def judge(*arguments: Any) -> Any:
        if arguments[2].model.version == "1.1.0":
            raise Crash
        return core.judge(*arguments)

    def deadly() -> Installation:
        return shadowed.workshop.with_(core=replace(core, judge=judge)).installation

    shadowed.workshop.deliver(LEVERING)
    ended(shadowed, deadly, PATIENCE - 1)
    (outcome,) = run_waiting(deadly()).shadows
    assert outcome.run is not None and outcome.run.reason is RunReason.WERKERS_STONDEN_STIL
    assert shadowed.workshop.sql(SHADOWS) == [(LEVERING, "vervallen", "werkers_stonden_stil")]
    assert run_waiting(deadly()).shadows == (), "and it is not begun again"
    assert len(shadowed.workshop.current(LEVERING)) == 3


def test_one_that_ends_every_worker_while_it_is_finished_waits_for_the_end_of_the_night(shadowed: Office) -> None:
    shadowed.workshop.deliver(LEVERING)
    run_waiting(replace(shadowed.workshop.installation.up_to_date(), versions=None))

    def deadly() -> Installation:
        blobs = Refusing(
            shadowed.workshop.installation.blobs, "logboek", Crash, named=lambda name: "ankers" not in name
        )
        return shadowed.workshop.with_(blobs=blobs).installation

    ended(shadowed, deadly, PATIENCE - 1)
    assert shadowed.workshop.sql(SHADOWS) == [(LEVERING, "gepubliceerd", "overgenomen")]
    (outcome,) = run_waiting(deadly()).shadows
    assert outcome.failure is not None and outcome.failure.code == "SC-535"
    round_ = run_waiting(deadly())
    assert round_.failed and round_.shadows == ()
    (outcome,) = round_.told
    assert outcome.failure is not None and outcome.failure.code == "SC-535"
    assert "at the page" not in str(outcome.failure), "of a shadow there is none"
    assert shadowed.workshop.sql(SHADOWS) == [(LEVERING, "gepubliceerd", "staart_staat_stil")]
    with pytest.raises(Crash):
        finish_standing([deadly])
    shadowed.workshop.clock.pass_by(timedelta(minutes=40))
    run_waiting(deadly())
    assert [one.failure for one in finish_standing([lambda: shadowed.workshop.installation])] == [None]
    assert shadowed.workshop.sql(SHADOWS) == [(LEVERING, "afgerond", "schaduw_bewaard")]
