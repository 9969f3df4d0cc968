"""The readers of what comes in over HTTP, in the app as it is served: whole requests, JSON, and forms of pages."""

from __future__ import annotations

import json
import os
import random
import tempfile
from collections.abc import Iterator
from functools import cache
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp

from development.issuer import LocalIssuer
from shared import bootstrap
from shared.access import PAGES, Role
from shared.api import PREFIX
from shared.pages.csrf import FIELD
from tests.api.calling import Client, Said
from tests.api.documented import check_headers
from tests.api.refusals import BODIES, SAMPLES
from tests.fuzz.changing import CELLS, after
from tests.fuzz.oracle import DAY, NUMBER, Listening, Target, silent

DATASET = "levensonderhoud"
MARKUP = f"<i>{NUMBER}</i>"
_JSON = "application/json"
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE")
_FORMS = sorted(name for name in PAGES if name.startswith("POST "))
_REASON = {"reden": f"omdat {MARKUP}"}
_DAYS = (
    "1-1-0001",
    "0001-01-01",
    "31-12-9999",
    "9999-12-31",
    "29-2-2026",
    "00-00-0000",
    "2026-W47-4",
    "1-11-2026",
    DAY,
)
# answers that fit a form; elsewhere there is nothing yet that a form could be about
_ANSWERS: dict[str, dict[str, str]] = {
    "POST /audit": {"handeling": "model gestopt", "object": NUMBER, "actor": NUMBER, "run": "0" * 32, "voor": "5"}
    | {"van": "1-1-2026", "tot": "2-1-2026"},
    "POST /aanvragen": {"soort": "persoon", "nummer": NUMBER},
    "POST /verzoeken": {"soort": "inzage", "persoonsnummer": NUMBER},
    "POST /modellen/{naam}/versies": {"versie": "9.9.9", "redenDrempel": NUMBER, "redenSteekproef": NUMBER},
    "POST /modellen/{naam}/versies/{versie}/aanvragen": {"van": "1-1-2026", "tot": "2-1-2026", "pagina": "1"},
    "POST /aanmelden": {"rol": "behandelaar"},
}


# --- the app, as it is served, on a storage of its own ----------------------------------------------------------------
@cache
def _served() -> tuple[ASGIApp, LocalIssuer, Listening]:
    os.environ["SLIMME_CHECK_OPSLAG"] = tempfile.mkdtemp(prefix="fuzz-")
    issuer = LocalIssuer(bootstrap.settings().access)
    return bootstrap.http_app(issuer.sign_in, issuer.token), issuer, Listening()


@cache
def _everybody() -> Client:
    app, issuer, _ = _served()
    return Client(app, {"authorization": f"Bearer {issuer.token(*Role)}"})


def _address_of(path: str) -> str:
    resource = path.split("/")[1]
    return path.format(id=SAMPLES.get(resource, "0" * 32), naam=DATASET, versie="1.0.0", stap="activeren")


def _judge(said: Said, path: str) -> None:
    if said.status >= 500 or said.status in (418, 422):
        raise AssertionError(f"{path} answered {said.status}; the log says: {_served()[2].heard[-3:]}")
    if path.startswith(PREFIX) and said.body:  # HEAD has none
        check_headers(said)
    if said.status >= 400 and said.headers["content-type"] != "text/html; charset=utf-8":
        silent(f"a problem of {path}", said.body.decode())
    if MARKUP.encode() in said.body and said.headers["content-type"].startswith("text/html"):
        raise AssertionError(f"{path} shows what was typed as markup")
    _served()[2].judge()


def read_one_document(data: bytes) -> None:
    """Send a body to an operation of the API, which the first byte chooses; whoever sends it may do anything."""
    name = list(BODIES)[(data[:1] or b"\0")[0] % len(BODIES)]
    method, _, path = name.partition(" ")
    url = PREFIX + _address_of(path)
    _judge(_everybody().call(method, url, raw=data[1:] or b" ", content_type=_JSON), url)


def documents() -> Iterator[bytes]:
    """A right body for each operation, with values to recognise."""
    for number, body in enumerate(BODIES.values()):
        known = {name: NUMBER if name in ("nummer", "persoonsnummer", "toelichting") else body[name] for name in body}
        yield bytes([number]) + json.dumps(known).encode()
    search = list(BODIES).index("POST /gebeurtenissen/_zoek")
    yield (
        bytes([search])
        + json.dumps(
            {
                "reden": NUMBER,
                "van": f"{DAY}T00:00:00Z",
                "tot": "2026-11-22T10:00:00.5+01:00",
                "object": NUMBER,
                "voor": 5,
            }
        ).encode()
    )


