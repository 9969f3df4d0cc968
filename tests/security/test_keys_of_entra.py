"""Who is sent elsewhere for the keys of Entra ID does not go there: who could, would decide who comes in.

An answer that is no answer is one that did not come.
"""

from __future__ import annotations

import gc
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from shared.adapters.identity.keyset import fetch_https
from shared.errors import IdentityUnavailable
from tests.real.identity import make_certificate, running


@contextmanager
def serving(pair: tuple[Path, Path] | None, location: str = "") -> Iterator[tuple[str, list[str]]]:
    """A server that sends whoever asks on to a location, or answers; with what was asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302 if location else 200)
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(b'{"keys": []}')

        def log_message(self, *_: object) -> None:
            pass

    with running(Handler, pair) as address:
        yield f"{address}/keys", asked


def test_a_redirect_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    for other in (None, pair):  # without https, and with it
        with serving(other) as (elsewhere, reached), serving(pair, elsewhere) as (address, asked):
            with pytest.raises(IdentityUnavailable, match="HTTPError") as told:
                fetch_https(address)
            assert asked == ["/keys"] and reached == [] and "127.0.0.1" not in str(told.value)
    with serving(pair) as (address, _):
        assert fetch_https(address) == b'{"keys": []}'


def test_a_certificate_that_nobody_trusts_is_no_answer(tmp_path: Path) -> None:
    with serving(make_certificate(tmp_path)) as (address, asked), pytest.raises(IdentityUnavailable):
        fetch_https(address)
    assert asked == []


def test_an_answer_that_is_refused_leaves_no_connection_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    with warnings.catch_warnings(record=True) as told, serving(pair, "https://127.0.0.1:1/") as (address, _):
        warnings.simplefilter("always")
        for _ in range(3):
            with pytest.raises(IdentityUnavailable) as refused:
                fetch_https(address)
            del refused
            gc.collect()
    assert not [str(warning.category) for warning in told]


@pytest.mark.parametrize(
    ("sent", "told_as"),
    [
        (b"BOE\r\n\r\n", "BadStatusLine"),
        (b"", "RemoteDisconnected"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{", "IncompleteRead"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", "LineTooLong"),
    ],
    ids=["no status", "nothing", "half a chunk", "a header without end"],
)
def test_an_answer_that_is_no_http_is_an_issuer_that_is_away(
    sent: bytes, told_as: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.wfile.write(sent)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    pair = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    with running(Handler, pair) as address, pytest.raises(IdentityUnavailable, match=told_as) as told:
        fetch_https(address)
    assert told.value.__suppress_context__ and "BOE" not in str(told.value)


def test_who_connects_and_says_nothing_holds_up_neither_others_nor_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the server of these tests: it stood still for ever, and a whole test run with it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    pair = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pair[0]))
    with running(Handler, pair) as address, socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))):
        assert fetch_https(address) == b"{}"
