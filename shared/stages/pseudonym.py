"""The keyed pseudonym of one number (domain.md §3), and the key; no tables, so that a page can look somebody up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.errors import KeyUnavailable

SHORTEST_SECRET = 32
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
        self._prefix = f"{key.key_id}:"
        self._keyed = hmac.new(key.secret, digestmod=hashlib.sha256)
        self._made: dict[str, dict[str, str]] = {}  # one number stands in many tables

    def pseudonym(self, domain: str, canonical: str) -> str:
        """Return the pseudonym of one canonical value (trimmed text)."""
        return self.pseudonyms(domain, [canonical])[0]

    def pseudonyms(self, domain: str, canonical: Iterable[str]) -> list[str]:
        """Return the pseudonyms of canonical values, in order."""
        of_domain = self._keyed.copy()
        of_domain.update(b"slimme-check/v1/" + domain.encode("ascii") + b"\x00")
        made = self._made.setdefault(domain, {})
        pseudonyms = []
        for value in canonical:
            if value not in made:
                mac = of_domain.copy()
                mac.update(value.encode("utf-8"))
                made[value] = self._prefix + base64.urlsafe_b64encode(mac.digest()).decode("ascii").rstrip("=")
            pseudonyms.append(made[value])
        return pseudonyms
