"""Ties every form to the browser and the person that asked for it, by a signed token that counts once."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

COOKIE = "__Host-slimme-check-formulier"
FIELD = "formuliersleutel"
HOLDS = timedelta(hours=8)
SMALLEST_SECRET = 32  # bytes
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
_TOKEN = re.compile(r"([0-9]{10})\.([0-9a-f]{32})\.([0-9a-f]{64})")


@dataclass(frozen=True)
class FormKey:
    """What tokens are signed with; the same in every process, and never sent anywhere."""

    secret: bytes

    def __post_init__(self) -> None:
        """Refuse a secret that could be guessed."""
        if len(self.secret) < SMALLEST_SECRET:
            raise ValueError("the secret of forms is too short")

    def __repr__(self) -> str:
        """Return nothing of the secret."""
        return "FormKey()"

    def token(self, session: str, subject: str, now: datetime) -> str:
        """Return the token of a form for one browser and one person, from now; no other page has the same."""
        made = f"{int(now.timestamp()):010d}.{secrets.token_hex(16)}"
        return f"{made}.{self._signature(session, subject, made)}"

    def accepts(self, token: str, session: str, subject: str, now: datetime) -> bool:
        """Say whether a token was made for this browser and this person, and not too long ago."""
        found = _TOKEN.fullmatch(token)
        if found is None or not is_session(session):
            return False
        made = datetime.fromtimestamp(int(found[1]), UTC)
        genuine = hmac.compare_digest(found[3], self._signature(session, subject, f"{found[1]}.{found[2]}"))
        return genuine and made - timedelta(minutes=1) <= now <= made + HOLDS

    def _signature(self, session: str, subject: str, made: str) -> str:
        return hmac.new(self.secret, f"{made}|{session}|{subject}".encode(), hashlib.sha256).hexdigest()


def new_session() -> str:
    """Return what a browser keeps between a form and its answer: chance alone, nothing about anybody."""
    return secrets.token_urlsafe(32)


def is_session(text: str) -> bool:
    """Say whether a cookie has the form of ours."""
    return _SESSION.fullmatch(text) is not None
