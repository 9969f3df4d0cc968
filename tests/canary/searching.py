"""Looks for every form of every canary in bytes, in one pass: a hash of eight bytes says where to look closer."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from tests.canary.canaries import Canary
from tests.canary.forms import SHORTEST, Form, forms_of

_MIX, _BITS = np.uint64(0x9E3779B97F4A7C15), 22
_MARKS = re.compile(rb"[^0-9a-z]+")


@dataclass(frozen=True)
class Hit:
    """A canary that stands somewhere. `place`: where; it holds no value itself."""

    canary: Canary
    form: str
    place: str

    def __str__(self) -> str:
        return f"{self.canary.what.name} planted in {self.canary.where}: {self.form} in {self.place}"


class _Needles:
    def __init__(self, needles: Iterable[tuple[bytes, Canary, Form]]) -> None:
        self._by_begin: dict[int, list[tuple[bytes, Canary, Form]]] = defaultdict(list)
        for needle, canary, form in needles:
            self._by_begin[int.from_bytes(needle[:SHORTEST], "little")].append((needle, canary, form))
        begins = np.fromiter(self._by_begin, dtype=np.uint64, count=len(self._by_begin))
        self._marked = np.zeros(1 << _BITS, dtype=bool)
        self._marked[_mixed(begins)] = True

    def within(self, data: bytes) -> Iterator[tuple[int, bytes, Canary, Form]]:
        """Yield where needles stand in data."""
        raw = np.frombuffer(data, dtype=np.uint8)
        for offset in range(SHORTEST):
            words = raw[offset : offset + (len(raw) - offset) // SHORTEST * SHORTEST].view("<u8")
            for word in np.flatnonzero(self._marked[_mixed(words)]).tolist():
                place = offset + word * SHORTEST
                for needle, canary, form in self._by_begin.get(int(words[word]), ()):
                    if data.startswith(needle, place):
                        yield place, needle, canary, form


def _mixed(words: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return (words * _MIX) >> np.uint64(64 - _BITS)


class Search:
    """Finds canaries, in any of their forms."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        """Prepare to look for these."""
        short = sorted({canary.where for canary in canaries if len(canary.data) < SHORTEST})
        if short:
            raise ValueError(f"too short to be looked for: {short}")
        known = [(canary, form) for canary in canaries for form in forms_of(canary)]
        self._whole = _Needles((form.needle.lower(), canary, form) for canary, form in known if not form.squeezed)
        self._pieces = _Needles((form.needle, canary, form) for canary, form in known if form.squeezed)

    def hits(self, data: bytes, place: str) -> list[Hit]:
        """Return every canary that stands in these bytes, once, by the first of its forms."""
        found: dict[Canary, Hit] = {}
        lower = data.lower()
        for where, _, canary, form in self._whole.within(lower):
            if not form.exact or data.startswith(form.needle, where):
                found.setdefault(canary, Hit(canary, form.name, place))
        for _, _, canary, form in self._pieces.within(_MARKS.sub(b"", lower)):
            found.setdefault(canary, Hit(canary, form.name, place))
        return list(found.values())
