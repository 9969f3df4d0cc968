"""Draws the random sample beside the model: the same application, model and share always give the same draw."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

_STEPS = 2**64


def draw(pseudonyms: Iterable[str], model_sha256: str, share: float) -> np.ndarray:
    """Say which applications are drawn. `pseudonyms`: of the service numbers; `share`: between 0 and 1."""
    names = list(pseudonyms)
    if share <= 0:
        return np.zeros(len(names), dtype=bool)
    salt = f"slimme-check/steekproef/v1\x00{model_sha256}\x00".encode()
    numbers = [int.from_bytes(hashlib.sha256(salt + name.encode()).digest()[:8], "big") for name in names]
    return np.array([number < share * _STEPS for number in numbers], dtype=bool)
