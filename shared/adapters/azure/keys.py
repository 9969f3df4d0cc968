"""The pseudonymisation keys in a key vault, and the secret list of addresses of special groups beside them.

Secrets, by name:

* `pseudonimisering-huidig`: the id of the key for new pseudonyms
* `pseudonimisering-sleutel-{id}`: base64 of 32 random bytes or more; older ones stay until their last record is due
* `doelgroepadressen`: JSON list of addresses; may be absent

Which key is current is read again every five minutes, so a new one is in use without a restart; what else is read stays
for the life of the process. Nothing here makes a key.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.keyvault.secrets import SecretClient

from shared.errors import KeyGone, KeyUnavailable
from shared.stages.pseudonym import PseudonymKey

CURRENT = "pseudonimisering-huidig"
KEY = "pseudonimisering-sleutel-"
ADDRESSES = "doelgroepadressen"
KEY_BYTES = 32
CURRENT_HOLDS = 300.0  # seconds
_KEY_ID = re.compile(r"[a-z0-9-]{1,32}")
_CONNECT_SECONDS, _ANSWER_SECONDS, _RETRIES = 10, 20, 3
_REFUSED = (401, 403)
# what the library makes of an address or an answer that is not that of a key vault
_NOT_A_VAULT = (ValueError, TypeError, LookupError, AttributeError)


class KeyVault:
    """A KeySource in a key vault, reached by identity; the role Key Vault Secrets User is enough."""

    def __init__(
        self, vault_url: str, signs_in: TokenCredential, stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        """Use this vault, and this function to measure time; nothing is asked of it yet."""
        self._client = SecretClient(
            vault_url,
            signs_in,
            retry_total=_RETRIES,
            connection_timeout=_CONNECT_SECONDS,
            read_timeout=_ANSWER_SECONDS,
        )
        self._known: dict[str, str] = {}
        self._stopwatch = stopwatch
        self._looked = stopwatch()

    def current(self) -> PseudonymKey:
        """Return the key for new pseudonyms."""
        if CURRENT in self._known and self._stopwatch() - self._looked >= CURRENT_HOLDS:
            self._looked = self._stopwatch()
            with suppress(KeyUnavailable):  # what was current a moment ago serves until the vault answers
                self._known[CURRENT] = self._ask(CURRENT) or self._known[CURRENT]
        return self.find(key_id_in(CURRENT, self._needed(CURRENT)))

    def find(self, key_id: str) -> PseudonymKey:
        """Return the key with this id, also when it is no longer the current one."""
        name = f"{KEY}{key_id_in('the key of this run', key_id)}"
        return key_in(name, key_id, self._needed(name))

    def special_addresses(self) -> tuple[Mapping[str, str], ...]:
        """Return the addresses of special groups, in clear; none when there is no such secret."""
        text = self._secret(ADDRESSES)
        return () if text is None else addresses_in(ADDRESSES, text)

    def _needed(self, name: str) -> str:
        text = self._secret(name)
        if text is None:
            advice = "Restore this secret; without it no earlier pseudonym can be found back."
            raise KeyGone("The secret is not in the vault.", where=f"key vault, {name}", next_step=advice)
        return text

    def _secret(self, name: str) -> str | None:
        if name not in self._known:
            text = self._ask(name)
            if text is None:  # asked again next time: it may be put there
                return None
            self._known[name] = text
        return self._known[name]

    def _ask(self, name: str) -> str | None:
        try:
            return self._client.get_secret(name).value or ""
        except ResourceNotFoundError:
            return None
        except (AzureError, *_NOT_A_VAULT) as cause:
            status = cause.status_code if isinstance(cause, HttpResponseError) else None
            told_by = ", ".join(str(part) for part in (type(cause).__name__, status) if part)
            advice = "Check that the vault can be reached from here; the next round tries again."
            if status in _REFUSED or status is None:
                advice = (
                    "Check the app's identity, its role Key Vault Secrets User, the vault's network, and the secret."
                )
            raise _unusable(name, f"was not given ({told_by})", advice) from None


def key_id_in(name: str, text: str) -> str:
    """Return the key id that a secret holds; KeyUnavailable when it cannot be one."""
    key_id = text.strip()
    if not _KEY_ID.fullmatch(key_id):
        raise _unusable(name, "is not a key id", "A key id has 1 to 32 small letters, digits and hyphens.")
    return key_id


def key_in(name: str, key_id: str, text: str) -> PseudonymKey:
    """Return the key that a secret holds as base64; KeyUnavailable when it is unreadable or too short."""
    try:
        secret = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        raise _unusable(name, "is not base64", "Restore the key from its safe copy.") from None
    if len(secret) < KEY_BYTES:
        raise _unusable(name, f"holds fewer than {KEY_BYTES} bytes", "Restore the key from its safe copy.")
    return PseudonymKey(key_id, secret)


def addresses_in(name: str, text: str) -> tuple[Mapping[str, str], ...]:
    """Return the addresses that a secret holds; KeyUnavailable when it is not a JSON list of texts by name."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _unusable(name, "is not JSON", "Correct the secret.") from None
    plain = isinstance(found, list) and all(
        isinstance(entry, dict) and all(isinstance(part, str) for part in entry.values()) for entry in found
    )
    if not plain:
        raise _unusable(name, "is not a JSON list of addresses", "Correct the secret.")
    return tuple(found)


def _unusable(name: str, what: str, advice: str) -> KeyUnavailable:
    return KeyUnavailable(f"The secret {what}.", where=f"key vault, {name}", next_step=advice)
