"""The Logboek dataverwerkingen: one trace per run, one line per person, acknowledged before the run counts as done."""

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import jsonschema
import pandas as pd
import pytest

from shared.adapters.folder import FolderStore
from shared.adapters.sql.ledger import SqlLedger
from shared.administration import RunRecord
from shared.errors import NotKnown, StorageUnavailable
from shared.events import Caller
from shared.interventions import release
from shared.logboek import write_run_lines
from shared.people.predictions import explain_current
from shared.records import FeatureTable, ResultSet, RunIdentity
from shared.runstates import RunState
from shared.sweep import run_waiting
from tests.people.conftest import desk_of
from tests.shell import tinycore
from tests.shell.crashing import Fuse, fused
from tests.shell.workshop import DATASET, Crash, SetClock, Workshop

SCHEMA = json.loads((Path(__file__).parent / "ldv-1.0.schema.json").read_text(encoding="utf-8"))
URI = "dpl.core.processing_activity_id"
SUBJECT, KIND = "dpl.core.data_subject_id", "dpl.core.data_subject_id_type"
NOW = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)
EMPLOYEE = "j.de.vries"


def lines(workshop: Workshop, part: str = "") -> list[dict[str, Any]]:
    """Every line in the container logboek, without the anchors."""
    files = workshop.files("logboek").items()
    found = [data for name, data in files if part in name and not name.startswith("ankers/")]
    return [json.loads(line) for data in found for line in data.splitlines()]


def the_run(workshop: Workshop) -> RunRecord:
    (run,) = workshop.installation.ledger.runs(DATASET, list(RunState))
    return run


@pytest.fixture
def night(workshop: Workshop) -> Workshop:
    workshop.deliver()
    assert not run_waiting(workshop.installation).failed
    return workshop


def test_a_run_is_one_trace_with_a_root_and_a_child_for_everybody_also_the_ineligible(night: Workshop) -> None:
    run = the_run(night)
    root, *children = lines(night)
    assert {line["trace_id"] for line in (root, *children)} == {run.run_id}
    assert "parent_span_id" not in root and SUBJECT not in root["attributes"]
    assert {child["parent_span_id"] for child in children} == {root["span_id"]}
    rows = night.sql("SELECT persoon, dienst, resultaattype FROM resultaten")
    expected = sorted((person or dienst, "persoon" if person else "aanvraag") for person, dienst, _ in rows)
    told = sorted((child["attributes"][SUBJECT], child["attributes"][KIND].split()[-1]) for child in children)
    assert told == expected
    assert {kind for *_, kind in rows} == {1, 2, 4}
    assert len({line["span_id"] for line in (root, *children)}) == 4


@pytest.mark.parametrize(("oordeel", "status"), [("afgekeurd", "Error"), ("aangehouden", "Unset")])
def test_a_delivery_that_is_not_published_is_one_line_without_anybody(
    workshop: Workshop, oordeel: str, status: str
) -> None:
    workshop.deliver(oordeel=oordeel)
    run_waiting(workshop.installation)
    (line,) = lines(workshop)
    run = the_run(workshop)
    assert (line["trace_id"], line["status"], "parent_span_id" in line) == (run.run_id, status, False)
    assert SUBJECT not in line["attributes"]
    jsonschema.validate(line, SCHEMA, cls=jsonschema.Draft202012Validator)
    before = workshop.files("logboek")
    workshop.deliver(oordeel=oordeel)  # again: the same attempt, the same line
    run_waiting(workshop.installation)
    assert {name: data for name, data in workshop.files("logboek").items() if "ankers" not in name}.items() <= (
        before.items()
    )


def test_a_held_delivery_that_is_released_has_its_line_beside_those_of_its_people(workshop: Workshop) -> None:
    levering = "2026-11-20"
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    (held,) = lines(workshop)
    release(workshop.installation, levering, "nagevraagd")
    run_waiting(workshop.installation)
    found = lines(workshop)
    assert held in found and len(found) == 5
    assert len({line["span_id"] for line in found}) == 5 and len({line["trace_id"] for line in found}) == 1


