"""The services of an installation in which nothing ever happened: lists are empty, and nothing can be found."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from shared.api.services import Deliveries, Health, Models, People, Reports, Rights, Runs, Services, Versions
from shared.errors import NotKnown
from shared.people.audittrail import EventPage


def _nothing(*_: Any) -> list[Any]:
    return []


def _unknown(*_: Any) -> Any:
    raise NotKnown("There is nothing here.")


def _only(kind: type, **known: Any) -> Any:
    return kind(**{field.name: known.get(field.name, _unknown) for field in fields(kind)})


def services() -> Services:
    """Return these services."""
    return Services(
        deliveries=_only(Deliveries, known=_nothing),
        runs=_only(Runs, known=_nothing),
        models=_only(Models, known=_nothing),
        versions=_only(Versions, known=_nothing),
        people=_only(People, find=_nothing, objections=_nothing, events=lambda *_: EventPage((), None)),
        rights=_only(Rights, known=_nothing),
        reports=_only(Reports, known=_nothing),
        health=lambda: Health({"opslag": ""}, "0.0.0", datetime(2026, 11, 22, tzinfo=UTC)),
    )
