"""What the code that is deployed does not do, wherever in it: seen in its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.repository import ROOT, imports_of, name_of, python_files, tree_of

DEPLOYED = [ROOT / "function_app.py", *python_files("shared")]
STARTS_PROGRAMS = {"subprocess", "pty", "multiprocessing", "ctypes", "socketserver", "xmlrpc", "ftplib", "telnetlib"}
GIVES_BACK = "shared/stages/memory.py"  # asks the C library that Python runs on for one thing, and gives it a zero
WEAK = {"md5", "sha1", "new_md5", "DES", "ARC4", "ECB", "MT19937"}
RUNS_CODE = {"loads_pickle", "read_pickle", "to_pickle", "allow_pickle", "load_module", "exec_module", "literal_eval"}


def names_in(path: Path) -> Iterator[str]:
    """Every name, attribute and keyword in a file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg


def attributes_of(path: Path, module: str) -> set[str]:
    """What is used of a module by `module.name`."""
    return {
        node.attr
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == module
    }


def test_what_is_deployed_starts_no_program_and_opens_no_port() -> None:
    found = {name_of(path): names for path in DEPLOYED if (names := set(imports_of(path)) & STARTS_PROGRAMS)}
    assert found == {GIVES_BACK: {"ctypes"}}
    given_back = (ROOT / GIVES_BACK).read_text(encoding="utf-8")
    assert given_back.count("ctypes.") == given_back.count('ctypes.CDLL(None), "malloc_trim"') == 1
    system = {
        name_of(path): used for path in DEPLOYED if (used := attributes_of(path, "os") & {"system", "popen", "fork"})
    }
    assert not system
    assert not {name_of(path) for path in DEPLOYED if attributes_of(path, "socket") - {"gethostname"}}


def test_no_weak_hash_and_no_guessable_chance() -> None:
    assert not {name_of(path): used for path in DEPLOYED if (used := set(names_in(path)) & WEAK)}
    assert not {name_of(path) for path in DEPLOYED if "random" in set(imports_of(path))}
    hashes = {each for path in DEPLOYED for each in attributes_of(path, "hashlib")}
    assert hashes == {"sha256"}
    assert {each for path in DEPLOYED for each in attributes_of(path, "hmac")} <= {
        "new",
        "digest",
        "compare_digest",
        "HMAC",
    }
    assert {each for path in DEPLOYED for each in attributes_of(path, "secrets")} <= {
        "token_bytes",
        "token_hex",
        "token_urlsafe",
    }
    assert not {name_of(path) for path in DEPLOYED if attributes_of(path, "uuid") & {"uuid1", "uuid3"}}


def test_nothing_reads_data_as_code_by_another_way() -> None:
    assert not {name_of(path): used for path in DEPLOYED if (used := set(names_in(path)) & RUNS_CODE)}
    assert not [path.name for path in (ROOT / "models").rglob("*") if path.suffix in (".pkl", ".joblib", ".npy", ".py")]
    assert not {
        name_of(path)
        for path in DEPLOYED
        if {"yaml", "xml", "lxml", "shelve"} & {n.split(".")[0] for n in imports_of(path)}
    }


def test_a_secret_is_compared_in_constant_time() -> None:
    """Where a signature or check is held against what somebody sent, it is by `compare_digest`."""
    comparing = {name_of(path) for path in DEPLOYED if "compare_digest" in set(names_in(path))}
    assert comparing >= {"shared/pages/csrf.py", "shared/rights/requests.py", "shared/adapters/provenkeys.py"}
