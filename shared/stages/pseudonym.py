"""The keyed pseudonym of one number (domain.md §3), and the key; no tables, so that a page can look somebody up."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.errors import KeyUnavailable

SHORTEST_SECRET = 32
_BLOCK = 64  # bytes of SHA-256
_KEY_ID = re.compile(r"[a-z0-9-]{1,32}")


@dataclass(frozen=True)
class PseudonymKey:
    """A key by its name; the secret never shows in a text of this object.

    Raises KeyUnavailable for a key that is too short or badly named.
    """

    key_id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not _KEY_ID.fullmatch(self.key_id):
            raise KeyUnavailable(
                "The name of the pseudonymisation key has another form than agreed.",
                where="key id",
                next_step="Use 1 to 32 characters of a-z, 0-9 and -.",
            )
        if len(self.secret) < SHORTEST_SECRET:
            raise KeyUnavailable(
                "The pseudonymisation key is too short.",
                where=f"key {self.key_id}",
                next_step=f"Use at least {SHORTEST_SECRET} random bytes.",
            )


class Pseudonymiser:
    """Gives the pseudonym of a value: the same for the same key, domain and value, and nothing else."""

    def __init__(self, key: PseudonymKey) -> None:
        self._key = key
        self._domains: dict[str, _Domain] = {}

    def pseudonym(self, domain: str, canonical: str) -> str:
        """Return the pseudonym of one canonical value (trimmed text)."""
        return self.pseudonyms(domain, [canonical])[0]

    def pseudonyms(self, domain: str, canonical: Iterable[str]) -> list[str]:
        """Return the pseudonyms of canonical values, in order."""
        if domain not in self._domains:
            self._domains[domain] = _Domain(self._key, domain)
        return [*map(self._domains[domain].__getitem__, canonical)]


class _Domain(dict[str, str]):
    """The pseudonyms of one domain by value, each made when it is first asked for: one number stands in many tables.

    HMAC-SHA-256 (RFC 2104) from two states that know the key already; `hmac` takes twice the time for a number.
    """

    def __init__(self, key: PseudonymKey, domain: str) -> None:
        super().__init__()
        secret = key.secret if len(key.secret) <= _BLOCK else hashlib.sha256(key.secret).digest()
        block = secret.ljust(_BLOCK, b"\x00")
        self._prefix = f"{key.key_id}:"
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))
        self._inner.update(b"slimme-check/v1/" + domain.encode("ascii") + b"\x00")

    def __missing__(self, value: str) -> str:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(value.encode("utf-8"))
        outer.update(inner.digest())
        self[value] = made = self._prefix + base64.urlsafe_b64encode(outer.digest()).decode("ascii").rstrip("=")
        return made
