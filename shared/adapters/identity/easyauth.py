"""Reads the headers that the platform's login (Easy Auth) sets. Only where a setting says that it stands before us.

The platform strips these headers from what comes in from outside; without it anybody could write them.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.access import Person
from shared.adapters.identity.tokens import LARGEST_TOKEN, Issuer, is_application, make_person, person_of_token, refused

TOKEN_HEADER = "x-ms-token-aad-id-token"  # noqa: S105 - the name of a header
PRINCIPAL_HEADER = "x-ms-client-principal"
SIGN_OUT = "/.auth/logout?post_logout_redirect_uri=%2F"  # of the platform itself
_SCHEMAS = "http://schemas.microsoft.com"
_OBJECT_ID = ("oid", f"{_SCHEMAS}/identity/claims/objectidentifier")
_TENANT = ("tid", f"{_SCHEMAS}/identity/claims/tenantid")
_SUBJECT = ("sub", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier")
_ROLES = ("roles", f"{_SCHEMAS}/ws/2008/06/identity/claims/role")


def person_of_platform(headers: Mapping[str, str], issuer: Issuer) -> Person | None:
    """Return who signed in at the platform, by the token it passes on and else by what it says; None when nobody did.

    NotSignedIn when what is there is not right.
    """
    token = headers.get(TOKEN_HEADER)
    principal = headers.get(PRINCIPAL_HEADER)
    if not token and not principal:
        return None
    found = person_of_token(token, issuer) if token else _person_of_principal(str(principal), issuer)
    return replace(found, ambient=True)  # by a cookie of the platform


def _person_of_principal(principal: str, issuer: Issuer) -> Person:
    """Return the person in the platform's own header: base64 of JSON with claims, of Entra ID and of our tenant."""
    if len(principal) > LARGEST_TOKEN:
        raise refused()
    try:
        document: dict[str, Any] = json.loads(base64.b64decode(principal, validate=True))
        if document["auth_typ"] != "aad":
            raise refused()
        claims = [(str(claim["typ"]), str(claim["val"])) for claim in document["claims"]]
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        raise refused() from None
    if _values(claims, _TENANT) != [issuer.tenant] or _values(claims, ("aud",)) != [issuer.audience]:
        raise refused()
    subjects = _values(claims, _OBJECT_ID)
    if len(subjects) != 1:
        raise refused()
    application = any(
        is_application(subject, {"oid": subjects[0], **dict(claims)}) for subject in _values(claims, _SUBJECT) or [""]
    )
    return make_person(subjects[0], _values(claims, _ROLES), application)


def _values(claims: list[tuple[str, str]], names: tuple[str, ...]) -> list[str]:
    return [value for name, value in claims if name in names]
