"""A leak made on purpose is found in every kind of place that the tests of this folder look in."""

from __future__ import annotations

import bz2
import gzip
import json
import logging
import lzma
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shared.adapters.sql.engine import make_engine
from shared.errors import StorageUnavailable
from tests.canary.allowed import STORED, found, leaks
from tests.canary.canaries import Aviary, What
from tests.canary.listening import Heard, listening
from tests.canary.places import in_folder
from tests.canary.searching import Search

AVIARY = Aviary(seed=8)
NUMBER = AVIARY.bsn("a test")
SEARCH = Search(AVIARY.made)


def _raised_from() -> None:
    try:
        raise KeyError(NUMBER)
    except KeyError as cause:
        raise StorageUnavailable("no answer") from cause


def _raised_while() -> None:
    try:
        raise KeyError(NUMBER)
    except KeyError:
        raise StorageUnavailable("no answer")  # noqa: B904 - as it should not be done


def _with_a_note() -> None:
    cause = ValueError("niets")
    cause.add_note(f"persoon {NUMBER}")
    raise cause


def _in_a_group() -> None:
    raise ExceptionGroup("twee", [ValueError("niets"), ValueError(NUMBER)])


def _caught_by_nobody_but_us() -> None:
    with suppress(StorageUnavailable):
        raise StorageUnavailable("no answer", where=NUMBER)


def _logged_as_an_error() -> None:
    try:
        int(f"{NUMBER}x")
    except ValueError:
        logging.getLogger("shared.runs").exception("mislukt")


def _of_azure() -> None:
    logging.getLogger("azure.core.pipeline.policies.http_logging_policy").warning("PUT %s", f"https://x/{NUMBER}")


def _of_the_database() -> None:
    engine = make_engine("sqlite://", timedelta(seconds=1))
    logging.getLogger("sqlalchemy.engine.Engine").warning("%s", [NUMBER])
    engine.dispose()


LET_OUT: dict[str, Callable[[], object]] = {
    "a log": lambda: logging.getLogger("shared.runs").info("persoon %s", NUMBER),
    "a log of debugging": lambda: logging.getLogger("shared.runs").debug("persoon %s", NUMBER),
    "an argument of a log that is not shown": lambda: logging.getLogger("x").info("rij", extra={"rij": NUMBER}),
    "a traceback in a log": _logged_as_an_error,
    "a log of azure": _of_azure,
    "a log of urllib3": lambda: logging.getLogger("urllib3.connectionpool").warning("GET /%s", NUMBER),
    "a log of the database": _of_the_database,
    "an error": lambda: (_ for _ in ()).throw(ValueError(NUMBER)),
    "an error that another came from": _raised_from,
    "an error during which another came": _raised_while,
    "a note on an error": _with_a_note,
    "a group of errors": _in_a_group,
    "an error of ours that nobody hears": _caught_by_nobody_but_us,
    "what is printed": lambda: print(NUMBER),
    "what is printed as an error": lambda: print(NUMBER, file=sys.stderr),
    "a warning": lambda: warnings.warn(NUMBER, stacklevel=1),
    "an argument of a program": lambda: subprocess.run([sys.executable, "-c", "", NUMBER], check=True),
    "the environment of a program": lambda: subprocess.run([sys.executable, "-c", ""], env={"X": NUMBER}, check=True),
    "the environment of this process": lambda: os.environ.__setitem__("CANARY", NUMBER),
    "the name of a temporary file": lambda: tempfile.NamedTemporaryFile(prefix=NUMBER).close(),
    "an address on the network": lambda: suppress_lookup(f"{NUMBER}.invalid"),
    "a database": lambda: sqlite3.connect(f"file:{NUMBER}?mode=memory", uri=True).close(),
}


def suppress_lookup(host: str) -> None:
    import socket

    with suppress(OSError):
        socket.getaddrinfo(host, 443)