def test_two_applications_of_one_person_are_one_line(workshop: Workshop) -> None:
    def one_person(table: FeatureTable, case: object, identity: RunIdentity, key: object) -> ResultSet:
        found = tinycore.judge(table, case, identity, key)
        return replace(found, results=found.results.assign(persoon=["k-1:" + "a" * 43] * 2 + [""]))

    workshop.deliver()
    core = workshop.installation.core
    installation = workshop.with_(core=type(core)(**{**vars(core), "judge": one_person})).installation
    assert not run_waiting(installation).failed
    kinds = [line["attributes"].get(KIND) for line in lines(workshop)]
    assert kinds == [None, "pseudoniem aanvraag", "pseudoniem persoon"]


def test_every_line_has_the_required_fields_and_at_most_one_person(night: Workshop) -> None:
    read_by_somebody(night)
    found = lines(night)
    assert len(found) == 5
    for line in found:
        jsonschema.validate(line, SCHEMA, cls=jsonschema.Draft202012Validator)
        pseudonyms = re.findall(r"[a-z0-9-]+:[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", json.dumps(line))
        assert len(set(pseudonyms)) == (SUBJECT in line["attributes"])


@pytest.mark.parametrize("field", SCHEMA["required"])
def test_the_schema_refuses_a_line_without_a_required_field(night: Workshop, field: str) -> None:
    line = lines(night)[0]
    del line[field]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(line, SCHEMA)


def test_times_are_milliseconds_of_the_attempt_that_published(workshop: Workshop) -> None:
    workshop.deliver()
    with pytest.raises(Crash):
        run_waiting(fused(workshop, Fuse(2)))
    workshop.clock.pass_by(timedelta(hours=2))
    again = workshop.clock.moment
    run_waiting(workshop.installation)
    for line in lines(workshop):
        begin, end = (datetime.fromtimestamp(line[name] / 1000, UTC) for name in ("start_time", "end_time"))
        assert again <= begin <= end < again + timedelta(seconds=1)


def test_the_activity_is_named_with_its_version_as_the_installation_says(workshop: Workshop) -> None:
    workshop.deliver()
    template = "https://register.example/{dataset}/{activiteit}/v{versie}"
    run_waiting(workshop.with_(activity=template).installation)
    assert {line["attributes"][URI] for line in lines(workshop)} == {
        f"https://register.example/{DATASET}/beoordelen/v1.0.0"
    }


def test_a_crash_anywhere_writes_the_same_bytes_again(make_workshop: Callable[[str], Workshop]) -> None:
    undisturbed = make_workshop("ongestoord")
    undisturbed.deliver()
    fuse = Fuse()
    run_waiting(fused(undisturbed, fuse))
    tried = 0
    for at in range(1, len(fuse.seen) + 1):
        if "publish" not in fuse.seen[:at]:
            continue
        workshop = make_workshop(f"{at}")
        workshop.deliver()
        with pytest.raises(Crash):
            run_waiting(fused(workshop, Fuse(at, after=True)))
        before = {name: data for name, data in workshop.files("logboek").items() if "ankers" not in name}
        if the_run(workshop).state is RunState.AFGEROND:
            assert before, "done, and not in the logboek"
        workshop.clock.pass_by(timedelta(hours=2))
        assert not run_waiting(workshop.installation).failed
        after = {name: data for name, data in workshop.files("logboek").items() if "ankers" not in name}
        assert len(after) == 1 and before.items() <= after.items()
        (data,) = after.values()
        folder = the_run(workshop)
        assert write_run_lines(workshop.installation, folder) == 4
        assert {name: d for name, d in workshop.files("logboek").items() if "ankers" not in name} == after
        assert data.count(b"\n") == 4
        tried += 1
    assert tried >= 8


