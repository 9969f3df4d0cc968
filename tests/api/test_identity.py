"""Who is calling: every defect of a token is refused in the same words, and the keys are those of the issuer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from shared.access import OF_SYSTEMS, PUBLIC, ROUTES, Person, Role, check_access
from shared.adapters.identity.keyset import KeySet, fetch_https
from shared.adapters.identity.tokens import person_of_token
from shared.errors import IdentityUnavailable, NotAllowed, NotSignedIn
from tests.api.tokens import ISSUER, SUBJECT, TENANT, Entra, part


def test_a_right_token_tells_who_and_which_roles(entra_id: Entra) -> None:
    person = person_of_token(entra_id.token(roles=["procesbeheerder", "iets.anders", "behandelaar"]), entra_id.issuer)
    assert person == Person(SUBJECT, frozenset({Role.PROCESBEHEERDER, Role.BEHANDELAAR}))


@pytest.mark.parametrize("mark", [{"idtyp": "app"}, {"sub": SUBJECT}], ids=["says so", "is its own subject"])
def test_an_application_has_no_role_of_people(entra_id: Entra, mark: dict[str, str]) -> None:
    roles = [str(role) for role in Role]
    assert person_of_token(entra_id.token(roles=roles, **mark), entra_id.issuer).roles == OF_SYSTEMS
    assert person_of_token(entra_id.token(roles=roles, idtyp="user"), entra_id.issuer).roles == frozenset(Role)
    assert {Role.LEVERANCIER, Role.DATAVERKENNER} == OF_SYSTEMS


def test_a_token_without_roles_is_somebody_who_may_do_nothing(entra_id: Entra) -> None:
    person = person_of_token(entra_id.token(roles=None), entra_id.issuer)
    for allowed in set(ROUTES.values()) - {PUBLIC}:
        with pytest.raises(NotAllowed):
            check_access(person, allowed)


def _hs256_with_the_public_key(entra_id: Entra) -> str:
    public = entra_id.keys["een"].public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    unsigned = f"{part({'alg': 'HS256', 'kid': 'een', 'typ': 'JWT'})}.{part(entra_id.claims())}"
    signature = base64.urlsafe_b64encode(hmac.digest(pem, unsigned.encode(), hashlib.sha256)).rstrip(b"=").decode()
    return f"{unsigned}.{signature}"


def _es256(entra_id: Entra) -> str:
    return jwt.encode(
        entra_id.claims(), ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers={"kid": "een"}
    )


def _key_in_the_header(entra_id: Entra) -> str:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    inside = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(own.public_key()))
    return jwt.encode(entra_id.claims(), own, algorithm="RS256", headers={"kid": "een", "jwk": inside})


def _changed_after_signing(entra_id: Entra) -> str:
    header, _, signature = entra_id.token().split(".")
    return f"{header}.{part(entra_id.claims(roles=['toezichthouder']))}.{signature}"


NOW = int(time.time())
DEFECTS: dict[str, Callable[[Entra], str]] = {
    "no signature (alg none)": lambda e: f"{part({'alg': 'none', 'kid': 'een'})}.{part(e.claims())}.",
    "alg none in other letters": lambda e: f"{part({'alg': 'nOnE', 'kid': 'een'})}.{part(e.claims())}.",
    "a secret signature over the public key": _hs256_with_the_public_key,
    "another kind of signature": _es256,
    "RS512": lambda e: jwt.encode(e.claims(), e.keys["een"], algorithm="RS512", headers={"kid": "een"}),
    "a key of its own in the header": _key_in_the_header,
    "changed after signing": _changed_after_signing,
    "cut off": lambda e: e.token()[:-4],
    "an unknown key": lambda e: e.token(headers={"kid": "onbekend"}),
    "no key id": lambda e: jwt.encode(e.claims(), e.keys["een"], algorithm="RS256"),
    "a key id that is no text": lambda e: f"{part({'alg': 'RS256', 'kid': 1})}.{part(e.claims())}.AAAA",
    "critical extensions": lambda e: e.token(headers={"crit": ["exp"]}),
    "another issuer": lambda e: e.token(iss=ISSUER.replace(TENANT, "0" * 8)),
    "the issuer of v1": lambda e: e.token(iss=f"https://sts.windows.net/{TENANT}/"),
    "no issuer": lambda e: e.token(iss=None),
    "another audience": lambda e: e.token(aud="00000003-0000-0000-c000-000000000000"),
    "no audience": lambda e: e.token(aud=None),
    "another tenant": lambda e: e.token(tid="0" * 8),
    "no tenant": lambda e: e.token(tid=None),
    "expired": lambda e: e.token(exp=NOW - 60),
    "no expiry": lambda e: e.token(exp=None),
    "an expiry that is no number": lambda e: e.token(exp="morgen"),
    "not valid yet": lambda e: e.token(nbf=NOW + 3600),
    "no beginning": lambda e: e.token(nbf=None),
    "nobody": lambda e: e.token(oid=None),
    "no subject": lambda e: e.token(sub=None),
    "a name instead of an object id": lambda e: e.token(oid="J. de Vries"),
    "an object id that is no text": lambda e: e.token(oid=7),
    "roles that are no list": lambda e: e.token(roles="toezichthouder"),
    "larger than a token is": lambda e: e.token(vulling="x" * 20_000),
    "nothing": lambda e: "",
    "no token": lambda e: "geen.token",
    "not even text": lambda e: "\udcff.\udcff.\udcff",
    "a list for a header": lambda e: f"{part([])}.{part(e.claims())}.AAAA",
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_token_with_a_defect_is_refused_and_not_told_which(entra_id: Entra, defect: str) -> None:
    token = DEFECTS[defect](entra_id)
    with pytest.raises(NotSignedIn) as refused:
        person_of_token(token, entra_id.issuer)
    assert str(refused.value).startswith("SC-700: The token is not accepted.")
    assert refused.value.__cause__ is None
    assert len(token) < 10 or token not in str(refused.value)


def test_clocks_may_differ_by_half_a_minute_and_no_more(entra_id: Entra) -> None:
    now = int(time.time())
    assert person_of_token(entra_id.token(exp=now - 10, nbf=now - 100), entra_id.issuer)
    assert person_of_token(entra_id.token(nbf=now + 10), entra_id.issuer)
    for wrong in ({"nbf": now + 45}, {"exp": now - 31, "nbf": now - 100}):  # the test may take seconds, not minutes
        with pytest.raises(NotSignedIn):
            person_of_token(entra_id.token(**wrong), entra_id.issuer)


# Keys ----------------------------------------------------------------------------------------------------------------


def test_keys_are_fetched_once_and_again_for_an_unknown_one_but_at_most_once_a_minute(entra_id: Entra) -> None:
    for _ in range(3):
        person_of_token(entra_id.token(), entra_id.issuer)
    assert entra_id.fetched == 1
    entra_id.keys["twee"] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for _ in range(3):
        with pytest.raises(NotSignedIn):
            person_of_token(entra_id.token("twee"), entra_id.issuer)
    assert entra_id.fetched == 1, "within the minute nobody makes us fetch"
    entra_id.now += 61
    assert person_of_token(entra_id.token("twee"), entra_id.issuer)
    assert entra_id.fetched == 2


def test_a_key_that_is_withdrawn_stops_counting_within_a_day(entra_id: Entra) -> None:
    token = entra_id.token()
    person_of_token(token, entra_id.issuer)
    entra_id.keys = {"twee": rsa.generate_private_key(public_exponent=65537, key_size=2048)}
    assert person_of_token(token, entra_id.issuer)
    entra_id.now += 86_400
    with pytest.raises(NotSignedIn):
        person_of_token(token, entra_id.issuer)


def test_when_the_keys_do_not_come_known_ones_hold_for_a_day_and_then_nobody_comes_in(entra_id: Entra) -> None:
    token = entra_id.token()
    person_of_token(token, entra_id.issuer)
    entra_id.down = True
    entra_id.now += 3600
    assert person_of_token(token, entra_id.issuer)
    entra_id.now += 86_400
    for _ in range(2):
        with pytest.raises(IdentityUnavailable):
            person_of_token(token, entra_id.issuer)
    assert entra_id.fetched == 2
    entra_id.down = False
    entra_id.now += 61
    assert person_of_token(token, entra_id.issuer)


def _small_key() -> dict[str, Any]:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    return {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(weak.public_key())), "kid": "een", "use": "sig"}


@pytest.mark.parametrize(
    "document",
    [b"", b"geen json", b"[]", b"{}", b'{"keys": 1}', b'{"keys": [{"kty": "RSA", "kid": "een"}]}', b'{"keys": []}'],
)
def test_an_answer_that_is_no_set_of_keys_lets_nobody_in(document: bytes) -> None:
    with pytest.raises(IdentityUnavailable):
        KeySet(lambda: document, lambda: 0.0).find("een")


def test_a_key_of_1024_bits_is_no_key() -> None:
    with pytest.raises(IdentityUnavailable):
        KeySet(lambda: json.dumps({"keys": [_small_key()]}).encode(), lambda: 0.0).find("een")


@pytest.mark.parametrize("address", ["http://localhost/keys", "file:///etc/passwd", "https://127.0.0.1:9/keys"])
def test_keys_come_over_https_or_not_at_all(address: str) -> None:
    with pytest.raises(IdentityUnavailable) as failure:
        fetch_https(address)
    assert "127.0.0.1" not in str(failure.value)
