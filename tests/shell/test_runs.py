"""What becomes of a delivery: published, rejected, held, released, done once and never twice."""

import hashlib
import json
import os
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.adapters.folder import FolderStore
from shared.administration import ClaimKind
from shared.errors import NotKnown, RequestRefused, StorageUnavailable, TransitionRefused
from shared.interventions import process_request, release, request_run, resume_model, stop_model
from shared.runs import process_delivery
from shared.runstates import RunReason, RunState
from shared.sweep import process_arrived, report_strays, run_waiting
from tests.shell.workshop import CORE, DATASET, TABLE, Crash, Keys, Worker, Workshop, judge, model


def states(workshop: Workshop) -> dict[str, str]:
    """The state of each delivery's last run."""
    return dict(workshop.sql("SELECT levering, toestand FROM verwerkingen ORDER BY nr"))  # type: ignore[arg-type]


def test_a_delivery_is_published_told_kept_and_removed(workshop: Workshop) -> None:
    digest = workshop.deliver()
    outcome = process_delivery(workshop.installation, "2026-11-20")
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
    run = process_delivery(workshop.installation, "2026-11-20").run
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
    assert process_delivery(workshop.installation, "2026-11-20").run is None
    assert list(workshop.files("brievenbus")) == [f"{DATASET}/2026-11-20/{TABLE}"]


def test_the_same_event_a_hundred_times_publishes_once(workshop: Workshop) -> None:
    workshop.deliver()
    for _ in range(100):
        process_delivery(workshop.installation, "2026-11-20")
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(3,)]
    assert workshop.sql("SELECT count(*) FROM verwerkingen") == [(1,)]


