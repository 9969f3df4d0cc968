"""The sha256 of what lies in storage, also when nothing lies there."""

from __future__ import annotations

import hashlib
import io
from typing import Any, BinaryIO

from shared.errors import BlobNotFound
from shared.ports import BlobStore


def digest_of(blobs: BlobStore, container: str, name: str) -> str:
    """Return the sha256 of a blob, empty when there is none."""
    try:
        return blobs.sha256(container, name)
    except BlobNotFound:
        return ""


class Digesting(io.RawIOBase, BinaryIO):
    """Passes on what is written to it, and knows the sha256 of all of it."""

    def __init__(self, to: BinaryIO) -> None:
        """Write to this stream, which stays open."""
        self._to, self._digest = to, hashlib.sha256()

    def writable(self) -> bool:
        """Say that it takes bytes."""
        return True

    def write(self, data: Any) -> int:
        """Pass on and count in."""
        self._digest.update(data)
        return self._to.write(data)

    @property
    def sha256(self) -> str:
        """Return the sha256 of what was written until now."""
        return self._digest.hexdigest()
