"""Stands in for Entra ID on one's own machine: tokens for a role, signed with a key that lives as long as the process.

It refuses to start anywhere else than in `OMGEVING=lokaal`, and is not part of a deployment.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared.access import Person, Role
from shared.adapters.identity.caller import person_of
from shared.adapters.identity.tokens import ALGORITHM, Issuer, person_of_token
from shared.api.guard import SESSION_COOKIE
from shared.errors import SettingsInvalid
from shared.identitysettings import Environment, IdentitySettings

HOLDS = timedelta(hours=8)
ISSUER, AUDIENCE = "https://localhost/ontwikkeling", "slimme-check-lokaal"
_NAMESPACE = uuid.UUID("6d0f2c0e-5f0b-4d6e-9a4c-2f6a1f0f9b11")


class LocalIssuer:
    """Gives and recognises tokens on this machine."""

    def __init__(self, access: IdentitySettings) -> None:
        """Make a key; SettingsInvalid outside `lokaal`."""
        if access.environment is not Environment.LOKAAL:
            raise SettingsInvalid(
                "Signing in without Entra ID is for one's own machine.",
                where="SLIMME_CHECK_OMGEVING",
                next_step="Use Entra ID here; only with SLIMME_CHECK_OMGEVING=lokaal may this issuer start.",
            )
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._key_id = uuid.uuid4().hex
        self._tenant = str(uuid.uuid4())
        self._issuer = Issuer(ISSUER, AUDIENCE, self._tenant, self._find)

    def _find(self, key_id: str) -> RSAPublicKey | None:
        return self._key.public_key() if key_id == self._key_id else None

    def token(self, *roles: Role, who: str = "") -> str:
        """Return a token for somebody with these roles; the same person for the same roles, or for the same `who`."""
        now = int(time.time())
        subject = str(uuid.uuid5(_NAMESPACE, who or " ".join(sorted(roles))))
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "tid": self._tenant,
            "oid": subject,
            "sub": f"lokaal-{subject}",
            "iat": now,
            "nbf": now,
            "exp": now + int(HOLDS.total_seconds()),
            "roles": [str(role) for role in roles],
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self._key_id})

    def sign_in(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Person | None:
        """Return who makes a request, by its token or by the cookie of a page; None when it shows neither."""
        if "authorization" in headers:
            return person_of(headers, self._issuer, easy_auth=False)
        session = cookies.get(SESSION_COOKIE)
        return person_of_token(session, self._issuer) if session else None