@cache
def _form_key() -> tuple[str, str]:
    opened = _everybody().get("/audit")
    return (
        opened.body.decode().split(f'name="{FIELD}" value="')[1].split('"')[0],
        opened.headers["set-cookie"].partition(";")[0],
    )


def read_one_form(data: bytes) -> None:
    """Send a form of a page, which the first byte chooses, as a browser does: with its key and its cookie."""
    path = _address_of(_FORMS[(data[:1] or b"\0")[0] % len(_FORMS)].partition(" ")[2])
    key, cookie = _form_key()
    _judge(
        _everybody().call(
            "POST",
            path,
            raw=urlencode({FIELD: key}).encode() + b"&" + data[1:],
            cookie=cookie,
            origin=bootstrap.settings().access.address,
            content_type="application/x-www-form-urlencoded",
        ),
        path,
    )


def forms() -> Iterator[bytes]:
    """Every form with a reason and, where it can be about something, the other answers that it asks for."""
    for number, name in enumerate(_FORMS):
        yield bytes([number]) + urlencode({**_REASON, **_ANSWERS.get(name, {})}).encode()


def _change_form(data: bytes, turn: random.Random) -> bytes | None:
    answers = parse_qsl(data[1:].decode("utf-8", "replace"), keep_blank_values=True)
    if not answers:
        return None
    for _ in range(turn.choice([1, 1, 2, 4])):
        place = turn.randrange(len(answers))
        name, old = answers[place]
        if turn.random() < 0.1:
            answers.insert(place, (turn.choice([name, NUMBER, "x"]), old))
        elif turn.random() < 0.1 and len(answers) > 1:
            answers.pop(place)
        else:
            days = name in ("van", "tot") and turn.random() < 0.7
            answers[place] = (name, turn.choice(_DAYS if days else [*CELLS, MARKUP, "9" * 128, "ja", "\x0b"]))
    return data[:1] + urlencode(answers, encoding="utf-8", errors="replace").encode()


def read_one_request(data: bytes) -> None:
    """Send a request of any kind: the first byte chooses the method, lines are the address, headers, and the body."""
    method = _METHODS[(data[:1] or b"\0")[0] % len(_METHODS)]
    head, _, body = data[1:].partition(b"\n\n")
    address, *lines = head.decode("latin-1").split("\n")
    headers = dict(_everybody().headers)
    for name, _, value in (line.partition(": ") for line in lines):
        headers[name.lower().encode("ascii", "ignore").decode()] = value
    if not address.startswith("/") or address.startswith("//"):
        address = "/"
    try:
        said = Client(_everybody().app, headers).call(method, address, raw=body)
    except ValueError as cause:
        if "IPv6" in str(cause):  # of what cuts the address, before there is a request
            return
        raise
    if method == "HEAD" and said.body:
        raise AssertionError("an answer to HEAD with a body")
    _judge(said, address.partition("?")[0])


def requests() -> Iterator[bytes]:
    """Reading, with parameters and every header that the app looks at, and writing."""
    headers = (
        f"traceparent: 00-{'a' * 32}-{'b' * 16}-01\nx-forwarded-for: 10.0.0.1, 192.0.2.7:443\n"
        "origin: https://localhost\n"
        f"sec-fetch-site: same-origin\ninzage-reden: {NUMBER}\n"
        f"cookie: __Host-slimme-check-formulier={'a' * 43}; b={DAY}"
    )
    for path in ("leveringen?pagina=1&paginaGrootte=5&dataset=x", "verwerkingen?toestand=afgerond", "openapi.json"):
        yield f"\0{PREFIX}/{path}\n{headers}".encode()
    yield f"\0{PREFIX}/voorspellingen/{'0' * 32}-0\n{headers}".encode()
    yield f"\0/audit?object={NUMBER}\n{headers}".encode()
    key = "0b7e2f6c-5a0d-4c57-9d0e-6f1f7a8b9c0d"
    yield (
        f"\2{PREFIX}/bezwaren\ncontent-type: {_JSON}; charset=utf-8\nidempotency-key: {key}\n{headers}\n\n"
        + json.dumps({"voorspelling": f"{'0' * 32}-0", "reden": NUMBER})
    ).encode()


TARGETS = {
    "json": Target(read_one_document, documents, (1_200, 60_000), lambda d, t: after(1, d, t)),
    "forms": Target(read_one_form, forms, (800, 60_000), _change_form),
    "requests": Target(read_one_request, requests, (1_000, 60_000), words=("\n", "%00", "%2e%2e/", ": ", "//", "\x00")),
}
