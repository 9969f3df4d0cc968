"""What only a storage account can do to us: another writer between two requests, no container, no rights, no answer."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

import pytest
from azure.core.exceptions import HttpResponseError
from azure.identity import ManagedIdentityCredential
from azure.storage.blob import BlobClient, BlobServiceClient

from shared.adapters.azure.blobs import AzureStore
from shared.adapters.azure.identity import credential
from shared.errors import BlobNotFound, StorageUnavailable
from shared.ports import Container
from tests.real.worlds import Parts

BOX = "brievenbus"
SMALL = 100_000  # above this in parts, so that a test needs no 64 MiB


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def account(real: Parts) -> str:
    return real.account()


@pytest.fixture
def store(account: str, real: Parts) -> AzureStore:
    return AzureStore(dict.fromkeys(map(str, Container), account), real.signs_in, largest_put=SMALL)


def between(monkeypatch: pytest.MonkeyPatch, method: str, act: Callable[[], object], times: int = 1) -> None:
    """Let another writer act just before the library's next requests of this kind, which are then really made."""
    original = getattr(BlobClient, method)
    left = [times]

    def meddled(client: BlobClient, *arguments: object, **named: object) -> object:
        if left[0]:
            left[0] -= 1
            act()
        return original(client, *arguments, **named)

    monkeypatch.setattr(BlobClient, method, meddled)