def test_the_same_bytes_again_are_cleared_away_and_not_processed(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    workshop.deliver()
    outcome = process_delivery(workshop.installation, "2026-11-20")
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


def test_a_rejected_delivery_goes_to_quarantine_with_its_report(workshop: Workshop) -> None:
    digest = workshop.deliver(oordeel="afgekeurd")
    round_ = run_waiting(workshop.installation)
    assert not round_.failed
    assert states(workshop) == {"2026-11-20": "afgekeurd"}
    folder = f"{DATASET}/2026-11-20/{digest}"
    names = {f"{folder}/bevindingen.json", f"{folder}/levering/datapackage.json", f"{folder}/levering/{TABLE}"}
    assert set(workshop.files("quarantaine")) == names
    assert workshop.files("brievenbus") == {} and workshop.sql("SELECT count(*) FROM resultaten") == [(0,)]
    message = workshop.message("2026-11-20")
    assert message["oordeel"] == "afgekeurd" and [f["code"] for f in message["bevindingen"]] == ["LEV-201"]


def test_a_delivery_whose_name_is_no_date_is_rejected(workshop: Workshop) -> None:
    workshop.deliver("2026-11-20", dataset=DATASET)
    (workshop.root / "brievenbus" / DATASET / "2026-11-20").rename(
        workshop.root / "brievenbus" / DATASET / "2026-13-45"
    )
    run_waiting(workshop.installation)
    assert [f["code"] for f in workshop.message("2026-13-45")["bevindingen"]] == ["LEV-111"]


def test_a_broken_off_transfer_may_be_repaired_under_the_same_description(workshop: Workshop) -> None:
    workshop.deliver(table=b"1001;1\n")
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-20": "afgekeurd"}
    workshop.deliver()  # the same datapackage.json, the whole file this time
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-20": "afgerond"}
    assert workshop.files("quarantaine") == {}, "the rejected copy goes when the delivery is published"
    assert len(workshop.current("2026-11-20")) == 3


def test_a_held_delivery_waits_and_is_processed_after_release(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-20": "aangehouden"}
    assert workshop.message("2026-11-20")["oordeel"] == "aangehouden"
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-20": "aangehouden"}, "only a person lets it go on"
    release(workshop.installation, "2026-11-20", "nagekeken met de leverancier")
    assert states(workshop) == {"2026-11-20": "vrijgegeven"}
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-20": "afgerond"}
    assert workshop.message("2026-11-20")["oordeel"] == "geaccepteerd"
    assert workshop.files("quarantaine") == {} and workshop.files("brievenbus") == {}


def test_only_a_held_delivery_can_be_released_and_only_with_a_reason(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    with pytest.raises(RequestRefused):
        release(workshop.installation, "2026-11-20", "  ")
    with pytest.raises(NotKnown):
        release(workshop.installation, "2026-11-21", "waarom niet")
    release(workshop.installation, "2026-11-20", "nagekeken")
    with pytest.raises(TransitionRefused):
        release(workshop.installation, "2026-11-20", "nog eens")


def test_a_released_delivery_that_is_broken_is_still_rejected(workshop: Workshop) -> None:
    digest = workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, "2026-11-20", "nagekeken")
    (workshop.root / "quarantaine" / DATASET / "2026-11-20" / digest / "levering" / TABLE).write_bytes(b"kapot;1\n")
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-20": "afgekeurd"}
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(0,)]


def test_a_gap_with_the_delivery_before_it_is_held(workshop: Workshop) -> None:
    workshop.deliver("2026-11-18")
    workshop.deliver("2026-11-20", {"2001": 1})
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-18": "afgerond", "2026-11-20": "aangehouden"}
    assert [f["code"] for f in workshop.message("2026-11-20")["bevindingen"]] == ["LEV-601", "LEV-502"]


def test_a_held_delivery_does_not_count_as_the_one_before(workshop: Workshop) -> None:
    workshop.deliver("2026-11-18", {"1": 1})
    workshop.deliver("2026-11-19", {"2": 1}, oordeel="aangehouden")
    workshop.deliver("2026-11-20", {"3": 1})
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-18": "afgerond", "2026-11-19": "aangehouden", "2026-11-20": "aangehouden"}


def test_a_late_delivery_is_compared_with_the_one_before_it_in_time(workshop: Workshop) -> None:
    workshop.deliver("2026-11-16", {"1": 1})
    workshop.deliver("2026-11-20", {"2": 1})
    run_waiting(workshop.installation)
    release(workshop.installation, "2026-11-20", "de tussenliggende dagen komen later")
    run_waiting(workshop.installation)
    workshop.deliver("2026-11-18", {"3": 1})  # the seventeenth is still missing before it
    workshop.deliver("2026-11-19", {"4": 1})
    run_waiting(workshop.installation)
    assert states(workshop)["2026-11-18"] == "aangehouden"
    release(workshop.installation, "2026-11-18", "akkoord")
    release(workshop.installation, "2026-11-19", "akkoord")
    run_waiting(workshop.installation)
    assert set(states(workshop).values()) == {"afgerond"}


def test_deliveries_are_done_in_order_of_their_period_whatever_their_names(workshop: Workshop) -> None:
    workshop.deliver("2026-11-19-a", {"1": 1}, van=datetime(2026, 11, 19))
    workshop.deliver("2026-11-19-z", {"2": 1}, van=datetime(2026, 11, 18))
    run_waiting(workshop.installation)
    order = workshop.sql("SELECT levering FROM verwerkingen ORDER BY publicatie")
    assert order == [("2026-11-19-z",), ("2026-11-19-a",)]


def test_a_later_delivery_waits_for_an_earlier_one_that_must_be_retried(workshop: Workshop) -> None:
    def unavailable(*_: object) -> None:
        raise StorageUnavailable("Storage is away.")

    workshop.deliver("2026-11-19", {"1": 1})
    workshop.deliver("2026-11-20", {"2": 1})
    broken = workshop.with_(core=replace(CORE, judge=unavailable))
    round_ = run_waiting(broken.installation)
    assert round_.failed and round_.waiting == ("2026-11-20",)
    assert states(workshop) == {"2026-11-19": "mislukt"}
    assert workshop.sql("SELECT reden FROM verwerkingen") == [("opslag_onbereikbaar",)]
    assert not run_waiting(workshop.installation).failed
    assert states(workshop) == {"2026-11-19": "afgerond", "2026-11-20": "afgerond"}


def test_an_unexpected_error_is_told_by_type_and_place_only(workshop: Workshop) -> None:
    def careless(*_: object) -> None:
        int("geheim 123456782")

    workshop.deliver()
    round_ = run_waiting(workshop.with_(core=replace(CORE, judge=careless)).installation)
    failure = round_.outcomes[0].failure
    assert failure is not None and failure.code == "SC-900" and "ValueError" in failure.what
    assert "geheim" not in str(failure)
    assert "geheim" not in json.dumps([list(map(str, row)) for row in workshop.sql("SELECT * FROM gebeurtenissen")])
    assert states(workshop) == {"2026-11-20": "mislukt"}


def test_an_interrupted_worker_lets_go_at_once(workshop: Workshop) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    workshop.deliver()
    with pytest.raises(KeyboardInterrupt):
        run_waiting(workshop.with_(core=replace(CORE, judge=interrupted)).installation)
    assert workshop.sql("SELECT toestand, reden FROM verwerkingen") == [("mislukt", "afgebroken")]
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-20": "afgerond"}


def test_the_stop_switch_holds_and_its_end_takes_up(workshop: Workshop) -> None:
    workshop.deliver()
    stop_model(workshop.installation, "twijfel over de uitkomsten")
    run_waiting(workshop.installation)
    run_waiting(workshop.installation)
    assert workshop.sql("SELECT toestand, reden FROM verwerkingen") == [("aangehouden", "model_gestopt")]
    assert workshop.sql("SELECT count(*) FROM gebeurtenissen WHERE handeling='verwerking geclaimd'") == [(1,)]
    told = workshop.pointer()["model"]
    assert told["gestopt"] is True and told["reden"] == "twijfel over de uitkomsten" and told["sinds"]
    resume_model(workshop.installation, "uitgezocht")
    assert workshop.pointer()["model"]["gestopt"] is False
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-20": "afgerond"}


def test_the_stop_switch_is_read_again_inside_publish(workshop: Workshop) -> None:
    def stopped_meanwhile(*arguments: object) -> object:
        stop_model(workshop.installation, "nu meteen")
        return judge(*arguments)  # type: ignore[arg-type]

    workshop.deliver()
    round_ = run_waiting(workshop.with_(core=replace(CORE, judge=stopped_meanwhile)).installation)
    assert round_.outcomes[0].kind is ClaimKind.GESTOPT and not round_.failed
    assert workshop.sql("SELECT toestand, reden FROM verwerkingen") == [("aangehouden", "model_gestopt")]
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(0,)]
    assert not (workshop.root / "uitvoer" / DATASET / "2026-11-20" / "actueel.jsonl").exists()
    resume_model(workshop.installation, "verder")
    run_waiting(workshop.installation)
    assert len(workshop.current("2026-11-20")) == 3


