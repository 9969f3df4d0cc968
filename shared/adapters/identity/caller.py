"""Chooses the proof that a request shows: a token, or what the platform says; never a key of a function."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from shared.access import Person
from shared.adapters.identity.easyauth import person_of_platform
from shared.adapters.identity.keyset import KeySet, fetch_https
from shared.adapters.identity.tokens import Issuer, person_of_token, refused
from shared.identitysettings import IdentitySettings

_LOGIN = "https://login.microsoftonline.com"


def entra(config: IdentitySettings, fetch: Callable[[str], bytes] = fetch_https) -> Issuer | None:
    """Return Entra ID as issuer for this app's tenant; None when the settings name none, and nobody comes in."""
    if not config.tenant or not config.audience:
        return None
    keys = KeySet(lambda: fetch(f"{_LOGIN}/{config.tenant}/discovery/v2.0/keys"), time.monotonic)
    return Issuer(f"{_LOGIN}/{config.tenant}/v2.0", config.audience, config.tenant, keys.find)


def person_of(headers: Mapping[str, str], issuer: Issuer | None, easy_auth: bool) -> Person | None:
    """Return who makes a request, by its headers (names in lower case); None when it shows no proof at all.

    NotSignedIn when the proof is not right: a wrong token is never passed over for something else.
    """
    shown = headers.get("authorization")
    if shown is not None:
        scheme, _, token = shown.partition(" ")
        if scheme.lower() != "bearer" or issuer is None:
            raise refused()
        return person_of_token(token.strip(), issuer)
    return person_of_platform(headers, issuer) if easy_auth and issuer is not None else None
