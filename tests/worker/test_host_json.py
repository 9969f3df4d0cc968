"""host.json and the example settings say what the triggers count on."""

import json
import re
from datetime import timedelta
from typing import Any

from tests.worker.calling import ROOT, ignored_names

HOST: dict[str, Any] = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
EXAMPLE: dict[str, Any] = json.loads((ROOT / "local.settings.example.json").read_text(encoding="utf-8"))


def _span(text: str) -> timedelta:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def test_it_is_what_flex_consumption_takes() -> None:
    assert HOST["version"] == "2.0"
    assert HOST["extensionBundle"]["version"] == "[4.0.0, 5.0.0)", "the blob extension that knows Event Grid"
    assert HOST["extensions"]["http"]["routePrefix"] == "", "the app has the API and the pages, each with its own path"


def test_a_run_has_a_limit_and_the_lease_follows_from_it() -> None:
    limit = _span(HOST["functionTimeout"])
    assert limit > timedelta(), "-1 would let a run hang for ever"
    assert EXAMPLE["Values"]["SLIMME_CHECK_TIJDSLIMIET"] == str(int(limit.total_seconds()))


def test_one_delivery_at_a_time_and_five_tries() -> None:
    assert HOST["extensions"]["blobs"] == {"maxDegreeOfParallelism": 1, "poisonBlobThreshold": 5}


def test_a_poison_message_is_not_lost_when_the_administration_is_away_for_an_hour() -> None:
    queues = HOST["extensions"]["queues"]
    assert queues["messageEncoding"] == "base64", "as the blob extension writes them"
    assert (queues["batchSize"], queues["newBatchThreshold"]) == (1, 0)
    assert queues["maxDequeueCount"] * _span(queues["visibilityTimeout"]) >= timedelta(hours=1)


def test_sampling_drops_no_failure_no_alarm_and_no_trace_of_a_run() -> None:
    sampling = HOST["logging"]["applicationInsights"]["samplingSettings"]
    assert set(sampling["excludedTypes"].split(";")) >= {"Request", "Exception", "Trace", "Event"}
    levels = HOST["logging"]["logLevel"]
    assert levels["default"] == "Information", "an alarm is an error, a finished run is information"


def _level(category: str) -> str:
    """Return from which level the host keeps lines of a category: the longest name that it begins with counts."""
    levels: dict[str, str] = HOST["logging"]["logLevel"]
    known = [name for name in levels if name != "default" and category.startswith(name)]
    return levels[max(known, key=len)] if known else levels["default"]


def test_the_name_of_a_blob_is_in_no_line_of_the_platform_about_a_delivery_that_went_well() -> None:
    """The host tells the path of the blob when a function begins, and as the reason of each result."""
    triggered = re.findall(
        r'function_name\("(\w+)"\)\n@app\.blob_trigger', (ROOT / "function_app.py").read_text("utf-8")
    )
    assert triggered == ["delivery_arrived"]
    for name in triggered:
        assert _level(f"Function.{name}") == "Warning", "'Executing …' is information"
        assert _level(f"Function.{name}.User") == "Information", "what we log ourselves"
    assert _level("Host.Results") == "Error", "a result that went well is information; one that failed is an error"


def test_what_other_functions_and_the_host_log_is_kept() -> None:
    for category in ("Function.nightly", "Function.nightly.User", "Function.http.User", "Host.Startup", "Worker.x"):
        assert _level(category) == "Information", category


def test_storage_calls_are_not_logged() -> None:
    levels = HOST["logging"]["logLevel"]
    assert {levels[name] for name in ("Azure.Core", "Azure.Identity", "Azure.Storage")} == {"Warning"}


def test_the_example_has_every_connection_and_no_secret() -> None:
    values = EXAMPLE["Values"]
    assert values["FUNCTIONS_WORKER_RUNTIME"] == "python"
    assert values["AzureWebJobsStorage"] == values["BRIEVENBUS"] == "UseDevelopmentStorage=true"
    assert "AccountKey" not in json.dumps(EXAMPLE)


def test_settings_of_one_machine_are_not_deployed() -> None:
    assert {"tests", "development", "werk", "local.settings*.json", ".git*", ".venv*"} <= set(ignored_names())
