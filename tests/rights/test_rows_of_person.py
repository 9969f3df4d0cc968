"""Over random populations: what is shown to a person is of nobody else, and without that person nobody else changes."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import pipeline
from shared.adapters.deliveryfolder import DeliveryFolder
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.modelpackage.package import ModelPackage
from shared.records import PseudonymisedDelivery
from shared.snapshot import snapshot_files
from shared.stages.rows_of_person import PARTY, PERSON, SERVICE, mentions, rows_of, without
from tests.results.conftest import KEY, identity, package
from tests.rights.removing import texts_in
from tests.spec.delivery import write_delivery
from tests.spec.test_against_oracle import PERIODE
from tests.spec.worlds import delivery as random_world

__all__ = ["package"]

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class People:
    """Everybody in a delivery, by pseudonym."""

    delivery: PseudonymisedDelivery

    def all(self, column: str) -> set[str]:
        frames = [self.delivery.applications, *self.delivery.tables.values()]
        found = {str(value) for frame in frames if column in frame for value in frame[column].dropna()}
        return found - {""}

    def services_of(self, person: str) -> set[str]:
        """The services of which a person is main client, or that the person applied with."""
        mine = set(self.delivery.applications.query("persoon == @person")[SERVICE])
        diensten = self.delivery.tables["diensten"]
        return mine | set(diensten.loc[(diensten[PERSON] == person).to_numpy(dtype=bool), SERVICE].astype(str))


def read(folder: Path) -> PseudonymisedDelivery:
    checked = pipeline.check_delivery(DeliveryFolder(folder), LEVENSONDERHOUD, {})
    return pipeline.pseudonymise_delivery(checked, LEVENSONDERHOUD, KEY)[0]


def lines(delivery: PseudonymisedDelivery, package: ModelPackage) -> dict[str, bytes]:
    table = pipeline.features(delivery, LEVENSONDERHOUD, KEY)
    found = pipeline.judge(table, LEVENSONDERHOUD, identity(package), KEY).lines.splitlines()
    return {json.loads(line)["dienst"]: line for line in found}


def label() -> str:
    return f"{KEY.key_id}:{secrets.token_urlsafe(32)}"


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Random worlds by seed, read once each."""
    known: dict[int, PseudonymisedDelivery] = {}

    def world(seed: int) -> PseudonymisedDelivery:
        if seed not in known:
            folder = tmp_path_factory.mktemp("wereld") / "2026-11-20"
            write_delivery(folder, random_world(12, seed), PERIODE)
            known[seed] = read(folder)
        return known[seed]

    return world


people = st.integers(min_value=0, max_value=10_000)
seeds = st.integers(min_value=0, max_value=400)


@SLOW
@given(seed=seeds, which=people)
def test_nobody_else_stands_in_what_a_person_is_shown(worlds: Any, seed: int, which: int) -> None:
    delivery = worlds(seed)
    everybody = People(delivery)
    person = sorted(everybody.all(PERSON))[which % len(everybody.all(PERSON))]
    told = json.dumps(rows_of(delivery, frozenset({person})).tables)
    others = everybody.all(PERSON) - {person}
    not_mine = {service for other in others for service in everybody.services_of(other)}
    strangers = others | everybody.all(PARTY) | (not_mine - everybody.services_of(person))
    assert not [name for name in strangers if name in told]


@SLOW
@given(seed=seeds, which=people)
def test_every_row_that_names_a_person_is_shown(worlds: Any, seed: int, which: int) -> None:
    delivery = worlds(seed)
    person = sorted(People(delivery).all(PERSON))[which % len(People(delivery).all(PERSON))]
    shown = rows_of(delivery, frozenset({person})).tables
    for name, frame in delivery.tables.items():
        if PERSON in frame:
            assert len(shown.get(name, [])) == int((frame[PERSON] == person).sum())


@SLOW
@given(seed=seeds, which=people)
def test_without_a_person_every_other_result_is_the_same_to_the_byte(
    worlds: Any, package: ModelPackage, seed: int, which: int
) -> None:
    delivery = worlds(seed)
    person = sorted(People(delivery).all(PERSON))[which % len(People(delivery).all(PERSON))]
    left, number = without(delivery, frozenset({person}), frozenset(), label)
    assert number > 0
    mine = set(delivery.applications.query("persoon == @person")[SERVICE])
    before = {dienst: line for dienst, line in lines(delivery, package).items() if dienst not in mine}
    assert lines(left, package) == before if before else len(left.applications) == 0


@SLOW
@given(seed=seeds, which=people)
def test_without_a_person_that_name_stands_nowhere_and_nobody_new_can_be_found(
    worlds: Any, seed: int, which: int
) -> None:
    delivery = worlds(seed)
    everybody = People(delivery)
    person = sorted(everybody.all(PERSON))[which % len(everybody.all(PERSON))]
    left, _ = without(delivery, frozenset({person}), frozenset(), label)
    gone = {person} | (everybody.services_of(person) - set(left.applications[SERVICE]))
    texts = [text for name, data in snapshot_files(left).items() for text in texts_in(name, data)]
    assert not [name for name in gone if any(name in text for text in texts)]
    assert not mentions(left, frozenset({person}))
    again, number = without(left, frozenset({person}), frozenset(), label)
    assert number == 0 and again is left


def test_somebody_who_is_not_in_a_delivery_changes_nothing(worlds: Any) -> None:
    delivery = worlds(1)
    stranger = frozenset({"test-1:niemand"})
    assert without(delivery, stranger, frozenset(), label) == (delivery, 0)
    assert rows_of(delivery, stranger).tables == {}


def test_a_person_with_two_keys_is_found_under_both(worlds: Any) -> None:
    delivery = worlds(2)
    person = sorted(People(delivery).all(PERSON))[0]
    found = rows_of(delivery, frozenset({person, "oud:naam"}))
    assert found == rows_of(delivery, frozenset({person}))
    assert replace(found, withheld=0).tables


def test_the_last_person_leaves_an_empty_delivery(worlds: Any) -> None:
    delivery = worlds(3)
    for person in sorted(People(delivery).all(PERSON)):
        delivery, _ = without(delivery, frozenset({person}), frozenset(), label)
    unknown = delivery.applications[PERSON] == ""
    assert unknown.all()
    assert not [
        name for name, frame in delivery.tables.items() if PERSON in frame and name != "diensten" and len(frame)
    ]


def test_the_worlds_have_partners_with_benefits_together(worlds: Any) -> None:
    """Else the tests above would look for nothing."""
    withheld = relabelled = 0
    for seed in range(6):
        delivery = worlds(seed)
        for person in sorted(People(delivery).all(PERSON))[:10]:
            withheld += rows_of(delivery, frozenset({person})).withheld > 0
            left, _ = without(
                delivery, frozenset({person}), frozenset(), lambda: f"{KEY.key_id}:vervangen-{secrets.token_hex(8)}"
            )
            relabelled += any("vervangen" in str(frame.to_dict("list")) for frame in left.tables.values())
    assert withheld > 0 and relabelled > 0
