"""The table of weaknesses names for each what prevents it here, and every test that it names exists."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.repository import DOCS, ROOT, tree_of

PAGE = DOCS / "zwakke-plekken.md"
HOW_MANY = 46
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
WITHOUT_TEST = re.compile(r"geldt niet, want |komt met issue [3-8]\b")

type Row = tuple[int, str, str, str]


def _rows() -> list[Row]:
    lines = re.findall(r"(?m)^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"))
    return [(int(number), weakness, prevention, test) for number, weakness, prevention, test in lines]


def _tests_in(path: str) -> set[str]:
    functions = (node for node in ast.walk(tree_of(ROOT / path)) if isinstance(node, ast.FunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}


def test_all_of_them_are_there_in_order() -> None:
    assert [number for number, *_ in _rows()] == list(range(1, HOW_MANY + 1))


@pytest.mark.parametrize("row", _rows(), ids=lambda row: str(row[0]))
def test_a_weakness_has_a_test_that_exists_or_an_honest_word(row: Row) -> None:
    number, weakness, prevention, proof = row
    named = NAMED.findall(proof)
    assert named or WITHOUT_TEST.search(proof), f"{number} has neither"
    assert not [f"{path}::{name}" for path, name in named if name not in _tests_in(path)]
    assert len(weakness) > 10
    assert len(prevention) > 10


def test_most_of_them_have_a_test_now() -> None:
    assert sum(bool(NAMED.search(proof)) for *_, proof in _rows()) >= 35