@pytest.mark.parametrize("place", LET_OUT)
def test_what_is_let_out_is_heard(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", "")  # and is gone again afterwards
    with listening() as heard:
        try:
            LET_OUT[place]()
        except Exception as cause:
            heard.failed(cause)
    assert leaks(found(heard.pieces(), SEARCH), STORED)


@pytest.mark.parametrize("library", ["azure.core.pipeline", "azure.identity", "msal", "urllib3.connectionpool"])
def test_what_a_library_tells_of_its_calls_is_in_no_log_however_talkative_it_is_set(library: str) -> None:
    with listening() as heard:
        logging.getLogger(library).debug("GET /brievenbus/%s", NUMBER)
        logging.getLogger(library).info("GET /brievenbus/%s", NUMBER)
    assert found(heard.pieces(), SEARCH) == []


def test_a_span_and_a_count_are_heard() -> None:
    for tell in (_span, _count):
        heard = Heard()
        tell(heard)
        assert {hit.place for hit in found(heard.pieces(), SEARCH)} == {"telemetry"}


def test_the_clocks_of_what_is_heard_are_no_values() -> None:
    with listening() as heard:
        logging.getLogger("shared.runs").warning("klaar")
    heard.telemetry.telemetry._tracer.start_span("verwerking").end()
    _count(heard)
    told = dict(heard.pieces())
    long = {place: re.findall(rb"\d{8,}", told[place]) for place in ("telemetry", "log shared.runs")}
    assert long == {"telemetry": [NUMBER.encode()], "log shared.runs": []}


def _span(heard: Heard) -> None:
    heard.telemetry.telemetry._tracer.start_span("verwerking", attributes={"levering": NUMBER}).end()


def _count(heard: Heard) -> None:
    heard.telemetry.telemetry._runs.add(1, {"levering": NUMBER})


def _database(path: Path, *, deleted: bool = False) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE runs (reden TEXT)")
        connection.execute("INSERT INTO runs VALUES (?)", [f"{NUMBER} " * 50])
        if deleted:
            connection.commit()
            connection.execute("PRAGMA secure_delete=OFF")
            connection.execute("DELETE FROM runs")
        connection.commit()


def _behind_a_log(path: Path) -> None:
    """Leave a database whose last rows lie in its log alone, as when a worker died."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("CREATE TABLE runs (reden TEXT)")
        connection.execute("INSERT INTO runs VALUES (?)", [NUMBER])
        connection.commit()
        log = path.with_name(f"{path.name}-wal").read_bytes()
    path.unlink()
    path.with_name(f"{path.name}-wal").write_bytes(log)


def _parquet(path: Path, **options: object) -> None:
    pq.write_table(pa.table({"a": [NUMBER] * 3}), path, compression="zstd", **options)


def _footer(path: Path) -> None:
    pq.write_table(pa.table({"a": pa.array([1])}).replace_schema_metadata({"auteur": NUMBER}), path)


def _of_a_field(path: Path) -> None:
    field = pa.field("a", pa.int64(), metadata={"auteur": NUMBER})
    pq.write_table(pa.table([pa.array([1])], pa.schema([field])), path)


def _zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("binnen.json.gz", gzip.compress(json.dumps({"a": [NUMBER]}).encode()))


STORED_IN: dict[str, tuple[str, Callable[[Path], object]]] = {
    "text": ("logboek/x/deel.txt", lambda path: path.write_text(NUMBER)),
    "json": ("uitvoer/levensonderhoud/actueel.json", lambda path: path.write_text(json.dumps({"model": [NUMBER]}))),
    "lines of json": ("logboek/x/deel.jsonl", lambda path: path.write_text(f'{{"a": 1}}\n{{"b": "{NUMBER}"}}\n')),
    "a name in json": ("logboek/x/deel.jsonl", lambda path: path.write_text(f'{{"{NUMBER}": 1}}')),
    "another column of the results": (
        "uitvoer/levensonderhoud/2026-11-20/actueel.jsonl",
        lambda path: path.write_text(f'{{"advies": "{NUMBER}"}}'),
    ),
    "packed cells": ("momentopname/x/a.parquet", _parquet),
    "packed cells without a dictionary": (
        "momentopname/x/a.parquet",
        lambda path: _parquet(path, use_dictionary=False, write_statistics=False),
    ),
    "the footer of a file": ("momentopname/x/a.parquet", _footer),
    "the footer of a column": ("momentopname/x/a.parquet", _of_a_field),
    "gzip": ("rapportage/x.html.gz", lambda path: path.write_bytes(gzip.compress(NUMBER.encode()))),
    "bzip2": ("rapportage/x.bin", lambda path: path.write_bytes(bz2.compress(NUMBER.encode()))),
    "xz": ("rapportage/x.bin", lambda path: path.write_bytes(lzma.compress(NUMBER.encode()))),
    "zip": ("rapportage/x.zip", _zipped),
    "a row": ("administratie.sqlite", _database),
    "a row that was deleted": ("administratie.sqlite", lambda path: _database(path, deleted=True)),
    "the log of a database": ("administratie.sqlite", _behind_a_log),
    "the report in quarantine": ("quarantaine/x/2026-11-20/d/bevindingen.json", lambda path: path.write_text(NUMBER)),
    "what a worker left": ("uitvoer/x/.0a1b2c", lambda path: path.write_text(NUMBER)),
    "the name of a file": (f"momentopname/x/{NUMBER}.parquet", lambda path: path.write_bytes(b"")),
    "the name of a folder": (f"momentopname/{NUMBER}/x", lambda path: path.write_bytes(b"")),
}


@pytest.mark.parametrize("place", STORED_IN)
def test_what_is_stored_is_found(tmp_path: Path, place: str) -> None:
    name, write = STORED_IN[place]
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    write(tmp_path / name)
    assert leaks(found(in_folder(tmp_path), SEARCH), STORED)


def test_the_mailbox_and_quarantine_are_not_looked_in(tmp_path: Path) -> None:
    for name in ("brievenbus/x/2026-11-20/a.csv", "quarantaine/x/2026-11-20/d/levering/a.csv"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(NUMBER)
    assert found(in_folder(tmp_path), SEARCH) == []


def test_what_may_stand_in_one_place_may_not_stand_in_another(tmp_path: Path) -> None:
    aviary = Aviary(seed=9)
    line = {"aanvraagnummer": aviary.word(What.AANVRAAG, "an application"), "advies": ""}
    path = tmp_path / "uitvoer/levensonderhoud/2026-11-20/actueel.jsonl"
    path.parent.mkdir(parents=True)
    for told, wrong in ((line, 0), (line | {"advies": line["aanvraagnummer"]}, 1)):
        path.write_text(json.dumps(told))
        hits = found(in_folder(tmp_path), Search(aviary.made))
        assert [hit.place.rpartition(":")[2] for hit in leaks(hits)] == ["advies"] * wrong
