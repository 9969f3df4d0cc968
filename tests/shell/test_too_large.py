"""What is larger than agreed is not read whole, and is rejected, kept and cleared away as any other delivery."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.levensonderhoud import LEVENSONDERHOUD
from shared.records import LARGEST_DESCRIPTION
from shared.sweep import run_waiting
from tests.hostile.trying import MAILBOX, write
from tests.reliability.workers import PACKAGE, REAL_CORE
from tests.shell.workshop import Workshop
from tests.stages.deliveries import Delivery


class Reading:
    """A storage that remembers the largest answer that it gave."""

    def __init__(self, blobs: Any) -> None:
        self._blobs, self.most = blobs, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)

    def read(self, container: str, name: str, most: int | None = None) -> bytes:
        data: bytes = self._blobs.read(container, name, most)
        self.most = max(self.most, len(data))
        return data


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    """A workshop with the real stages and model."""
    made = replace(workshop.installation, use_case=LEVENSONDERHOUD, model=PACKAGE, core=REAL_CORE)
    return Workshop(made, workshop.root)


def judged(shop: Workshop) -> tuple[list[str], list[str], int]:
    """Run a round; return the state and codes of what it did, and the most bytes that it read at once."""
    blobs = Reading(shop.installation.blobs)
    outcomes = run_waiting(shop.with_(blobs=blobs).installation).outcomes
    assert all(outcome.failure is None for outcome in outcomes)
    states = [str(outcome.run.state) for outcome in outcomes if outcome.run]
    return states, sorted({found.code for outcome in outcomes for found in outcome.findings}), blobs.most


def test_a_description_that_is_too_large_is_rejected_by_its_size_and_kept_whole(shop: Workshop) -> None:
    delivery = Delivery()
    delivery.raw = json.dumps(delivery.package | {"leeg": [[]] * LARGEST_DESCRIPTION}).encode()
    write(delivery, shop.root)
    assert judged(shop) == (["afgekeurd"], ["LEV-114"], LARGEST_DESCRIPTION + 1)
    assert not shop.files("brievenbus")
    kept = shop.files("quarantaine")
    assert [data for name, data in kept.items() if name.endswith("levering/datapackage.json")] == [delivery.raw]
    write(delivery, shop.root)
    assert judged(shop)[0] == ["afgekeurd"]  # sent again it is the same, and goes
    assert not shop.files("brievenbus") and shop.files("quarantaine") == kept


def test_of_a_file_that_is_larger_than_was_said_no_more_is_read_than_shows_it(shop: Workshop) -> None:
    right, larger = Delivery(), Delivery()
    name = larger.resource("adressen")["path"]
    larger.files[name] += b"kanarie\n" * 1_000_000
    write(larger, shop.root)
    states, codes, most = judged(shop)
    assert (states, codes) == (["afgekeurd"], ["LEV-201"])
    assert most < 100_000
    assert [data for path, data in shop.files("quarantaine").items() if path.endswith(name)] == [larger.files[name]]
    write(right, shop.root)  # the same description, and now the file that it tells of
    assert judged(shop)[0] == ["afgerond"]
    assert not (shop.root / MAILBOX).exists()


def test_a_number_of_bytes_that_is_wrong_beside_a_right_hash_rejects(shop: Workshop) -> None:
    delivery = Delivery()
    delivery.resource("adressen").update(bytes=1)
    write(delivery, shop.root)
    assert judged(shop)[:2] == (["afgekeurd"], ["LEV-201"])
    assert not shop.files("brievenbus")


def test_a_right_file_that_comes_while_a_larger_one_is_judged_is_not_rejected(shop: Workshop) -> None:
    right, larger = Delivery(), Delivery()
    name = larger.resource("adressen")["path"]
    larger.files[name] += b"kanarie\n"
    write(larger, shop.root)

    class Replaced(Reading):
        def copy(self, container: str, source: str, *target: str) -> str:
            (shop.root / MAILBOX / name).write_bytes(right.files[name])
            found: str = self._blobs.copy(container, source, *target)
            return found

    outcomes = run_waiting(shop.with_(blobs=Replaced(shop.installation.blobs)).installation).outcomes
    assert [outcome.failure is not None for outcome in outcomes] == [True]
    assert judged(shop)[0] == ["afgerond"]
