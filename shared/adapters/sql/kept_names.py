"""An application of which both the number and the pseudonym are kept: by it a key is recognised."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Engine

from shared.adapters.sql.engine import transaction
from shared.adapters.sql.tables import resultaten, verwerkingen


def kept_name(engine: Engine, key_id: str) -> tuple[str, str] | None:
    """Return number and pseudonym of an application with a result under this key, the newest run first; None without.

    Asked as the app: who removes may not read results, and needs no key.
    """
    under_it = (
        sa.select(sa.func.max(verwerkingen.c.nr))
        .where(
            verwerkingen.c.sleutel == key_id,
            sa.exists().where(resultaten.c.verwerking_nr == verwerkingen.c.nr),
        )
        .scalar_subquery()
    )
    query = (
        sa.select(resultaten.c.aanvraagnummer, resultaten.c.dienst)
        .where(resultaten.c.verwerking_nr == under_it)
        .order_by(resultaten.c.regel)
        .limit(1)
    )
    with transaction(engine, writes=False) as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else (row.aanvraagnummer, row.dienst)
