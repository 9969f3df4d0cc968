"""POST reprocess: judge a delivery, or named applications of it, again; with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from jsonschema import Draft202012Validator

from shared.administration import RunRecord
from shared.api.answers import Answer, accepted, problem, problem_of
from shared.logs import run_log
from shared.runstates import REASON_SENTENCES

LARGEST_BODY = 1_000_000  # bytes
BODY: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["levering", "reden"],
    "additionalProperties": False,
    "properties": {
        "levering": {"type": "string", "minLength": 10, "maxLength": 128, "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"},
        "aanvraagnummers": {
            "type": "array",
            "minItems": 1,
            "maxItems": 10_000,
            "uniqueItems": True,
            "items": {"type": "string", "minLength": 1, "maxLength": 128},
        },
        "reden": {"type": "string", "minLength": 1, "maxLength": 1000, "pattern": "\\S"},
    },
}
_VALIDATOR = Draft202012Validator(BODY)


def answer(body: bytes, request_run: Callable[..., RunRecord]) -> Answer:
    """Return 202 with the run that was recorded, or a problem. `request_run` does the work."""
    if len(body) > LARGEST_BODY:
        return problem(413, "API-413", f"Send at most {LARGEST_BODY} bytes.")
    try:
        wanted = json.loads(body.decode("utf-8"), object_pairs_hook=_each_name_once)
    except (ValueError, RecursionError):
        return problem(400, "API-400", "Send a JSON object in UTF-8, with every name once.")
    wrong = _places(wanted)
    if wrong:
        return problem(400, "API-422", "Correct the named fields; unknown fields are not accepted.", velden=wrong)
    try:
        run = request_run(
            levering=wanted["levering"], aanvraagnummers=wanted.get("aanvraagnummers"), reden=wanted["reden"]
        )
    except Exception as cause:  # the caller gets a problem, never a traceback
        # type only: the text of a foreign error may quote what was sent
        run_log().error("reprocess: %s", type(cause).__name__)
        return problem_of(cause)
    return accepted(
        {
            "verwerking": run.run_id,
            "levering": run.new.levering,
            "verzoek": run.new.request_id,
            "toestand": str(run.state),
            "zin": REASON_SENTENCES[run.reason],
        }
    )


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name occurs twice")
    return document


def _places(wanted: object) -> list[str]:
    """Return where a body breaks its schema; the validator's own messages quote values, so only places are told."""
    places = set()
    for error in _VALIDATOR.iter_errors(wanted):
        path = "/".join(str(part) for part in error.absolute_path)
        if error.validator == "required":
            places |= {name for name in BODY["required"] if name not in error.instance}
        elif error.validator == "additionalProperties":
            places.add("(onbekend veld)")
        else:
            places.add(path or "(geheel)")
    return sorted(places)
