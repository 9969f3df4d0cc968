"""The readers of who somebody says to be: a token, what the platform tells, and the keys that tokens are for."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from functools import cache

import jwt

from shared.access import Person, Role
from shared.adapters.identity.caller import person_of
from shared.adapters.identity.keyset import KeySet
from shared.adapters.identity.tokens import Issuer
from shared.errors import SlimmeCheckError
from tests.api.tokens import AUDIENCE, SUBJECT, TENANT, Entra
from tests.fuzz.changing import after
from tests.fuzz.oracle import NUMBER, Target, refused


@cache
def _entra() -> Entra:
    return Entra()


def _judge_person(headers: dict[str, str]) -> None:
    try:
        person = person_of(headers, _entra().issuer, easy_auth=True)
    except SlimmeCheckError as cause:
        refused(cause)
        return
    if isinstance(person, Person) and not person.roles <= set(Role):
        raise AssertionError("a role that is none")


def read_one_token(data: bytes) -> None:
    """Show a token: as it is, or of these claims with the right signature, or with this header."""
    choice, rest = (data[:1] or b"\0")[0] % 3, data[1:]
    if choice == 0:
        shown = rest.decode("latin-1")
    elif choice == 1:
        shown = jwt.api_jws.encode(rest, _entra().keys["een"], "RS256", headers={"kid": "een"})
    else:
        first, _, signed = _right_token().partition(".")
        shown = f"{base64.urlsafe_b64encode(rest).rstrip(b'=').decode()}.{signed}"
        if shown.startswith(first + "."):
            return
    _judge_person({"authorization": f"Bearer {shown}"})
    _judge_person({"x-ms-token-aad-id-token": shown})


@cache
def _right_token() -> str:
    return _entra().token()


def tokens() -> Iterator[bytes]:
    """A right token, right claims, and a right header."""
    yield b"\0" + _right_token().encode()
    claims = _entra().claims(naam=NUMBER, exp=int(time.time()) + 10**6)
    yield b"\1" + json.dumps(claims).encode()
    yield b"\2" + json.dumps({"alg": "RS256", "kid": "een", "typ": "JWT", "x": NUMBER}).encode()


def read_one_principal(data: bytes) -> None:
    """Show what the platform says of who signed in: as it is, or in the form that the platform gives it."""
    shown = data[1:].decode("latin-1") if data[:1] == b"\0" else base64.b64encode(data[1:]).decode()
    _judge_person({"x-ms-client-principal": shown})


def principals() -> Iterator[bytes]:
    """A person and an application."""
    claims = {"aud": AUDIENCE, "tid": TENANT, "oid": SUBJECT, "sub": "x", "roles": "behandelaar", "naam": NUMBER}
    for more in ({}, {"idtyp": "app", "roles": "dataverkenner"}):
        told = [{"typ": name, "val": value} for name, value in (claims | more).items()]
        yield b"\1" + json.dumps({"auth_typ": "aad", "claims": told}).encode()
    yield b"\0" + base64.b64encode(json.dumps({"auth_typ": "aad", "claims": []}).encode())


def read_one_key_set(data: bytes) -> None:
    """Take what lies at the address of the keys: keys that are strong enough, or a refusal."""
    issuer = Issuer("x", AUDIENCE, TENANT, KeySet(lambda: data, lambda: 0.0).find)
    try:
        key = issuer.find_key("een")
    except SlimmeCheckError as cause:
        refused(cause)
        return
    if key is not None and key.key_size < 2048:
        raise AssertionError("a key that is too short")


def key_sets() -> Iterator[bytes]:
    """What Entra ID answers."""
    yield _entra().fetch()


TARGETS = {
    "tokens": Target(read_one_token, tokens, (1_500, 60_000), lambda d, t: None if d[:1] == b"\0" else after(1, d, t)),
    "principal": Target(read_one_principal, principals, (3_000, 200_000), lambda d, t: after(1, d, t)),
    "keys": Target(read_one_key_set, key_sets, (3_000, 100_000), lambda d, t: after(0, d, t)),
}
