"""No file of the project holds a secret; a planted one of every kind is found."""

from __future__ import annotations

import base64
import re
import subprocess

import pytest

from tests.house.repository import ROOT

KINDS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}"),
    "connection string": re.compile(r"AccountKey=[A-Za-z0-9+/]{40,}|SharedAccessKey=[A-Za-z0-9+/]{20,}"),
    "signed address": re.compile(r"[?&]sig=[A-Za-z0-9%+/]{30,}"),
    "token": re.compile(r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}"),
    "token of GitHub or PyPI": re.compile(r"\b(?:ghp_|github_pat_|pypi-)[A-Za-z0-9_]{30,}"),
    "key of AWS": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "password in an address": re.compile(
        r"\b[a-z+]+://[^\s:/@{}$]+:(?!\*+@|geheim@)[^\s:/@{}$]{6,}@(?!\w+\.example\b)[a-z0-9.-]+\.[a-z]{2,}"
    ),
    "secret of Entra ID": re.compile(r"\b[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31}\b"),
    "key of ours": re.compile(r'"sleutels"\s*:\s*\{\s*"[a-z0-9-]{1,32}"\s*:\s*"[A-Za-z0-9+/]{43}="'),
}
PLANTED = {
    "private key": "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0B",
    "connection string": "AccountName=a;Account" + "Key=" + "aB3" * 20,
    "signed address": "https://a.blob.core.windows.net/b?sv=1&si" + "g=" + "aB3%2B" * 8,
    "token": "eyJ" + "a" * 20 + ".eyJ" + "b" * 20 + "." + "c" * 43,
    "token of GitHub or PyPI": "gh" + "p_" + "a1" * 18,
    "key of AWS": "AK" + "IA" + "ABCDEFGH12345678",
    "password in an address": "postgresql://app:" + "geheim99" + "@db.postgres.database.azure.com/app",
    "secret of Entra ID": "abc8" + "Q~" + "a" * 31,
    "key of ours": '{"huidig": "k-1", "sleutels": {"k-1": "' + base64.b64encode(bytes(range(32))).decode() + '"}}',
}


def test_no_file_of_the_project_holds_a_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    files = [ROOT / name for name in listed.decode().split("\0") if name]
    assert len(files) > 500
    found = {
        f"{path.relative_to(ROOT)}: {kind}"
        for path in files
        if path.is_file()
        for kind, pattern in KINDS.items()
        if pattern.search(path.read_bytes().decode("utf-8", "replace"))
    }
    assert not found


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_secret_is_found(kind: str) -> None:
    assert KINDS[kind].search(PLANTED[kind])


def test_what_holds_secrets_on_a_machine_is_not_kept() -> None:
    for name in ("local.settings.json", "werk/geheim/sleutel.json", ".venv-audit/bin/python"):
        assert subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False).returncode == 0, name