class Forgetful(FolderStore):
    """Storage that says yes and keeps nothing, or half, of what goes into the logboek."""

    share = 0.0

    def write_by[T](self, container: str, name: str, fill: Callable[[BinaryIO], T]) -> T:
        if container != "logboek":
            return super().write_by(container, name, fill)
        whole = io.BytesIO()
        outcome = fill(whole)
        if self.share:
            super().write(container, name, whole.getvalue()[: int(len(whole.getvalue()) * self.share)])
        return outcome


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_run_is_not_done_until_the_logboek_is_acknowledged(workshop: Workshop, share: float) -> None:
    workshop.deliver()
    store = Forgetful(workshop.root)
    store.share = share
    assert run_waiting(workshop.with_(blobs=store).installation).failed
    run = the_run(workshop)
    assert (str(run.state), str(run.reason)) == ("gepubliceerd", "staart_mislukt")
    assert workshop.files("brievenbus"), "the raw delivery waits for it too"
    assert not run_waiting(workshop.installation).failed
    assert the_run(workshop).state is RunState.AFGEROND
    assert len(lines(workshop)) == 4 and not workshop.files("brievenbus")


def test_storage_that_refuses_to_write_again_what_it_has_is_no_trouble(night: Workshop) -> None:
    class Immutable(FolderStore):
        def write_by[T](self, container: str, name: str, fill: Callable[[BinaryIO], T]) -> T:
            raise StorageUnavailable("immutable", where=name)

    installed = night.with_(blobs=Immutable(night.root)).installation
    assert write_run_lines(installed, the_run(night)) == 4


def test_many_people_are_spread_over_files(night: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.logboek.LINES_PER_FILE", 3)
    write_run_lines(night.installation, the_run(night))
    sizes = {name[-15:]: data.count(b"\n") for name, data in night.files("logboek").items() if "deel" in name}
    assert sizes == {"deel-0001.jsonl": 3, "deel-0002.jsonl": 1}


def read_by_somebody(workshop: Workshop, number: str = "1001", now: datetime = NOW) -> None:
    caller, clock = Caller(EMPLOYEE, "opdrachtregel kantoor-7"), SetClock(now - timedelta(microseconds=1))
    explain_current(desk_of(workshop, caller=caller, clock=clock), number, "een vraag over Jansen")


def test_looking_at_one_person_is_an_activity_of_its_own_without_the_employee(night: Workshop) -> None:
    read_by_somebody(night)
    (line,) = lines(night, "/inzage/2026-11-21/")
    assert line["attributes"][URI].endswith(f"{DATASET}:inzage:1.0.0")
    ((person,),) = night.sql("SELECT persoon FROM resultaten WHERE aanvraagnummer = '1001'")
    assert line["attributes"][SUBJECT] == person
    assert line["start_time"] == line["end_time"] == 1795253400123
    assert line["trace_id"] != the_run(night).run_id
    whole = b"".join(night.files("logboek").values()).decode()
    assert not [word for word in (EMPLOYEE, "Jansen", "kantoor-7", "1001", "systeem") if word in whole]


def test_nothing_is_shown_that_the_logboek_did_not_keep(night: Workshop) -> None:
    with pytest.raises(StorageUnavailable):
        read_by_somebody(night.with_(blobs=Forgetful(night.root)))
    ((told,),) = night.sql("SELECT resultaat FROM gebeurtenissen WHERE handeling = 'uitleg bekeken'")
    assert told == "getoond"


def test_looking_for_what_is_not_there_concerns_nobody(night: Workshop) -> None:
    with pytest.raises(NotKnown):
        read_by_somebody(night, "9999")
    assert not lines(night, "inzage")


def test_each_look_is_a_line_of_its_own(night: Workshop) -> None:
    for minute in range(3):
        read_by_somebody(night, now=NOW + timedelta(minutes=minute))
    assert len({line["trace_id"] for line in lines(night, "inzage")}) == 3


@pytest.mark.slow
def test_a_hundred_thousand_people_are_written(workshop: Workshop) -> None:
    number = 100_000
    workshop.deliver()
    run_waiting(workshop.installation)
    ledger = cast(SqlLedger, workshop.installation.ledger)
    pseudonyms = pd.Series([f"k-1:{hashlib.sha256(str(n).encode()).hexdigest()[:43]}" for n in range(number)])

    class Crowded:
        def __getattr__(self, name: str) -> Any:
            return getattr(ledger, name)

        def subjects(self, _: str) -> Iterator[tuple[str, str]]:
            yield from ((pseudonym, "") for pseudonym in sorted(pseudonyms))

    assert write_run_lines(workshop.with_(ledger=Crowded()).installation, the_run(workshop)) == number + 1
