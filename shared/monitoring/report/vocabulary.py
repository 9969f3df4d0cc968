"""Turns names of features, flags, reasons and months into the words of the use case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from shared.monitoring.report.words import capital, month

_MONTH = re.compile(r"\b[0-9]{4}-(?:0[1-9]|1[0-2])\b")


@dataclass(frozen=True)
class Vocabulary:
    """Words by name. `features` and `others` (flags, reasons, signals) are apart: only features have a label alone."""

    features: Mapping[str, str]
    others: Mapping[str, str]

    def read(self, text: str) -> str:
        """Return a text with every name in it as words."""
        text = _MONTH.sub(lambda found: month(found[0]), text)
        return self._names.sub(lambda found: self._words[found[0]], text) if self._words else text

    def title(self, text: str) -> str:
        """Return a title with every name in it as words, and a capital."""
        return capital(self.read(text))

    @cached_property
    def _words(self) -> Mapping[str, str]:
        return {**self.others, **self.features}

    @cached_property
    def _names(self) -> re.Pattern[str]:
        longest_first = sorted(self._words, key=lambda name: (-len(name), name))
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
