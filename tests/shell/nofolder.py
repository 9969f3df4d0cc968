"""A storage in which somebody made a folder without a name: what Azure lists and reads, and what we never write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import BlobNotFound
from tests.real.memory import MemoryStore


@dataclass(frozen=True)
class NoFolder:
    """A storage that holds and reads blobs in a folder without a name, as Azure does; nobody can write one there."""

    blobs: Any
    odd: MemoryStore

    @classmethod
    def holding(cls, blobs: Any, dataset: str, files: Mapping[str, bytes]) -> NoFolder:
        """Return one with these files in such a folder of a mailbox."""
        odd = MemoryStore()
        for name, data in files.items():
            odd.write("brievenbus", f"{dataset}/(leeg)/{name}", data)
        return cls(blobs, odd)

    def __getattr__(self, name: str) -> Any:
        known, odd = getattr(self.blobs, name), getattr(self.odd, name)

        def effect(container: str, blob: str, *rest: Any, **more: Any) -> Any:
            if "//" not in blob:
                return known(container, blob, *rest, **more)
            if name in ("write", "write_by") or (name == "copy" and "//" in rest[1]):
                raise BlobNotFound("A blob has a name that cannot exist.")
            return odd(container, blob.replace("//", "/(leeg)/"), *rest, **more)

        return effect

    def names(self, container: str, prefix: str = "") -> Iterator[str]:
        odd = (name.replace("/(leeg)/", "//") for name in self.odd.names(container))
        yield from sorted([*self.blobs.names(container, prefix), *(name for name in odd if name.startswith(prefix))])
