"""Every documented status of every operation is seen, no other one, and every response has the form that is promised.

The whole story first, on five real nights: what people do through the API and what comes of it. Then every refusal.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.api import PREFIX
from tests.api.conftest import Site
from tests.api.documented import Promises
from tests.api.refusals import refusals
from tests.api.story import (
    READING,
    WHY,
    Story,
    add_version,
    deliveries_and_runs,
    models,
    predictions,
    reports,
    requests_of_persons,
)
from tests.api.twice import everything_twice
from tests.house.repository import ROOT

pytestmark = pytest.mark.slow


def test_every_documented_status_is_seen_and_no_other(
    make_site: Callable[[Path], Site],
    nights: Path,
    clients: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(nights, tmp_path / "werk")
    shutil.copytree(ROOT / "models", tmp_path / "modellen")
    add_version(tmp_path / "modellen", "1.1.0")
    monkeypatch.setenv("SLIMME_CHECK_MODELLEN", str(tmp_path / "modellen"))
    site = make_site(tmp_path / "werk")
    promises = Promises(site.nobody().get(f"{PREFIX}/openapi.json").document)
    story = Story(site, promises)
    assert story.person().get(f"{PREFIX}/openapi.json").status == 200
    assert story.operator.get(f"{PREFIX}/gezondheid").document["status"] == "goed"
    deliveries_and_runs(story)
    predictions(story)
    models(story)
    requests_of_persons(story, clients)
    reports(story)
    everything_twice(story.case_worker, story.operator, story.watcher, story.numbers(1)[0])
    refusals(site, promises)
    documented = {f"{method} {path}": set(operation["responses"]) for method, path, operation in promises.operations()}
    unseen = {name: sorted(statuses - promises.seen[name]) for name, statuses in documented.items()}
    assert {name: statuses for name, statuses in unseen.items() if statuses} == {}
    assert set(promises.seen) == set(documented)


def test_no_number_stands_in_an_audit_event_or_an_address(site: Site) -> None:
    story = Story(site, Promises(site.nobody().get(f"{PREFIX}/openapi.json").document))
    number = story.numbers(1)[0]
    found = story.case_worker.post(f"{PREFIX}/aanvragen/_zoek", {"nummer": number, **WHY}).document["voorspellingen"]
    story.case_worker.get(f"{PREFIX}/voorspellingen/{found[0]['id']}", Inzage_Reden=READING)
    said = story.watcher.post(f"{PREFIX}/gebeurtenissen/_zoek", {"aantal": 100, **WHY})
    assert number not in re.sub(r'"hash": ?"\w+"', "", said.body.decode())
