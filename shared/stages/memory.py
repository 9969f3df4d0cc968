"""Gives memory back between large pieces of work: what was freed is kept by two allocators, as much as a large file."""

from __future__ import annotations

import ctypes
import gc
import sys

import numpy as np
import pyarrow as pa


def give_back(*, cycles: bool = False) -> None:
    """Give back to the system what Arrow keeps, and what the C library keeps where it can be asked (glibc).

    `cycles`: also what tables hold that only point at each other, as those of pandas do; finding them takes 50 ms.
    """
    if cycles:
        gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform == "win32":  # has no C library to ask without its name
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def as_one(pieces: list[np.ndarray]) -> np.ndarray:
    """Return pieces as one, and let go of them, or of millions of rows twice as much stays in memory."""
    whole = np.concatenate(pieces)
    pieces.clear()
    return whole
