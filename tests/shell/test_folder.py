"""Blobs in a folder: whole or not there, never outside the folder, clean-up tolerates what is gone."""

import hashlib
import os
import stat
import threading
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from shared.adapters.folder import FolderStore
from shared.errors import BlobNotFound, StorageUnavailable

BOX = "brievenbus"


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "werk")


def test_what_is_written_is_read_listed_copied_and_deleted(store: FolderStore) -> None:
    store.write(BOX, "a/b/c.csv", b"een")
    store.write(BOX, "a/b/c.csv", b"twee")
    store.write(BOX, "a/d.csv", b"drie")
    assert store.read(BOX, "a/b/c.csv") == b"twee"
    assert list(store.names(BOX)) == ["a/b/c.csv", "a/d.csv"]
    assert list(store.names(BOX, "a/b/")) == ["a/b/c.csv"]
    assert list(store.names(BOX, "a/d")) == ["a/d.csv"]
    assert list(store.names(BOX, "z/")) == []
    digest = hashlib.sha256(b"twee").hexdigest()
    assert store.copy(BOX, "a/b/c.csv", "quarantaine", "x/c.csv") == digest == store.sha256("quarantaine", "x/c.csv")
    assert store.delete(BOX, "a/b/c.csv") and store.delete(BOX, "a/b/c.csv")
    with pytest.raises(BlobNotFound):
        store.read(BOX, "a/b/c.csv")


def test_only_the_expected_bytes_are_deleted(store: FolderStore) -> None:
    store.write(BOX, "a/b.csv", b"nieuw")
    assert not store.delete(BOX, "a/b.csv", only_sha256=hashlib.sha256(b"oud").hexdigest())
    assert store.read(BOX, "a/b.csv") == b"nieuw"
    assert store.delete(BOX, "a/b.csv", only_sha256=hashlib.sha256(b"nieuw").hexdigest())
    assert store.delete(BOX, "a/b.csv", only_sha256="gone already")


def test_empty_folders_go_and_the_container_stays_usable(store: FolderStore, tmp_path: Path) -> None:
    store.write(BOX, "a/b/c.csv", b"")
    store.delete(BOX, "a/b/c.csv")
    assert [path.name for path in (tmp_path / "werk" / BOX).iterdir()] == [".tijdelijk"]


@pytest.mark.parametrize(
    "name", ["../geheim/sleutel.json", "a/../../x", "/etc/passwd", "a//b", "", "a/.", "a\0b", ".tijdelijk/x"]
)
def test_no_name_leads_out_of_the_folder(store: FolderStore, name: str) -> None:
    if name:
        for act in (store.read, store.delete, store.sha256):
            with pytest.raises(BlobNotFound):
                act(BOX, name)
        with pytest.raises(BlobNotFound):
            store.write(BOX, name, b"x")
    with pytest.raises(BlobNotFound):
        store.read(f"../{BOX}", "x")


def test_a_link_in_the_mailbox_is_not_followed(store: FolderStore, tmp_path: Path) -> None:
    secret = tmp_path / "geheim.txt"
    secret.write_bytes(b"geheim")
    store.write(BOX, "a/b.csv", b"")
    (tmp_path / "werk" / BOX / "a" / "link.csv").symlink_to(secret)
    assert list(store.names(BOX)) == ["a/b.csv"]
    with pytest.raises(StorageUnavailable):
        store.read(BOX, "a/link.csv")


