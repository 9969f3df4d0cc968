"""Draws the random sample beside the model: the same application, model, share and key always give the same draw.

By the pseudonymisation key, so that who knows an application's pseudonym and the model cannot tell what was drawn.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

import numpy as np

from shared.stages.pseudonym import PseudonymKey

_STEPS = 2**64
_DOMAIN = b"slimme-check/v1/steekproef\x00"  # no pseudonym has this domain


def draw(pseudonyms: Iterable[str], key: PseudonymKey, model_sha256: str, share: float) -> np.ndarray:
    """Say which applications are drawn. `pseudonyms`: of the service numbers; `share`: between 0 and 1."""
    names = list(pseudonyms)
    if share <= 0:
        return np.zeros(len(names), dtype=bool)
    of_model = hmac.new(key.secret, _DOMAIN + model_sha256.encode("ascii") + b"\x00", hashlib.sha256)
    return np.array([_number(of_model, name) < share * _STEPS for name in names], dtype=bool)


def _number(of_model: hmac.HMAC, name: str) -> int:
    """Return a number below _STEPS that nobody without the key can make."""
    mac = of_model.copy()
    mac.update(name.encode("utf-8"))
    return int.from_bytes(mac.digest()[:8], "big")
