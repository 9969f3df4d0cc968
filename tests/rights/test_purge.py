"""What is past its term goes from every place, leaves a tombstone and a proof, and the rest stays as it was."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from shared.adapters.folder import FolderStore
from shared.errors import StorageUnavailable
from shared.interventions import let_go_of_snapshot, release, request_run
from shared.output import mend_current
from shared.sweep import run_waiting
from tests.rights.removing import CONTAINERS, DATASET, Scene, terms
from tests.rights.test_stuck_requests import without_snapshot
from tests.shell.nofolder import NoFolder
from tests.shell.workshop import Crash, Worker

pytestmark = pytest.mark.xdist_group("postgresql")
OLD = {"zaak1001": 1, "zaak1002": 2, "zaak1003": 4}


def test_a_result_past_its_term_goes_from_the_database_the_run_files_and_the_current_files(either: Scene) -> None:
    either.night("2026-11-20", OLD)
    either.later(401)
    either.night("2026-11-21", {"zaak1002": 1, "zaak1005": 2})
    assert [line["aanvraagnummer"] for line in either.workshop.current("2026-11-20")] == ["zaak1001", "zaak1003"]
    done = either.purge()
    assert not done.failures
    assert done.counts["resultaten"] == 3
    assert either.workshop.current("2026-11-20") == []
    assert [line["aanvraagnummer"] for line in either.workshop.current("2026-11-21")] == ["zaak1002", "zaak1005"]
    left = either.found(["zaak1001", "zaak1003", *either.pseudonyms("zaak1001")])
    assert left == []
    assert either.holds()


def test_a_removal_while_the_files_of_a_run_are_put_in_place_is_no_fault_of_theirs(scene: Scene) -> None:
    class Overtaken(FolderStore):
        """Storage in which the removal finishes the files of the run just before their second one is moved."""

        def move(self, container: str, name: str, to_name: str, only_sha256: str) -> str:
            if name.endswith("parquet"):
                assert not scene.purge(terms(resultaten=200, brievenbus=400)).failures
            return super().move(container, name, to_name, only_sha256)

    class Dying(FolderStore):
        """Storage at which a worker dies before anything is in place."""

        def move(self, *_: object) -> str:
            raise Crash

    scene.workshop.deliver("2026-11-20", OLD)
    with pytest.raises(Crash):
        run_waiting(scene.workshop.with_(blobs=Dying(scene.workshop.root), owner=Worker("dood")).installation)
    scene.later(201)
    assert not run_waiting(scene.workshop.with_(blobs=Overtaken(scene.workshop.root)).installation).failed
    assert scene.manifest("2026-11-20")["revisie"] == 2
    assert scene.found(["zaak1001"]) == []


def test_the_manifest_says_which_revision_it_is_how_many_went_and_which_tombstone_tells(either: Scene) -> None:
    either.night("2026-11-20", OLD)
    assert either.manifest("2026-11-20")["revisie"] == 1
    before = either.manifest("2026-11-20")["bestanden"]
    either.later(401)
    either.purge()
    manifest = either.manifest("2026-11-20")
    ((event, number, digest),) = either.sql(
        "SELECT gebeurtenis, aantal, hash FROM verwijderbewijzen WHERE soort = 'resultaten'"
    )
    assert manifest["revisie"] == 2 and manifest["aantal"] == 0
    assert manifest["verwijderd"]["aantal"] == number == 3
    assert [(one["gebeurtenis"], one["sha256"]) for one in manifest["verwijderd"]["bewijzen"]] == [(event, digest)]
    assert manifest["bestanden"] != before
    pointer = either.workshop.pointer()["datums"]["2026-11-20"]
    assert pointer["aantal"] == 0 and pointer["stand"] > 1


def test_the_proof_of_destruction_tells_every_tombstone_once_and_no_content(either: Scene) -> None:
    either.night("2026-11-20", OLD)
    people = [dienst for number in OLD for dienst in either.pseudonyms(number)]
    either.later(401)
    first = either.purge()
    again = either.purge()
    assert first.proof and not again.proof
    told = [one["gebeurtenis"] for proof in either.proofs() for one in proof["verwijderd"]]
    assert told == [row for (row,) in either.sql("SELECT gebeurtenis FROM verwijderbewijzen ORDER BY gebeurtenis")]
    text = json.dumps(either.proofs())
    assert not [word for word in (*people, *(f'"{number}"' for number in OLD)) if word in text]
    assert either.proofs()[0]["uitvoer"][0]["revisie"] == 2


def test_a_second_round_does_nothing(either: Scene) -> None:
    either.night("2026-11-20", OLD)
    either.later(401)
    either.purge()
    before = either.workshop.everything()
    done = either.purge()
    assert done.counts == {} and not done.failures
    assert either.workshop.everything() == before


def test_what_is_under_legal_hold_stays_with_its_snapshot_until_the_hold_ends(either: Scene) -> None:
    digest = either.night("2026-11-20", OLD)
    bezwaar = either.object("zaak1001")
    either.later(401)
    either.purge()
    assert [line["aanvraagnummer"] for line in either.workshop.current("2026-11-20")] == ["zaak1001"]
    assert any(digest in name for name in either.workshop.files("momentopname"))
    either.close(bezwaar)
    either.purge()
    assert either.workshop.current("2026-11-20") == []
    assert either.workshop.files("momentopname") == {}


def test_closed_objections_and_requests_for_a_run_go_with_the_results(either: Scene) -> None:
    either.night("2026-11-20", OLD)
    request_run(either.installation, "2026-11-20", ["zaak1001"], "bezwaar van de burger")
    run_waiting(either.installation)
    (dienst,) = either.pseudonyms("zaak1001")
    bezwaar = either.object("zaak1001")
    either.later(401)
    either.purge()
    assert (either.count("bezwaren"), either.count("verzoeken")) == (1, 1), "the request names what must be kept"
    either.close(bezwaar)
    either.purge()
    assert either.count("verzoeken") == 0
    assert either.count("bezwaren") == 2, "the objection itself was only just closed"
    either.later(401)
    either.purge()
    assert (either.count("bezwaren"), either.count("bewaarplichten")) == (0, 0)
    kept = [place for place in CONTAINERS if place != "logboek"]  # the audit trail has a term of its own
    assert either.found(["bezwaar van de burger", dienst], kept) == ["gebeurtenissen"]


def test_post_that_never_became_a_delivery_goes_after_its_term_and_not_before(scene: Scene) -> None:
    scene.workshop.deliver("2026-11-20", description=False)
    box = scene.workshop.root / "brievenbus"
    (box / DATASET / "los.csv").write_bytes(b"x")
    (box / "De heer Jansen" / "geheim").mkdir(parents=True)
    (box / "De heer Jansen" / "geheim" / "brief.txt").write_bytes(b"x")
    scene.later(13)
    assert "brievenbus" not in scene.purge().counts
    scene.later(1.1)
    assert scene.purge().counts["brievenbus"] == 3
    assert scene.workshop.files("brievenbus") == {}
    told = json.dumps(scene.sql("SELECT object, details FROM gebeurtenissen")) + json.dumps(scene.proofs())
    assert "Jansen" not in told and "brievenbus proef/2026-11-20" in told
    assert scene.count("verwijderbewijzen") == 3


def test_a_folder_to_which_the_supplier_still_writes_stays(scene: Scene) -> None:
    scene.workshop.deliver("2026-11-20", description=False)
    folder = scene.workshop.root / "brievenbus" / DATASET / "2026-11-20"
    (folder / "later.csv").write_bytes(b"x")
    late = (scene.workshop.clock.moment + timedelta(days=10)).timestamp()
    os.utime(folder / "later.csv", (late, late))
    scene.later(20)
    assert "brievenbus" not in scene.purge().counts
    assert len(scene.workshop.files("brievenbus")) == 2


def test_what_was_published_from_quarantine_and_could_not_be_finished_does_not_stay_there(scene: Scene) -> None:
    scene.workshop.deliver("2026-11-20", OLD, oordeel="aangehouden")
    run_waiting(scene.installation)
    release(scene.installation, "2026-11-20", "zo bedoeld")
    stuck = without_snapshot(scene.installation)
    run_waiting(stuck)
    raw = lambda: [name for name in scene.workshop.files("quarantaine") if name.endswith(".csv")]  # noqa: E731
    scene.later(13)
    scene.purge()
    assert raw(), "until its term it can still be finished"
    scene.later(2)
    scene.purge()
    assert raw() == []
    assert [one.failure.code for one in run_waiting(stuck).outcomes if one.failure] == ["SC-420"]
    let_go_of_snapshot(scene.installation, "2026-11-20", "te laat")
    run_waiting(scene.installation)
    assert scene.workshop.states() == {"2026-11-20": "afgerond"} and scene.holds()


def test_messages_snapshots_and_logs_each_go_at_their_own_time(scene: Scene) -> None:
    scene.night("2026-11-20", OLD)
    scene.later(93)
    assert scene.purge().counts == {"terugkoppelingen": 1}
    scene.later(308)
    assert set(scene.purge().counts) == {"datums herschreven", "momentopnamen", "resultaten"}
    assert scene.count("gebeurtenissen") > 0 and scene.workshop.files("logboek")
    assert [name for name in scene.workshop.files("uitvoer") if name.endswith("verwerking.jsonl")]
    scene.later(700)
    done = scene.purge()
    assert {"logs", "gebeurtenissen"} <= set(done.counts) and not done.failures
    assert not [name for name in scene.workshop.files("uitvoer") if name.endswith("verwerking.jsonl")]
    assert {name.split("/")[0] for name in scene.workshop.files("logboek")} <= {"verwijderingen", "ankers"}
    assert scene.holds()


def test_the_chain_of_events_holds_over_years_of_nights_and_removals(either: Scene) -> None:
    for year in range(4):
        either.night(f"2026-11-2{year}", {f"zaak{year}001": 1})
        assert either.count("resultaten") > 0
        either.later(300)
        assert not either.purge(terms(audit=400, resultaten=200, momentopname=190)).failures
        assert either.holds()
    assert either.count("resultaten") == 0


def test_a_purge_and_a_mending_sweep_agree(scene: Scene) -> None:
    scene.night("2026-11-20", OLD)
    scene.later(401)
    scene.night("2026-11-21", {"zaak1002": 1})
    written = scene.workshop.clock.moment.timestamp()  # the storage has a clock of its own, which did not move
    for path in (scene.workshop.root / "terugkoppeling" / DATASET / "2026-11-21").iterdir():
        os.utime(path, (written, written))
    scene.purge()
    before = scene.workshop.everything()
    mend_current(scene.installation)
    run_waiting(scene.installation)
    assert scene.workshop.everything() == before


def test_a_late_worker_that_put_removed_people_back_is_mended(scene: Scene) -> None:
    scene.night("2026-11-20", OLD)
    home = scene.workshop.root / "uitvoer" / DATASET / "2026-11-20"
    old = {path: path.read_bytes() for path in home.glob("actueel.*")}
    scene.later(401)
    scene.purge()
    for path, data in old.items():
        path.write_bytes(data)
    run_waiting(scene.installation)
    assert scene.workshop.current("2026-11-20") == []


def test_a_run_of_which_a_part_went_is_not_copied_as_a_whole(scene: Scene) -> None:
    """Between the removal and the revision of the run's files somebody else writes the current files."""
    from shared.adapters.sql.purge import SqlPurge
    from shared.output import write_date

    scene.night("2026-11-20", OLD)
    ((run,),) = scene.sql("SELECT run FROM verwerkingen")
    scene.later(200)
    now = scene.workshop.clock.now()
    SqlPurge(scene.purger).remove_of(DATASET, [run], scene.pseudonyms("zaak1002"), "verzoek", scene.purging.caller, now)
    write_date(scene.installation, "2026-11-20")
    assert [line["aanvraagnummer"] for line in scene.workshop.current("2026-11-20")] == ["zaak1001", "zaak1003"]
    scene.purge()
    assert [line["aanvraagnummer"] for line in scene.workshop.current("2026-11-20")] == ["zaak1001", "zaak1003"]
    assert scene.manifest("2026-11-20")["aantal"] == 2


