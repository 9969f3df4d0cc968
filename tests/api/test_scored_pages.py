"""What a version judged, page by page: each application once, by the API and by the pages for people."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from shared.access import Role
from shared.api import PREFIX
from shared.pages import models
from tests.api.conftest import Site
from tests.modelregister.packages import FIRST, MODEL
from tests.pages.forms import send

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kapot-pakket")]
PER_PAGE = 30
WHY = {"reden": "Nagaan wie er beoordeeld is"}
LOOKING = f"{PREFIX}/modellen/{MODEL}/versies/{FIRST}/aanvragen/_zoek"
VERSION = f"/modellen/{MODEL}/versies/{FIRST}"


def _period() -> dict[str, str]:
    now = datetime.now(UTC)
    return {"van": (now - timedelta(days=1)).isoformat(), "tot": (now + timedelta(days=1)).isoformat(), **WHY}


def test_the_api_gives_each_application_once_on_pages_that_are_capped(site: Site) -> None:
    client = site.as_(Role.PROCESBEHEERDER)
    first = client.post(LOOKING, _period()).document
    assert (first["pagina"], first["paginaGrootte"], len(first["aanvragen"])) == (1, 50, 50)
    pages = -(-first["aantal"] // 20) + 1
    told = [client.post(f"{LOOKING}?pagina={n + 1}&paginaGrootte=20", _period()).document for n in range(pages)]
    assert {page["aantal"] for page in told} == {first["aantal"]} and first["aantal"] > 60
    ids = [each["voorspelling"] for page in told for each in page["aanvragen"]]
    assert len(ids) == len(set(ids)) == first["aantal"]
    assert ids[:50] == [each["voorspelling"] for each in first["aanvragen"]]
    assert told[-1]["aanvragen"] == []
    for wrong in ("paginaGrootte=101", "paginaGrootte=0", "pagina=0"):
        assert client.post(f"{LOOKING}?{wrong}", _period()).status == 400


def test_the_pages_for_people_go_on_to_the_next_applications(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MOST_AT_ONCE", PER_PAGE)
    client, today = site.as_(Role.PROCESBEHEERDER), datetime.now(UTC)
    days = {"van": f"{today - timedelta(days=1):%d-%m-%Y}", "tot": f"{today + timedelta(days=1):%d-%m-%Y}"}
    total = client.post(LOOKING, _period()).document["aantal"]
    seen: list[str] = []
    for number in ("", "2", "3"):
        asked = {**days, **WHY, "pagina": number}
        body = send(client, f"{VERSION}/aanvragen", VERSION, **asked).body.decode()
        rows = re.findall(r'<th[^>]* scope="row">([^<]+)</th>', body)
        last = len(seen) + len(rows) >= total
        assert ("Volgende aanvragen" in body) is not last and len(rows) <= PER_PAGE
        assert last or f'name="pagina" value="{int(number or 1) + 1}"' in body
        seen += rows
        if last:
            break
    assert len(seen) == total > 2 * PER_PAGE
    for wrong in ("0", "-1", "abc"):
        assert send(client, f"{VERSION}/aanvragen", VERSION, **days, **WHY, pagina=wrong).status == 400
