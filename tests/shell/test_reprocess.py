"""The reprocess request: checked without showing what was sent, answered with the run or what to do."""

import json
from typing import Any

import pytest

from shared.api.reprocess import LARGEST_BODY, answer
from shared.errors import LedgerUnavailable, NotKnown, RequestRefused, SlimmeCheckError
from shared.interventions import request_run
from shared.sweep import run_waiting
from tests.shell.workshop import Workshop

GOOD: dict[str, Any] = {"levering": "2026-11-20", "aanvraagnummers": ["1001"], "reden": "bezwaar"}


def refused(**_: object) -> Any:
    raise AssertionError("a wrong body reached the work")


def test_a_good_request_is_recorded_and_answered_with_its_run(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    said = answer(json.dumps(GOOD).encode(), lambda **wanted: request_run(workshop.installation, **wanted))
    assert said.status == 202 and said.mimetype == "application/json"
    document = json.loads(said.body)
    assert document["toestand"] == "wachtend" and document["levering"] == "2026-11-20"
    assert workshop.sql("SELECT run FROM verwerkingen WHERE toestand = 'wachtend'") == [(document["verwerking"],)]
    assert workshop.sql("SELECT reden, actor FROM verzoeken") == [("bezwaar", "systeem")]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reden": "x"}, "levering"),
        ({"levering": "2026-11-20"}, "reden"),
        ({**GOOD, "reden": "   "}, "reden"),
        ({**GOOD, "reden": "x" * 1001}, "reden"),
        ({**GOOD, "levering": "geheim-123"}, "levering"),
        ({**GOOD, "levering": 20261120}, "levering"),
        ({**GOOD, "aanvraagnummers": []}, "aanvraagnummers"),
        ({**GOOD, "aanvraagnummers": ["geheim", "geheim"]}, "aanvraagnummers"),
        ({**GOOD, "aanvraagnummers": ["geheim", 7]}, "aanvraagnummers/1"),
        ({**GOOD, "geheim": 1}, "(onbekend veld)"),
        (["geheim"], "(geheel)"),
        ("geheim", "(geheel)"),
    ],
)
def test_what_is_wrong_is_named_by_place_and_never_shown(body: object, field: str) -> None:
    said = answer(json.dumps(body).encode(), refused)
    assert said.status == 400 and said.mimetype == "application/problem+json"
    assert json.loads(said.body)["velden"] == [field]
    assert b"geheim" not in said.body


@pytest.mark.parametrize(
    "body", [b"", b"geheim", b"\xff\xfe", b'{"reden": "a", "reden": "b"}', b"[" * 100_000, b'{"levering": NaN']
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    said = answer(body, refused)
    assert said.status == 400 and b"geheim" not in said.body


def test_a_body_over_one_megabyte_is_refused() -> None:
    assert answer(b" " * (LARGEST_BODY + 1), refused).status == 413


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (NotKnown("x"), 404),
        (RequestRefused("x"), 400),
        (LedgerUnavailable("x"), 503),
        (SlimmeCheckError("x"), 500),
        (ValueError("geheim 123456782"), 500),
    ],
)
def test_every_failure_is_a_problem_with_a_code_and_never_a_traceback(cause: Exception, status: int) -> None:
    def failing(**_: object) -> Any:
        raise cause

    said = answer(json.dumps(GOOD).encode(), failing)
    document = json.loads(said.body)
    assert said.status == document["status"] == status and document["code"] and document["title"]
    assert b"geheim" not in said.body and b"Traceback" not in said.body
