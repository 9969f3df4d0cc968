"""Judges a register entry by the rules of each form, strictly: every fault at once, by field, never its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from shared.errors import SlimmeCheckError
from shared.monitoring.register.plainhtml import faults_in, visible
from shared.monitoring.register.standard import (
    BY_NAME,
    CATEGORIES,
    FIELDS,
    LANGUAGE,
    MOST_THEMES,
    SCHEMA_REQUIRED,
    SCHEMA_VERSION,
    Field,
    Form,
)

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_ADDRESS = re.compile(r"https://[^\s<>\"{}|\\^`]+\.[^\s<>\"{}|\\^`]+")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_IN_USE = ("In ontwikkeling", "In gebruik")


class EntryInvalid(SlimmeCheckError):
    """The register entry does not keep the rules of the algorithm register."""

    code = "SC-654"


def check(entry: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Raise EntryInvalid with every fault of both forms, unless there is none."""
    faults = [
        *(f"API: {each}" for each in api_faults(entry)),
        *(f"schema.json: {each}" for each in schema_faults(other)),
    ]
    if faults:
        raise EntryInvalid(
            f"The register entry is not valid: {'; '.join(faults)}.",
            where="algoritmeregister",
            next_step="Mend the text in the folder `register` of the use case.",
        )


def api_faults(entry: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with an entry in the API form."""
    faults = [f"{name} is not a field" for name in entry if name not in BY_NAME]
    for field in FIELDS:
        value = entry.get(field.name)
        if value in (None, "", []):
            faults += [f"{field.name} is required"] if field.required or field.shown else []
        else:
            faults += [f"{field.name} {each}" for each in _FORMS[field.form](value, field)]
    return [*faults, *_together(entry.get("status"), entry.get("begin_date"), entry.get("end_date"))]


def schema_faults(entry: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with an entry in the form of schema.json."""
    fields = _schema_fields()
    faults = [f"{name} is required" for name in SCHEMA_REQUIRED if entry.get(name) in (None, "", [])]
    faults += [f"{name} is not a field" for name in entry if name not in fields]
    for name, value in entry.items():
        if name in fields and value not in (None, ""):
            field = fields[name]
            faults += [f"{name} {each}" for each in _FORMS[field.form](value, field)]
    return [*faults, *_together(entry.get("status"), entry.get("start_date"), entry.get("end_date"))]


def _schema_fields() -> dict[str, Field]:
    """Return the fields of schema.json: one character shorter, titles and links apart, free words for themes."""
    found: dict[str, Field] = {}
    for field in FIELDS:
        shorter = field.longest - 1 if field.form in (Form.TEXT, Form.HTML) else field.longest
        if field.name == "description_short":
            shorter = field.longest
        if field.form is Form.LINKS:
            found[f"{field.other}_title"] = Field("", Form.TEXT, field.longest - 1)
            found[f"{field.other}_link"] = Field("", Form.ADDRESS, 500)
        else:
            found[field.other] = Field("", field.form, shorter, allowed=field.allowed)
    del found["impact_assessment_title"]
    found["impact_assessments"] = Field("", Form.CHOICES, 499)
    found["theme"] = Field("", Form.CHOICES, 499)
    found["publication_category"] = Field("", Form.CHOICE, 100, allowed=tuple(CATEGORIES.values()))
    found["language"] = Field("", Form.CHOICE, 3, allowed=(LANGUAGE,))
    found["schema"] = Field("", Form.CHOICE, 5, allowed=(SCHEMA_VERSION,))
    return found


def _together(status: Any, begin: Any, end: Any) -> Iterator[str]:
    if end and status in _IN_USE:
        yield "the end date must be empty until it is no longer used"
    if begin and end and str(end) < str(begin):
        yield "the end comes before the begin"


def _text(value: Any, field: Field) -> Iterator[str]:
    if not isinstance(value, str):
        yield "is not a text"
    elif value != value.strip() or not value:
        yield "begins or ends with a blank, or is empty"
    elif len(value) > field.longest:
        yield f"is longer than {field.longest}"
    elif faults_in(value) or visible(value) != value:
        yield "holds markup"


def _html(value: Any, field: Field) -> Iterator[str]:
    if not isinstance(value, str):
        yield "is not a text"
        return
    yield from faults_in(value)
    seen = visible(value)
    if len(seen) > field.longest:
        yield f"is longer than {field.longest}"
    if not seen.strip():
        yield "says nothing"


def _month(value: Any, field: Field) -> Iterator[str]:
    if not isinstance(value, str) or not _MONTH.fullmatch(value):
        yield "is not a month as jjjj-mm"


def _address(value: Any, field: Field) -> Iterator[str]:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value) or len(value) > field.longest:
        yield "is not an address that begins with https://"


def _contact(value: Any, field: Field) -> Iterator[str]:
    if (
        not isinstance(value, str)
        or len(value) > field.longest
        or not (_ADDRESS.fullmatch(value) or _MAIL.fullmatch(value))
    ):
        yield "is no mail address and no address that begins with https://"


def _choice(value: Any, field: Field) -> Iterator[str]:
    if value not in field.allowed:
        yield "is not one of the values"


def _choices(value: Any, field: Field) -> Iterator[str]:
    if not isinstance(value, list) or len(set(map(str, value))) != len(value):
        yield "is not a list of different values"
        return
    if len(value) > MOST_THEMES:
        yield f"has more than {MOST_THEMES} values"
    for each in value:
        if not isinstance(each, str) or len(each) > field.longest or (field.allowed and each not in field.allowed):
            yield "has a value that is not one of the values"


def _links(value: Any, field: Field) -> Iterator[str]:
    if not isinstance(value, list):
        yield "is not a list"
        return
    for each in value:
        if not isinstance(each, Mapping) or set(each) - {"title", "link"} or not each.get("title"):
            yield "has something without a title"
            continue
        yield from (f"has a title that {fault}" for fault in _text(each["title"], field))
        link = each.get("link")
        if link is None and field.link_required:
            yield "has a title without a link"
        elif link is not None:
            yield from (f"has a link that {fault}" for fault in _address(link, Field("", Form.ADDRESS, 500)))


_FORMS: Mapping[Form, Callable[[Any, Field], Iterator[str]]] = {
    Form.TEXT: _text,
    Form.HTML: _html,
    Form.MONTH: _month,
    Form.ADDRESS: _address,
    Form.CONTACT: _contact,
    Form.CHOICE: _choice,
    Form.CHOICES: _choices,
    Form.LINKS: _links,
}