def test_one_step_that_fails_does_not_keep_the_others_from_being_done(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.retention.purge import Purge

    def fails(*_: object) -> None:
        raise OSError("geen antwoord")

    scene.night("2026-11-20", OLD)
    scene.later(401)
    monkeypatch.setattr(Purge, "_files", fails)
    done = scene.purge()
    assert len(done.failures) == 1 and done.counts["momentopnamen"] == 1
    monkeypatch.undo()
    assert not scene.purge().failures
    assert scene.workshop.current("2026-11-20") == []


def test_both_databases_leave_the_same_hashes(
    make_scene: Callable[[str], Scene], either: Scene, tmp_path: Path
) -> None:
    twin = make_scene("tweede")
    hashes = []
    for each in (either, twin):
        each.night("2026-11-20", OLD)
        each.later(401)
        each.purge()
        hashes.append(
            each.sql("SELECT soort, aantal, hash FROM verwijderbewijzen WHERE soort = 'resultaten' ORDER BY nr")
        )
    assert hashes[0] == hashes[1] and hashes[0]


def test_what_storage_withholds_in_the_mailbox_keeps_nothing_else_there(scene: Scene) -> None:
    for levering in ("2026-01-01", "2026-01-02-x", "2026-01-03"):
        scene.workshop.deliver(levering, description=False)
    scene.later(40)
    for effect in ("sha256", "written"):
        blobs = Withholding(scene.installation.blobs, "2026-01-02-x", effect)
        done = scene.purge(installation=replace(scene.purging, blobs=cast(Any, blobs)))
        assert {failure.code for failure in done.failures} == {"SC-400"} and len(done.failures) == 1
        assert [name.split("/")[1] for name in scene.workshop.files("brievenbus")] == ["2026-01-02-x"]
    assert not scene.purge().failures and not scene.workshop.files("brievenbus")


def test_a_delivery_without_a_name_goes_after_its_term_in_the_mailbox(scene: Scene) -> None:
    blobs = NoFolder.holding(scene.installation.blobs, DATASET, {"datapackage.json": b"{}", "aanvragen.csv": b"1"})
    strange = replace(scene.purging, blobs=cast(Any, blobs))
    assert not scene.purge(installation=strange).counts and len(list(blobs.names("brievenbus"))) == 2
    scene.later(40)
    assert scene.purge(installation=strange).counts == {"brievenbus": 1}
    assert not list(blobs.names("brievenbus"))


@dataclass(frozen=True)
class Withholding:
    """A storage that lists everything, and of some blobs in the mailbox does not do one kind of call."""

    blobs: Any
    named: str
    effect: str

    def __getattr__(self, name: str) -> Any:
        known = getattr(self.blobs, name)

        def call(container: str, blob: str = "", *rest: Any, **more: Any) -> Any:
            if container == "brievenbus" and self.named in blob and name.startswith(self.effect):
                raise StorageUnavailable("No answer.")
            return known(container, blob, *rest, **more)

        return call
