"""Blobs in memory: what the contract means, in as few lines as it takes; the third to which the tests compare."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from shared.errors import BlobNotFound

_FORBIDDEN = {"", ".", ".."}


class MemoryStore:
    """A BlobStore in a dictionary."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blobs: dict[tuple[str, str], bytes] = {}
        self._moments: dict[tuple[str, str], datetime] = {}

    def names(self, container: str, prefix: str = "") -> Iterator[str]:
        with self._lock:
            found = sorted(name for home, name in self._blobs if home == container and name.startswith(prefix))
        yield from found

    def read(self, container: str, name: str, most: int | None = None) -> bytes:
        with self._lock:
            found = self._blobs.get(self._place(container, name))
        if found is None:
            raise BlobNotFound("There is no such blob.", where=name)
        return found[:most]

    def open(self, container: str, name: str) -> BinaryIO:
        return io.BytesIO(self.read(container, name))

    def sha256(self, container: str, name: str) -> str:
        return hashlib.sha256(self.read(container, name)).hexdigest()

    def write(self, container: str, name: str, data: bytes) -> None:
        with self._lock:
            self._blobs[self._place(container, name)] = data
            self._moments[container, name] = datetime.now(UTC)

    def write_by[T](self, container: str, name: str, fill: Callable[[BinaryIO], T]) -> T:
        stream = io.BytesIO()
        outcome = fill(stream)
        self.write(container, name, stream.getvalue())
        return outcome

    def copy(self, container: str, name: str, to_container: str, to_name: str) -> str:
        data = self.read(container, name)
        self.write(to_container, to_name, data)
        return hashlib.sha256(data).hexdigest()

    def move(self, container: str, name: str, to_name: str, only_sha256: str) -> str:
        digest = self.sha256(container, name)
        if digest == only_sha256:
            self.copy(container, name, container, to_name)
            self.delete(container, name)
        return digest

    def written_at(self, container: str, name: str) -> datetime:
        self.read(container, name)
        return self._moments[container, name]

    def delete(self, container: str, name: str, *, only_sha256: str = "") -> bool:
        place = self._place(container, name)
        with self._lock:
            found = self._blobs.get(place)
            if found is not None and only_sha256 and hashlib.sha256(found).hexdigest() != only_sha256:
                return False
            self._blobs.pop(place, None)
        return True

    def _place(self, container: str, name: str) -> tuple[str, str]:
        if _FORBIDDEN & {container, *name.split("/")} or "\0" in name or "/" in container:
            raise BlobNotFound("A blob has a name that cannot exist.", where=container)
        return container, name
