"""Whatever is sent over HTTP, wherever in a request: it is told to nobody, in no answer, header or log."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.access import PUBLIC, ROUTES, Role
from shared.api import PREFIX
from tests.api.conftest import Site, make_site
from tests.api.refusals import BODIES, _broken, _url
from tests.canary.allowed import found, leaks, told
from tests.canary.canaries import Aviary, What
from tests.canary.office import Office, Overheard, overheard
from tests.canary.planting import Planted
from tests.canary.searching import Search

__all__ = ["make_site"]

pytestmark = pytest.mark.slow


def planted_in(body: dict[str, Any], aviary: Aviary) -> dict[str, Any]:
    """Return a body with a canary in place of every text, and in a member that nobody asked for."""
    words = {name: aviary.word(What.GETYPT, name) if isinstance(value, str) else value for name, value in body.items()}
    return words | {aviary.word(What.VREEMD, "a name"): aviary.bsn("a body")}


def headers_of(aviary: Aviary) -> dict[str, str]:
    """Return headers that all hold a canary."""
    word = lambda: aviary.word(What.VREEMD, "a header")  # noqa: E731
    return {
        "Inzage_Reden": f"{word()} {aviary.bsn('a header')}",
        "X_Forwarded_For": f"{word()}, {word()}",
        "User_Agent": word(),
        "Referer": f"https://x.example/{word()}",
        "Cookie": f"slimme-check-sessie={word()}; {word()}={word()}",
        "Idempotency_Key": word(),
        "Traceparent": f"00-{word()}",
        "Tracestate": f"x={word()}",
        "X_MS_Client_Principal": word(),
        "Origin": f"https://{word()}.example",
    }


@pytest.fixture
def office(make_site: Callable[[Path], Site], tmp_path: Path) -> tuple[Office, Site]:
    """An installation before anything came."""
    made = Office(tmp_path, Planted(Aviary(seed=21), 0))
    with made.listening():
        return made, make_site(tmp_path)


def nothing_is_told(office: Office) -> None:
    wrong = leaks(found(office.pieces(), Search(office.made.canaries)))
    assert wrong == [], told(wrong)


def asked(client: Overheard, method: str, path: str, aviary: Aviary, token: bool) -> None:
    """Ask for a route in every way that is wrong: an address, a query, a body, a form and headers full of canaries."""
    word = lambda where: aviary.word(What.VREEMD, where)  # noqa: E731
    headers = headers_of(aviary)
    if token:
        headers["Authorization"] = f"Bearer {word('a token')}.{word('a token')}.{word('a token')}"
    sound = re.sub(r"\{\w+\}", "0" * 32, path)
    elsewhere = re.sub(r"\{\w+\}", lambda _: word("a path"), path)
    body = BODIES.get(f"{method} {path.removeprefix(PREFIX)}", {"nummer": "1", "reden": "x"})
    client.call(method, f"{elsewhere}?{word('a query')}={aviary.bsn('a query')}", **headers)
    client.call(method, f"{elsewhere}/{word('a path')}", **headers)
    client.call(method, sound, planted_in(body, aviary), **headers)
    client.call(method, sound, raw=f'{{"reden": "{word("a broken body")}'.encode(), content_type="application/json")
    client.call(method, sound, raw=f"reden={word('a form')}".encode(), content_type=word("a type"))


def test_what_is_sent_is_told_to_nobody(office: tuple[Office, Site]) -> None:
    """By somebody who may, by somebody who may not, and by nobody."""
    kept, site = office
    everybody, nobody = overheard(kept, site, *Role), Overheard(site.app, {}, kept)
    for name, roles in ROUTES.items():
        method, _, path = name.partition(" ")
        others = overheard(kept, site, *(set(Role) - roles if roles != PUBLIC else Role))
        for client in (everybody, others, nobody):
            asked(client, method, path, kept.made.aviary, client is nobody)
    statuses = {int(place.split()[1]) for place, _ in kept.answers}
    assert statuses >= {200, 400, 401, 403, 404, 405, 415} and max(statuses) < 500
    nothing_is_told(kept)


def test_what_is_sent_rightly_about_what_is_not_there_is_told_to_nobody(office: tuple[Office, Site]) -> None:
    """Also where whatever does the work fails, with an error that quotes it."""
    kept, site = office
    aviary = kept.made.aviary
    broken = Overheard(_broken(site, ValueError(aviary.word(What.VREEMD, "an error"))), {}, kept)
    reason = lambda where: {"reden": aviary.word(What.GETYPT, where)}  # noqa: E731
    failed = 0
    for name in ROUTES:
        method, _, path = name.partition(f" {PREFIX}")
        if path and path not in ("/openapi.json", "/gezondheid"):
            body: dict[str, Any] | None = BODIES.get(f"{method} {path}")
            sent = None if body is None else body | (reason(name) if "reden" in body and "route" not in body else {})
            if sent and "persoonsnummer" in sent:
                sent["persoonsnummer"] = aviary.bsn(name)
            why = {"Inzage_Reden": aviary.word(What.GETYPT, name)}
            overheard(kept, site, *Role).call(method, _url(path), sent, **why)
            failed += broken.call(method, _url(path, "levensonderhoud"), sent, **why).status == 500
    assert failed > 25
    nothing_is_told(kept)
