"""Who is turned away leaves a line in the technical log: who, where, when and why, and nothing that was sent."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

import pytest

from shared.access import Role
from shared.api import PREFIX
from tests.api.conftest import Site, make_site
from tests.api.story import DATASET

__all__ = ["make_site"]


@pytest.fixture
def empty(make_site, tmp_path) -> Site:  # type: ignore[no-untyped-def]
    """The app before anything came."""
    site: Site = make_site(tmp_path / "leeg")
    return site


def test_a_refusal_tells_who_where_and_why(empty: Site, caplog: pytest.LogCaptureFixture) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    with caplog.at_level(logging.WARNING, "shared.runs"):
        somebody = empty.as_(Role.BEHANDELAAR)
        subject = empty.issuer.sign_in(dict(somebody.headers), {}).subject  # type: ignore[union-attr]
        somebody.get(f"{PREFIX}/verzoeken/{'0' * 32}", traceparent=f"00-{trace}-b7ad6b7169203331-01")
        empty.nobody().get(f"{PREFIX}/leveringen")
    allowed, unknown = (record.getMessage() for record in caplog.records)
    route = f"GET {PREFIX}/verzoeken/{{id}}"
    assert allowed == f"http: refused SC-710, {route}, {subject}, from 192.0.2.7, trace {trace}"
    assert unknown.startswith(f"http: refused SC-700, GET {PREFIX}/leveringen, niet aangemeld, from 192.0.2.7, trace ")


def test_a_wrong_token_or_another_site_is_told_without_what_was_shown(
    empty: Site, caplog: pytest.LogCaptureFixture
) -> None:
    token = empty.issuer.token(Role.TOEZICHTHOUDER)
    with caplog.at_level(logging.WARNING, "shared.runs"):
        forged = token[:-6] + "kanari"
        assert empty.nobody().get(f"{PREFIX}/leveringen", Authorization=f"Bearer {forged}").status == 401
        body = urlencode({"reden": "kanarie\r\nregel"}).encode()
        kind = "application/x-www-form-urlencoded"
        sent = empty.as_(Role.TOEZICHTHOUDER).call(
            "POST", "/audit", raw=body, content_type=kind, origin="https://x.example"
        )
        assert sent.status == 403
    told = [record.getMessage() for record in caplog.records]
    assert [line.partition(",")[0] for line in told] == ["http: refused SC-700", "http: refused SC-730"]
    assert not [line for line in told if "kanari" in line or token[:20] in line or "\n" in line]


def test_who_may_not_be_the_second_one_is_told_too(empty: Site, caplog: pytest.LogCaptureFixture) -> None:
    watcher, why = empty.as_(Role.TOEZICHTHOUDER, who="een"), {"reden": "gevraagd aan de balie"}
    asked = {"soort": "inzage", "persoonsnummer": "987654321", "dataset": DATASET, **why}
    request = watcher.post(f"{PREFIX}/verzoeken", asked).headers["location"]
    assert watcher.post(f"{request}/beslissing", {"toegewezen": True, **why}).status == 200
    with caplog.at_level(logging.WARNING, "shared.runs"):
        assert watcher.post(f"{request}/inzage", {"persoonsnummer": "987654321", **why}).status == 403
    (told,) = (record.getMessage() for record in caplog.records)
    assert told.startswith(f"http: refused SC-560, POST {PREFIX}/verzoeken/{{id}}/inzage, ")
    assert "987654321" not in told


def test_who_may_leaves_no_such_line(empty: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "shared.runs"):
        assert empty.as_(Role.PROCESBEHEERDER).get(f"{PREFIX}/leveringen").status == 200
    assert not caplog.records
