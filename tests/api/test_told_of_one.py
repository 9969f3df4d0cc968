"""Pages and resources about the work tell nothing of one person: that takes a search, with a reason, on record."""

from __future__ import annotations

import pytest

from shared.access import Role
from shared.administration import RunCounts
from shared.api import PREFIX
from tests.api.conftest import Site
from tests.api.test_twice import prediction_of

pytestmark = pytest.mark.slow
WHY = {"reden": "nagekeken in een proef"}


def test_a_run_of_few_or_of_named_applications_tells_only_how_many() -> None:
    few, many = (RunCounts(n, {"1": n - 1, "2": 1}, {"MODEL": n}) for n in (9, 10))
    assert few.told(named=False) == RunCounts(9) and many.told(named=True) == RunCounts(10)
    assert many.told(named=False) == many


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
    assert any(each["aantal"] > 9 and sum(each["resultaattypen"].values()) == each["aantal"] for each in counts)


def test_an_objection_shows_neither_its_words_nor_its_application(site: Site) -> None:
    _, prediction = prediction_of(site, 2)
    worker, words = site.as_(Role.BEHANDELAAR), "mijn inkomen klopt niet"
    made = worker.post(f"{PREFIX}/bezwaren", {"voorspelling": prediction, "reden": words})
    assert made.status == 201
    name = made.document["id"]
    for path in ("/bezwaren", f"/bezwaren/{name}"):
        page = worker.get(path).body.decode()
        assert name in page and words not in page and "k-" not in page.partition("<main")[2]
