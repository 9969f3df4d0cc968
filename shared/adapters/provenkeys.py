"""Hands a key over only when it is the one that what is kept under its id was made with."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping

from shared.dataset import ColumnClass
from shared.errors import KeyChanged
from shared.ports import KeySource
from shared.stages.pseudonym import Pseudonymiser, PseudonymKey

type KeptName = tuple[str, str]


class ProvenKeys:
    """A KeySource around another one, that makes the pseudonym of a kept result again before a key is used.

    `kept_name`: of a key id the number and the pseudonym of an application that has a result under it, or None. Without
    any there is nothing yet that another secret could tear apart. A secret that was proven is proven once in a process.
    """

    def __init__(self, source: KeySource, kept_name: Callable[[str], KeptName | None]) -> None:
        """Use this source and this function; neither is asked anything yet."""
        self._source = source
        self._kept_name = kept_name
        self._proven: dict[str, PseudonymKey] = {}

    def current(self) -> PseudonymKey:
        """Return the key for new pseudonyms; KeyChanged when what is kept under its id was made with another one."""
        return self._prove(self._source.current())

    def find(self, key_id: str) -> PseudonymKey:
        """Return the key with this id; KeyChanged when what is kept under its id was made with another one."""
        return self._prove(self._source.find(key_id))

    def special_addresses(self) -> tuple[Mapping[str, str], ...]:
        """Return the addresses of special groups, in clear; mostly none."""
        return self._source.special_addresses()

    def _prove(self, key: PseudonymKey) -> PseudonymKey:
        if self._proven.get(key.key_id) == key:
            return key
        kept = self._kept_name(key.key_id)
        if kept is None:
            return key
        number, pseudonym = kept
        made_again = Pseudonymiser(key).pseudonym(ColumnClass.DIENST, number)
        if not hmac.compare_digest(made_again.encode(), pseudonym.encode()):
            raise KeyChanged(
                "The secret under this key id is not the one that its results were made with.",
                where=f"key {key.key_id}",
                next_step="Put back the secret that belongs to this id; a new secret needs a new id.",
            )
        self._proven[key.key_id] = key
        return key
