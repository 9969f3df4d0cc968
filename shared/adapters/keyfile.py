"""The pseudonymisation key in a secret file, and the secret list of addresses of special groups beside it."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import secrets
import stat
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from shared.errors import KeyGone, KeyUnavailable
from shared.stages.pseudonym import PseudonymKey

KEY_BYTES = 32
_KEY_ID = re.compile(r"[a-z0-9-]{1,32}")
_ADVICE = "Put back the key file from its safe copy; without it no earlier pseudonym can be found back."


class KeyFile:
    """A KeySource in files that nobody but their owner may read.

    The key file is made at first use: `{"huidig": id, "sleutels": {id: base64 of 32 random bytes}}`.
    """

    def __init__(self, key_file: Path, special_addresses: Path, first_use: Callable[[], bool] = lambda: True) -> None:
        """Use these files; nothing is read or made yet. `first_use`: whether a key may still be made."""
        self._key_file = key_file
        self._special_addresses = special_addresses
        self._first_use = first_use

    def current(self) -> PseudonymKey:
        """Return the key for new pseudonyms; makes one when there is no key file yet."""
        if not self._key_file.exists():
            # a new key beside old results would give everybody a second pseudonym, without anybody noticing
            if not self._first_use():
                raise _unusable(self._key_file, "is gone, although there are results under its key", _ADVICE)
            self._make()
        document = self._document()
        return self._key(document, document.get("huidig"))

    def find(self, key_id: str) -> PseudonymKey:
        """Return the key with this id, also when it is no longer the current one."""
        return self._key(self._document(), key_id)

    def special_addresses(self) -> tuple[Mapping[str, str], ...]:
        """Return the addresses of special groups, in clear; none when there is no file."""
        if not self._special_addresses.exists():
            return ()
        found = _secret_json(self._special_addresses)
        plain = isinstance(found, list) and all(
            isinstance(entry, dict) and all(isinstance(part, str) for part in entry.values()) for entry in found
        )
        if not plain:
            raise _unusable(self._special_addresses, "is not a JSON list of addresses", "Correct the file.")
        return tuple(found)

    def _document(self) -> dict[str, Any]:
        document = _secret_json(self._key_file)
        if not isinstance(document, dict) or not isinstance(document.get("sleutels"), dict):
            raise _unusable(self._key_file, "does not hold keys", _ADVICE)
        return document

    def _key(self, document: dict[str, Any], key_id: object) -> PseudonymKey:
        if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id) or key_id not in document["sleutels"]:
            told = _unusable(self._key_file, "does not hold the key that is needed", _ADVICE)
            raise KeyGone(told.what, where=told.where, next_step=told.next_step)
        try:
            secret = base64.b64decode(str(document["sleutels"][key_id]), validate=True)
        except ValueError:
            raise _unusable(self._key_file, "holds a key that cannot be read", _ADVICE) from None
        if len(secret) < KEY_BYTES:
            raise _unusable(self._key_file, f"holds a key of fewer than {KEY_BYTES} bytes", _ADVICE)
        return PseudonymKey(key_id, secret)

    def _make(self) -> None:
        key_id = f"k-{secrets.token_hex(4)}"
        secret = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")
        text = json.dumps({"huidig": key_id, "sleutels": {key_id: secret}}, indent=1) + "\n"
        temporary = self._key_file.with_name(f".{uuid.uuid4().hex}")
        try:
            self._key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            # a link, not a rename: of two workers the first wins and the second uses that key
            with contextlib.suppress(FileExistsError):
                os.link(temporary, self._key_file)
        except OSError as cause:
            raise _unusable(
                self._key_file, f"cannot be made ({type(cause).__name__})", "Check the folder of the key file."
            ) from None
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()


def _secret_json(path: Path) -> Any:
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            if stat.S_IMODE(mode) & 0o077:
                raise _unusable(path, "can be read or changed by others", f"Run: chmod 600 {path}")
            return json.loads(stream.read())
    except OSError as cause:
        raise _unusable(path, f"cannot be read ({type(cause).__name__})", _ADVICE) from None
    except (ValueError, RecursionError):
        raise _unusable(path, "is not JSON", _ADVICE) from None


def _unusable(path: Path, what: str, advice: str) -> KeyUnavailable:
    return KeyUnavailable(f"The secret file {what}.", where=str(path), next_step=advice)
