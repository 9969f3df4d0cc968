"""Blobs as files in a folder: containers are its subfolders. For one machine, tests and demonstrations."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from shared.blobplaces import told_place
from shared.errors import BlobNotFound, StorageUnavailable

_PART = 1 << 20
_TEMPORARY = ".tijdelijk"
_STALE_SECONDS = 24 * 3600
_TRIES = 50


class FolderStore:
    """A BlobStore in a folder. A write appears in one step, survives a power cut, and never leaves the folder."""

    def __init__(self, root: Path) -> None:
        """Use the folder, or make it for its owner alone; what workers that died long ago left half is removed."""
        with _told(str(root)):
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.root = root.resolve()
            for left in self.root.glob(f"*/{_TEMPORARY}/*"):
                with contextlib.suppress(FileNotFoundError):
                    if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                        left.unlink()

    def names(self, container: str, prefix: str = "") -> Iterator[str]:
        """Yield the names that begin with the prefix, in order; what is no plain file is not ours and is skipped."""
        home = self._named(container)
        folder, _, _ = prefix.rpartition("/")
        start = self._named(container, folder)
        if _through_link(start):
            return
        found = []
        with _told(container):
            for parent, folders, files in os.walk(start):
                folders[:] = [name for name in folders if name != _TEMPORARY]
                below = Path(parent).relative_to(home)
                for file in files:
                    # a name that is not UTF-8 is told, so that it is seen as a file that does not belong there
                    name = (below / file).as_posix().encode("utf-8", "backslashreplace").decode()
                    if name.startswith(prefix) and _is_plain(Path(parent) / file):
                        found.append(name)
        yield from sorted(found)

    def read(self, container: str, name: str, most: int | None = None) -> bytes:
        """Return the bytes, of a larger blob no more than the first `most`; BlobNotFound when there is no such blob."""
        with self.open(container, name) as stream, _told(told_place(container, name)):
            size = _size(stream)
            data = stream.read(-1 if most is None else most)
            _check_whole(len(data), size if most is None else min(size, most), told_place(container, name))
            return data

    def open(self, container: str, name: str) -> BinaryIO:
        """Return a stream over the bytes; BlobNotFound when there is no such blob."""
        path = self._path(container, name)
        with _told(told_place(container, name)):
            # a link could point at any file that the app may read, and a pipe would be waited for without end
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                os.close(handle)
                raise FileNotFoundError
            return os.fdopen(handle, "rb")

    def sha256(self, container: str, name: str) -> str:
        """Return the sha256 of the bytes; BlobNotFound when there is no such blob."""
        digest = hashlib.sha256()
        with self.open(container, name) as stream, _told(told_place(container, name)):
            for part in _parts(stream, told_place(container, name)):
                digest.update(part)
        return digest.hexdigest()

    def write(self, container: str, name: str, data: bytes) -> None:
        """Write or replace a blob in one step: a reader sees the old bytes or the new, never a part."""
        with self._new_file(container, name) as stream:
            stream.write(data)

    def write_by[T](self, container: str, name: str, fill: Callable[[BinaryIO], T]) -> T:
        """Write or replace a blob in one step with all that `fill` puts into the stream, and return what it returns."""
        failed: Exception | None = None
        with contextlib.suppress(_NotFilled), self._new_file(container, name) as stream:
            try:
                return fill(cast(BinaryIO, _Telling(stream, told_place(container, name))))
            except Exception as cause:  # what goes wrong elsewhere meanwhile is not told as a fault of this storage
                failed = cause
            raise _NotFilled
        raise cast(Exception, failed)

    def copy(self, container: str, name: str, to_container: str, to_name: str) -> str:
        """Copy a blob and return the sha256 of what was copied; BlobNotFound when there is no such blob."""
        digest = hashlib.sha256()
        with self.open(container, name) as source, self._new_file(to_container, to_name) as target:
            for part in _parts(source, told_place(container, name)):
                digest.update(part)
                target.write(part)
        return digest.hexdigest()

    def move(self, container: str, name: str, to_name: str, only_sha256: str) -> str:
        """Give a blob with these bytes another name in one step; return the sha256 that it has."""
        digest, path = self.sha256(container, name), self._path(container, name)
        if digest == only_sha256:
            with _told(told_place(container, name)):
                _move_into_place(path, self._path(container, to_name))
            self._drop_empty_folders(path.parent, self._path(container))
        return digest

    def written_at(self, container: str, name: str) -> datetime:
        """Return when the blob was last written; BlobNotFound when there is no such blob."""
        with self.open(container, name) as stream, _told(told_place(container, name)):
            return datetime.fromtimestamp(os.fstat(stream.fileno()).st_mtime, UTC)

    def delete(self, container: str, name: str, *, only_sha256: str = "") -> bool:
        """Delete a blob and say whether it is gone; already gone is fine."""
        path = self._path(container, name)
        try:
            if only_sha256 and self.sha256(container, name) != only_sha256:
                return False
            with _told(told_place(container, name)):
                path.unlink()
        except BlobNotFound:
            return True
        self._drop_empty_folders(path.parent, self._path(container))
        return True

    def _path(self, container: str, name: str = "") -> Path:
        path = self._named(container, name)
        if _through_link(path.parent):
            raise BlobNotFound(
                "A folder on the way to a blob is a link.", where=container, next_step="Put the folder itself there."
            )
        return path

    def _named(self, container: str, name: str = "") -> Path:
        parts = [container, *(name.split("/") if name else [])]
        forbidden = {"", ".", "..", _TEMPORARY}
        if any(part in forbidden or "\0" in part or os.sep in part for part in parts):
            raise BlobNotFound("A blob has a name that cannot exist.", where=container, next_step="Use a plain name.")
        return self.root.joinpath(*parts)

    @contextlib.contextmanager
    def _new_file(self, container: str, name: str) -> Iterator[BinaryIO]:
        path = self._path(container, name)
        # in the container itself: what a worker leaves that dies here is no less guarded than what it wrote
        temporary = self._path(container) / _TEMPORARY / uuid.uuid4().hex  # unique: two may write the same name
        try:
            with _told(told_place(container, name)):
                temporary.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with temporary.open("xb") as stream:
                    yield stream
                    stream.flush()
                    os.fsync(stream.fileno())
                _move_into_place(temporary, path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()

    def _drop_empty_folders(self, folder: Path, top: Path) -> None:
        with contextlib.suppress(OSError):  # not empty, or dropped by another worker
            while folder != top:
                folder.rmdir()
                folder = folder.parent


class _NotFilled(Exception):
    """Nothing may appear: the file was not filled to its end."""


class _Telling(io.RawIOBase):
    """A file that is being written; what the disk does not do is told as storage tells it."""

    def __init__(self, file: BinaryIO, place: str) -> None:
        self._file, self._place = file, place

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        with _told(self._place):
            return self._file.write(data)


def _through_link(folder: Path) -> bool:
    """Whether a folder below the root, which itself is resolved, is a link or lies behind one."""
    return os.path.realpath(folder) != str(folder)


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:  # deleted meanwhile
        return False


def _size(stream: BinaryIO) -> int:
    return os.fstat(stream.fileno()).st_size


def _parts(stream: BinaryIO, place: str) -> Iterator[bytes]:
    size, seen = _size(stream), 0
    while part := stream.read(_PART):
        seen += len(part)
        yield part
    _check_whole(seen, size, place)


def _check_whole(seen: int, size: int, place: str) -> None:
    """Refuse a stream that ended early: half a file taken for a whole one would be rejected, or published."""
    if seen < size:
        raise StorageUnavailable(
            "A file ended before its end.", where=place, next_step="Check the disk; the next round reads it again."
        )


def _move_into_place(temporary: Path, path: Path) -> None:
    for tries_left in reversed(range(_TRIES)):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(path)
            break
        except (FileNotFoundError, FileExistsError):  # another worker drops the empty folder at the same moment
            if not tries_left:
                raise
    with contextlib.suppress(FileNotFoundError):  # already deleted again, folder and all
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name itself must survive a power cut
        finally:
            os.close(folder)


@contextlib.contextmanager
def _told(where: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise BlobNotFound("There is no such blob.", where=where, next_step="Check the name.") from None
    except OSError as cause:
        raise StorageUnavailable(
            f"Storage did not do what was asked ({type(cause).__name__}, errno {cause.errno}).",
            where=where,
            next_step="Check that the folder exists, is writable and has space; then run again.",
        ) from None
