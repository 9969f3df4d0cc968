"""What a deployment, and who is called at night, need beside the app itself: docs/uitrol.md, docs/runbook.md."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url

from development.deploying import restore, smoke
from development.deploying.borrowed import borrow
from development.deploying.identities import SCRIPT, admit, let_in, make_known, read_principals
from development.deploying.package import ROOT, build
from shared.adapters.azure.blobs import AzureStore
from shared.adapters.azure.identity import DEVELOPER, credential, database_password
from shared.adapters.chosen import blobs_of, engine_of
from shared.adapters.folder import FolderStore
from shared.environment import PREFIX
from shared.errors import SlimmeCheckError
from shared.events import HERE
from shared.ports import BlobStore, Container
from shared.settings import Settings, read_settings


def main() -> int:
    """Run one command; an error is one sentence on stderr and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m development.deploying", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    package = commands.add_parser("package", help="build the zip of the app and its description")
    package.add_argument("--to", type=Path, default=ROOT / "werk" / "pakket")
    package.set_defaults(run=_package)
    for add in (_grant_parser, _smoke_parser, _copy_parsers):
        add(commands)
    given = parser.parse_args()
    try:
        code: int = given.run(given)
    except SlimmeCheckError as error:
        print(error, file=sys.stderr)
        return 1
    return code


def _grant_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("grant", help="let the identities into the database that the settings name")
    parser.add_argument("principals", nargs="+", metavar="NAME=PRINCIPAL:OBJECT-ID")
    parser.set_defaults(run=_grant)
    parser = commands.add_parser("admit", help="let a person look into the database until the next grant")
    parser.add_argument("person", metavar="PRINCIPAL:OBJECT-ID")
    parser.set_defaults(run=_admit)
    parser = commands.add_parser(
        "as", help="run a command with the settings of an app (JSON of az, on stdin), as oneself"
    )
    parser.add_argument("name", help="who one is in the database")
    parser.add_argument("words", nargs="+", metavar="COMMAND", help="such as: shared verify-audit")
    parser.set_defaults(run=_as)


def _smoke_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("smoke", help="deliver as Leverancier, read as Dataverkenner, or ask for its health")
    steps = parser.add_subparsers(required=True)
    for name, run, to in (("deliver", _deliver, "storage"), ("read", _read, "storage"), ("health", _health, "address")):
        step = steps.add_parser(name)
        step.add_argument(to, help="an address (https://…), or a folder to try it without Azure")
        if name != "health":
            step.add_argument("--note", type=Path, default=ROOT / "werk" / "rooktest.json")
        step.set_defaults(run=run)


def _copy_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    again = commands.add_parser("removals", help="say what was removed and is there again, after any restore")
    again.set_defaults(run=_removals)
    for name, run, says in (
        ("backup", _backup, "write the database that the settings name to a file"),
        ("restore", _restore, "fill the empty database that the settings name, and say what must be done again"),
    ):
        parser = commands.add_parser(name, help=says)
        parser.add_argument("file", type=Path)
        parser.set_defaults(run=run)


def _backup(given: argparse.Namespace) -> int:
    restore.back_up(_signed_in(read_settings(os.environ)), given.file)
    print(f"{given.file}: {given.file.stat().st_size} bytes")
    return 0


def _restore(given: argparse.Namespace) -> int:
    config = read_settings(os.environ)
    engine = engine_of(config)
    version = restore.put_back(given.file, _signed_in(config), engine)
    print(f"De database is teruggezet en heeft versie {version}.")
    return _removals(given)


def _removals(_: argparse.Namespace) -> int:
    config = read_settings(os.environ)
    for removal in restore.to_repeat(blobs_of(config), engine_of(config)):
        print(
            f"Opnieuw te verwijderen: {removal.what} ({removal.number}; gebeurtenis {removal.event}, {removal.ground})."
        )
    print("Controleer nu het auditlog: python -m shared verify-audit")
    return 0


def _signed_in(config: Settings) -> URL:
    """Return the address of the database, with a token as its password where the settings say so."""
    url = make_url(config.database)
    return url.set(password=database_password(credential(config.identity))()) if config.database_entra else url


def _store(place: str) -> BlobStore:
    """Return the storage at an address, as who is signed in with `az login`; or a folder."""
    if not place.startswith("https://"):
        return FolderStore(Path(place))
    return AzureStore(dict.fromkeys(map(str, Container), place), credential(DEVELOPER))


def _grant(given: argparse.Namespace) -> int:
    config, principals = read_settings(os.environ), read_principals(given.principals)
    with _connected(_server(config)) as connection:
        make_known(connection, principals)
    with _connected(config) as connection:
        for line in let_in(connection, principals, SCRIPT.read_text(encoding="utf-8")):
            print(line)
    return 0


def _admit(given: argparse.Namespace) -> int:
    config, principals = read_settings(os.environ), read_principals([f"person={given.person}"])
    with _connected(_server(config)) as connection:
        make_known(connection, principals, "user")
    with _connected(config) as connection:
        admit(connection, principals["person"][0])
    return 0


def _as(given: argparse.Namespace) -> int:
    borrowed = borrow(json.load(sys.stdin), given.name)
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return subprocess.run([sys.executable, "-m", *given.words], env=others | borrowed, check=False).returncode  # noqa: S603


def _server(config: Settings) -> Settings:
    address = make_url(config.database).set(database="postgres").render_as_string(hide_password=False)
    return dataclasses.replace(config, database=address)


@contextlib.contextmanager
def _connected(config: Settings) -> Iterator[Connection]:
    engine = engine_of(config)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _deliver(given: argparse.Namespace) -> int:
    now = datetime.now(HERE)
    delivered = smoke.deliver(_store(given.storage), now, smoke.number_of(now))
    given.note.parent.mkdir(parents=True, exist_ok=True)
    given.note.write_text(delivered.as_text(), encoding="utf-8")
    print(f"{delivered.levering}: {len(delivered.numbers)} invented applications delivered")
    return 0


def _read(given: argparse.Namespace) -> int:
    delivered = smoke.Delivered.of_text(given.note.read_text(encoding="utf-8"))
    number = smoke.wait_for_results(_store(given.storage), delivered)
    print(f"{delivered.levering}: {number} applications have their result")
    return 0


def _health(given: argparse.Namespace) -> int:
    smoke.check_health(given.address)
    print(f"{given.address} works, and judges the golden case as it should")
    return 0


def _package(given: argparse.Namespace) -> int:
    built = build(given.to)
    packed, unpacked = built.bytes_packed / 1e6, built.bytes_unpacked / 1e6
    print(f"{built.path}: {built.files} files, {packed:.0f} MB, unpacked {unpacked:.0f} MB")
    print(built.sbom)
    return 0


if __name__ == "__main__":
    sys.exit(main())
