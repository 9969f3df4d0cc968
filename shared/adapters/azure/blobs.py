"""Blobs in Azure storage accounts. Every answer is whole: a reader sees the old bytes or the new, never a mixture.

* A write is one request, or above 64 MiB parts under names of their own that a last request makes into the blob.
  What is written bit by bit goes in parts from 8 MiB on; of what is never finished the service drops the parts.
* A copy reads once, to say the sha256 of exactly what it writes. The service could copy within an account by itself,
  but we would have to read all the same, and it needs a second authorisation that no emulator checks.
* A write of the bytes that are already there is done, also where the container is immutable and refuses it.
* A delete of known bytes says by ETag which version it saw; replaced meanwhile, it looks again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

from azure.core import MatchConditions
from azure.core.credentials import TokenCredential
from azure.storage.blob import (
    BlobBlock,
    BlobClient,
    BlobServiceClient,
    ContainerClient,
    ExponentialRetry,
    StorageStreamDownloader,
)

from shared.adapters.azure.failures import BlobChanged, BlobKept, kept_by_policy, kept_changing, told
from shared.errors import BlobNotFound

_PART = 8 << 20
_LARGEST_PUT = 64 << 20
_TRIES = 5
_CONNECT_SECONDS, _ANSWER_SECONDS = 10, 60


class AzureStore:
    """A BlobStore in storage accounts: one for all containers, or several."""

    def __init__(
        self, accounts: Mapping[str, str], signs_in: TokenCredential, *, largest_put: int = _LARGEST_PUT
    ) -> None:
        """Use these accounts; nothing is asked of them yet. `accounts`: address of the account, by container."""
        self._largest_put = largest_put
        services = {url: self._service(url, signs_in) for url in set(accounts.values())}
        self._services = {container: services[url] for container, url in accounts.items()}

    def names(self, container: str, prefix: str = "") -> Iterator[str]:
        """Yield the names that begin with the prefix, in order."""
        with told(container):
            found = [
                blob.name
                for blob in self._container(container).list_blobs(name_starts_with=prefix, include=["metadata"])
                # an account with real folders lists them among its blobs
                if (blob.metadata or {}).get("hdi_isfolder") != "true"
            ]
        yield from sorted(found)

    def read(self, container: str, name: str, most: int | None = None) -> bytes:
        """Return the bytes, of a larger blob no more than the first `most`; BlobNotFound when there is no such blob."""

        def whole() -> bytes:
            with told(container, name):
                found = self._blob(container, name).download_blob()
                return found.readall() if most is None or found.size <= most else found.read(most)

        return _until_whole(container, name, whole)

    def open(self, container: str, name: str) -> BinaryIO:
        """Return a stream over the bytes; BlobNotFound when there is no such blob.

        When the blob is replaced or removed meanwhile the stream ends in StorageUnavailable (retry).
        """
        reading = _Reading(self._blob(container, name), container, name, lambda: kept_changing(container, name))
        return cast(BinaryIO, io.BufferedReader(reading, _PART))

    def sha256(self, container: str, name: str) -> str:
        """Return the sha256 of the bytes; BlobNotFound when there is no such blob."""
        return _until_whole(container, name, lambda: self._digest(container, name)[0])

    def write(self, container: str, name: str, data: bytes) -> None:
        """Write or replace a blob in one step: a reader sees the old bytes or the new, never a part."""

        def put() -> None:
            try:
                self._put(container, name, iter((data,)), len(data))
            except BlobKept:  # a worker that was killed after this write writes it again, and those are the same bytes
                if self._digest(container, name)[0] != hashlib.sha256(data).hexdigest():
                    raise

        _until_whole(container, name, put)

    def write_by[T](self, container: str, name: str, fill: Callable[[BinaryIO], T]) -> T:
        """Write or replace a blob in one step with all that `fill` puts into the stream, and return what it returns."""
        staged = _Staged(self._target(container, name), container, name, min(_PART, self._largest_put))
        outcome = fill(cast(BinaryIO, staged))
        try:
            staged.finish()
        except BlobKept:
            if self._digest(container, name)[0] != staged.digest.hexdigest():
                raise kept_by_policy(container, name) from None
        except BlobChanged:  # another writer finished this blob, and our parts are gone
            raise kept_changing(container, name) from None
        return outcome

    def copy(self, container: str, name: str, to_container: str, to_name: str) -> str:
        """Copy a blob and return the sha256 of what was copied; BlobNotFound when there is no such blob."""

        def whole() -> str:
            digest = hashlib.sha256()
            with _Reading(self._blob(container, name), container, name, BlobChanged) as source:

                def parts() -> Iterator[bytes]:
                    while part := source.read(_PART):
                        digest.update(part)
                        yield part

                self._put(to_container, to_name, parts(), source.size)
            return digest.hexdigest()

        return _until_whole(container, name, whole)

    def move(self, container: str, name: str, to_name: str, only_sha256: str) -> str:
        """Copy a blob, delete it when these are its bytes, and return the sha256 that they have.

        Of other bytes the copy is there too: they are known only when all were read.
        """
        digest = self.copy(container, name, container, to_name)
        if digest == only_sha256:
            self.delete(container, name)
        return digest

    def written_at(self, container: str, name: str) -> datetime:
        """Return when the blob was last written; BlobNotFound when there is no such blob."""
        with told(container, name):
            written: datetime = self._blob(container, name).get_blob_properties().last_modified
        return written.astimezone(UTC)

    def delete(self, container: str, name: str, *, only_sha256: str = "") -> bool:
        """Delete a blob and say whether it is gone; already gone is fine."""

        blob = self._blob(container, name)

        def seen_version() -> bool:
            found, etag = self._digest(container, name) if only_sha256 else ("", "")
            if found != only_sha256:
                return False
            with told(container, name):
                if etag:
                    blob.delete_blob("include", etag=etag, match_condition=MatchConditions.IfNotModified)
                else:
                    blob.delete_blob("include")
            return True

        with contextlib.suppress(BlobNotFound):
            return _until_whole(container, name, seen_version)
        return True

    def _service(self, url: str, signs_in: TokenCredential) -> BlobServiceClient:
        return BlobServiceClient(
            url,
            credential=signs_in,
            retry_policy=ExponentialRetry(initial_backoff=1, increment_base=2, retry_total=3, random_jitter_range=1),
            connection_timeout=_CONNECT_SECONDS,
            read_timeout=_ANSWER_SECONDS,
            max_single_put_size=self._largest_put,
            max_chunk_get_size=_PART,
        )

    def _container(self, container: str) -> ContainerClient:
        if container not in self._services:
            raise _impossible(container)
        return self._services[container].get_container_client(container)

    def _blob(self, container: str, name: str) -> BlobClient:
        # on its way to the service a name with dots between slashes would lead to another blob
        if not name or "\0" in name or {".", ".."} & set(name.split("/")):
            raise _impossible(container)
        return self._container(container).get_blob_client(name)

    def _digest(self, container: str, name: str) -> tuple[str, str]:
        """Return the sha256 of the bytes, and the ETag of the version that has them."""
        digest = hashlib.sha256()
        with _Reading(self._blob(container, name), container, name, BlobChanged) as source:
            while part := source.read(_PART):
                digest.update(part)
            return digest.hexdigest(), source.etag

    def _put(self, container: str, name: str, parts: Iterator[bytes], size: int) -> None:
        at_once = self._largest_put if size <= self._largest_put else min(_PART, self._largest_put)
        staged = _Staged(self._target(container, name), container, name, at_once)
        for part in parts:
            staged.write(part)
        staged.finish()

    def _target(self, container: str, name: str) -> BlobClient:
        if "" in name.split("/"):
            raise _impossible(container)
        return self._blob(container, name)


class _Staged(io.RawIOBase):
    """A blob that is being written: one request when it is no larger than `at_once`, otherwise parts and a last one."""

    def __init__(self, blob: BlobClient, container: str, name: str, at_once: int) -> None:
        self._blob, self._container, self._name, self._at_once = blob, container, name, at_once
        self._ours = uuid.uuid4().hex  # the library numbers the parts of every writer alike, and so mixes two writers
        self._blocks: list[BlobBlock] = []
        self._waiting = bytearray()
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.digest.update(data)
        self._waiting += data
        if len(self._waiting) > self._at_once:
            whole = len(self._waiting) // self._at_once * self._at_once
            self._stage(bytes(self._waiting[:whole]))
            del self._waiting[:whole]
        return len(data)

    def finish(self) -> None:
        """Make what was written into the blob."""
        if not self._blocks:
            with told(self._container, self._name):
                self._blob.upload_blob(bytes(self._waiting), overwrite=True)
            return
        self._stage(bytes(self._waiting))
        with told(self._container, self._name):
            self._blob.commit_block_list(self._blocks)

    def _stage(self, data: bytes) -> None:
        for start in range(0, len(data), _PART):
            self._blocks.append(BlobBlock(f"{self._ours}{len(self._blocks):08d}"))
            with told(self._container, self._name):
                self._blob.stage_block(self._blocks[-1].id, data[start : start + _PART])


class _Reading(io.RawIOBase):
    """A stream over one version of a blob; raises `changed` when that version is gone before its end."""

    def __init__(self, blob: BlobClient, container: str, name: str, changed: Callable[[], Exception]) -> None:
        self._blob, self._container, self._name, self._changed = blob, container, name, changed
        with told(container, name):
            download = blob.download_blob()
        self.size: int = download.size
        self.etag: str = download.properties.etag
        self._position = 0
        self._download: StorageStreamDownloader[bytes] | None = download

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if position < 0:
            raise ValueError("before the beginning of a blob")
        if position != self._position:
            self._position, self._download = position, None  # from here on piece by piece
        return position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            with told(self._container, self._name):
                part = self._piece(len(buffer)) if self._download is None else self._download.read(len(buffer))
        except (BlobChanged, BlobNotFound):
            raise self._changed() from None
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _piece(self, length: int) -> bytes:
        """Return no more than was asked for: who reads here and there does not want the rest."""
        length = min(length, self.size - self._position)
        if length <= 0:
            return b""
        found = self._blob.download_blob(
            self._position, length, etag=self.etag, match_condition=MatchConditions.IfNotModified
        )
        return found.readall()


def _until_whole[T](container: str, name: str, work: Callable[[], T]) -> T:
    """Return what the work returns; a few times again when another worker replaces the blob meanwhile."""
    for _ in range(_TRIES):
        try:
            return work()
        except BlobChanged:
            continue
        except BlobKept:
            raise kept_by_policy(container, name) from None
    raise kept_changing(container, name)


def _impossible(container: str) -> BlobNotFound:
    return BlobNotFound("A blob has a name that cannot exist.", where=container, next_step="Use a plain name.")
