"""Invented values that stand nowhere else: each is planted in one place, and is known by what it is.

A word is nine letters by chance, so that a piece of it that is told, in whatever case, is still its own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from shared.stages.freetext import passes_elfproef

_LETTERS = "bcdfghjklmnpqrstvwxz"


class What(StrEnum):
    """What a canary is: the contract says of each where it may stand."""

    AANVRAAG = "the number of an application itself"
    NUMMER = "a number of a person, a party or another service"
    BSN = "a citizen service number"
    ADRES = "a part of an address"
    TEKST = "free text: names, telephone numbers, mail addresses"
    WAARDE = "a date, an amount or a code of a row"
    MOMENT = "the moment that an application is judged at"
    VREEMD = "what is not asked for: columns, members of the description, meta data of a file"
    KOLOM = "the name of a column that is not asked for"
    BESTAND = "the name that the supplier gave a file"
    LEVERING = "the name that the supplier gave a delivery"
    GETYPT = "what a person typed"
    GEHEIM = "a key, a token, a connection string"


@dataclass(frozen=True)
class Canary:
    """One planted value. `data`: what it is in bytes; `where`: where it was planted."""

    what: What
    data: bytes
    where: str

    @property
    def text(self) -> str:
        return self.data.decode()


@dataclass
class Aviary:
    """Makes canaries, the same ones in the same order every time, and remembers them."""

    seed: int = 1
    made: list[Canary] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._turn = random.Random(self.seed)
        self._days = self._old_days()

    def _old_days(self) -> Iterator[date]:
        """Every day once, in an order by chance; none near the period of a delivery, which is ours to tell."""
        days = [date(1931, 1, 1) + timedelta(days=n) for n in range(30_000)]
        self._turn.shuffle(days)
        return iter(days)

    def keep(self, what: What, value: str | bytes, where: str) -> str:
        """Remember a value that is planted; returns it."""
        data = value.encode() if isinstance(value, str) else value
        self.made.append(Canary(what, data, where))
        return data.decode(errors="replace")

    def word(self, what: What, where: str) -> str:
        """Return a new word."""
        return self.keep(what, "".join(self._turn.choices(_LETTERS, k=9)).capitalize(), where)

    def bsn(self, where: str, digits: int = 9) -> str:
        """Return a number of eight or nine digits that passes the 11-proef."""
        while True:
            number = str(self._turn.randrange(10 ** (digits - 1), 10**digits))
            if passes_elfproef(number):
                return self.keep(What.BSN, number, where)

    def whole(self, where: str) -> str:
        """Return a whole number that no code is like."""
        return self.keep(What.WAARDE, str(self._turn.randrange(200_000_000, 2_000_000_000)), where)

    def amount(self, where: str) -> str:
        """Return an amount in euro with cents, that no sum is like."""
        cents = self._turn.randrange(1_000_000_000, 9_000_000_000)
        return self.keep(What.WAARDE, f"{cents // 100}.{cents % 100:02}", where)

    def day(self, where: str, before: date = date(2013, 1, 1)) -> str:
        """Return a date long ago."""
        found = next(day for day in self._days if day < before)
        return self.keep(What.WAARDE, str(found), where)

    def moment(self, where: str) -> str:
        """Return a moment long ago, to the microsecond."""
        day = self.day(where)
        hour, minute, second = self._turn.randrange(24), self._turn.randrange(60), self._turn.randrange(60)
        clock = f"{hour:02}:{minute:02}:{second:02}.{self._turn.randrange(100_000, 999_999)}"
        self.keep(What.WAARDE, clock, where)
        return f"{day} {clock}"
