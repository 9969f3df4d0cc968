"""The mailbox of `make run`: five days that join up, with the damage that each is meant to have."""

import csv
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from development.population import Written, write_mailbox
from development.population.flaws import FORBIDDEN_COLUMN, TEST_BSN, UNKNOWN_COLUMN, UNREADABLE


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> list[Written]:
    return write_mailbox(tmp_path_factory.mktemp("post"), seed=1, day=date(2026, 11, 17))


def package(delivery: Written) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((delivery.folder / "datapackage.json").read_text())
    return found


def rows(delivery: Written, name: str) -> list[dict[str, str]]:
    resource = next(entry for entry in package(delivery)["resources"] if entry["name"] == name)
    with (delivery.folder / resource["path"]).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=resource["dialect"]["delimiter"]))


def test_periods_join_up_and_folders_are_named_by_day(mailbox: list[Written]) -> None:
    periods = [package(delivery)["periode"] for delivery in mailbox]
    assert [one["tot"] for one in periods[:-1]] == [next_["van"] for next_ in periods[1:]]
    assert [delivery.folder.name for delivery in mailbox] == [f"2026-11-{day}" for day in range(17, 22)]
    assert mailbox[0].folder.parent.name == "levensonderhoud"


def test_each_day_has_tens_of_applications(mailbox: list[Written]) -> None:
    for delivery in (mailbox[0], mailbox[2], mailbox[4]):
        first: dict[str, str] = {}
        for row in rows(delivery, "werkopdrachten"):
            first[row["dienstnr"]] = min(row["dtopvoer"], first.get(row["dienstnr"], "9"))
        van, tot = (package(delivery)["periode"][edge].replace("T", " ") for edge in ("van", "tot"))
        assert 25 <= sum(van <= moment < tot for moment in first.values()) <= 40


def test_somebody_applies_in_two_deliveries(mailbox: list[Written]) -> None:
    first, later = ({row["subjectnrklant"] for row in rows(mailbox[n], "diensten")} for n in (0, 2))
    assert first & later


def test_the_third_has_what_is_found_and_repaired(mailbox: list[Written]) -> None:
    third = mailbox[2]
    assert FORBIDDEN_COLUMN in rows(third, "relaties")[0]
    assert UNKNOWN_COLUMN in rows(third, "partijen")[0]
    assert any(TEST_BSN in row["afspraakresultaat"] for row in rows(third, "afspraken"))
    assert [row["bedrag"] for row in rows(third, "vermogens")].count(UNREADABLE) == 1
    addresses = [tuple(row.values()) for row in rows(third, "adressen")]
    assert len(addresses) - len(set(addresses)) == 3


def test_the_fourth_has_no_appointments(mailbox: list[Written]) -> None:
    counts = {entry["name"]: entry["rijen"] for entry in package(mailbox[3])["resources"]}
    assert counts.pop("afspraken") == 0
    assert min(counts.values()) > 5


def test_the_last_is_broken_off_and_the_others_are_whole(mailbox: list[Written]) -> None:
    for delivery in mailbox:
        broken = {
            entry["name"]
            for entry in package(delivery)["resources"]
            if entry["hash"] != "sha256:" + hashlib.sha256((delivery.folder / entry["path"]).read_bytes()).hexdigest()
        }
        assert broken == ({"diensten"} if delivery is mailbox[-1] else set())


def test_the_same_seed_gives_the_same_mailbox(mailbox: list[Written], tmp_path: Path) -> None:
    again = write_mailbox(tmp_path, seed=1, day=date(2026, 11, 17))
    for one, other in zip(mailbox, again, strict=True):
        assert one.expected == other.expected
        for path in one.folder.iterdir():
            assert path.read_bytes() == (other.folder / path.name).read_bytes()
