"""A prediction computed again is compared bit for bit with what was published; what differs is told by name alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from shared.adapters.folder import FolderStore
from shared.errors import KeyUnavailable, ModelPackageInvalid, NotKnown, RequestRefused, StorageUnavailable
from shared.interventions import request_run
from shared.people.desk import Desk
from shared.people.replay import Verdict, replay_everything, replay_prediction, replay_run
from shared.records import FeatureTable, ResultSet, RunIdentity
from shared.sweep import run_waiting
from tests.people.conftest import desk_of, events
from tests.shell.tinycore import CORE, DATASET, judge
from tests.shell.workshop import Workshop, model

type Ids = Callable[[str], str]


def the_run(workshop: Workshop) -> str:
    ((run,),) = workshop.sql("SELECT run FROM verwerkingen WHERE verzoek = ''")
    return str(run)


def judging_otherwise(column: str, change: Callable[[Any], Any]) -> Any:
    """Return a core whose results differ in one column."""

    def other(table: FeatureTable, case: object, identity: RunIdentity, key: object) -> ResultSet:
        given = judge(table, case, identity, key)
        changed = [change(value) for value in given.results[column].astype(object)]
        return replace(given, results=given.results.assign(**{column: changed}))

    return lambda: replace(CORE, judge=other)


def real_model(workshop: Workshop) -> Desk:
    """Return a desk that computes with the model of the workshop."""
    return desk_of(workshop, package_of=lambda _: model())


def test_every_prediction_of_a_run_is_equal_to_the_last_bit(night: Workshop) -> None:
    done = replay_run(real_model(night), the_run(night))
    assert done.oordeel is Verdict.GELIJK and done.gelijk == len(done.voorspellingen) == 3
    ((object_, result, details),) = events(night, "voorspelling herberekend")
    assert (object_, result) == (f"verwerking {the_run(night)}", "gelijk")
    assert details == {"aantal": 3, "gelijk": 3, "verschillen": []}


def test_one_prediction_is_computed_again_and_the_event_names_no_number(night: Workshop, ids: Ids) -> None:
    done = replay_prediction(real_model(night), ids("1002"), "vraag")
    assert (str(done.id), done.oordeel, done.verschillen) == (ids("1002"), Verdict.GELIJK, ())
    ((object_, result, _),) = events(night, "voorspelling herberekend")
    ((dienst,),) = night.sql("SELECT dienst FROM resultaten WHERE aanvraagnummer = '1002'")
    assert (object_, result) == (f"aanvraag {dienst}", "gelijk")
    ((object_, result, details),) = events(night, "uitleg bekeken")
    assert (object_, result) == (f"aanvraag {dienst}", "gelezen om te herberekenen") and details["reden"] == "vraag"


def test_nothing_is_computed_again_without_a_reason_or_before_it_is_on_record(night: Workshop, ids: Ids) -> None:
    with pytest.raises(RequestRefused):
        replay_prediction(real_model(night), ids("1002"), "  ")

    class Refusing(FolderStore):
        def write_by[T](self, container: str, name: str, fill: Callable[[BinaryIO], T]) -> T:
            raise StorageUnavailable("full")

    def computed() -> Any:
        raise AssertionError("read before it was on record")

    desk = replace(real_model(night), blobs=Refusing(night.root), core=computed)
    with pytest.raises(StorageUnavailable):
        replay_prediction(desk, ids("1002"), "vraag")


@pytest.mark.parametrize(
    ("column", "change", "told"),
    [
        ("score", lambda value: value + 2**-52, "score"),
        ("zekerheid", lambda value: value - 2**-53, "zekerheid"),
        ("bijdragen", lambda _: '{"a":1.0000000000000002}', "bijdragen.a"),
        ("bijdragen", lambda _: '{"a":1.0,"b":0.0}', "bijdragen.b"),
        ("kenmerken", lambda _: '{"k":1}', "kenmerken.k"),
        ("reden", lambda _: "GEEN_DIENST", "reden"),
        ("resultaattype", lambda _: 4, "resultaattype"),
        ("steekproef", lambda _: True, "steekproef"),
        ("intercept", lambda value: -value, "intercept"),
        ("advies", lambda _: "handhaving", "advies"),
        ("uitleg", lambda _: "{}", "uitleg"),
        ("persoon", lambda _: "", "persoon"),
        ("peilmoment", lambda _: "2026-11-19T10:00:01", "peilmoment"),
        ("score", lambda _: float("nan"), "score"),
    ],
)
def test_one_other_bit_is_found_and_told_by_the_name_of_its_column(
    night: Workshop, ids: Ids, column: str, change: Callable[[Any], Any], told: str
) -> None:
    desk = replace(real_model(night), core=judging_otherwise(column, change))
    done = replay_prediction(desk, ids("1001"), "vraag")
    assert (done.oordeel, done.verschillen) == (Verdict.VERSCHILT, (told,))
    assert replay_run(desk, the_run(night)).oordeel is Verdict.VERSCHILT


def test_a_run_of_named_applications_is_computed_again_for_just_those(night: Workshop) -> None:
    asked = request_run(night.installation, "2026-11-20", ["1002"], "bezwaar")
    assert not run_waiting(night.installation).failed
    done = replay_run(real_model(night), asked.run_id)
    assert done.oordeel is Verdict.GELIJK and len(done.voorspellingen) == 1
    everything = list(replay_everything(real_model(night)))
    assert [(one.oordeel, one.gelijk) for one in everything] == [(Verdict.GELIJK, 3), (Verdict.GELIJK, 1)]


def test_another_contract_version_is_not_computed_but_said(
    night: Workshop, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.people.replay.CONTRACT_VERSION", "99.0.0")
    done = replay_prediction(real_model(night), ids("1001"), "vraag")
    assert done.oordeel is Verdict.NIET_MOGELIJK and "99.0.0" in done.waarom


def snapshot_file(workshop: Workshop, name: str) -> Path:
    (path,) = (workshop.root / "momentopname" / DATASET).glob(f"*/{name}")
    return path


def test_a_snapshot_that_is_gone_makes_it_impossible_and_a_changed_one_is_a_difference(night: Workshop) -> None:
    path = snapshot_file(night, "aanvragen.json")
    key_id, columns = json.loads(path.read_bytes())
    path.write_text(json.dumps([key_id, columns | {"type": ["2", "2", "4"]}]))
    done = replay_run(real_model(night), the_run(night))
    assert done.oordeel is Verdict.VERSCHILT and done.voorspellingen[0].verschillen == ("momentopname",)
    snapshot_file(night, "manifest.json").unlink()
    done = replay_run(real_model(night), the_run(night))
    assert done.oordeel is Verdict.NIET_MOGELIJK and done.waarom == "de momentopname is er niet meer"


def test_without_package_or_key_it_is_said_that_it_cannot_be_done(night: Workshop) -> None:
    class NoKeys:
        def find(self, _key_id: str) -> Any:
            raise KeyUnavailable("gone")

    def no_package(_: object) -> Any:
        raise ModelPackageInvalid("gone")

    for change, why in (({"keys": NoKeys()}, "sleutel"), ({"package_of": no_package}, "pakket")):
        done = replay_run(replace(real_model(night), **change), the_run(night))  # type: ignore[arg-type]
        assert done.oordeel is Verdict.NIET_MOGELIJK and why in done.waarom


def test_what_does_not_exist_or_published_nothing_is_not_known(workshop: Workshop) -> None:
    workshop.deliver(oordeel="afgekeurd")
    run_waiting(workshop.installation)
    for act in (
        lambda: replay_run(desk_of(workshop), the_run(workshop)),
        lambda: replay_run(desk_of(workshop), "0" * 32),
        lambda: replay_prediction(desk_of(workshop), f"{'0' * 32}-0", "vraag"),
        lambda: replay_prediction(desk_of(workshop), "geen id", "vraag"),
    ):
        with pytest.raises(NotKnown):
            act()
