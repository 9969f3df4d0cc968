"""An issuer like Entra ID in a test: keys, a set of public keys, and tokens with any defect."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.adapters.identity.keyset import KeySet
from shared.adapters.identity.tokens import Issuer

TENANT = "11111111-2222-3333-4444-555555555555"
AUDIENCE = "99999999-8888-7777-6666-555555555555"
SUBJECT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"


class Entra:
    """Signs tokens, publishes its keys, and counts how often somebody fetched them."""

    def __init__(self) -> None:
        self.keys = {"een": rsa.generate_private_key(public_exponent=65537, key_size=2048)}
        self.fetched = 0
        self.down = False
        self.now = 0.0
        self.issuer = Issuer(ISSUER, AUDIENCE, TENANT, KeySet(self.fetch, lambda: self.now).find)

    def fetch(self) -> bytes:
        """What the address of the keys answers."""
        self.fetched += 1
        if self.down:
            from shared.errors import IdentityUnavailable

            raise IdentityUnavailable("no answer")
        entries = [
            {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}
            for kid, key in self.keys.items()
        ]
        return json.dumps({"keys": [*entries, {"kty": "EC", "kid": "ander"}]}).encode()

    def claims(self, **changes: Any) -> dict[str, Any]:
        """What stands in a token; a change to None leaves it out."""
        now = int(time.time())
        right: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "tid": TENANT,
            "oid": SUBJECT,
            "sub": "persoon-bij-deze-app",
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "roles": ["procesbeheerder"],
        }
        return {name: value for name, value in (right | changes).items() if value is not None}

    def token(self, key: str = "een", headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """A signed token, right but for these changes."""
        return jwt.encode(
            self.claims(**changes), self.keys[key], algorithm="RS256", headers={"kid": key, **(headers or {})}
        )


def part(document: object) -> str:
    """One part of a token."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()
