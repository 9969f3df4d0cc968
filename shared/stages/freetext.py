"""Removes what may be a citizen service number (BSN) from free text."""

from __future__ import annotations

import re

_RUN = re.compile(r"(?<![0-9])[0-9]{8,9}(?![0-9])")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
MASK = "***"


def passes_elfproef(digits: str) -> bool:
    """Say whether 8 or 9 digits pass the 11-proef of the BSN; eight digits lack their leading zero."""
    padded = digits.zfill(9)
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, padded, strict=True)) % 11 == 0


def mask_numbers(text: str) -> str:
    """Return the text with every run of 8 or 9 digits that passes the 11-proef replaced."""
    return _RUN.sub(lambda run: MASK if passes_elfproef(run.group()) else run.group(), text)
