"""Who sends slowly or without end waits alone: others are answered, and no more than a megabyte is taken."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest
import uvicorn

from shared.access import Role
from shared.api import PREFIX
from shared.api.guard import LARGEST_BODY
from tests.api.conftest import Site, make_site, nights, site

__all__ = ["make_site", "nights", "site"]

SLOW = 100
PATIENCE = 30  # seconds before a test gives up; nothing is measured
PATH = f"{PREFIX}/aanvragen/_zoek"


@pytest.fixture
def port(site: Site) -> Iterator[int]:
    """Where the app is served, by the server of `make serve`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(site.app, log_level="critical", server_header=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        server.force_exit = server.should_exit = True
        thread.join(PATIENCE)


def opened(port: int, first: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    connection.sendall(first)
    return connection


def head(site: Site, *lines: str) -> bytes:
    token = site.as_(Role.BEHANDELAAR).headers["authorization"]
    said = (f"POST {PATH} HTTP/1.1", "Host: localhost", f"Authorization: {token}", "Content-Type: application/json")
    return "\r\n".join((*said, *lines, "", "")).encode()


def status_of(port: int) -> int:
    client = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    client.request("GET", f"{PREFIX}/gezondheid")
    answer = client.getresponse()
    answer.read()
    client.close()
    return answer.status


@pytest.mark.parametrize("where", ["in the headers", "in the body", "before a word"])
def test_a_hundred_who_send_a_byte_and_wait_keep_nobody_from_an_answer(site: Site, port: int, where: str) -> None:
    whole = head(site, "Content-Length: 900000")
    first = {"in the headers": whole[:40], "in the body": whole + b"{", "before a word": b""}[where]
    with ExitStack() as held:
        slow = [held.enter_context(opened(port, first)) for _ in range(SLOW)]
        for _ in range(3):
            assert status_of(port) == 200
            for connection in slow if first else ():
                connection.sendall(b" " if where == "in the body" else b"x")
        assert status_of(port) == 200


@pytest.mark.parametrize(
    "lines", [("Transfer-Encoding: chunked",), ("Content-Length: 999999999",)], ids=["chunked", "told"]
)
def test_a_body_without_end_is_refused_at_a_megabyte(site: Site, port: int, lines: tuple[str, ...]) -> None:
    chunk = b" " * 65_536
    with opened(port, head(site, *lines)) as connection:
        sent = 0
        try:
            while sent < 40 * LARGEST_BODY:
                connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk) if "chunked" in lines[0] else chunk)
                sent += len(chunk)
        except OSError:
            pass  # the server has had enough
        try:
            answer = connection.recv(65_536)
        except OSError:  # closed before we read what it said
            answer = b""
    assert answer.startswith(b"HTTP/1.1 413") or (answer == b"" and sent < 40 * LARGEST_BODY)
    assert status_of(port) == 200


@pytest.mark.parametrize(
    "broken",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"k" * 200_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX\x00: kanarie\r\n\r\n",
        b"kanarie\r\n\r\n",
    ],
    ids=["two lengths", "a long header", "a NUL in a name", "no http"],
)
def test_what_is_no_request_is_refused_before_the_app(port: int, broken: bytes) -> None:
    with opened(port, broken) as connection:
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 400") and b"kanarie" not in answer
    assert status_of(port) == 200
