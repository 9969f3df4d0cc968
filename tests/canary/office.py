"""An installation as it is set by the environment, with a key file, in which people work with planted deliveries."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from shared import bootstrap, cli
from shared.access import Role
from tests.api.calling import Client, Said
from tests.api.conftest import Site
from tests.canary.canaries import What
from tests.canary.listening import Heard, listening
from tests.canary.places import Piece, in_folder
from tests.canary.planting import Planted, delivery_of, groups_of, outcomes_of, planted, post
from tests.canary.rounds import Storage, secret_keys
from tests.followup.posting import GROUPS, OUTCOMES

HELD = "2026-11-22"


@dataclass
class Office:
    """A storage, what is planted in it, and everything that was heard and answered."""

    root: Path
    made: Planted
    heard: list[Heard] = field(default_factory=list)
    answers: list[Piece] = field(default_factory=list)

    def type(self, where: str) -> str:
        """Return words with a canary, as somebody types them."""
        return f"omdat {self.made.aviary.word(What.GETYPT, where)} belde"

    def command(self, *arguments: str) -> int:
        """Type a command at the terminal."""
        with self.listening():
            return cli.main(arguments)

    @contextmanager
    def listening(self) -> Iterator[Heard]:
        with listening() as heard:
            self.heard.append(heard)
            yield heard

    def pieces(self) -> list[Piece]:
        """Return everything that is stored, was answered or was let out."""
        return [*in_folder(self.root), *self.answers, *(piece for heard in self.heard for piece in heard.pieces())]


@dataclass(frozen=True)
class Overheard(Client):
    """Somebody whose every answer is kept, by what was asked and what came of it."""

    office: Office

    def call(self, method: str, url: str, body: object = None, *, raw: bytes | None = None, **headers: str) -> Said:
        with self.office.listening():
            said = super().call(method, url, body, raw=raw, **headers)
        place = f"answer {said.status} {method} {_route(url)}"
        self.office.answers += [
            (f"{place} (headers)", repr(said.headers).encode()),
            (f"{place} (body)", said.body),
        ]
        return said


def _route(url: str) -> str:
    """Return an address without what tells one thing from another."""
    parts = url.partition("?")[0].split("/")
    return "/".join("*" if any(letter.isdigit() for letter in part) and part != "v1" else part for part in parts)


def overheard(office: Office, site: Site, *roles: Role, who: str = "") -> Overheard:
    """Return somebody with these roles."""
    return Overheard(site.app, site.as_(*roles, who=who).headers, office)


def opened(root: Path, patch: pytest.MonkeyPatch) -> Office:
    """Return an installation in which deliveries of all kinds were processed, one is held and one was rejected."""
    made = planted(3)
    keys = secret_keys(made.aviary)
    secret = root / "geheim"
    secret.mkdir(mode=0o700, parents=True)
    _write_secret(secret / "sleutel.json", {"huidig": "k-1", "sleutels": {"k-1": base64.b64encode(keys.key).decode()}})
    _write_secret(secret / "doelgroepadressen.json", [dict(address) for address in keys.addresses])
    patch.setenv("SLIMME_CHECK_OPSLAG", str(root))
    patch.setenv("SLIMME_CHECK_LOGNIVEAU", "DEBUG")
    bootstrap.let_go()  # of what another test had set
    storage = Storage(root, keys)
    post(delivery_of(made, strange=True), root)
    post(delivery_of(made, van="2026-11-21", tot="2026-11-22"), root, HELD)
    wrong = delivery_of(made, van="2026-11-22", tot="2026-11-23")
    wrong.files["adressen.csv"] += b"x"
    post(wrong, root, "2026-11-23")
    outcomes_of(storage.desk(OUTCOMES), made)
    groups_of(storage.desk(GROUPS), made)
    storage.let_go()
    office = Office(root, made)
    assert office.command("run") == 0
    assert storage.states() == {"afgerond": 3, "aangehouden": 1, "afgekeurd": 1}
    return office


def _write_secret(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document))
    path.chmod(0o600)
