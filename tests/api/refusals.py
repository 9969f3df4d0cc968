"""Every refusal of every operation that does not depend on what is there."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from shared.access import PUBLIC, ROUTES, Person, Role
from shared.api import PREFIX
from shared.api.app import make_api
from shared.api.guard import LARGEST_BODY
from shared.api.services import Services
from shared.api.shield import Shield
from shared.bootstrap.served import services as real_services
from shared.errors import IdentityUnavailable, LedgerUnavailable
from tests.api.calling import Client
from tests.api.conftest import Site
from tests.api.documented import Held, Promises
from tests.api.story import DATASET, READING, WHY

HEX = "0" * 64
HERE = "https://localhost"
SAMPLES = {
    "leveringen": f"{DATASET}-{HEX}",
    "verwerkingen": "0" * 32,
    "voorspellingen": f"{'0' * 32}-0",
    "bezwaren": "0" * 32,
    "verzoeken": "0" * 32,
    "rapportages": f"{DATASET}-2020-01",
}
BODIES: dict[str, dict[str, Any]] = {
    "POST /leveringen/{id}/vrijgave": WHY,
    "POST /leveringen/{id}/afronding": WHY,
    "POST /verwerkingen": {"levering": f"{DATASET}-{HEX}", **WHY},
    "POST /voorspellingen/{id}/herberekening": WHY,
    "POST /voorspellingen/{id}/beoordelingen": {
        "route": "consult",
        "gevolgd": True,
        "reden": "anders",
        "toelichting": "Gezien",
    },
    "POST /bezwaren": {"voorspelling": f"{'0' * 32}-0", **WHY},
    "POST /bezwaren/{id}/afhandeling": {"uitkomst": "gegrond", **WHY},
    "POST /verzoeken": {"soort": "inzage", "persoonsnummer": "1", "dataset": "onbekend", **WHY},
    "POST /verzoeken/{id}/beslissing": {"toegewezen": False, **WHY},
    "POST /verzoeken/{id}/intrekking": WHY,
    "POST /verzoeken/{id}/inzage": {"persoonsnummer": "1", **WHY},
    "POST /verzoeken/{id}/verwijdering": {"persoonsnummer": "1", **WHY},
    "PUT /modellen/{naam}/stop": {"gestopt": False, **WHY},
    "POST /modellen/{naam}/versies": {"versie": "1.1.0", "redenDrempel": "Minder", "redenSteekproef": "Geen", **WHY},
    "POST /modellen/{naam}/versies/{versie}/stappen": {"stap": "activeren", **WHY},
    "POST /modellen/{naam}/versies/{versie}/aanvragen/_zoek": {
        "van": "2026-11-01T00:00:00Z",
        "tot": "2026-11-02T00:00:00Z",
        **WHY,
    },
    "POST /aanvragen/_zoek": {"nummer": "1", "dataset": "onbekend", **WHY},
    "POST /gebeurtenissen/_zoek": WHY,
}


def _url(path: str, naam: str = "onbekend") -> str:
    resource = path.split("/")[1]
    return PREFIX + path.format(id=SAMPLES.get(resource, ""), naam=naam, versie="9.9.9")


def refusals(site: Site, promises: Promises) -> None:
    """Make every operation refuse in every way that does not depend on what is there."""
    broken = _broken(site, ValueError("kanarie 123456782"))
    away = _broken(site, LedgerUnavailable("No answer."))
    nobody = Held(site.nobody(), promises)
    for method, path, operation in promises.operations():
        name, url, body = f"{method} {path}", _url(path), BODIES.get(f"{method} {path}")
        allowed = ROUTES[f"{method} {PREFIX}{path}"]
        rightful = Held(site.as_(*Role), promises)
        reason = {"Inzage_Reden": READING}
        assert rightful.call(method, f"{url}?vreemd=1", body, **reason).status == 400
        assert nobody.call(method, url, body, authorization="Bearer onzin").status == 401
        if allowed != PUBLIC:
            other = Held(site.as_(*(set(Role) - allowed)), promises)
            assert other.call(method, url, body, **reason).status == 403
        if "404" in operation["responses"]:
            assert rightful.call(method, url, body, **reason).status == 404, name
        if "requestBody" in operation:
            assert rightful.call(method, url, raw=b"{}", content_type="text/plain").status == 415
            large = {"raw": b" " * (LARGEST_BODY + 1), "content_type": "application/json"}
            assert rightful.call(method, url, **large).status == 413  # type: ignore[arg-type]
        for app, status in ((broken, 500), (away, 503)):
            said = Held(Client(app, {}), promises).call(method, _url(path, DATASET), body, **reason)
            assert said.status == status or path == "/openapi.json" or (status == 500 and path == "/gezondheid"), name
            assert "kanarie" not in said.body.decode()
    # these two need no service that could fail
    for cause, status in ((IdentityUnavailable("No answer."), 503), (KeyError("kanarie"), 500)):

        def failing(*_: object, cause: Exception = cause) -> Person:
            raise cause

        app = Shield(make_api(real_services(), failing, HERE), HERE)
        for path in ("/openapi.json", "/gezondheid"):
            assert Held(Client(app, {}), promises).get(f"{PREFIX}{path}").status == status


def _broken(site: Site, cause: Exception) -> Any:
    """The app with services that all fail, for somebody with every role."""

    def fails(*_: object, **__: object) -> Any:
        raise cause

    def break_all(record: Any) -> Any:
        changed = {
            field.name: break_all(value) if is_dataclass(value := getattr(record, field.name)) else fails
            for field in fields(record)
        }
        return replace(record, **changed)

    services: Services = break_all(real_services())
    return Shield(make_api(services, lambda *_: Person("iedereen", frozenset(Role)), HERE), HERE)
