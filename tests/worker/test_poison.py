"""An event that was given up becomes a finding and an alarm, whatever its message says; the sweep does the delivery."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from shared.alarms import Alarms, tell_poisoned
from shared.events import Caller
from tests.shell.workshop import DATASET as PROEF
from tests.shell.workshop import Workshop
from tests.worker.calling import DATASET, arrived, ask_worker, gave_up, tick
from tests.worker.test_deliveries import FIRST, SECOND, rows, spoil_the_key, states

CANARY = "kanarie-123456782"


def message(levering: str, dataset: str = DATASET, **more: Any) -> str:
    """What the platform puts on the poison queue."""
    return json.dumps(
        {
            "Type": "BlobTrigger",
            "FunctionId": "Host.Functions.delivery_arrived",
            "BlobType": "BlockBlob",
            "ContainerName": "brievenbus",
            "BlobName": f"{dataset}/{levering}/datapackage.json",
            "ETag": '"0x8DCF0000000000"',
            **more,
        }
    )


@pytest.mark.slow
def test_a_delivery_that_failed_five_times_is_told_once_and_done_by_the_sweep(app: Path, two_days: Path) -> None:
    key, id_ = spoil_the_key(two_days), str(uuid.uuid4())
    # the broken key is no reason not to tell; and a queue delivers at least once
    said = ask_worker(app, two_days, *[arrived(FIRST)] * 5, *[gave_up(message(FIRST), id=id_)] * 2)
    assert [outcome["ok"] for outcome in said.outcomes] == [False] * 5 + [True] * 2
    ((resultaat, dataset, details),) = rows(
        two_days, "SELECT resultaat, dataset, details FROM gebeurtenissen WHERE handeling LIKE '%herhaaldelijk mislukt'"
    )
    told = json.loads(details)
    assert (resultaat, dataset, told["levering"]) == ("alarm: LEV-112", DATASET, FIRST)
    assert told["ernst"] == told["bevinding"]["ernst"] == "alarm"
    assert told["bevinding"]["advies"].startswith("De nachtronde probeert het opnieuw.")
    assert said.log.count("alarm LEV-112") == 1
    key.unlink()
    assert ask_worker(app, two_days, tick()).outcomes == [{"ok": True}]
    assert states(two_days) == {FIRST: "afgerond", SECOND: "afgerond"}


MALFORMED = [
    "",
    CANARY,
    "{" + CANARY,
    "\xff\xfe\x00" + CANARY,
    "null",
    "[]",
    "[" * 100_000,
    "9" * 5000,
    f'"{CANARY}"',
    "{}",
    json.dumps({"ContainerName": 7, "BlobName": [CANARY]}),
    json.dumps({"ContainerName": "brievenbus", "BlobName": CANARY}),
    message(CANARY),
    message(FIRST, CANARY),
    message("2026-13-45"),
    message(FIRST, ContainerName=CANARY),
    message(f"{FIRST}-{CANARY}", ETag=CANARY, FunctionId=CANARY),
]


def test_malformed_messages_never_fail_in_the_worker_and_say_nothing_of_themselves(app: Path, tmp_path: Path) -> None:
    said = ask_worker(app, tmp_path, *(gave_up(text) for text in MALFORMED))
    assert said.outcomes == [{"ok": True}] * len(MALFORMED)
    found = rows(tmp_path, "SELECT object, details FROM gebeurtenissen")
    assert len(found) == len(MALFORMED), "each is an alarm of its own"
    assert CANARY not in str(found) + said.log
    assert "123456782" not in str(found) + said.log


@pytest.mark.parametrize("text", MALFORMED)
def test_of_a_message_only_a_known_dataset_and_a_date_are_told(workshop: Workshop, text: str) -> None:
    alarms = Alarms(workshop.installation.ledger, workshop.clock, Caller("systeem", "test"))
    assert tell_poisoned(alarms, text.encode("latin-1"), CANARY, [DATASET])
    (event,) = workshop.installation.ledger.events()
    told = json.loads(event.details)
    assert told["levering"] in ("", FIRST)
    assert event.dataset in ("", DATASET)
    assert CANARY not in event.content()


def test_the_date_is_told_of_a_delivery_with_an_addition_to_its_name(workshop: Workshop) -> None:
    alarms = Alarms(workshop.installation.ledger, workshop.clock, Caller("systeem", "test"))
    tell_poisoned(alarms, message("2026-11-20-nagekomen", PROEF).encode(), str(uuid.uuid4()), [PROEF])
    (event,) = workshop.installation.ledger.events()
    assert json.loads(event.details)["bevinding"]["zin"].count(f"({PROEF}, 2026-11-20)") == 1
