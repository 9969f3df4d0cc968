"""The directions that a feature's effect may take, each with its argument; the other features follow the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Direction:
    """`sign` +1: more of the feature never lowers the score; -1: never raises it. `because`, in Dutch, for the card."""

    sign: Literal[1, -1]
    because: str


# Only where the process itself gives a reason. Where it gives none (wealth, partner, earlier benefit, no contact,
# income) a constraint would be an opinion about people, so there is none.
DIRECTIONS: Mapping[str, Direction] = {
    "deelnames_started_percentage_last_year": Direction(
        -1, "Wie aan aangeboden trajecten begint, doet wat is afgesproken. Dat mag de score nooit verhogen."
    ),
    "afspraken_no_show_count_last_year": Direction(
        1, "Vaker niet verschijnen zonder bericht mag de score nooit verlagen."
    ),
    "avg_percentage_maatregel": Direction(
        1, "Een maatregel is een vastgestelde overtreding. Een zwaardere mag de score nooit verlagen."
    ),
    "has_medebewoner": Direction(
        1, "Een medebewoner kan de hoogte van de uitkering veranderen. Dan valt er eerder iets te controleren."
    ),
}


def constraints(features: Sequence[str]) -> list[int]:
    """Return interpret's monotone constraint for each feature: 1, -1, or 0 where no direction is argued."""
    return [DIRECTIONS[name].sign if name in DIRECTIONS else 0 for name in features]
