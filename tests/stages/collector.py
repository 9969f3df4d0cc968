"""Tests of what stays in memory see it whenever the collector of rings would have come by."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """What is held by a ring of references stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
