"""Validates a token of Entra ID and reads who it is about. Whatever is missing or strange is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared.access import OF_SYSTEMS, Person, Role
from shared.errors import NotSignedIn

ALGORITHM = "RS256"
LEEWAY = 30  # seconds that two clocks may differ
LARGEST_TOKEN = 16_384  # characters
_REQUIRED = ["iss", "aud", "exp", "nbf", "tid", "oid", "sub"]
_SUBJECT = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True)
class Issuer:
    """Whose tokens count: issuer, audience and tenant as they stand in a token, and the keys by their id."""

    issuer: str
    audience: str
    tenant: str
    find_key: Callable[[str], RSAPublicKey | None]


def person_of_token(token: str, issuer: Issuer) -> Person:
    """Return who a token is about; NotSignedIn unless issuer, audience, tenant, times and signature (RS256) are right.

    Without app roles the person has no roles, and may do nothing. IdentityUnavailable when keys cannot be fetched.
    """
    if len(token) > LARGEST_TOKEN:
        raise refused()
    try:
        header = jwt.get_unverified_header(token)
        key_id = header.get("kid")
        if header.get("alg") != ALGORITHM or not isinstance(key_id, str) or "crit" in header:
            raise refused()
        key = issuer.find_key(key_id)
        if key is None:
            raise refused()
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=issuer.audience,
            issuer=issuer.issuer,
            leeway=LEEWAY,
            options={"require": _REQUIRED, "verify_iat": False},
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):  # the library's own text may quote the token
        raise refused() from None
    if claims["tid"] != issuer.tenant:
        raise refused()
    return make_person(claims["oid"], claims.get("roles", []), is_application(claims["sub"], claims))


def is_application(subject: object, claims: Mapping[str, object]) -> bool:
    """Say whether a token is of an application that acts for itself: `idtyp` says so, and its subject is its object.

    The subject (`sub`) of a person is another one for every app, and never the object id.
    """
    return claims.get("idtyp") == "app" or subject == claims["oid"]


def make_person(subject: object, roles: object, application: bool) -> Person:
    """Return a person by object id and app roles; roles that are not ours are passed over, other shapes refused.

    An application has no role of people, whoever gave it one: four eyes are of people, and a reason comes from them.
    """
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise refused()
    if not isinstance(roles, list):
        raise refused()
    known = frozenset(_known(roles))
    return Person(subject, known & OF_SYSTEMS if application else known)


def _known(roles: Iterable[object]) -> Iterable[Role]:
    for role in roles:
        with suppress(ValueError):
            yield Role(str(role))


def refused() -> NotSignedIn:
    """Return the one answer to every defect; which it was, is nothing for whoever made it."""
    return NotSignedIn(
        "The token is not accepted.",
        next_step="Sign in again; a token must come from the tenant of this app, be meant for it, and not be expired.",
    )
