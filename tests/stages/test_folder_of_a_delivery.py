"""The folder holds exactly the described files: none missing, none extra, none from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.adapters.deliveryfolder import DeliveryFolder
from shared.errors import BlobNotFound
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.records import CheckedDelivery, Verdict
from shared.stages.check import check_delivery
from tests.stages.deliveries import Delivery, check, leaks, texts_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A valid delivery on disk."""
    delivery = Delivery()
    home = tmp_path / "zomaar een naam"
    home.mkdir()
    for name in delivery.names():
        (home / name).write_bytes(delivery.read(name))
    return home


def check_folder(folder: Path) -> CheckedDelivery:
    return check_delivery(DeliveryFolder(folder), LEVENSONDERHOUD, {})


def told(checked: CheckedDelivery) -> list[tuple[str, str, int]]:
    return [(found.code, found.tabel, found.aantal) for found in checked.findings]


def test_a_folder_under_any_name_is_checked(folder: Path) -> None:
    assert (check_folder(folder).verdict, check_folder(folder).findings) == (Verdict.GEACCEPTEERD, ())


def test_files_nobody_described_are_counted_and_not_named(folder: Path) -> None:
    (folder / "kanarie.csv").write_text("kanarie")
    (folder / ".verborgen").write_text("kanarie")
    (folder / "map").mkdir()
    checked = check_folder(folder)
    assert told(checked) == [("LEV-109", "", 3)]
    assert leaks(texts_of(checked.findings)) == []


def test_every_missing_file_is_told_by_its_table(folder: Path) -> None:
    (folder / "adressen.csv").unlink()
    (folder / "feiten.csv").unlink()
    assert told(check_folder(folder)) == [("LEV-110", "adressen", 1), ("LEV-110", "feiten", 1)]


def test_a_file_under_another_spelling_is_missing_and_extra() -> None:
    delivery = Delivery()
    delivery.files["Adressen.csv"] = delivery.files.pop("adressen.csv")
    assert told(check(delivery)) == [("LEV-109", "", 1), ("LEV-110", "adressen", 1)]


def test_a_folder_in_the_place_of_a_file_is_no_file(folder: Path) -> None:
    (folder / "adressen.csv").unlink()
    (folder / "adressen.csv").mkdir()
    assert told(check_folder(folder)) == [("LEV-110", "adressen", 1)]


def test_a_link_out_of_the_folder_is_no_file(folder: Path) -> None:
    elsewhere = folder.parent / "elders.csv"
    (folder / "adressen.csv").rename(elsewhere)
    (folder / "adressen.csv").symlink_to(elsewhere)
    assert told(check_folder(folder)) == [("LEV-110", "adressen", 1)]
    with pytest.raises(BlobNotFound):
        DeliveryFolder(folder).read("adressen.csv")


@pytest.mark.parametrize("name", ["../elders.csv", "/etc/hostname", "map/x.csv", "..", "."])
def test_nothing_outside_the_folder_is_read(folder: Path, name: str) -> None:
    (folder.parent / "elders.csv").write_text("x")
    with pytest.raises(BlobNotFound):
        DeliveryFolder(folder).read(name)


def test_a_folder_without_a_description_has_none_to_read(folder: Path) -> None:
    (folder / "datapackage.json").unlink()
    assert told(check_folder(folder)) == [("LEV-101", "", 1)]


def test_a_file_that_goes_while_the_delivery_is_read_is_missing() -> None:
    class Vanishing(Delivery):
        def read(self, name: str, most: int | None = None) -> bytes:
            if name == "feiten.csv":
                raise BlobNotFound("gone")
            return super().read(name, most)

    assert told(check(Vanishing())) == [("LEV-110", "feiten", 1)]


def test_a_folder_that_is_not_there_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    with pytest.raises(BlobNotFound) as caught:
        DeliveryFolder(tmp_path / "nergens")
    assert caught.value.next_step
