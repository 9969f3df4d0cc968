"""The forms that several resources share: pages of a list, reasons, identifiers and moments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Header, Path, Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared.events import HERE
from shared.interventions import REASON_LENGTH

LARGEST_PAGE = 100
LAST_PAGE = 1_000_000
LAST_NUMBER = 2**53  # of an event: beyond it JSON and JavaScript no longer agree on a whole number
_NO_CONTROLS = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
# of these centuries: at the ends of the calendar a moment with an offset has no counterpart in UTC
_MOMENT = re.compile(r"(?:19|2[01])\d{2}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_PRINTABLE = r"[ -~\u00c0-\u024f]"
_NUMBER = rf"^{_PRINTABLE}*[!-~]{_PRINTABLE}*$"


class Form(BaseModel):
    """What comes in: unknown fields are refused, and nothing is turned into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class Shown(BaseModel):
    """What goes out."""

    model_config = ConfigDict(extra="forbid")


Reason = Annotated[
    str,
    StringConstraints(min_length=1, max_length=REASON_LENGTH, pattern=rf"^{_NO_CONTROLS}*[A-Za-z0-9]{_NO_CONTROLS}*$"),
    Field(description="Waarom, in eigen woorden; zet er geen persoonsgegevens in.", examples=["Klopt de score nog?"]),
]
Number = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128, pattern=_NUMBER),
    Field(description="Aanvraagnummer, zoals geleverd.", examples=["10012345"]),
]
PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE, description="Welke bladzijde, vanaf 1.")]
PageSize = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Hoeveel per bladzijde.")]
DatasetQuery = Annotated[str | None, Query(pattern="^[a-z_]{1,64}$", description="Alleen van deze dataset.")]
DeliveryId = Annotated[
    str, Path(alias="id", pattern="^[a-z_]{1,64}-[0-9a-f]{64}$", description="Kenmerk van de levering.")
]
RunId = Annotated[str, Path(alias="id", pattern="^[0-9a-f]{32}$", description="Kenmerk van de verwerking.")]
PredictionId = Annotated[
    str, Path(alias="id", pattern="^[0-9a-f]{32}-(0|[1-9][0-9]{0,8})$", description="Kenmerk van de voorspelling.")
]
ObjectionId = Annotated[str, Path(alias="id", pattern="^[0-9a-f]{32}$", description="Kenmerk van het bezwaar.")]
RequestId = Annotated[str, Path(alias="id", pattern="^[0-9a-f]{32}$", description="Kenmerk van het verzoek.")]
Version = Annotated[
    str, Path(alias="versie", pattern="^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$", description="Versie van het model.")
]
# in a header, because a reason may not stand in an address
ReasonToRead = Annotated[
    str,
    Header(
        alias="Inzage-Reden",
        min_length=1,
        max_length=REASON_LENGTH,
        pattern=r"^[ -~]*[A-Za-z0-9][ -~]*$",
        description="Waarom u dit inziet; komt in het auditlog. Zet er geen persoonsgegevens in.",
        examples=["Vraag van de aanvrager over het advies"],
    ),
]
ModelName = Annotated[
    str,
    Path(alias="naam", pattern="^[a-z0-9][a-z0-9_-]{0,63}$", description="Naam van het model."),
]


class ReasonForm(Form):
    """A reason and nothing else."""

    reden: Reason


class Listed(Shown):
    """A page of a list."""

    pagina: int = Field(description="Welke bladzijde dit is.")
    paginaGrootte: int = Field(description="Hoeveel er op een bladzijde passen.")  # noqa: N815 - as it goes out
    aantal: int = Field(description="Hoeveel er in totaal zijn.")


def page_of[T](found: Sequence[T], pagina: int, grootte: int) -> Sequence[T]:
    """Return one page of a list."""
    return found[(pagina - 1) * grootte : pagina * grootte]


def utc(moment: datetime | None) -> datetime | None:
    """Return a moment in UTC; a local time without zone is one of Amsterdam."""
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=HERE)).astimezone(UTC)


def _is_moment(value: object) -> object:
    """Take text in the form of RFC 3339, of 1900 to 2199, and nothing else: a number would be taken for seconds."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("not a moment")
    return value


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_is_moment)]


def local(text: str) -> datetime:
    """Return the moment in UTC that a local time in a result means."""
    return datetime.fromisoformat(text).replace(tzinfo=HERE).astimezone(UTC)


def said(description: str, *statuses: int, **more: Any) -> dict[str, Any]:
    """Return how a route is described: its answer, and the problems that not every route has."""
    return {"response_description": description, "responses": {status: {} for status in statuses}, **more}
