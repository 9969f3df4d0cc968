"""Reports over HTTP: which there are, what one shows, its pages under a policy of their own, and every look at one."""

from __future__ import annotations

from typing import Any

import pytest

from shared.access import Role
from shared.api import PREFIX
from shared.events import SYSTEM
from shared.monitoring.report.page import content_policy
from tests.api.conftest import Site
from tests.api.documented import Held, Promises, check_headers
from tests.api.reported import DATASET, LAST, write_reports
from tests.report.pages import read_page

pytestmark = pytest.mark.slow


@pytest.fixture
def reported(site: Site) -> Site:
    """A site with the reports of three closed months."""
    write_reports()
    return site


def _watcher(site: Site) -> Held:
    client = site.as_(Role.TOEZICHTHOUDER, who="toezicht-1")
    return Held(client, Promises(client.get(f"{PREFIX}/openapi.json").document))


def _looks(site: Site) -> list[dict[str, Any]]:
    asked = {"handeling": "rapport bekeken", "reden": "Wie las het rapport?"}
    found: list[dict[str, Any]] = (
        site.as_(Role.TOEZICHTHOUDER).post(f"{PREFIX}/gebeurtenissen/_zoek", asked).document["gebeurtenissen"]
    )
    return found


def test_the_list_holds_every_report_the_newest_first(reported: Site) -> None:
    client = _watcher(reported)
    listed = client.get(f"{PREFIX}/rapportages").document
    assert [each["id"] for each in listed["rapportages"]] == [f"{DATASET}-2026-{month}" for month in ("10", "09", "08")]
    assert listed["aantal"] == 3
    second = client.get(f"{PREFIX}/rapportages?pagina=2&paginaGrootte=2").document
    assert [each["maand"] for each in second["rapportages"]] == ["2026-08"]
    assert client.get(f"{PREFIX}/rapportages?dataset=iets_anders").document["aantal"] == 0
    assert _looks(reported) == []


def test_one_report_is_given_as_facts_and_the_look_is_on_record(reported: Site) -> None:
    shown = _watcher(reported).get(f"{PREFIX}/rapportages/{LAST}").document
    assert shown["maand"] == "2026-10"
    assert shown["model"]["naam"] == DATASET
    assert shown["feiten"]["trends"][0]["title"] == "Aanvragen"
    assert "vrijgave" not in shown
    assert "guarded" not in str(shown)
    (look,) = _looks(reported)
    assert look["object"] == "rapport levensonderhoud 2026-10"
    assert look["herkomst"].startswith("api ")
    assert look["door"] != SYSTEM


@pytest.mark.parametrize(("path", "work"), [(f"/rapportages/{LAST}", True), (f"/rapportages/{LAST}/openbaar", False)])
def test_the_page_is_the_file_as_it_was_written_under_a_policy_of_its_own(
    reported: Site, path: str, work: bool
) -> None:
    said = reported.as_(Role.TOEZICHTHOUDER).get(path)
    assert said.status == 200
    name = "rapport.html" if work else "openbaar.html"
    assert said.body == (reported.storage / "rapportage" / DATASET / "2026-10" / name).read_bytes()
    policy = said.headers["content-security-policy"]
    assert policy == f"{content_policy()}; frame-ancestors 'none'"
    assert "unsafe" not in policy
    assert said.headers["cache-control"] == "no-store"
    assert bool([node for node in read_page(said.body).all("section") if node.attributes["id"] == "bedrijf"]) is work
    assert len(_looks(reported)) == 1


def test_other_pages_keep_their_own_policy(reported: Site) -> None:
    said = reported.as_(Role.TOEZICHTHOUDER).get("/rapportages")
    assert "style-src 'self'" in said.headers["content-security-policy"]
    assert "sha256-" not in said.headers["content-security-policy"]
    assert "oktober 2026" in said.body.decode()


@pytest.mark.parametrize(
    "path",
    [
        f"{PREFIX}/rapportages/{DATASET}-2026-11",
        f"{PREFIX}/rapportages/iets_anders-2026-10",
        f"{PREFIX}/rapportages/uitkomsten-2026-10",
    ],
)
def test_a_report_that_is_not_there_is_not_found(reported: Site, path: str) -> None:
    said = _watcher(reported).get(path)
    assert said.status == 404
    check_headers(said)
    assert _looks(reported) == []


@pytest.mark.parametrize("path", [f"/rapportages/{DATASET}-2026-11", "/rapportages/vandaag/iets_anders"])
def test_a_page_that_is_not_there_is_not_found(reported: Site, path: str) -> None:
    assert reported.as_(Role.TOEZICHTHOUDER).get(path).status == 404


def test_up_to_today_waits_for_the_first_closed_month(site: Site) -> None:
    assert site.as_(Role.TOEZICHTHOUDER).get(f"/rapportages/vandaag/{DATASET}").status == 404


@pytest.mark.parametrize("id_", ["levensonderhoud", "levensonderhoud-2026-13", "..-2026-10", "levensonderhoud-2026-1"])
def test_what_is_no_id_is_refused(reported: Site, id_: str) -> None:
    assert reported.as_(Role.TOEZICHTHOUDER).get(f"{PREFIX}/rapportages/{id_}").status == 400


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TOEZICHTHOUDER])
def test_nobody_else_may_read_them(reported: Site, role: Role) -> None:
    for path in (
        "/rapportages",
        f"/rapportages/{LAST}",
        f"/rapportages/vandaag/{DATASET}",
        f"{PREFIX}/rapportages/{LAST}",
    ):
        assert reported.as_(role).get(path).status == 403
    assert _looks(reported) == []
