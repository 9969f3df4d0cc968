"""Signing in: headers of the platform count only where a setting says so, and the local issuer only at home."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from development.issuer import LocalIssuer
from shared.access import Person, Role
from shared.adapters.identity.caller import entra, person_of
from shared.adapters.identity.easyauth import PRINCIPAL_HEADER, TOKEN_HEADER
from shared.errors import NotSignedIn, SettingsInvalid
from shared.identitysettings import Environment, IdentitySettings
from shared.settings import read_settings
from tests.api.tokens import AUDIENCE, SUBJECT, TENANT, Entra

_NAME_IDENTIFIER = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"
NOW = int(time.time())


def _principal(**changes: Any) -> str:
    claims = {"oid": SUBJECT, "tid": TENANT, "aud": AUDIENCE} | changes
    listed = [{"typ": name, "val": value} for name, value in claims.items() if value is not None]
    document = {"auth_typ": "aad", "claims": [*listed, {"typ": "roles", "val": "behandelaar"}]}
    return base64.b64encode(json.dumps(document).encode()).decode()


@pytest.mark.parametrize("mark", [{"idtyp": "app"}, {_NAME_IDENTIFIER: SUBJECT}, {"sub": SUBJECT}])
def test_an_application_behind_the_platform_has_none_either(entra_id: Entra, mark: dict[str, str]) -> None:
    found = person_of({PRINCIPAL_HEADER: _principal(**mark)}, entra_id.issuer, easy_auth=True)
    assert found is not None and found.roles == frozenset()
    found = person_of({PRINCIPAL_HEADER: _principal(sub="persoon-bij-deze-app")}, entra_id.issuer, easy_auth=True)
    assert found is not None and found.roles == {Role.BEHANDELAAR}


def test_headers_of_the_platform_count_for_nothing_unless_the_setting_says_so(entra_id: Entra) -> None:
    headers = {TOKEN_HEADER: entra_id.token(), PRINCIPAL_HEADER: _principal()}
    assert person_of(headers, entra_id.issuer, easy_auth=False) is None
    assert person_of(headers, None, easy_auth=True) is None


def test_the_token_that_the_platform_passes_on_is_validated_and_goes_first(entra_id: Entra) -> None:
    headers = {TOKEN_HEADER: entra_id.token(), PRINCIPAL_HEADER: _principal()}
    found = person_of(headers, entra_id.issuer, easy_auth=True)
    assert found is not None and found.roles == {Role.PROCESBEHEERDER}
    with pytest.raises(NotSignedIn):
        person_of({**headers, TOKEN_HEADER: entra_id.token(exp=NOW - 60)}, entra_id.issuer, easy_auth=True)


def test_whoever_the_browser_proves_by_itself_is_told_apart(entra_id: Entra) -> None:
    passed_on = person_of({TOKEN_HEADER: entra_id.token()}, entra_id.issuer, easy_auth=True)
    shown = person_of({"authorization": f"Bearer {entra_id.token()}"}, entra_id.issuer, easy_auth=True)
    assert passed_on is not None and passed_on.ambient
    assert shown is not None and not shown.ambient


def test_what_the_platform_says_is_taken_when_it_passes_no_token(entra_id: Entra) -> None:
    found = person_of({PRINCIPAL_HEADER: _principal()}, entra_id.issuer, easy_auth=True)
    assert found == Person(SUBJECT, frozenset({Role.BEHANDELAAR}), ambient=True)


@pytest.mark.parametrize(
    "principal",
    [
        _principal(tid="0" * 8),
        _principal(tid=None),
        _principal(aud="iemand anders"),
        _principal(oid=None),
        _principal(oid="J. de Vries"),
        "geen base64",
        base64.b64encode(b"geen json").decode(),
        base64.b64encode(b'{"auth_typ": "google", "claims": []}').decode(),
        base64.b64encode(b'{"auth_typ": "aad"}').decode(),
        base64.b64encode(b'{"auth_typ": "aad", "claims": [1]}').decode(),
        "A" * 20_000,
    ],
)
def test_a_strange_principal_is_refused(entra_id: Entra, principal: str) -> None:
    with pytest.raises(NotSignedIn):
        person_of({PRINCIPAL_HEADER: principal}, entra_id.issuer, easy_auth=True)


def test_a_wrong_token_is_not_passed_over_for_the_platforms_word(entra_id: Entra) -> None:
    headers = {"authorization": f"Bearer {entra_id.token(exp=NOW - 60)}", PRINCIPAL_HEADER: _principal()}
    with pytest.raises(NotSignedIn):
        person_of(headers, entra_id.issuer, easy_auth=True)


@pytest.mark.parametrize("shown", ["Basic YTpi", "Bearer", "Bearer ", "", "x-functions-key abc"])
def test_another_proof_than_a_token_is_refused_and_a_function_key_is_none(entra_id: Entra, shown: str) -> None:
    with pytest.raises(NotSignedIn):
        person_of({"authorization": shown}, entra_id.issuer, easy_auth=False)
    assert person_of({"x-functions-key": "een-functiesleutel"}, entra_id.issuer, easy_auth=False) is None


# Settings and the local issuer ---------------------------------------------------------------------------------------


def _access(**settings: str) -> IdentitySettings:
    return read_settings({f"SLIMME_CHECK_{name}": value for name, value in settings.items()}).access


def test_without_tenant_and_audience_nobody_comes_in(entra_id: Entra) -> None:
    issuer = entra(_access())
    assert issuer is None
    with pytest.raises(NotSignedIn):
        person_of({"authorization": f"Bearer {entra_id.token()}"}, issuer, easy_auth=False)


def test_keys_are_those_of_the_tenant(entra_id: Entra) -> None:
    asked: list[str] = []

    def fetch(address: str) -> bytes:
        asked.append(address)
        return entra_id.fetch()

    issuer = entra(_access(AANMELDING_TENANT=TENANT, AANMELDING_DOELGROEP=AUDIENCE), fetch)
    assert issuer is not None
    assert person_of({"authorization": f"bearer {entra_id.token()}"}, issuer, easy_auth=False)
    assert asked == [f"https://login.microsoftonline.com/{TENANT}/discovery/v2.0/keys"]


@pytest.mark.parametrize(
    "settings",
    [
        {"AANMELDING_TENANT": TENANT},
        {"AANMELDING_DOELGROEP": AUDIENCE},
        {"AANMELDING_TENANT": "amsterdam.nl", "AANMELDING_DOELGROEP": AUDIENCE},
        {"EASY_AUTH": "ja"},
        {"EASY_AUTH": "misschien"},
        {"OMGEVING": "thuis"},
        {"WEBADRES": "http://slimme-check.example.org"},
        {"WEBADRES": "https://slimme-check.example.org/pad"},
        {"CONTACT": "team"},
        {"CONTACT": "team@stad.example, nog iets"},
    ],
)
def test_settings_that_would_let_somebody_in_by_mistake_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(SettingsInvalid):
        _access(**settings)


def test_the_local_issuer_knows_its_own_people(entra_id: Entra) -> None:
    issuer = LocalIssuer(_access())
    headers = {"authorization": f"Bearer {issuer.token(Role.TOEZICHTHOUDER)}"}
    found = issuer.sign_in(headers, {})
    assert found is not None and found.roles == {Role.TOEZICHTHOUDER}
    assert issuer.sign_in({}, {"slimme-check-sessie": issuer.token(Role.TOEZICHTHOUDER)}) == found
    assert issuer.sign_in({}, {}) is None
    second = issuer.sign_in({}, {"slimme-check-sessie": issuer.token(Role.TOEZICHTHOUDER, who="tweede")})
    assert second is not None and second.subject != found.subject
    for other in (LocalIssuer(_access()).token(Role.TOEZICHTHOUDER), entra_id.token()):
        with pytest.raises(NotSignedIn):
            issuer.sign_in({"authorization": f"Bearer {other}"}, {})


@pytest.mark.parametrize("environment", [each for each in Environment if each is not Environment.LOKAAL])
def test_the_local_issuer_starts_nowhere_else(environment: Environment) -> None:
    with pytest.raises(SettingsInvalid):
        LocalIssuer(_access(OMGEVING=environment))


def test_where_storage_is_an_account_the_environment_is_production_unless_said_otherwise() -> None:
    azure = {
        "OPSLAG": "https://opslag.blob.core.windows.net",
        "DATABASE": "postgresql+psycopg://app@db.example.org/app",
        "SLEUTELKLUIS": "https://kluis.vault.azure.net",
    }
    assert _access(**azure).environment is Environment.PRODUCTIE
    with pytest.raises(SettingsInvalid):
        LocalIssuer(_access(**azure))
    assert _access().environment is Environment.LOKAAL