def test_a_blob_in_parts_is_whole_and_replaces_in_one_step(store: AzureStore, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = b"oud" * SMALL, b"nieuwer" * SMALL
    store.write(BOX, "groot", old)
    seen: list[bytes] = []
    between(monkeypatch, "commit_block_list", lambda: seen.append(store.read(BOX, "groot")))
    store.write(BOX, "groot", new)
    assert seen == [old] and store.read(BOX, "groot") == new
    assert store.copy(BOX, "groot", "uitvoer", "kopie") == digest(new) == store.sha256("uitvoer", "kopie")


def test_two_writers_in_parts_never_make_a_mixture(store: AzureStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = b"a" * (3 * SMALL), b"b" * (4 * SMALL)
    # the other writes all of it after our parts and before our last request: our parts are gone, we begin again
    between(monkeypatch, "commit_block_list", lambda: store.write(BOX, "groot", theirs))
    store.write(BOX, "groot", ours)
    assert store.read(BOX, "groot") == ours


def test_what_another_finished_while_we_wrote_bit_by_bit_is_left_and_told(
    store: AzureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = b"b" * (4 * SMALL)
    between(monkeypatch, "commit_block_list", lambda: store.write(BOX, "groot", theirs))
    with pytest.raises(StorageUnavailable, match="replaced or removed") as told:
        store.write_by(BOX, "groot", lambda stream: [stream.write(b"a" * SMALL) for _ in range(3)])
    assert told.value.retry and store.read(BOX, "groot") == theirs
    store.write_by(BOX, "groot", lambda stream: [stream.write(b"a" * SMALL) for _ in range(3)])
    assert store.read(BOX, "groot") == b"a" * (3 * SMALL)


def test_bytes_that_came_after_we_looked_are_not_deleted(store: AzureStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(BOX, "a.csv", b"verwerkt")
    between(monkeypatch, "delete_blob", lambda: store.write(BOX, "a.csv", b"nieuwe levering"))
    assert not store.delete(BOX, "a.csv", only_sha256=digest(b"verwerkt"))
    assert store.read(BOX, "a.csv") == b"nieuwe levering"


def test_the_same_bytes_written_again_are_deleted_all_the_same(
    store: AzureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(BOX, "a.csv", b"verwerkt")
    between(monkeypatch, "delete_blob", lambda: store.write(BOX, "a.csv", b"verwerkt"))
    assert store.delete(BOX, "a.csv", only_sha256=digest(b"verwerkt"))
    assert list(store.names(BOX)) == []


def test_gone_between_looking_and_deleting_is_fine(store: AzureStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(BOX, "a.csv", b"x")
    between(monkeypatch, "delete_blob", lambda: store.delete(BOX, "a.csv"))
    assert store.delete(BOX, "a.csv", only_sha256=digest(b"x"))


def test_a_blob_that_never_stays_the_same_ends_in_a_named_error(
    store: AzureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(BOX, "a.csv", b"x")
    between(monkeypatch, "delete_blob", lambda: store.write(BOX, "a.csv", b"x"), times=99)
    with pytest.raises(StorageUnavailable, match="replaced or removed") as told:
        store.delete(BOX, "a.csv", only_sha256=digest(b"x"))
    assert told.value.retry


def test_a_stream_over_a_replaced_blob_ends_in_an_error_and_a_read_sees_one_version(
    account: str, store: AzureStore
) -> None:
    old, new = b"1" * (36 << 20), b"2" * (36 << 20)  # more than the library asks for at once
    plain = AzureStore({BOX: account}, store._services[BOX].credential)
    plain.write(BOX, "groot", old)
    with plain.open(BOX, "groot") as stream:
        assert stream.read(10) == b"1" * 10
        plain.write(BOX, "groot", new)
        with pytest.raises(StorageUnavailable, match="replaced or removed"):
            stream.read()
    assert plain.sha256(BOX, "groot") == digest(new)


def test_a_blob_that_is_read_here_and_there_is_one_version_and_no_more_than_was_asked_for(
    account: str, store: AzureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytes(range(256)) * (36 << 12)
    plain = AzureStore({BOX: account}, store._services[BOX].credential)
    plain.write(BOX, "groot", data)
    asked: list[int] = []
    original = BlobClient.download_blob

    def noted(client: BlobClient, *arguments: int, **named: object) -> object:
        asked.append(arguments[1] if arguments else len(data))
        return original(client, *arguments, **named)

    with plain.open(BOX, "groot") as stream:
        monkeypatch.setattr(BlobClient, "download_blob", noted)
        for place in (30 << 20, 5, len(data) - 3):
            stream.seek(place)
            assert stream.read(3) == data[place : place + 3]
        assert sum(asked) < len(data)
        plain.write(BOX, "groot", data[::-1])
        stream.seek(20 << 20)
        with pytest.raises(StorageUnavailable, match="replaced or removed"):
            stream.read(3)


def test_a_folder_of_an_account_with_folders_is_no_blob(store: AzureStore) -> None:
    folder = store._services[BOX].get_blob_client(BOX, "levensonderhoud/2026-11-20")
    folder.upload_blob(b"", metadata={"hdi_isfolder": "true"})
    store.write(BOX, "levensonderhoud/2026-11-20/a.csv", b"x")
    assert list(store.names(BOX)) == ["levensonderhoud/2026-11-20/a.csv"]


def test_containers_may_have_accounts_of_their_own(real: Parts) -> None:
    post, rest = real.account(), real.account()
    store = AzureStore({**dict.fromkeys(map(str, Container), rest), BOX: post}, real.signs_in)
    store.write(BOX, "a", b"post")
    store.copy(BOX, "a", "uitvoer", "a")
    alone = AzureStore({BOX: rest, "uitvoer": post}, real.signs_in)
    assert list(alone.names(BOX)) == list(alone.names("uitvoer")) == []
    assert store.read("uitvoer", "a") == b"post"


def test_a_missing_container_is_no_missing_blob(store: AzureStore) -> None:
    store._services["uitvoer"].delete_container("uitvoer")
    for act in (lambda: store.read("uitvoer", "a"), lambda: list(store.names("uitvoer"))):
        with pytest.raises(StorageUnavailable, match=r"container is not there.*ContainerNotFound"):
            act()
    with pytest.raises(StorageUnavailable, match="container is not there"):
        store.write("uitvoer", "a", b"x")
    with pytest.raises(BlobNotFound):
        store.read("geen-van-ons", "a")


def test_a_blob_under_a_lease_is_told_with_its_code(store: AzureStore) -> None:
    store.write(BOX, "a", b"x")
    lease = store._services[BOX].get_blob_client(BOX, "a").acquire_lease(15)
    with pytest.raises(StorageUnavailable, match="LeaseIdMissing"):
        store.delete(BOX, "a", only_sha256=digest(b"x"))
    lease.release()


def test_without_its_identity_the_app_is_told_what_to_do(
    real: Parts, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    stranger = AzureStore({BOX: account}, ManagedIdentityCredential())
    real.identity.works = False
    try:
        with pytest.raises(StorageUnavailable, match="as this identity") as told:
            stranger.read(BOX, "a")
    finally:
        real.identity.works = True
    assert told.value.retry and "role" in told.value.next_step
    assert account not in str(told.value) and "IDENTITY" not in str(told.value)


def test_a_service_that_is_not_there_is_told_within_its_tries(real: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    nowhere = AzureStore({BOX: "https://127.0.0.1:9/account000"}, real.signs_in)
    with pytest.raises(StorageUnavailable, match=r"did not answer \(ServiceRequestError\)") as told:
        nowhere.write(BOX, "a", b"geheim")
    assert told.value.retry and "127.0.0.1" not in str(told.value) and "geheim" not in str(told.value)
    assert len(waited) == 3 and sum(waited) < 30


def test_an_assigned_identity_is_asked_for_by_its_client_id(real: Parts, account: str) -> None:
    client_id = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert list(AzureStore({BOX: account}, credential(client_id)).names(BOX)) == []
    assert real.identity.asked[-1] == ("https://storage.azure.com", client_id)


def test_nothing_is_asked_without_a_token(account: str) -> None:
    with (
        BlobServiceClient(account) as anybody,
        pytest.raises(HttpResponseError),
    ):
        anybody.get_container_client(BOX).create_container()


def test_a_container_that_keeps_everything_takes_the_same_bytes_again_and_no_others(
    store: AzureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Azurite knows no immutability: the refusal is that of the service, by its code."""
    store.write("logboek", "deel-0001.jsonl", b"regels")

    def refused(*_: object, **__: object) -> None:
        cause = HttpResponseError(message="This operation is not permitted as the blob is immutable due to a policy.")
        cause.status_code, cause.error_code = 409, "BlobImmutableDueToPolicy"  # type: ignore[attr-defined]
        raise cause

    monkeypatch.setattr(BlobClient, "upload_blob", refused)
    monkeypatch.setattr(BlobClient, "delete_blob", refused)
    store.write("logboek", "deel-0001.jsonl", b"regels")
    store.write_by("logboek", "deel-0001.jsonl", lambda stream: stream.write(b"regels"))
    with pytest.raises(StorageUnavailable, match="keeps this blob as it is"):
        store.write("logboek", "deel-0001.jsonl", b"andere regels")
    with pytest.raises(StorageUnavailable, match="keeps this blob as it is"):
        store.write_by("logboek", "deel-0001.jsonl", lambda stream: stream.write(b"andere regels"))
    assert store.read("logboek", "deel-0001.jsonl") == b"regels"
    with pytest.raises(StorageUnavailable, match="neither changed nor removed"):
        store.delete("logboek", "deel-0001.jsonl")
