"""Who was processed, in little memory: a run may have a million people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PERSON, APPLICATION = "pseudoniem persoon", "pseudoniem aanvraag"
_AT_ONCE = 10_000


class Subjects:
    """Everybody by pseudonym, each once and in order: persons, and the applications of which no person is known."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        """Hold these pairs of pseudonyms of person ("" when unknown) and application."""
        self._found: dict[str, list[npt.NDArray[np.bytes_]]] = {APPLICATION: [], PERSON: []}
        self.add(pairs)

    def add(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Add pairs of pseudonyms of person ("" when unknown) and application."""
        import numpy as np

        for some in batched(pairs, _AT_ONCE, strict=False):
            told = {
                PERSON: {person for person, _ in some if person},
                APPLICATION: {own for person, own in some if not person},
            }
            for kind, pseudonyms in told.items():
                if pseudonyms:
                    self._found[kind].append(np.array([one.encode("utf-8") for one in pseudonyms]))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield kind and pseudonym of everybody; the order is that of the texts."""
        import numpy as np

        for kind, found in sorted(self._found.items()):
            if found:
                self._found[kind] = [np.unique(np.concatenate(found))]
            for pseudonyms in self._found[kind]:
                for start in range(0, len(pseudonyms), _AT_ONCE):
                    for pseudonym in pseudonyms[start : start + _AT_ONCE].tolist():
                        yield kind, pseudonym.decode("utf-8")
