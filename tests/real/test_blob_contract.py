"""What a BlobStore promises, the same in memory, in a folder and in a real blob service."""

import hashlib
import inspect
import io
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

import pytest

from shared.errors import BlobNotFound
from shared.ports import BlobStore, Container

BOX = "brievenbus"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def at_once(*works: Callable[[], object]) -> list[BaseException]:
    wrong: list[BaseException] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as cause:
            wrong.append(cause)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_nothing_is_there_at_first(store: BlobStore) -> None:
    for container in Container:
        assert list(store.names(container)) == []


@pytest.mark.parametrize("data", [b"", b"een", bytes(range(256)) * 5000], ids=["empty", "short", "long"])
def test_what_is_written_is_read_in_every_way(store: BlobStore, data: bytes) -> None:
    store.write(BOX, "a/b.csv", b"iets anders")
    store.write(BOX, "a/b.csv", data)
    assert store.read(BOX, "a/b.csv") == data
    assert store.sha256(BOX, "a/b.csv") == digest(data)
    with store.open(BOX, "a/b.csv") as stream:
        assert stream.read(2) + stream.read() == data and stream.read(1) == b""


def test_what_is_written_bit_by_bit_appears_at_the_end(store: BlobStore) -> None:
    parts = [bytes([n]) * (3 << 20) for n in range(7)]
    store.write(BOX, "a/groot", b"wat er was")

    def fill(stream: BinaryIO) -> int:
        for part in parts:
            stream.write(part)
            assert store.read(BOX, "a/groot") == b"wat er was"
        return len(parts)

    assert store.write_by(BOX, "a/groot", fill) == 7
    assert store.sha256(BOX, "a/groot") == digest(b"".join(parts))
    assert store.write_by(BOX, "a/leeg", lambda stream: None) is None and store.read(BOX, "a/leeg") == b""
    assert store.write_by(BOX, "a/klein", lambda stream: stream.write(b"een")) == 3 and store.read(BOX, "a/klein")


@pytest.mark.parametrize("cause", [ValueError, FileNotFoundError, KeyboardInterrupt])
def test_of_what_was_not_filled_to_the_end_nothing_appears(store: BlobStore, cause: type[BaseException]) -> None:
    store.write(BOX, "a/b", b"wat er was")

    def fill(stream: BinaryIO) -> None:
        stream.write(b"half" * (3 << 20))
        raise cause

    for name in ("a/b", "a/nieuw"):
        with pytest.raises(cause):
            store.write_by(BOX, name, fill)
    assert store.read(BOX, "a/b") == b"wat er was" and list(store.names(BOX)) == ["a/b"]


def test_a_stream_is_read_from_any_place(store: BlobStore) -> None:
    data = b"".join(n.to_bytes(4) for n in range(3 << 20))
    store.write(BOX, "a/groot", data)
    with store.open(BOX, "a/groot") as stream:
        assert stream.read(8) == data[:8]
        assert stream.seek(-8, io.SEEK_END) == len(data) - 8 and stream.read() == data[-8:] and stream.read(1) == b""
        assert stream.seek(40) == 40 and stream.read(4) == (10).to_bytes(4) and stream.tell() == 44
        stream.seek(1 << 20)
        assert stream.read() == data[1 << 20 :]


def test_it_tells_when_something_was_last_written(store: BlobStore) -> None:
    store.write(BOX, "a/b.csv", b"een")
    first = store.written_at(BOX, "a/b.csv")
    assert abs(datetime.now(UTC) - first) < timedelta(minutes=5)
    time.sleep(1.1)  # a real service tells seconds
    store.write(BOX, "a/b.csv", b"twee")
    assert store.written_at(BOX, "a/b.csv") > first
    with pytest.raises(BlobNotFound):
        store.written_at(BOX, "a/c.csv")


def test_names_come_in_order_and_by_prefix(store: BlobStore) -> None:
    for name in ("b/2", "b/10", "a/z.csv", "a/Z.csv", "a/ä.csv", "a.csv", "a/b/c"):
        store.write(BOX, name, b"x")
    expected = sorted(["b/2", "b/10", "a/z.csv", "a/Z.csv", "a/ä.csv", "a.csv", "a/b/c"])
    assert list(store.names(BOX)) == expected
    assert list(store.names(BOX, "a/")) == [name for name in expected if name.startswith("a/")]
    assert list(store.names(BOX, "b/1")) == ["b/10"]
    assert list(store.names(BOX, "c/")) == list(store.names("uitvoer")) == []


def test_names_with_blanks_and_signs_are_names(store: BlobStore) -> None:
    names = ["a/met spatie.csv", "a/100%.csv", "a/vraag?.csv", "a/hek#.csv", "a/plus+.csv", "a/%2e%2e"]
    for name in names:
        store.write(BOX, name, name.encode())
    assert list(store.names(BOX)) == sorted(names)
    assert [store.read(BOX, name).decode() for name in names] == names


