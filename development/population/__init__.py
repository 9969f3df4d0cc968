"""Invents people and writes deliveries about them, in the form of domain.md §2 and with the figures of §8.

Nobody in it exists: person numbers fail the 11-proef, postcodes have letters that are never issued. The circumstances
of a person are drawn first, by the published figures; then rows are written from which exactly these follow, among
rows that a correct reading must see through (withdrawn, invalid, learnt later, of other people, too old).

* `write_delivery`: one delivery of a period, any size (100,000 applications are some two million rows).
* `write_history`: the same with outcomes and group attributes beside it, each in its own mailbox, for training.
* `write_mailbox`: five days for `make run`: clean, clean, with findings, to be held, to be rejected.
* `write_follow_ups`: what came of those five days, and the groups of who applied in them.
* `months.synthetic_months`: closed months without deliveries, with drift and unequal treatment of a stated size.

Everything is seeded: the same arguments give the same bytes.
"""

from .delivery import FORMATS, delivery_tables, write_delivery, write_tables
from .mailbox import Written, write_follow_ups, write_history, write_mailbox
from .moments import Period
from .world import World, make_world

__all__ = [
    "FORMATS",
    "Period",
    "World",
    "Written",
    "delivery_tables",
    "make_world",
    "write_delivery",
    "write_follow_ups",
    "write_history",
    "write_mailbox",
    "write_tables",
]
