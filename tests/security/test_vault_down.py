"""A key vault that refuses, hangs, fails or answers nonsense: told plainly, nothing processed until it is back."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from azure.core.credentials import AccessToken, TokenCredential

from shared.adapters.azure import keys as vault_keys
from shared.adapters.azure.keys import CURRENT, KEY, KeyVault
from shared.adapters.provenkeys import ProvenKeys
from shared.adapters.sql.kept_names import kept_name
from shared.errors import KeyChanged, KeyUnavailable
from shared.sweep import run_waiting
from tests.real.identity import Vault, make_certificate, running, served
from tests.rights.removing import Scene

SECRET, OTHER = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


class Token(TokenCredential):
    """What signs in; how an app gets a token is tried in tests/real."""

    def get_token(self, *_scopes: str, **_said: object) -> AccessToken:
        return AccessToken("token-van-een-test", 2_000_000_000)


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A certificate that our libraries trust; patience of a second instead of twenty, and no pause between tries."""
    pair = make_certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pair[0]))
    monkeypatch.setattr(vault_keys, "_ANSWER_SECONDS", 1)
    monkeypatch.setattr(vault_keys, "_CONNECT_SECONDS", 1)
    monkeypatch.setattr(vault_keys, "_RETRIES", 1)
    monkeypatch.setattr("time.sleep", lambda _: None)
    return pair


@contextmanager
def refusing() -> Iterator[str]:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"https://127.0.0.1:{taken.getsockname()[1]}"


@contextmanager
def hanging() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"


@dataclass
class Answering:
    """A vault that answers every question with this."""

    status: int
    body: bytes = b'{"error": {"code": "Stuk", "message": "kanarie-in-het-antwoord"}}'

    @contextmanager
    def __call__(self, pair: tuple[Path, Path]) -> Iterator[str]:
        with serving(self, pair) as url:
            yield url


@contextmanager
def serving(answer: Answering, pair: tuple[Path, Path]) -> Iterator[str]:
    """Serve one answer over TLS; the first question, without a token, is answered as a vault does."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            signed_in = "Authorization" in self.headers
            body = answer.body if signed_in else b"{}"
            self.send_response(answer.status if signed_in else 401)
            if not signed_in:
                place = f'authorization="https://login.microsoftonline.com/0", resource="https://0.0.1:{self.server.server_address[1]}"'
                self.send_header("WWW-Authenticate", f"Bearer {place}")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with running(Handler, pair) as url:
        yield url


DOWN = {
    "refuses connections": lambda _: refusing(),
    "hangs": lambda _: hanging(),
    "401 for ever": Answering(401),
    "403": Answering(403),
    "429": Answering(429),
    "500": Answering(500),
    "503": Answering(503),
    "not json": Answering(200, b"kanarie-in-het-antwoord"),
    "json of another kind": Answering(200, b"[]"),
    "a value that is no key": Answering(200, b'{"value": "Kanarie-in-het-antwoord", "id": "https://x/secrets/a/b"}'),
}


@pytest.mark.parametrize("how", DOWN)
def test_while_the_vault_is_down_nothing_is_processed_and_when_it_is_back_everything(
    scene: Scene, pair: tuple[Path, Path], how: str
) -> None:
    scene.workshop.deliver("2026-11-20", {"zaak1001": 1})
    before = kept(scene)
    with DOWN[how](pair) as url:
        (outcome,) = run_waiting(with_vault(scene, url).installation).outcomes
    assert isinstance(outcome.failure, KeyUnavailable)
    told = str(outcome.failure)
    assert told.startswith("SC-3") and outcome.failure.next_step and "kanarie" not in told.lower()
    assert kept(scene) == before
    vault = Vault(secrets={CURRENT: "k-1", f"{KEY}k-1": SECRET})
    with served(vault, pair):
        assert not run_waiting(with_vault(scene, vault.url).installation).failed
    assert scene.sql("SELECT toestand, sleutel FROM verwerkingen") == [("afgerond", "k-1")]


def test_another_secret_under_the_same_id_in_the_vault_is_noticed_by_the_next_process(
    scene: Scene, pair: tuple[Path, Path]
) -> None:
    vault = Vault(secrets={CURRENT: "k-1", f"{KEY}k-1": SECRET})
    with served(vault, pair):
        with_vault(scene, vault.url).night("2026-11-20", {"zaak1001": 1})
        vault.secrets[f"{KEY}k-1"] = OTHER
        scene.workshop.deliver("2026-11-21", {"zaak1002": 1})
        (outcome,) = run_waiting(with_vault(scene, vault.url).installation).outcomes
        assert isinstance(outcome.failure, KeyChanged) and OTHER not in str(outcome.failure)
        assert scene.count("verwerkingen") == 1
        vault.secrets |= {CURRENT: "k-2", f"{KEY}k-2": OTHER}
        assert not run_waiting(with_vault(scene, vault.url).installation).failed
    assert scene.sql("SELECT sleutel FROM verwerkingen ORDER BY nr") == [("k-1",), ("k-2",)]


def kept(scene: Scene) -> tuple[dict[str, bytes], int, int]:
    """Everything in storage but the pointer, which tells of no delivery yet; and how much the administration holds."""
    files = {name: data for name, data in scene.workshop.everything().items() if not name.endswith("actueel.json")}
    return files, scene.count("gebeurtenissen"), scene.count("verwerkingen")


def with_vault(scene: Scene, url: str) -> Scene:
    """The scene as a new process sees it, with its keys in this vault."""
    keys = ProvenKeys(KeyVault(url, Token()), partial(kept_name, scene.app))
    return Scene(scene.workshop.with_(keys=keys), scene.app, scene.purger)
