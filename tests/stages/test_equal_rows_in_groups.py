"""Equal rows are found a group at a time, and the same ones as all at once, however many there are."""

from __future__ import annotations

import hashlib
import io
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from shared.stages import csvfile, equalrows
from shared.stages.equalrows import equal_rows, marks_of
from shared.stages.rowstore import RowStore
from tests.stages.deliveries import codes, read_one

TEXTS = np.array(["a", "b", "Á", "", "a "])


def table(draw: np.random.Generator, rows: int, different: int) -> pd.DataFrame:
    """Return typed rows as they lie in a store, at rising positions, with so many texts and numbers."""
    texts = pd.Categorical(TEXTS[draw.integers(0, different, rows)])
    numbers = pd.array(draw.integers(0, different, rows), dtype="Int64")
    numbers[draw.random(rows) < 0.2] = pd.NA
    frame = pd.DataFrame({"tekst": texts, "getal": numbers})
    return frame.set_axis(np.sort(draw.choice(5 * rows + 1, rows, replace=False)))


@pytest.mark.parametrize("different", [1, 2, 5])
@pytest.mark.parametrize("marks", [1, 3, 2**60], ids=["all the same mark", "few marks", "a mark of their own"])
@pytest.mark.parametrize("at_once", [1, 2, 7, 1_000])
def test_the_same_rows_are_equal_whatever_is_compared_at_once(
    at_once: int, marks: int, different: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(equalrows, "_AT_ONCE", at_once)
    draw = np.random.default_rng(at_once * different)
    for rows in (1, 2, 3, 40):
        frame = table(draw, rows, different)
        store = RowStore(io.BytesIO)
        cuts = [0, *np.sort(draw.integers(0, rows + 1, 3)).tolist(), rows]
        for begin, end in pairwise(cuts):
            store.add(frame.iloc[begin:end])
        hashed = pd.util.hash_pandas_object(frame, index=False).to_numpy() % np.uint64(marks)
        found = equal_rows(store, frame.index.to_numpy(), hashed)
        assert found.tolist() == frame.index[frame.duplicated()].tolist()
        store.close()


@pytest.mark.parametrize("at_once", [1, 4, 100])
def test_rows_of_a_file_come_some_at_a_time_with_the_same_result(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b"partijnr,persoonnr\n" + b"".join(b"p%d,1\n" % (number // 2) for number in range(21))
    whole = read_one("partijen", raw, 21)
    monkeypatch.setattr(csvfile, "_ROWS_AT_ONCE", at_once)
    cut = read_one("partijen", raw, 21)
    assert codes(cut.findings) == ["LEV-404"] and cut.findings == whole.findings
    assert cut.frame is not None and whole.frame is not None
    pd.testing.assert_frame_equal(cut.frame, whole.frame, check_categorical=False)


def test_nobody_can_make_rows_that_share_a_mark() -> None:
    """Millions of them would be compared all together, in memory; equal rows still have the same mark."""
    first = np.arange(1_000)
    rows = pd.DataFrame({"een": first, "twee": _to_share(first)})
    assert len(np.unique(pd.util.hash_pandas_object(rows, index=False))) == 1, "made for a key that everybody knows"
    files = [hashlib.sha256(content).hexdigest() for content in (b"een", b"twee", b"drie")]
    for sha256 in files:
        assert len(np.unique(marks_of(rows, sha256))) == len(rows)
        assert len(np.unique(marks_of(pd.concat([rows, rows]), sha256))) == len(rows)
    texts = pd.DataFrame({"tekst": pd.Categorical(["a", "b"])})
    assert marks_of(texts, f"{'0' * 16}{'1' * 48}").tolist() != marks_of(texts, "1" * 64).tolist(), "of texts too"
    for some in (rows, texts):
        assert len({tuple(marks_of(some, sha256).tolist()) for sha256 in files}) == len(files)


def test_numbers_that_pandas_hashes_to_nearly_the_same_do_not_share_marks_in_other_columns() -> None:
    """Hashes that differ in their highest bits alone would do so in their sum too, in however many columns they are."""
    alike = _with_hash(np.uint64(12_345) ^ (np.arange(8, dtype=np.uint64) << np.uint64(61)))
    rows = pd.DataFrame(dict(zip("abcd", map(np.ravel, np.meshgrid(alike, alike, alike, alike)), strict=True)))
    assert len(np.unique(pd.util.hash_pandas_object(rows, index=False))) <= 8, "made for a key that everybody knows"
    for content in (b"een", b"twee", b"drie"):
        assert len(np.unique(marks_of(rows, hashlib.sha256(content).hexdigest()))) == len(rows) == 8**4


def _to_share(first: np.ndarray) -> np.ndarray:
    """Return what must stand beside these numbers for all rows to have one mark in pandas: of two numbers it takes
    (a ^ (b ^ 3430008) * 1000003) * 1082527, with b the hash of the first."""
    return _with_hash((pd.util.hash_array(first) ^ np.uint64(0x345678)) * np.uint64(1_000_003))


def _with_hash(wanted: np.ndarray) -> np.ndarray:
    """Return the numbers that have these hashes in pandas: its hash of a number has an inverse."""
    for shift, factor in ((31, 0x94D049BB133111EB), (27, 0xBF58476D1CE4E5B9), (30, 1)):
        undone = wanted.copy()
        for _ in range(3):
            undone = wanted ^ (undone >> np.uint64(shift))
        wanted = undone * np.uint64(pow(factor, -1, 2**64))
    return wanted.view(np.int64)
