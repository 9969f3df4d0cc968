"""Every pseudonym that an application has: it has one per key, and the clear number in its results ties them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql.tables import resultaten, verwerkingen


def numbers(dataset: str, wanted: Any) -> sa.Select[Any]:
    """Return the clear numbers of the applications of which a result of this dataset is as `wanted`."""
    return (
        sa.select(resultaten.c.aanvraagnummer)
        .distinct()
        .join(verwerkingen, verwerkingen.c.nr == resultaten.c.verwerking_nr)
        .where(verwerkingen.c.dataset == dataset, wanted)
    )


def names_as(connection: Connection, dataset: str, wanted: Any) -> frozenset[str]:
    """Return every pseudonym of the applications of which a result is as `wanted`."""
    query = (
        sa.select(resultaten.c.dienst)
        .distinct()
        .join(verwerkingen, verwerkingen.c.nr == resultaten.c.verwerking_nr)
        .where(verwerkingen.c.dataset == dataset, resultaten.c.aanvraagnummer.in_(numbers(dataset, wanted)))
    )
    return frozenset(connection.execute(query).scalars())


def names_of(connection: Connection, dataset: str, services: Collection[str]) -> frozenset[str]:
    """Return every pseudonym of the applications with these, and these themselves."""
    return names_as(connection, dataset, resultaten.c.dienst.in_(services)) | frozenset(services)
