"""The sha256 of what lies in storage, also when nothing lies there."""

from __future__ import annotations

from shared.errors import BlobNotFound
from shared.ports import BlobStore


def digest_of(blobs: BlobStore, container: str, name: str) -> str:
    """Return the sha256 of a blob, empty when there is none."""
    try:
        return blobs.sha256(container, name)
    except BlobNotFound:
        return ""
