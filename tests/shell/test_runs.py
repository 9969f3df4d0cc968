"""What becomes of a delivery: published with its files, once and never twice."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime

import pytest

from shared.administration import ClaimKind
from shared.interventions import release
from shared.runstates import RunState
from shared.sweep import process_arrived, run_waiting
from tests.shell.workshop import CORE, DATASET, TABLE, Keys, Workshop, model


def test_a_delivery_is_published_told_kept_and_removed(workshop: Workshop) -> None:
    digest = workshop.deliver()
    outcome = workshop.process("2026-11-20")
    assert outcome.failure is None and outcome.run is not None
    assert outcome.run.state is RunState.AFGEROND
    assert outcome.counts.resultaattype == {"1": 1, "2": 1, "4": 1}
    assert [line["aanvraagnummer"] for line in workshop.current("2026-11-20")] == ["1001", "1002", "1003"]
    assert workshop.message("2026-11-20")["oordeel"] == "geaccepteerd"
    assert set(workshop.files("momentopname")) == {
        f"{DATASET}/{digest}/{n}" for n in ("aanvragen.json", "manifest.json")
    }
    assert workshop.files("brievenbus") == {}
    assert workshop.sql("SELECT count(*) FROM actuele_resultaten") == [(3,)]
    assert workshop.sql("SELECT count(*) FROM bijdragen") == [(2,)]
    assert workshop.sql("SELECT code FROM bevindingen ORDER BY volgnr") == [("LEV-601",), ("LEV-602",)]


def test_the_manifest_describes_files_and_counts(workshop: Workshop) -> None:
    workshop.deliver()
    run = workshop.process("2026-11-20").run
    assert run is not None
    files = workshop.files("uitvoer")
    folder = f"{DATASET}/2026-11-20/runs/{run.run_id}"
    manifest = json.loads(files[f"{folder}/manifest.json"])
    for name, said in manifest["bestanden"].items():
        data = files[f"{folder}/{name}"]
        assert said == {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    assert manifest["aantal"] == 3
    assert manifest["per_resultaattype"] == {"1": 1, "2": 1, "4": 1}
    assert [column["naam"] for column in manifest["schema"]] == ["aanvraagnummer", "resultaattype", "score", "run"]


def test_nothing_starts_before_the_description_is_there(workshop: Workshop) -> None:
    workshop.deliver(description=False)
    round_ = run_waiting(workshop.installation)
    assert round_.outcomes == () and round_.incomplete == ("2026-11-20",)
    assert list(workshop.files("brievenbus")) == [f"{DATASET}/2026-11-20/{TABLE}"]


def test_the_same_event_a_hundred_times_publishes_once(workshop: Workshop) -> None:
    workshop.deliver()
    for _ in range(100):
        process_arrived(workshop.installation)
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(3,)]
    assert workshop.sql("SELECT count(*) FROM verwerkingen") == [(1,)]


def test_the_same_bytes_again_are_cleared_away_and_not_processed(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    workshop.deliver()
    outcome = workshop.process("2026-11-20")
    assert outcome.kind is ClaimKind.KLAAR
    assert workshop.files("brievenbus") == {}
    assert workshop.sql("SELECT count(*) FROM verwerkingen") == [(1,)]
    assert workshop.sql("SELECT count(*) FROM gebeurtenissen WHERE handeling LIKE 'al behandelde%'") == [(1,)]


@pytest.mark.parametrize("change", ["model", "key", "code"])
def test_a_deployment_does_not_make_a_second_automatic_run(workshop: Workshop, change: str) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    workshop.deliver()
    changed = {"model": {"model": model("2.0.0")}, "key": {"keys": Keys(("k-2", "k-1"))}, "code": {"code_version": "9"}}
    later = workshop.with_(**changed[change])
    run_waiting(later.installation)
    assert workshop.sql("SELECT count(*) FROM verwerkingen") == [(1,)]
    assert workshop.files("brievenbus") == {}


def test_a_corrected_delivery_under_the_same_name_wins(workshop: Workshop) -> None:
    workshop.deliver(rows={"1001": 1, "1002": 2})
    run_waiting(workshop.installation)
    workshop.deliver(rows={"1001": 2})
    run_waiting(workshop.installation)
    assert {line["aanvraagnummer"]: line["resultaattype"] for line in workshop.current("2026-11-20")} == {
        "1001": 2,
        "1002": 2,
    }
    assert workshop.sql("SELECT count(*) FROM verwerkingen") == [(2,)]


def test_an_overlapping_later_delivery_takes_rows_from_the_date_before(workshop: Workshop) -> None:
    workshop.deliver("2026-11-19", {"1001": 1, "1002": 2})
    run_waiting(workshop.installation)
    workshop.deliver("2026-11-20", {"1002": 1, "1003": 2}, van=datetime(2026, 11, 18, 12))
    run_waiting(workshop.installation)
    assert [line["aanvraagnummer"] for line in workshop.current("2026-11-19")] == ["1001"]
    assert [line["aanvraagnummer"] for line in workshop.current("2026-11-20")] == ["1002", "1003"]
    pointer = workshop.pointer()
    assert {day: said["aantal"] for day, said in pointer["datums"].items()} == {"2026-11-19": 1, "2026-11-20": 2}


def test_a_date_that_lost_every_row_has_empty_current_files(workshop: Workshop) -> None:
    workshop.deliver("2026-11-19", {"1001": 1})
    run_waiting(workshop.installation)
    workshop.deliver("2026-11-20", {"1001": 2}, van=datetime(2026, 11, 18))
    run_waiting(workshop.installation)
    assert workshop.current("2026-11-19") == []


def test_a_delivery_without_applications_is_published_empty(workshop: Workshop) -> None:
    workshop.deliver(rows={})
    assert run_waiting(workshop.installation).outcomes[0].failure is None
    assert workshop.current("2026-11-20") == []


def test_an_unexpected_error_is_told_by_type_and_place_only(workshop: Workshop) -> None:
    def careless(*_: object) -> None:
        int("geheim 123456782")

    workshop.deliver()
    round_ = run_waiting(workshop.with_(core=replace(CORE, judge=careless)).installation)
    failure = round_.outcomes[0].failure
    assert failure is not None and failure.code == "SC-900" and "ValueError" in failure.what
    assert "geheim" not in str(failure)
    assert "geheim" not in json.dumps([list(map(str, row)) for row in workshop.sql("SELECT * FROM gebeurtenissen")])
    assert workshop.states() == {"2026-11-20": "mislukt"}


def test_an_interrupted_worker_lets_go_at_once(workshop: Workshop) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    workshop.deliver()
    with pytest.raises(KeyboardInterrupt):
        run_waiting(workshop.with_(core=replace(CORE, judge=interrupted)).installation)
    assert workshop.sql("SELECT toestand, reden FROM verwerkingen") == [("mislukt", "afgebroken")]
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-20": "afgerond"}


def test_the_run_log_tells_steps_without_what_people_wrote(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, "2026-11-20", "de heer Jansen belde")
    run_waiting(workshop.installation)
    (log,) = [data for name, data in workshop.files("uitvoer").items() if name.endswith("verwerking.jsonl")]
    lines = [json.loads(line) for line in log.splitlines()]
    assert b"Jansen" not in log
    assert [line["handeling"] for line in lines][-1] == "verwerking afgerond"
    steps = {line["handeling"]: line["details"] for line in lines}
    assert steps["levering gelezen en gecontroleerd"]["rijen"] == {"aanvragen": 3}
    assert steps["aanvragen beoordeeld en uitgelegd"]["aanvragen"] == 3
    assert "seconden" in steps["kenmerken berekend"]
    assert all(line["hash"] and line["volgnr"] for line in lines)
