"""MonthRecords in SQL: what was published, assessed and told by a moment; nothing is written here."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from shared.adapters.sql import run_rows
from shared.adapters.sql.engine import transaction
from shared.adapters.sql.run_rows import SHOWN
from shared.adapters.sql.tables import beoordelingen, bevindingen, gebeurtenissen, resultaten, verwerkingen
from shared.administration import ModelStatus
from shared.closing.port import ClosedMonth, ToldEvent
from shared.events import Action, StoredEvent, moment_of, moment_text
from shared.monitoring.monthrows import Judged, Weighed

_AT_ONCE = 500
_EVENT = [gebeurtenissen.c[name] for name in StoredEvent.__dataclass_fields__]


class SqlMonthRecords:
    """MonthRecords in a database that has the version of this code."""

    def __init__(self, engine: Engine) -> None:
        """Use this engine, which only reads here."""
        self._engine = engine

    def _rows(self, query: sa.Select[Any]) -> list[Any]:
        with transaction(self._engine, writes=False) as connection:
            return list(connection.execute(query))

    def first_publication(self, dataset: str) -> datetime | None:
        """Return when anything of a dataset was published first; None when nothing was."""
        with transaction(self._engine, writes=False) as connection:
            return run_rows.first_publication(connection, dataset)

    def results(
        self, dataset: str, model: str, since: datetime, until: datetime, threshold_of: Callable[[str], float]
    ) -> list[Judged]:
        """Return every published result of before `until`, in order of publication, none of a shadow."""
        recent = verwerkingen.c.gepubliceerd >= moment_text(since)
        of_run = ("modelversie", "gepubliceerd")
        of_row = ("aanvraagnummer", "dienst", "persoon", "reden", "resultaattype", "score", "steekproef")
        query = (
            sa.select(
                *(verwerkingen.c[name] for name in of_run),
                *(resultaten.c[name] for name in of_row),
                sa.case((recent, resultaten.c.kenmerken), else_=None).label("kenmerken"),
            )
            .join(verwerkingen, verwerkingen.c.nr == resultaten.c.verwerking_nr)
            .where(
                verwerkingen.c.dataset == dataset,
                verwerkingen.c.model == model,
                SHOWN,
                verwerkingen.c.gepubliceerd < moment_text(until),
            )
            .order_by(verwerkingen.c.publicatie, resultaten.c.regel)
        )
        return [
            Judged(
                aanvraag=row.aanvraagnummer,
                dienst=row.dienst,
                persoon=row.persoon or "",
                version=row.modelversie,
                reden=row.reden,
                resultaattype=row.resultaattype,
                score=row.score,
                # the threshold is asked for only where the draw of the sample hides on which side the score lies
                flagged=row.score >= threshold_of(row.modelversie)
                if row.score is not None and row.steekproef
                else row.score is not None and row.resultaattype == 1,
                sampled=bool(row.steekproef),
                published=moment_of(row.gepubliceerd),
                kenmerken=row.kenmerken,
            )
            for row in self._rows(query)
        ]

    def assessments(self, dataset: str, until: datetime) -> list[Weighed]:
        """Return every assessment of before `until`, the oldest first."""
        query = (
            sa.select(
                beoordelingen.c.gevolgd,
                beoordelingen.c.route,
                beoordelingen.c.tijdstip,
                resultaten.c.dienst,
                resultaten.c.resultaattype,
                resultaten.c.steekproef,
            )
            .join(verwerkingen, verwerkingen.c.nr == beoordelingen.c.verwerking_nr)
            .join(
                resultaten,
                (resultaten.c.verwerking_nr == beoordelingen.c.verwerking_nr)
                & (resultaten.c.regel == beoordelingen.c.regel),
            )
            .where(verwerkingen.c.dataset == dataset, SHOWN, beoordelingen.c.tijdstip < moment_text(until))
            .order_by(beoordelingen.c.volgnr)
        )
        return [
            Weighed(
                dienst=row.dienst,
                resultaattype=row.resultaattype,
                sampled=bool(row.steekproef),
                gevolgd=None if row.gevolgd is None else bool(row.gevolgd),
                route=row.route,
                moment=moment_of(row.tijdstip),
            )
            for row in self._rows(query)
        ]

    def events(self, dataset: str, since: datetime, until: datetime) -> list[ToldEvent]:
        """Return the events of a dataset, and of none, in this time."""
        beside = (verwerkingen.c.verzoek != "") | (verwerkingen.c.modelstatus == str(ModelStatus.SCHADUW))
        query = (
            sa.select(*_EVENT, sa.func.coalesce(beside, False).label("terzijde"))
            .outerjoin(verwerkingen, verwerkingen.c.run == gebeurtenissen.c.run)
            .where(
                gebeurtenissen.c.dataset.in_((dataset, "")),
                gebeurtenissen.c.tijdstip >= moment_text(since),
                gebeurtenissen.c.tijdstip < moment_text(until),
            )
            .order_by(gebeurtenissen.c.volgnr)
        )
        return [ToldEvent(StoredEvent(*row[:-1]), bool(row.terzijde)) for row in self._rows(query)]

    def finding_codes(self, runs: Collection[str]) -> Mapping[str, int]:
        """Return in how many of these runs each finding occurs, by its code."""
        found: dict[str, int] = {}
        wanted = sorted(runs)
        for start in range(0, len(wanted), _AT_ONCE):
            query = (
                sa.select(bevindingen.c.code, sa.func.count(sa.distinct(bevindingen.c.verwerking_nr)))
                .join(verwerkingen, verwerkingen.c.nr == bevindingen.c.verwerking_nr)
                .where(verwerkingen.c.run.in_(wanted[start : start + _AT_ONCE]))
                .group_by(bevindingen.c.code)
            )
            for code, number in self._rows(query):
                found[code] = found.get(code, 0) + number
        return found

    def closed(self, dataset: str, model: str) -> list[ClosedMonth]:
        """Return the months that were closed, the oldest first; each once, as it was told first."""
        query = (
            sa.select(gebeurtenissen.c.details)
            .where(gebeurtenissen.c.handeling == str(Action.MAAND_SLUITEN), gebeurtenissen.c.dataset == dataset)
            .order_by(gebeurtenissen.c.volgnr)
        )
        found: dict[str, ClosedMonth] = {}
        for row in self._rows(query):
            details = json.loads(row.details)
            if details["model"] == model:
                found.setdefault(details["maand"], ClosedMonth(details["maand"], details["sha256"]))
        return sorted(found.values(), key=lambda closed: closed.month)
