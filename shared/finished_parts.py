"""Keeps the finished parts of a run until it is published, so that who takes it over need not judge them again.

A part is known by a keyed digest of all that its results follow from: the rows under pseudonyms, model, code and
settings. Another worker, another number of attempts or another size of parts cannot get results that are not its own.
They lie where nobody but the app reads, for they tell the score of applications that were drawn; they go when the run
is published, when it never will be (`drop_staged`), and after the term of quarantine at the latest (infra/).
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from shared.administration import RunRecord
from shared.errors import BlobNotFound
from shared.installation import Installation, Workplace
from shared.ports import Container
from shared.records import PseudonymisedDelivery, ResultSet
from shared.stages.pseudonym import PseudonymKey

if TYPE_CHECKING:
    import pandas as pd

_DOMAIN = b"slimme-check/v1/tussenstand\x00"  # no pseudonym and no draw has this domain
_DOCUMENT = "document"
_LENGTH, _SEAL = 8, 32


class FinishedParts:
    """The parts of one run, as far as any attempt finished them."""

    def __init__(
        self, installation: Installation, run: RunRecord, key: PseudonymKey, special: tuple[Mapping[str, str], ...]
    ) -> None:
        """Look at the parts of this run. `special`: addresses that results follow from too."""
        self._blobs, self._folder, self._key = installation.blobs, parts_folder(run), key
        model = installation.model
        follows_from = [run.run_id, model.sha256, installation.code_version, installation.settings_digest]
        self._same = json.dumps([*follows_from, list(map(dict, special))], sort_keys=True).encode("utf-8")

    def or_made(self, delivery: PseudonymisedDelivery, made: Iterable[ResultSet]) -> Iterator[tuple[ResultSet, bool]]:
        """Yield the results of a part, and whether they were known; otherwise they are made, and kept at the end."""
        name = f"{self._folder}/{self._digest(delivery)}"
        known = self._read(name)
        if known is not None:
            yield from ((results, True) for results in known)
            return
        kept = []
        for results in made:
            yield results, False
            kept.append(_packed(results))
        payload = b"".join(len(one).to_bytes(_LENGTH) + one for one in kept)
        self._blobs.write(Container.TUSSENSTAND, name, self._seal(name, payload) + payload)

    def _read(self, name: str) -> Iterator[ResultSet] | None:
        try:
            data = self._blobs.read(Container.TUSSENSTAND, name)
        except BlobNotFound:
            return None
        payload = memoryview(data)[_SEAL:]
        if not hmac.compare_digest(data[:_SEAL], self._seal(name, payload)):  # not ours: judged again, and replaced
            return None
        return _unpacked(payload)

    def _digest(self, delivery: PseudonymisedDelivery) -> str:
        digest = hmac.new(self._key.secret, _DOMAIN + self._same, hashlib.sha256)
        digest.update(json.dumps([delivery.key_id, delivery.aanvraagnummers]).encode("utf-8"))
        for name, table in [("aanvragen", delivery.applications), *sorted(delivery.tables.items())]:
            digest.update(f"\x00{name}\x00{len(table)}\x00".encode())
            digest.update(_content(table))
        return digest.hexdigest()

    def _seal(self, name: str, payload: bytes | memoryview) -> bytes:
        seal = hmac.new(self._key.secret, _DOMAIN + name.encode("utf-8") + b"\x00", hashlib.sha256)
        seal.update(payload)
        return seal.digest()


def parts_folder(run: RunRecord) -> str:
    """Return the folder of the finished parts of a run."""
    return f"{run.new.dataset}/{run.run_id}"


def remove_parts(installation: Workplace, run: RunRecord) -> int:
    """Remove the finished parts of a run that needs them no more; returns how many there were."""
    names = list(installation.blobs.names(Container.TUSSENSTAND, f"{parts_folder(run)}/"))
    for name in names:
        installation.blobs.delete(Container.TUSSENSTAND, name)
    return len(names)


def _content(table: pd.DataFrame) -> memoryview:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    plain = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    with pa.ipc.new_stream(sink, plain.schema) as stream:
        stream.write_table(plain)
    return memoryview(sink.getvalue())


def _packed(results: ResultSet) -> bytes:
    import pyarrow as pa

    rows = pa.Table.from_pandas(results.results, preserve_index=False)
    rows = rows.append_column(_DOCUMENT, results.documents.to_struct_array())
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(rows)
    return sink.getvalue()


def _unpacked(payload: memoryview) -> Iterator[ResultSet]:
    import pyarrow as pa

    from shared.stages.resultfiles import json_lines

    start = 0
    while start < len(payload):
        end = start + _LENGTH + int.from_bytes(payload[start : start + _LENGTH])
        with pa.ipc.open_stream(payload[start + _LENGTH : end]) as stream:
            rows = stream.read_all()
        documents = pa.RecordBatch.from_struct_array(rows.column(_DOCUMENT).combine_chunks())
        yield ResultSet(rows.drop_columns([_DOCUMENT]).to_pandas(), documents, json_lines(documents))
        start = end
