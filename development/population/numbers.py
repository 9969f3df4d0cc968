"""Writes running indices as numbers of invented people, parties and services.

A person number looks like the nine digits of the register, but its check digit is always wrong: it fails the
11-proef, so it can be nobody's. Numbers of parties and services have ten digits, which no citizen number has.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .frames import EMPTY, Bools, Ints

_PERSONS = 10**8
_OTHERS = 9 * 10**9
# Coprime with the ranges above, so that different indices always get different numbers.
_STRIDE = 61_803_397
_PARTIJ, _DIENST = 7, 3


def person_numbers(index: Ints, seed: int) -> Ints:
    """Gives each person index its own nine-digit number that fails the 11-proef."""
    stem = (index * _STRIDE + _offset(seed, _PERSONS)) % _PERSONS
    check = np.zeros_like(stem)
    rest = stem.copy()
    for weight in range(2, 10):
        check += weight * (rest % 10)
        rest //= 10
    return stem * 10 + (check % 11 + 1) % 10


def passes_elfproef(number: Ints) -> Bools:
    """Tells which nine-digit numbers could be citizen numbers."""
    check = -(number % 10)
    rest = number // 10
    for weight in range(2, 10):
        check += weight * (rest % 10)
        rest //= 10
    return np.asarray(check % 11 == 0)


def person_text(index: Ints, seed: int) -> pa.Array:
    """Writes person indices as nine digits, leading zeros kept; EMPTY stays empty."""
    return _text(person_numbers(np.where(index == EMPTY, 0, index), seed), index, width=9)


def partij_text(index: Ints, seed: int) -> pa.Array:
    """Writes party indices as ten digits."""
    return _text(10**9 + _scattered(index, seed * 11 + _PARTIJ), index, width=10)


def dienst_text(index: Ints, seed: int) -> pa.Array:
    """Writes service indices as ten digits."""
    return _text(10**9 + _scattered(index, seed * 11 + _DIENST), index, width=10)


def _scattered(index: Ints, seed: int) -> Ints:
    return (np.where(index == EMPTY, 0, index) * 7 * _STRIDE + _offset(seed, _OTHERS)) % _OTHERS


def _offset(seed: int, size: int) -> int:
    return int(np.random.default_rng([seed, size]).integers(size))


def _text(number: Ints, index: Ints, width: int) -> pa.Array:
    text = pc.utf8_lpad(pa.array(number).cast(pa.string()), width, padding="0")
    return pc.if_else(pa.array(index == EMPTY), pa.scalar(None, pa.string()), text)
