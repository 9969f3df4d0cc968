"""The mailbox: which deliveries wait, reading one, and removing exactly what was processed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from shared.administration import DeliveryRecord, Place
from shared.errors import BlobNotFound
from shared.events import Action, StoredEvent, moment_of, moment_text
from shared.ports import BlobStore, Container
from shared.records import LARGEST_DESCRIPTION

DESCRIPTION = "datapackage.json"
SEEN = "laatst_geschreven"  # in the details of an event: of the files in the mailbox, by the clock of the storage
# a name is shown to people and used in paths: nothing in it may forge a line or leave a folder
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}[A-Za-z0-9._-]{0,60}", re.ASCII)
_NO_NAMES = frozenset({"", ".", ".."})  # storage lists blobs in such folders, and neither reads nor writes them all
_DELIVERED = re.compile(rf"{Container.BRIEVENBUS}/([^/]+)/([^/]+)/{re.escape(DESCRIPTION)}")


@dataclass(frozen=True)
class Named:
    """What the name of a description in the mailbox says: of which dataset, and how the delivery is called."""

    dataset: str
    levering: str


def delivery_named(blob: str) -> Named | None:
    """Return what `brievenbus/{dataset}/{levering}/datapackage.json` names, None for any other blob."""
    found = _DELIVERED.fullmatch(blob)
    return None if found is None else Named(found[1], found[2])


@dataclass(frozen=True)
class StoredDelivery:
    """A delivery in storage whose description has been read once; also the DeliveryFiles of the core."""

    blobs: BlobStore
    container: str
    folder: str
    levering: str
    description: bytes  # or its begin, where it is too large to be one
    digest: str  # sha256 of all of the description: the identity of the delivery

    @property
    def has_whole_description(self) -> bool:
        """Say whether all of the description was read."""
        return len(self.description) <= LARGEST_DESCRIPTION

    @property
    def van(self) -> datetime:
        """Return the begin of its period for the order of work; what cannot be read comes first and is rejected."""
        return _begin(self.description)

    def names(self) -> frozenset[str]:
        """Return the names of all files in the folder."""
        prefix = f"{self.folder}/"
        return frozenset(name.removeprefix(prefix) for name in self.blobs.names(self.container, prefix))

    def seen(self) -> datetime | None:
        """Return when the last of its files was written, by the clock of the storage; None when all are gone."""
        moments = []
        for name in sorted(self.names()):
            with suppress(BlobNotFound):
                moments.append(self.blobs.written_at(self.container, f"{self.folder}/{name}"))
        return max(moments, default=None)

    def told_seen(self) -> dict[str, str]:
        """Return, for the details of an event, what `seen` says of a delivery in the mailbox."""
        return told(self.seen() if self.container == Container.BRIEVENBUS else None)

    def read(self, name: str, most: int | None = None) -> bytes:
        """Return the bytes of one file, of a larger one the first `most`; of the description what was claimed."""
        if name == DESCRIPTION:
            return self.description
        return self.blobs.read(self.container, f"{self.folder}/{name}", most)


def told(seen: datetime | None) -> dict[str, str]:
    """Return, for the details of an event, when files were last written as they were `seen`."""
    return {} if seen is None else {SEEN: moment_text(seen)}


def open_delivery(blobs: BlobStore, container: str, folder: str, levering: str) -> StoredDelivery | None:
    """Return a complete delivery, None while it is still being written (or gone)."""
    try:
        return StoredDelivery(blobs, container, folder, levering, *_description(blobs, container, folder))
    except BlobNotFound:
        return None


@dataclass(frozen=True)
class Waiting:
    """What the order of work needs of a complete delivery; the rest is read when its turn comes, as it lies there then.

    Hundreds may wait, each with a description of at most a megabyte: in memory at once these would be too much.
    """

    folder: str
    levering: str
    digest: str
    van: datetime
    open: Callable[[], StoredDelivery | None]


def waiting(opens: Callable[[], StoredDelivery | None]) -> Waiting | None:
    """Return what is to be known of a delivery that waits, None when it is not there."""
    found = opens()
    return None if found is None else Waiting(found.folder, found.levering, found.digest, found.van, opens)


def _description(blobs: BlobStore, container: str, folder: str) -> tuple[bytes, str]:
    """Return the description of a delivery and its sha256; of one that is too large no more than shows that."""
    name = f"{folder}/{DESCRIPTION}"
    description = blobs.read(container, name, LARGEST_DESCRIPTION + 1)
    if len(description) > LARGEST_DESCRIPTION:
        return description, blobs.sha256(container, name)
    return description, hashlib.sha256(description).hexdigest()


def open_recorded(blobs: BlobStore, record: DeliveryRecord) -> StoredDelivery | None:
    """Return the raw delivery of a record from where it lies now, None when it is no longer there.

    Mailbox and quarantine are both looked at: a worker that stood still while it set a delivery apart takes it out of
    the mailbox later, when another has begun on it there.
    """
    if record.plaats is Place.VERWIJDERD:
        return None
    other = Place.QUARANTAINE if record.plaats is Place.BRIEVENBUS else Place.BRIEVENBUS
    for there in (record, replace(record, plaats=other)):
        found = open_delivery(blobs, str(there.plaats), there.folder, there.levering)
        if found is not None and found.digest == record.digest:
            return found
    return None


@dataclass(frozen=True)
class Post:
    """What lies in the mailbox of a dataset: names of deliveries, complete or not."""

    complete: tuple[str, ...]
    incomplete: tuple[str, ...]


def look(blobs: BlobStore, dataset: str) -> Post:
    """Return the names of the deliveries in the mailbox of a dataset."""
    complete, seen = set(), set()
    for name in blobs.names(Container.BRIEVENBUS, f"{dataset}/"):
        levering, _, file = name.removeprefix(f"{dataset}/").partition("/")
        if levering in _NO_NAMES:  # no delivery: it could be judged and set apart nowhere
            continue
        if file:
            seen.add(levering)
        if file == DESCRIPTION:
            complete.add(levering)
    return Post(tuple(sorted(complete)), tuple(sorted(seen - complete)))


def stray_post(blobs: BlobStore, datasets: frozenset[str]) -> list[str]:
    """Return what lies in the mailbox outside every known dataset and delivery: `folder` or `folder/file`."""
    strays = set()
    for name in blobs.names(Container.BRIEVENBUS):
        parts = name.split("/")
        if parts[0] not in datasets:
            strays.add(parts[0])
        elif len(parts) == 2:
            strays.add(f"{parts[0]}/(los bestand)")
        elif parts[1] in _NO_NAMES:
            strays.add(f"{parts[0]}/(map zonder naam)")
    return sorted(strays)


def has_date(levering: str) -> bool:
    """Say whether the name of a delivery begins with a date, as its output path needs, and is plain after it."""
    if not _NAME.fullmatch(levering):
        return False
    try:
        date.fromisoformat(levering[:10])
    except ValueError:
        return False
    return True


def remove(
    blobs: BlobStore, container: str, folder: str, digest: str, files: Mapping[str, str], seen: datetime | None
) -> int:
    """Remove a processed delivery: its description first, then its tables; returns how many files it left alone.

    Only bytes that were processed go, and only as they lay there when they were `seen`: what the supplier wrote since,
    under the same name, stays for the next run, also when the bytes are the same.
    """
    newer = _names_in_newer_description(blobs, container, folder, digest)
    if not _written_since(blobs, container, f"{folder}/{DESCRIPTION}", seen):  # sent again: it stays with its tables
        blobs.delete(container, f"{folder}/{DESCRIPTION}", only_sha256=digest)
    gone = 0
    for name, sha256 in sorted(files.items()):
        path = f"{folder}/{name}"
        if name not in newer and not _written_since(blobs, container, path, seen):
            gone += blobs.delete(container, path, only_sha256=sha256)
    return len(files) - gone


def _written_since(blobs: BlobStore, container: str, name: str, seen: datetime | None) -> bool:
    try:
        return seen is None or blobs.written_at(container, name) > seen
    except BlobNotFound:
        return False


def seen_by(events: Iterable[StoredEvent]) -> datetime | None:
    """Return when the files of a delivery were last written, as the events of its run tell; None when none does."""
    told = [
        json.loads(event.details).get(SEEN) for event in events if event.handeling in (Action.CLAIMEN, Action.DUBBEL)
    ]
    return max((moment_of(moment) for moment in told if moment), default=None)


def _names_in_newer_description(blobs: BlobStore, container: str, folder: str, digest: str) -> frozenset[str]:
    """Return the files that another delivery, complete in the same folder by now, needs; mostly none."""
    try:
        description, found_digest = _description(blobs, container, folder)
    except BlobNotFound:
        return frozenset()
    if found_digest == digest:
        return frozenset()
    resources = _plain(description).get("resources")
    found = [entry.get("path") for entry in resources if isinstance(entry, dict)] if isinstance(resources, list) else []
    return frozenset(path for path in found if isinstance(path, str))


def _plain(description: bytes) -> dict[str, Any]:
    if len(description) > LARGEST_DESCRIPTION:
        return {}
    try:
        document = json.loads(description)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _begin(description: bytes) -> datetime:
    period = _plain(description).get("periode")
    text = period.get("van") if isinstance(period, dict) else None
    try:
        begin = datetime.fromisoformat(text) if isinstance(text, str) else datetime.min
    except ValueError:
        return datetime.min
    return begin.replace(tzinfo=None)
