"""The good path, with everything that people do around it: a canary stands where the contract says and nowhere else."""

from __future__ import annotations

from pathlib import Path

from shared.interventions import release, request_run, resume_model, stop_model
from tests.canary.allowed import STORED, leaks, told, used
from tests.canary.canaries import What
from tests.canary.planting import delivery_of, groups_of, outcomes_of, planted, post
from tests.canary.rounds import Storage, secret_keys
from tests.followup.posting import GROUPS, OUTCOMES


def test_a_canary_stands_where_the_contract_says_and_nowhere_else(tmp_path: Path) -> None:
    made = planted()
    storage = Storage(tmp_path, secret_keys(made.aviary))
    reason = lambda where: f"omdat {made.aviary.word(What.GETYPT, where)} belde"  # noqa: E731
    post(delivery_of(made, strange=True), tmp_path)
    outcomes_of(storage.desk(OUTCOMES), made)
    groups_of(storage.desk(GROUPS), made)
    storage.round()
    assert storage.states() == {"afgerond": 3}
    storage.do(lambda here: request_run(here, "2026-11-20", made.applications()[:2], reason("a request")))
    storage.do(lambda here: stop_model(here, reason("the stop switch")))
    storage.round()
    assert storage.states() == {"afgerond": 3, "aangehouden": 1}
    hits = storage.hits(made.canaries)
    storage.do(lambda here: resume_model(here, reason("the stop switch again")))
    named = f"2026-11-22-{made.aviary.word(What.LEVERING, 'the name of a delivery')}"
    post(delivery_of(made, van="2026-11-21", tot="2026-11-22"), tmp_path, named)  # a gap: it is held
    storage.round()
    assert storage.states() == {"afgerond": 4, "aangehouden": 1}
    storage.do(lambda here: release(here, named, reason("a release")))
    storage.round()
    assert storage.states() == {"afgerond": 5}
    hits += storage.hits(made.canaries)
    assert leaks(hits) == [], told(leaks(hits))
    assert used(hits) == set(STORED), [one.reason for one in set(STORED) - used(hits)]
