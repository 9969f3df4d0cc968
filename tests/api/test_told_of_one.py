"""Pages and resources about the work tell nothing of one person: that takes a search, with a reason, on record."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from shared.access import Role
from shared.administration import ModelStatus, RunCounts
from shared.api import PREFIX
from shared.bootstrap import served
from tests.api.conftest import Site
from tests.api.test_twice import prediction_of

pytestmark = pytest.mark.slow
WHY = {"reden": "nagekeken in een proef"}


LARGE = RunCounts(130, {"1": 30, "2": 100}, {"MODEL": 130})


@pytest.mark.parametrize(
    ("counts", "why", "told"),
    [
        (LARGE, "", LARGE),
        (RunCounts(130, {"1": 30, "2": 100, "3": 0}, {"MODEL": 130}), "", "as it is"),
        (RunCounts(131, {"1": 30, "2": 100, "3": 1}, {"MODEL": 131}), "", RunCounts(131)),  # one of a type
        (RunCounts(130, {"1": 30, "2": 100}, {"MODEL": 125, "IOAW_IOAZ": 5}), "", RunCounts(130)),
        (RunCounts(9, {"1": 9}, {"MODEL": 9}), "", RunCounts(9)),
        (RunCounts(0), "", RunCounts(0)),
        (LARGE, "somebody asked for it", RunCounts(130)),
        (LARGE, "another run of the date", RunCounts(130)),
        (LARGE, "somebody was removed", RunCounts(130)),
    ],
)
def test_what_a_run_tells_by_kind_is_never_of_a_few_nor_to_be_taken_off_another_count(
    monkeypatch: pytest.MonkeyPatch, counts: RunCounts, why: str, told: Any
) -> None:
    new = SimpleNamespace(
        dataset="proef",
        datum="2026-11-20",
        request_id="v1" if "asked" in why else "",
        model_status=ModelStatus.ACTIEF,
    )
    run, other = SimpleNamespace(run_id="a", new=new), SimpleNamespace(run_id="b", new=new)
    known = SimpleNamespace(
        run=lambda _: run,
        counts=lambda _: counts,
        published_on=lambda *_: [run, other] if "another" in why else [run],
        removals=lambda *_: ["grafsteen"] if "removed" in why else [],
    )
    monkeypatch.setattr(served, "settings", lambda: None)
    monkeypatch.setattr(served, "ledger", lambda _: known)
    assert served._runs().counts("a") == (counts if told == "as it is" else told)


def test_a_run_of_one_named_application_does_not_tell_its_result(site: Site) -> None:
    manager, watcher = site.as_(Role.PROCESBEHEERDER), site.as_(Role.TOEZICHTHOUDER)
    delivery = manager.get(f"{PREFIX}/leveringen").document["leveringen"][-1]["id"]
    asked = {"levering": delivery, "aanvraagnummers": [site.numbers(2)[0]], **WHY}
    made = manager.post(f"{PREFIX}/verwerkingen", asked)
    assert made.status == 202
    run = made.document["id"]
    for client in (manager, watcher):
        told = client.get(f"{PREFIX}/verwerkingen/{run}").document
        assert (told["aantal"], told["resultaattypen"]) == (1, {})
        page = client.get(f"/verwerkingen/{run}").body.decode()
        assert "1 aanvraag." in page and "Aantal per" not in page
    whole = [each["id"] for each in manager.get(f"{PREFIX}/verwerkingen").document["verwerkingen"] if each["id"] != run]
    counts = [manager.get(f"{PREFIX}/verwerkingen/{each}").document for each in whole]
    assert any(each["aantal"] > 9 for each in counts)
    assert all(min(each["resultaattypen"].values(), default=10) >= 10 for each in counts)


def test_an_objection_shows_neither_its_words_nor_its_application(site: Site) -> None:
    _, prediction = prediction_of(site, 2)
    worker, words = site.as_(Role.BEHANDELAAR), "mijn inkomen klopt niet"
    made = worker.post(f"{PREFIX}/bezwaren", {"voorspelling": prediction, "reden": words})
    assert made.status == 201
    name = made.document["id"]
    for path in ("/bezwaren", f"/bezwaren/{name}"):
        page = worker.get(path).body.decode()
        assert name in page and words not in page and "k-" not in page.partition("<main")[2]
