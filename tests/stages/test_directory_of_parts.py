"""In which parts a number is needed is found as by looking through all of them, one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared.levensonderhoud.parts import _Directory

MARKS = st.sampled_from([0, 1, 2, 5, 2**63, 2**63 + 1, 2**64 - 1])  # 0: of a number that is empty
NEEDS = st.lists(st.tuples(MARKS, st.integers(0, 3)), max_size=12)


def directory(needs: list[tuple[int, int]]) -> _Directory:
    marks, parts = zip(*needs, strict=True) if needs else ((), ())
    return _Directory(np.array(marks, dtype=np.uint64), np.array(parts, dtype=np.int64))


def found(of: _Directory, asked: list[int]) -> list[tuple[int, int]]:
    places, parts = of.find(np.array(asked, dtype=np.uint64))
    return list(zip(places.tolist(), parts.tolist(), strict=True))


def looked_for(needs: list[tuple[int, int]], asked: list[int]) -> list[tuple[int, int]]:
    return [(at, part) for at, mark in enumerate(asked) for part in sorted({p for m, p in needs if m == mark != 0})]


@given(NEEDS, st.lists(MARKS, max_size=6))
def test_every_part_is_found_in_which_a_mark_is_needed_and_each_once(
    needs: list[tuple[int, int]], asked: list[int]
) -> None:
    assert found(directory(needs), asked) == looked_for(needs, asked)


@given(NEEDS, NEEDS, NEEDS, st.lists(MARKS, max_size=6))
def test_one_with_all_of_others_finds_what_any_of_them_does(
    first: list[tuple[int, int]], second: list[tuple[int, int]], third: list[tuple[int, int]], asked: list[int]
) -> None:
    whole = directory(first).with_all_of(directory(second), directory(third))
    assert found(whole, asked) == looked_for([*first, *second, *third], asked)
