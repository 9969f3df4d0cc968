"""How much is tried: little enough for every change, or all of it at night (TESTNACHT=1).

What five nights share out between them takes the number of the night: TESTNACHT=1 to 5. The name has not the prefix of
our settings, of which an unknown one is refused.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Sequence

WHICH_NIGHT = int(os.environ.get("TESTNACHT") or 0)
NIGHT = WHICH_NIGHT > 0
_SEED = 20261121


def some[T](all_of_them: Sequence[T], by_day: int, at_night: int = sys.maxsize) -> list[T]:
    """Return everything at night (or so many); by day fewer, drawn the same way every time and in their own order."""
    wanted = at_night if NIGHT else by_day
    if len(all_of_them) <= wanted:
        return list(all_of_them)
    chosen = random.Random(_SEED).sample(range(len(all_of_them)), wanted)
    return [all_of_them[place] for place in sorted(chosen)]


def number(by_day: int, at_night: int) -> int:
    """Return how often something is tried."""
    return at_night if NIGHT else by_day
