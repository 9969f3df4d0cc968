"""The public keys with which Entra ID signs, fetched over https and kept."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from shared.errors import IdentityUnavailable

TIMEOUT = 5  # seconds
REFRESH = 60.0  # seconds between two fetches, whatever callers send
MAX_AGE = 86_400.0  # seconds after which a key that may be withdrawn is no longer trusted
LARGEST = 1_000_000  # bytes
SMALLEST_KEY = 2048  # bits


class _NowhereElse(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: whoever could send us elsewhere, also without https, would decide who comes in."""

    def redirect_request(self, *_: Any) -> None:
        return None


def fetch_https(address: str) -> bytes:
    """Return what lies at an https address itself; IdentityUnavailable when it does not answer in time."""
    if not address.startswith("https://"):
        raise _unavailable("its address is no https")
    try:
        with urllib.request.build_opener(_NowhereElse).open(
            address, timeout=TIMEOUT
        ) as answer:  # https alone, checked above
            data: bytes = answer.read(LARGEST + 1)
    except (OSError, HTTPException) as cause:
        if isinstance(cause, HTTPError):  # it holds the connection, which would stay open for as long as it is kept
            cause.close()
        raise _unavailable(type(cause).__name__) from None
    if len(data) > LARGEST:
        raise _unavailable("its answer is too large")
    return data


class KeySet:
    """The keys of one issuer by key id. An unknown id makes it look again, at most once a minute; so does a day."""

    def __init__(self, fetch: Callable[[], bytes], stopwatch: Callable[[], float]) -> None:
        """Fetch with this function, and measure time with this one."""
        self._fetch = fetch
        self._stopwatch = stopwatch
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._tried: float | None = None
        self._fetched: float | None = None
        self._lock = threading.Lock()

    def find(self, key_id: str) -> RSAPublicKey | None:
        """Return the key with this id, None when the issuer has none; IdentityUnavailable when it does not answer."""
        known = self._keys.get(key_id)
        if known is not None and not self._passed(MAX_AGE, self._fetched):
            return known
        with self._lock:
            needed = key_id not in self._keys or self._passed(MAX_AGE, self._fetched)
            if needed and self._passed(REFRESH, self._tried):
                self._tried = self._stopwatch()
                self._keys = _read_keys(self._fetch())
                self._fetched = self._tried
            if self._passed(MAX_AGE, self._fetched):
                raise _unavailable("they were not fetched lately")
            return self._keys.get(key_id)

    def _passed(self, time: float, since: float | None) -> bool:
        return since is None or self._stopwatch() - since >= time


def _read_keys(document: bytes) -> dict[str, RSAPublicKey]:
    """Return the RSA keys for signatures; what is not fit for that is passed over."""
    try:
        listed: list[dict[str, Any]] = json.loads(document)["keys"]
        candidates = [entry for entry in listed if entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig"]
        found = {str(entry["kid"]): PyJWK(entry, algorithm="RS256").key for entry in candidates if "kid" in entry}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, PyJWTError):
        raise _unavailable("its answer is no set of keys") from None
    keys = {kid: key for kid, key in found.items() if isinstance(key, RSAPublicKey) and key.key_size >= SMALLEST_KEY}
    if not keys:
        raise _unavailable("its answer holds no fit key")
    return keys


def _unavailable(why: str) -> IdentityUnavailable:
    return IdentityUnavailable(
        f"The keys of Entra ID are not available: {why}.",
        where="identity",
        next_step="Check that the app reaches login.microsoftonline.com over https, and try again in a minute.",
    )