def test_a_release_survives_the_stop_switch(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, "2026-11-20", "nagekeken")
    stop_model(workshop.installation, "stop")
    run_waiting(workshop.installation)
    assert workshop.sql("SELECT toestand, reden FROM verwerkingen") == [("aangehouden", "model_gestopt")]
    with pytest.raises(TransitionRefused):
        release(workshop.installation, "2026-11-20", "toch")
    resume_model(workshop.installation, "verder")
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-20": "afgerond"}


def test_a_new_model_replaces_a_run_that_never_published_and_keeps_the_release(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, "2026-11-20", "nagekeken")
    later = workshop.with_(model=model("2.0.0"))
    run_waiting(later.installation)
    assert workshop.sql("SELECT modelversie, toestand, reden FROM verwerkingen ORDER BY nr") == [
        ("1.0.0", "vervallen", "versie_gewijzigd"),
        ("2.0.0", "afgerond", "afgerond"),
    ]


def test_a_request_for_named_applications_changes_exactly_those(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    before = workshop.current("2026-11-20")
    later = workshop.with_(model=model("2.0.0", threshold=0.9), keys=Keys(("k-2", "k-1")))
    run = request_run(later.installation, "2026-11-20", ["1002"], "bezwaar")
    assert run.state is RunState.WACHTEND
    outcome = process_request(later.installation, run)
    assert outcome.run is not None and outcome.run.state is RunState.AFGEROND and outcome.counts.aantal == 1
    after = workshop.current("2026-11-20")
    assert [line["aanvraagnummer"] for line in after] == ["1001", "1002", "1003"]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert after[1]["run"] == run.run_id
    assert workshop.sql("SELECT run FROM actuele_resultaten WHERE aanvraagnummer='1002'") == [(run.run_id,)]


def test_a_request_for_a_whole_delivery_waits_for_the_round(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    run = request_run(workshop.installation, "2026-11-20", None, "nieuwe adressenlijst")
    run_waiting(workshop.installation)
    assert {line["run"] for line in workshop.current("2026-11-20")} == {run.run_id}
    run_waiting(workshop.installation)
    assert workshop.sql("SELECT count(*) FROM verwerkingen") == [(2,)]


def test_two_requests_are_two_runs(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    first = request_run(workshop.installation, "2026-11-20", None, "een")
    second = request_run(workshop.installation, "2026-11-20", None, "twee")
    assert first.run_id != second.run_id


def test_a_request_for_what_is_not_there_is_refused(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    with pytest.raises(NotKnown):
        request_run(workshop.installation, "2026-11-20", None, "niets gepubliceerd")
    workshop.deliver("2026-11-19")
    run_waiting(workshop.installation)
    with pytest.raises(NotKnown) as refused:
        request_run(workshop.installation, "2026-11-19", ["1001", "geheim"], "onbekend nummer")
    assert "1 of the 2" in str(refused.value) and "geheim" not in str(refused.value)


def test_a_request_without_its_snapshot_fails_with_a_name(workshop: Workshop) -> None:
    digest = workshop.deliver()
    run_waiting(workshop.installation)
    run = request_run(workshop.installation, "2026-11-20", None, "opnieuw")
    snapshot = workshop.root / "momentopname" / DATASET / digest / "aanvragen.json"
    whole = snapshot.read_bytes()
    snapshot.write_bytes(whole + b" ")
    outcome = process_request(workshop.installation, run)
    assert outcome.run is not None and outcome.run.reason is RunReason.MOMENTOPNAME_ONTBREEKT
    snapshot.write_bytes(whole)
    assert not run_waiting(workshop.installation).failed


def test_quarantine_is_destroyed_after_its_time_with_a_tombstone(workshop: Workshop) -> None:
    workshop.deliver("2026-11-19", oordeel="afgekeurd")
    workshop.deliver("2026-11-20", oordeel="aangehouden")
    run_waiting(workshop.installation)
    workshop.clock.pass_by(timedelta(days=13))
    assert run_waiting(workshop.installation).destroyed == 0
    workshop.clock.pass_by(timedelta(days=1, seconds=1))
    assert run_waiting(workshop.installation).destroyed == 2
    assert workshop.files("quarantaine") == {}
    assert states(workshop) == {"2026-11-19": "afgekeurd", "2026-11-20": "vervallen"}
    tombstones = workshop.sql("SELECT details FROM gebeurtenissen WHERE handeling='levering in quarantaine vernietigd'")
    assert len(tombstones) == 2 and all(json.loads(details)["bestanden"] == 2 for (details,) in tombstones)
    assert run_waiting(workshop.installation).destroyed == 0


def test_a_destroyed_delivery_that_is_delivered_again_starts_anew(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    workshop.clock.pass_by(timedelta(days=15))
    run_waiting(workshop.installation)
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-20": "aangehouden"}
    assert len(workshop.files("quarantaine")) == 3


def test_leftover_tables_go_only_when_they_are_what_was_processed(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    workshop.deliver(description=False)
    (table,) = (workshop.root / "brievenbus").rglob("*.csv")
    assert run_waiting(workshop.installation).leftovers == 0, "the same table came again: a delivery is being written"
    os.utime(table, (1, 1))
    assert run_waiting(workshop.installation).leftovers == 1, "it stayed behind"
    assert workshop.files("brievenbus") == {}
    workshop.deliver(rows={"9": 1}, description=False)  # a new delivery that is being written
    assert run_waiting(workshop.installation).leftovers == 0
    assert len(workshop.files("brievenbus")) == 1


def test_what_the_supplier_wrote_meanwhile_is_not_removed(workshop: Workshop) -> None:
    def delivered_meanwhile(*arguments: object) -> object:
        workshop.deliver(rows={"1001": 1, "7777": 1})
        return judge(*arguments)  # type: ignore[arg-type]

    workshop.deliver()
    run_waiting(workshop.with_(core=replace(CORE, judge=delivered_meanwhile)).installation)
    assert len(workshop.files("brievenbus")) == 2
    run_waiting(workshop.installation)
    assert [line["aanvraagnummer"] for line in workshop.current("2026-11-20")] == ["1001", "1002", "1003", "7777"]


def test_a_table_that_the_next_delivery_needs_too_stays(workshop: Workshop) -> None:
    def delivered_meanwhile(*arguments: object) -> object:
        workshop.deliver(created="later")  # another description of the very same table
        return judge(*arguments)  # type: ignore[arg-type]

    workshop.deliver()
    run_waiting(workshop.with_(core=replace(CORE, judge=delivered_meanwhile)).installation)
    assert len(workshop.files("brievenbus")) == 2
    run_waiting(workshop.installation)
    assert workshop.sql("SELECT toestand FROM verwerkingen") == [("afgerond",), ("afgerond",)]
    assert workshop.files("brievenbus") == {}


def test_a_worker_that_was_overtaken_while_writing_what_is_current_writes_again(workshop: Workshop) -> None:
    class Overtaken(FolderStore):
        """Storage in which another worker publishes a correction just as the first writes what is current."""

        busy = False

        def copy(self, container: str, name: str, to_container: str, to_name: str) -> str:
            if to_name.endswith("actueel.parquet") and not Overtaken.busy:
                Overtaken.busy = True
                workshop.deliver(rows={"1001": 2, "1002": 2, "1003": 4})
                run_waiting(workshop.installation)
            return super().copy(container, name, to_container, to_name)

    workshop.deliver()
    run_waiting(workshop.with_(blobs=Overtaken(workshop.root)).installation)
    assert [line["resultaattype"] for line in workshop.current("2026-11-20")] == [2, 2, 4]
    said = workshop.pointer()["datums"]["2026-11-20"]
    for name in ("actueel.jsonl", "actueel.parquet"):
        data = workshop.files("uitvoer")[f"{DATASET}/2026-11-20/{name}"]
        assert hashlib.sha256(data).hexdigest() == said["bestanden"][name]["sha256"]


def test_unknown_post_is_told_once_and_left_alone(workshop: Workshop) -> None:
    workshop.deliver(dataset="vreemd")
    (workshop.root / "brievenbus" / DATASET).mkdir()
    (workshop.root / "brievenbus" / DATASET / "los.csv").write_bytes(b"")
    known = frozenset({DATASET})
    assert report_strays(workshop.installation, known) == [f"{DATASET}/(los bestand)", "vreemd"]
    report_strays(workshop.installation, known)
    told = workshop.sql("SELECT object FROM gebeurtenissen")
    assert len(told) == 2 and not any("vreemd" in object_ for (object_,) in told), "the name may hold anything"
    run_waiting(workshop.installation)
    assert len(workshop.files("brievenbus")) == 3


def test_a_run_of_a_living_worker_is_not_taken_over_and_of_a_dead_one_at_once(workshop: Workshop) -> None:
    def dies(*_: object) -> None:
        raise Crash

    workshop.deliver()
    with pytest.raises(Crash):
        run_waiting(workshop.with_(core=replace(CORE, judge=dies), owner=Worker("levend")).installation)
    assert run_waiting(workshop.installation).outcomes[0].kind is ClaimKind.BEZET
    workshop.clock.pass_by(workshop.installation.lease)
    with pytest.raises(Crash):
        run_waiting(workshop.with_(core=replace(CORE, judge=dies), owner=Worker("dood")).installation)
    run_waiting(workshop.installation)
    assert states(workshop) == {"2026-11-20": "afgerond"}


def test_a_frozen_worker_that_thaws_publishes_nothing(workshop: Workshop) -> None:
    def freezes(*arguments: object) -> object:
        workshop.clock.pass_by(timedelta(hours=1))
        run_waiting(workshop.installation)  # another worker takes over and finishes
        return judge(*arguments)  # type: ignore[arg-type]

    workshop.deliver()
    round_ = run_waiting(workshop.with_(core=replace(CORE, judge=freezes)).installation)
    assert round_.outcomes[0].kind is ClaimKind.BEZET and not round_.failed
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(3,)]
    assert states(workshop) == {"2026-11-20": "afgerond"}


def test_events_in_any_order_are_done_in_order_of_their_period(workshop: Workshop) -> None:
    workshop.deliver("2026-11-20", {"2": 1})
    workshop.deliver("2026-11-19", {"1": 1})
    outcomes = process_arrived(workshop.installation)  # the event of the later one came first
    assert [outcome.levering for outcome in outcomes] == ["2026-11-19", "2026-11-20"]
    assert set(states(workshop).values()) == {"afgerond"}
    assert process_arrived(workshop.installation) == []


def test_an_event_waits_for_an_earlier_delivery_that_another_worker_is_at(workshop: Workshop) -> None:
    seen: list[str] = []

    def meanwhile(*arguments: object) -> object:
        if not seen:
            workshop.deliver("2026-11-20", {"2": 1})
            seen.extend(str(outcome.kind) for outcome in process_arrived(workshop.installation))
            assert states(workshop) == {"2026-11-19": "bezig"}
        return judge(*arguments)  # type: ignore[arg-type]

    workshop.deliver("2026-11-19", {"1": 1})
    process_arrived(workshop.with_(core=replace(CORE, judge=meanwhile)).installation)
    assert seen == ["bezet"]
    assert set(states(workshop).values()) == {"afgerond"}, "who was at it looked again and did the later one too"


def test_progress_tells_how_far_the_round_is(workshop: Workshop) -> None:
    told: list[tuple[int, int, str]] = []
    workshop.deliver("2026-11-19", {"1": 1})
    workshop.deliver("2026-11-20", {"2": 1})
    run_waiting(workshop.installation, lambda p: told.append((p.done, p.total, p.levering)))
    assert told == [(0, 2, "2026-11-19"), (1, 2, "2026-11-19"), (1, 2, "2026-11-20"), (2, 2, "2026-11-20")]


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