def test_a_copy_is_the_same_bytes_and_says_which(store: BlobStore) -> None:
    store.write(BOX, "a/b.csv", b"twee")
    store.write("quarantaine", "x/c.csv", b"oud")
    assert store.copy(BOX, "a/b.csv", "quarantaine", "x/c.csv") == digest(b"twee")
    assert store.copy(BOX, "a/b.csv", BOX, "a/d.csv") == digest(b"twee")
    assert store.read("quarantaine", "x/c.csv") == store.read(BOX, "a/d.csv") == store.read(BOX, "a/b.csv") == b"twee"


def test_what_is_moved_has_another_name_and_says_what_it_is(store: BlobStore) -> None:
    store.write(BOX, "a/poging/b.csv", b"twee")
    store.write(BOX, "a/b.csv", b"oud")
    assert store.move(BOX, "a/poging/b.csv", "a/b.csv", digest(b"twee")) == digest(b"twee")
    assert store.read(BOX, "a/b.csv") == b"twee" and list(store.names(BOX)) == ["a/b.csv"]
    assert store.move(BOX, "a/b.csv", "c/d.csv", digest(b"twee")) == digest(b"twee")
    assert list(store.names(BOX)) == ["c/d.csv"]


def test_other_bytes_than_expected_stay_where_they_are(store: BlobStore) -> None:
    store.write(BOX, "a/poging/b.csv", b"anders")
    assert store.move(BOX, "a/poging/b.csv", "a/b.csv", digest(b"twee")) == digest(b"anders")
    assert store.read(BOX, "a/poging/b.csv") == b"anders"


def test_what_is_not_there_is_told(store: BlobStore) -> None:
    for act in (store.read, store.sha256, store.open):
        with pytest.raises(BlobNotFound) as told:
            act(BOX, "a/b.csv")
        assert told.value.where and not told.value.retry
    with pytest.raises(BlobNotFound):
        store.copy(BOX, "a/b.csv", BOX, "a/c.csv")
    with pytest.raises(BlobNotFound):
        store.move(BOX, "a/b.csv", "a/c.csv", digest(b""))
    assert list(store.names(BOX)) == []


def test_delete_tolerates_what_is_gone(store: BlobStore) -> None:
    store.write(BOX, "a/b.csv", b"x")
    assert store.delete(BOX, "a/b.csv") and store.delete(BOX, "a/b.csv")
    assert store.delete(BOX, "a/b.csv", only_sha256=digest(b"x"))
    with pytest.raises(BlobNotFound):
        store.read(BOX, "a/b.csv")


def test_only_the_expected_bytes_are_deleted(store: BlobStore) -> None:
    store.write(BOX, "a/b.csv", b"nieuw")
    assert not store.delete(BOX, "a/b.csv", only_sha256=digest(b"oud"))
    assert store.read(BOX, "a/b.csv") == b"nieuw"
    assert store.delete(BOX, "a/b.csv", only_sha256=digest(b"nieuw"))
    assert list(store.names(BOX)) == []


@pytest.mark.parametrize("name", ["../uitvoer/x", "a/../../uitvoer/x", "a/..", "a/.", "a\0b"])
def test_no_name_leads_elsewhere(store: BlobStore, name: str) -> None:
    store.write("uitvoer", "x", b"van een ander")
    for act in (store.read, store.sha256, store.delete, store.open):
        with pytest.raises(BlobNotFound):
            act(BOX, name)
    with pytest.raises(BlobNotFound):
        store.write(BOX, name, b"x")
    with pytest.raises(BlobNotFound):
        store.write_by(BOX, name, lambda stream: stream.write(b"x"))
    with pytest.raises(BlobNotFound):
        store.read(f"../{BOX}", "x")
    assert store.read("uitvoer", "x") == b"van een ander"


def test_a_reader_sees_old_or_new_never_a_part(store: BlobStore) -> None:
    versions = [bytes([n]) * 300_000 for n in range(8)]
    store.write(BOX, "a/groot", versions[0])
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(store.read(BOX, "a/groot"))

    def write() -> None:
        try:
            for version in versions:
                store.write(BOX, "a/groot", version)
        finally:
            done.set()

    assert at_once(read, write) == []
    assert seen <= set(versions)


def test_eight_workers_write_copy_and_delete_at_once_without_tripping(store: BlobStore) -> None:
    def work(number: int) -> None:
        for n in range(6):
            store.write(BOX, f"map/{number % 2}", str(n).encode())
            store.write(BOX, f"eigen/{number}", b"x")
            store.copy(BOX, f"eigen/{number}", "uitvoer", "doel")
            store.delete(BOX, f"map/{number % 2}")

    assert at_once(*(lambda number=number: work(number) for number in range(8))) == []
    assert store.read("uitvoer", "doel") == b"x"


def test_every_method_of_the_port_is_tried_here() -> None:
    methods = {name for name, _ in inspect.getmembers(BlobStore, inspect.isfunction) if not name.startswith("_")}
    source = inspect.getsource(inspect.getmodule(test_every_method_of_the_port_is_tried_here))  # type: ignore[arg-type]
    assert not {name for name in methods if f"store.{name}" not in source}