def test_nothing_in_a_folder_that_is_a_link_is_listed_read_or_changed(store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "geheim" / "2026-11-20").mkdir(parents=True)
    secret = tmp_path / "geheim" / "2026-11-20" / "sleutel.json"
    secret.write_bytes(b"geheim")
    store.write(BOX, "a/b.csv", b"")
    (store.root / BOX / "levensonderhoud").symlink_to(tmp_path / "geheim")
    (store.root / "uitvoer").symlink_to(tmp_path / "geheim")
    for container, folder in ((BOX, "levensonderhoud/2026-11-20"), (BOX, "levensonderhoud"), ("uitvoer", "2026-11-20")):
        assert list(store.names(container, f"{folder}/")) == []
    assert list(store.names(BOX)) == ["a/b.csv"] and list(store.names("uitvoer")) == []
    for container, name in ((BOX, "levensonderhoud/2026-11-20/sleutel.json"), ("uitvoer", "2026-11-20/sleutel.json")):
        for act in (store.read, store.sha256, store.delete, store.written_at):
            with pytest.raises(BlobNotFound):
                act(container, name)
        with pytest.raises(BlobNotFound):
            store.write(container, name, b"anders")
        with pytest.raises(BlobNotFound):
            store.copy(container, name, BOX, "a/b.csv")
    assert secret.read_bytes() == b"geheim" and [path.name for path in secret.parent.iterdir()] == ["sleutel.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_no_blob_and_nobody_waits_for_it(store: FolderStore) -> None:
    store.write(BOX, "a/b.csv", b"")
    pipe = store.root / BOX / "a" / "datapackage.json"
    os.mkfifo(pipe)
    writer = os.open(pipe, os.O_RDWR)  # so that a store which waits for one does so below, and fails, but not for ever
    os.write(writer, b"{}")
    try:
        assert list(store.names(BOX)) == ["a/b.csv"]
        for act in (store.open, store.read, store.sha256, store.written_at):
            with pytest.raises(BlobNotFound):
                act(BOX, "a/datapackage.json")
    finally:
        os.close(writer)
    with pytest.raises(BlobNotFound):  # and without anybody at the other end
        store.open(BOX, "a/datapackage.json")


@pytest.mark.parametrize("made_before", [0o755, 0o770, None])
def test_a_store_that_is_made_is_for_its_owner_and_one_that_is_there_keeps_its_mode(
    tmp_path: Path, made_before: int | None
) -> None:
    root = tmp_path / "diep" / "werk"
    if made_before is not None:
        root.mkdir(parents=True)
        root.chmod(made_before)
    FolderStore(root).write(BOX, "a/b.csv", b"een rij in klaar")
    assert stat.S_IMODE(root.stat().st_mode) == (0o700 if made_before is None else made_before)


def test_a_failed_write_leaves_the_old_bytes_and_no_rest(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(BOX, "a.csv", b"oud")

    def disk_full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(StorageUnavailable) as refused:
        store.write(BOX, "a.csv", b"nieuw")
    assert refused.value.retry and "errno 28" in str(refused.value)
    assert store.read(BOX, "a.csv") == b"oud"
    assert list((tmp_path / "werk" / BOX / ".tijdelijk").iterdir()) == []


def test_temporary_files_of_workers_that_died_go_after_a_day(tmp_path: Path) -> None:
    rest = tmp_path / "quarantaine" / ".tijdelijk"
    rest.mkdir(parents=True)
    for name, hours in (("oud", 25), ("vers", 1)):
        (rest / name).write_bytes(b"persoonsgegevens")
        os.utime(rest / name, (time.time() - hours * 3600,) * 2)
    FolderStore(tmp_path)
    assert [path.name for path in rest.iterdir()] == ["vers"]


def test_half_a_file_stands_where_the_whole_one_would_for_its_owner_alone_and_is_no_blob(store: FolderStore) -> None:
    def look(stream: BinaryIO) -> list[str]:
        stream.write(b"een rij in klaar")
        (half,) = store.root.rglob(".tijdelijk/*")
        assert half.parent.parent == store.root / BOX
        assert stat.S_IMODE(half.parent.stat().st_mode) == 0o700
        return list(store.names(BOX))

    assert store.write_by(BOX, "a.csv", look) == []
    assert list(store.names(BOX)) == ["a.csv"]


def test_a_reader_sees_old_or_new_never_a_part(store: FolderStore) -> None:
    versions = [bytes([n]) * 200_000 for n in range(20)]
    store.write(BOX, "a/groot", versions[0])
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(store.read(BOX, "a/groot"))

    reader = threading.Thread(target=read)
    reader.start()
    for version in versions:
        store.write(BOX, "a/groot", version)
    done.set()
    reader.join()
    assert seen <= set(versions)


def test_writers_and_cleaners_at_once_do_not_trip_over_each_other(store: FolderStore) -> None:
    wrong: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for n in range(60):
                store.write(BOX, f"map/{number % 2}/blob", str(n).encode())
                store.delete(BOX, f"map/{number % 2}/blob")
        except BaseException as cause:
            wrong.append(cause)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
