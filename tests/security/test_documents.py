"""What the documents on security say of tests is true: each named test exists, and no requirement is left out."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

import pytest

from tests.house.repository import DOCS, ROOT, imports_of, name_of, python_files, tree_of

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
INSTEAD = ("geldt niet: ", "bij het platform: ", "bij de stad: ", "open: ")
# how many requirements of level 1 and 2 each section of ASVS 5.0.0 has; they come first in every section but as told
LEVELS_1_AND_2 = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4
5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2
8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4
11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7
16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
ALL = 253

type Row = tuple[str, ...]


def rows(page: str, heading: str = "", columns: int = 3) -> list[Row]:
    """The rows of the tables of a page (below one heading), without their heads."""
    text = (DOCS / page).read_text(encoding="utf-8")
    if heading:
        text = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [
        line
        for line in text.splitlines()
        if line.startswith("| ") and not line.startswith(("| eis", "| nr", "| wat |"))
    ]
    found = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines]
    assert found and all(len(row) == columns for row in found), [row[0] for row in found if len(row) != columns]
    return found


@lru_cache(maxsize=200)
def named_in(path: str) -> frozenset[str]:
    names = (node.name for node in ast.walk(tree_of(ROOT / path)) if isinstance(node, ast.FunctionDef))
    return frozenset(name for name in names if name.startswith("test_"))


def missing(text: str) -> list[str]:
    return [
        f"{path}::{name}"
        for path, name in NAMED.findall(text)
        if not (ROOT / path).exists() or name not in named_in(path)
    ]


def otherwise_named(text: str) -> list[str]:
    """What is said of tests in any other way than by file and name, so that nobody could see whether it is there."""
    return re.findall(r"\S*tests/\S*", NAMED.sub("", text))


@pytest.mark.parametrize("page", ["docs/asvs.md", "docs/security.md", "SECURITY.md"])
def test_every_test_that_is_named_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert not missing(text)
    assert not otherwise_named(text)


def test_a_name_that_is_no_test_would_be_found() -> None:
    assert missing("`tests/security/test_documents.py::test_that_is_not_there`")
    assert missing("`tests/security/test_gone.py::test_x`")
    for form in (
        "`tests/security/test_gone.py`",
        "tests/a.py::test_x",
        "`tests/a.py:test_x`",
        "`../tests/a.py::test_x`",
    ):
        assert otherwise_named(f"| `tests/a.py::test_a`, {form} |")
    right = "`tests/security/test_documents.py::test_a_name_that_is_no_test_would_be_found`"
    assert not missing(right) and not otherwise_named(right)


def test_every_requirement_of_level_1_and_2_stands_there_once() -> None:
    sections = [entry.split(":") for entry in LEVELS_1_AND_2.split()]
    wanted = [f"{section}.{number}" for section, many in sections for number in range(1, int(many) + 1)]
    assert len(wanted) == ALL
    told = [each for ids, *_ in rows("asvs.md") for each in ids.split(", ")]
    assert sorted(told) == sorted(wanted), set(told) ^ set(wanted)


@pytest.mark.parametrize("row", rows("asvs.md"), ids=lambda row: row[0].split(",")[0])
def test_a_requirement_has_a_test_or_an_honest_word(row: Row) -> None:
    _, what, proof = row
    assert NAMED.search(proof) or what.startswith(INSTEAD)
    assert len(what) > 10


def test_what_is_open_is_told_again_at_the_end() -> None:
    text = (DOCS / "asvs.md").read_text(encoding="utf-8").split("## Wat open staat")[1]
    opened = [ids for ids, what, _ in rows("asvs.md") if what.startswith("open: ")]
    assert opened
    assert [line.partition(":")[0].removeprefix("- ") for line in text.strip().splitlines()] == opened


def test_every_threat_has_what_stops_it_and_a_test() -> None:
    threats = rows("security.md", "Bedreigingen", 4)
    assert [number for number, *_ in threats] == [str(number) for number in range(1, len(threats) + 1)]
    assert len(threats) >= 20
    assert not [number for number, threat, stopped, proof in threats if not NAMED.search(proof) or len(stopped) < 20]


def test_the_inventory_of_cryptography_is_whole() -> None:
    told = set(re.findall(r"`(shared/[\w/]+\.py)`", (DOCS / "security.md").read_text(encoding="utf-8")))
    uses = {
        name_of(path)
        for path in python_files("shared")
        if {"hmac", "jwt", "cryptography", "secrets"} & {name.partition(".")[0] for name in imports_of(path)}
    }
    assert len(uses) > 8
    assert not uses - told
    assert not [name for name in told if not (ROOT / name).exists()]
