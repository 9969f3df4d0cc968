"""Rounds the counts of a dossier to tens, up or down by chance, so that two dossiers cannot be subtracted.

Rounding to the nearest ten would still tell on which side of a border one person tipped a count. So a count of 114 is
shown as 110 six times out of ten and as 120 the other four: what is shown says that it lies between 101 and 119 (110),
and a count that is one lower may be shown as the same or as another. The chance is drawn from a digest of everybody
who was compared: for the same people it falls the same, so asking again tells nothing more, and with one person more
or less it falls anew for every count at once, so that a count that moved says nothing about that person. From how many
people on a count is shown at all is drawn as well, from ten to nineteen: a count that is hidden from one dossier to the
next may have been the same in both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

STEP = 10
EXPLAINED = (
    "Elk aantal is afgerond op een tiental, naar boven of naar beneden. Zo is ook uit twee dossiers niet te halen wat "
    "voor één persoon geldt. Rijen tellen daardoor niet precies op tot hun totaal, en een aantal kan tot 9 afwijken."
)


class Tens:
    """Rounds numbers by one draw of chance: the same number always to the same ten."""

    def __init__(self, *drawn_from: bytes) -> None:
        """Draw from these digests."""
        self._seed = hashlib.sha256(b"".join(drawn_from)).digest()

    def __call__(self, number: int) -> int:
        """Return the ten below or above a number, the nearest one most often; a number of tens stays as it is."""
        below, left = number - number % STEP, number % STEP
        drawn = hashlib.sha256(self._seed + number.to_bytes(8, "big")).digest()
        return below + STEP if int.from_bytes(drawn[:8], "big") % STEP < left else below

    def smallest(self, least: int) -> int:
        """Return of how many people a number may be shown: this number, or up to nine more."""
        return least + int.from_bytes(self._seed[:8], "big") % STEP


class Drawn:
    """Takes in who is compared and what each version makes of them, a batch at a time, and returns what rounds."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._people, self._active, self._proposed, self._scores = (hashlib.sha256() for _ in range(4))

    def take(self, rows: Iterable[Iterable[str]], active: bytes, proposed: bytes, scores: bytes) -> None:
        """Take in rows with all that a group could depend on, and per row the marks and where the scores lie."""
        for row in rows:
            for value in row:
                data = value.encode("utf-8")
                self._people.update(len(data).to_bytes(8, "big") + data)
        self._active.update(active)
        self._proposed.update(proposed)
        self._scores.update(scores)

    def people(self) -> Tens:
        """Return what rounds how many people there are: the same whatever is proposed."""
        return Tens(self._people.digest())

    def active(self) -> Tens:
        """Return what rounds how many the active version flags: the same whatever is proposed."""
        return Tens(self._people.digest(), self._active.digest())

    def proposed(self) -> Tens:
        """Return what rounds how many the proposal flags: anew when it flags one person more or less."""
        return Tens(self._people.digest(), self._proposed.digest())

    def both(self) -> Tens:
        """Return what rounds the flips and the scores."""
        seen = self._active.digest(), self._proposed.digest(), self._scores.digest()
        return Tens(self._people.digest(), *seen)
