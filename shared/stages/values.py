"""Turns delivered columns into typed ones: the same value from csv and Parquet, and no value in any message.

Every reader returns the typed column, which rows are empty and which cannot be read. Text is read once per different
value, so that a million rows cost little more than their dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shared.dataset import Kind

# Socrates writes 2382-12-31 for "no end"; from here on a date is empty (domain.md §2)
NO_END_FROM = datetime(2100, 1, 1)
_EPOCH = datetime(1970, 1, 1)
_DAY = 86_400_000_000
_NO_END_MICROSECONDS = int((NO_END_FROM - _EPOCH).total_seconds()) * 1_000_000
_FIRST_MICROSECOND = int((datetime(1, 1, 1) - _EPOCH).total_seconds()) * 1_000_000
_INT64 = range(-(2**63), 2**63)
_CENT = Decimal("0.01")
# holds every decimal128 and every amount that fits int64, so that an amount is rounded once and not twice
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
NUMBER_LENGTH = 128
LONGEST_FIELD = 1_000_000  # bytes; a file with a longer one is refused before it costs memory

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?", re.ASCII)
_MOMENT_RE2 = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?\z"
_DATE_RE2 = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
# these always fit 64 bits, and a double to the cent; longer ones are read one by one
_INTEGER_RE2 = r"\A-?[0-9]{1,18}\z"
_AMOUNT_RE2 = r"\A-?[0-9]{1,12}(\.[0-9]{1,2})?\z"
# more than 19 digits that count do not fit, and Python refuses to read very many
_INTEGER = re.compile(r"(-?)0*(\d{1,19})", re.ASCII)
_AMOUNT = re.compile(r"(-?)0*(\d{1,19}(?:\.\d{1,2})?)", re.ASCII)


@dataclass(frozen=True)
class TypedColumn:
    """A column after reading: `values` (empty where `empty` or `unreadable`), both masks over the rows."""

    values: pd.Series
    empty: np.ndarray
    unreadable: np.ndarray


class _UnreadableError(ValueError):
    """Says that one value does not have the form of its type; carries no value."""


def _integer(text: str) -> int:
    form = _INTEGER.fullmatch(text)
    if not form or (number := int("".join(form.groups()))) not in _INT64:
        raise _UnreadableError
    return number


def _cents_of(amount: Decimal) -> int:
    try:
        cents = int(amount.quantize(_CENT, context=_EXACT).scaleb(2, context=_EXACT))
    except (InvalidOperation, OverflowError, ValueError):
        raise _UnreadableError from None
    if cents not in _INT64:
        raise _UnreadableError
    return cents


def _amount_text(text: str) -> int:
    form = _AMOUNT.fullmatch(text)
    if not form:
        raise _UnreadableError
    return _cents_of(Decimal("".join(form.groups())))


def _amount_number(number: float | Decimal) -> int:
    # repr() of a double is the shortest decimal that means it: 0.1 is ten cents, not 0.1000000000000000055
    amount = number if isinstance(number, Decimal) else Decimal(repr(number))
    if not amount.is_finite():
        raise _UnreadableError
    return _cents_of(amount)


def _moment(text: str) -> int:
    if not _MOMENT.fullmatch(text):
        raise _UnreadableError
    return _microseconds(text)


def _date(text: str) -> int:
    if not _DATE.fullmatch(text):
        raise _UnreadableError
    return _microseconds(text)


def _microseconds(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _UnreadableError from None
    since = moment.replace(tzinfo=UTC) - _EPOCH.replace(tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


# per value: the number that it means, is it empty, and is it refused
type _Read = tuple[np.ndarray, np.ndarray, np.ndarray]


def _one_by_one[V](values: pa.Array, read: Callable[[V], int]) -> _Read:
    """Return what `read` makes of each value."""
    numbers = np.zeros(len(values), dtype=np.int64)
    empty = np.zeros(len(values), dtype=bool)
    refused = np.zeros(len(values), dtype=bool)
    for position, value in enumerate(values.to_pylist()):
        if value is None or value == "":
            empty[position] = True
            continue
        try:
            numbers[position] = read(value)
        except _UnreadableError:
            refused[position] = True
    return numbers, empty, refused


def _at_once(text: pa.Array, form: str, cast: Callable[[pa.Array], pa.Array]) -> _Read | None:
    """Return what `_one_by_one` would, faster; None where some value does not have this form or cannot be cast."""
    empty = pc.equal(pc.fill_null(text, ""), "")
    filled = pc.if_else(empty, None, text)
    if not pc.all(pc.match_substring_regex(filled, form), min_count=0).as_py():
        return None
    try:
        numbers = cast(filled)
    except pa.ArrowInvalid:
        return None
    nothing = np.zeros(len(numbers), dtype=bool)
    return (
        pc.fill_null(numbers, 0).to_numpy(zero_copy_only=False).astype(np.int64),
        empty.to_numpy(zero_copy_only=False),
        nothing,
    )


def _integers(text: pa.Array) -> _Read | None:
    return _at_once(text, _INTEGER_RE2, lambda filled: pc.cast(filled, pa.int64()))


def _amounts(text: pa.Array) -> _Read | None:
    return _at_once(text, _AMOUNT_RE2, lambda filled: pc.round(pc.multiply(pc.cast(filled, pa.float64()), 100)))


def _amount_texts(different: pa.Array) -> _Read:
    return _amounts(different) or _one_by_one(different, _amount_text)


def _date_texts(different: pa.Array) -> _Read:
    return _dates(different) or _one_by_one(different, _date)


def _moments(text: pa.Array) -> _Read | None:
    return _at_once(text, _MOMENT_RE2, _microseconds_at_once)


def _dates(text: pa.Array) -> _Read | None:
    return _at_once(text, _DATE_RE2, _microseconds_at_once)


def _microseconds_at_once(filled: pa.Array) -> pa.Array:
    return pc.cast(pc.cast(filled, pa.timestamp("us")), pa.int64())


def _each_different(column: pa.ChunkedArray, read: Callable[[pa.Array], _Read]) -> _Read:
    """Return what `read` makes of the values of a column, each different one read once."""
    encoded = column.combine_chunks().dictionary_encode()
    numbers, empty, refused = read(encoded.dictionary)
    rows = encoded.indices.fill_null(len(numbers)).to_numpy(zero_copy_only=False)
    # the last one is a null of Parquet
    return np.append(numbers, 0)[rows], np.append(empty, True)[rows], np.append(refused, False)[rows]


def _whole(numbers: np.ndarray, empty: np.ndarray, refused: np.ndarray) -> TypedColumn:
    values = pd.arrays.IntegerArray(numbers.astype(np.int64, copy=True), empty | refused)
    return TypedColumn(pd.Series(values), empty, refused)


def _times(numbers: np.ndarray, empty: np.ndarray, refused: np.ndarray) -> TypedColumn:
    empty = empty | ((numbers >= _NO_END_MICROSECONDS) & ~refused)
    refused = refused | ((numbers < _FIRST_MICROSECOND) & ~empty)  # year 0, which Arrow knows and Python does not
    moments = np.where(empty | refused, np.datetime64("NaT", "us"), numbers.astype("datetime64[us]"))
    return TypedColumn(pd.Series(moments), empty, refused)


def _parquet_integers(column: pa.ChunkedArray) -> TypedColumn:
    array = column.combine_chunks()
    empty = array.is_null().to_numpy(zero_copy_only=False)
    numbers = array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return _whole(numbers, empty, np.zeros(len(numbers), dtype=bool))


def _parquet_times(column: pa.ChunkedArray) -> TypedColumn:
    array = column.combine_chunks()
    empty = array.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_date(array.type):
        numbers, per_unit = array.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64), _DAY
    else:
        numbers = array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        per_unit = 1_000 if array.type.unit == "ms" else 1
    # bounds first, in the column's own unit: a far future in milliseconds does not fit microseconds
    late = numbers >= _NO_END_MICROSECONDS // per_unit
    early = numbers < _FIRST_MICROSECOND // per_unit
    microseconds = np.where(late | early, 0, numbers) * per_unit
    return _times(microseconds, empty | late, early & ~empty)


def _text(column: pa.ChunkedArray, clean: Callable[[str], str | None]) -> TypedColumn:
    """Return a categorical; `clean` gives the trimmed text, "" for empty and None for unreadable."""
    encoded = column.combine_chunks().dictionary_encode()
    codes, refused, categories = _clean_as_it_is(encoded.dictionary) or _cleaned(encoded.dictionary, clean)
    rows = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    of_rows, unreadable = codes[rows], refused[rows]
    values = pd.Categorical.from_codes(of_rows, categories=categories)
    return TypedColumn(pd.Series(values), (of_rows < 0) & ~unreadable, unreadable)


def _clean_as_it_is(different: pa.Array) -> tuple[np.ndarray, np.ndarray, pd.Index] | None:
    """Return what `_cleaned` would, faster; None where some text is more than some letters and digits."""
    filled = pc.fill_null(pc.not_equal(different, ""), False)
    kept = different.filter(filled)
    categories = pd.Index(kept.to_pandas(), dtype="str")
    too_long = (pc.max(pc.binary_length(kept)).as_py() or 0) > NUMBER_LENGTH
    if too_long or not pc.all(pc.ascii_is_alnum(kept), min_count=0).as_py() or not categories.is_unique:
        return None
    codes = np.full(len(different) + 1, -1, dtype=np.int32)
    codes[:-1][filled.to_numpy(zero_copy_only=False)] = np.arange(len(kept))
    return codes, np.zeros(len(codes), dtype=bool), categories


def _cleaned(different: pa.Array, clean: Callable[[str], str | None]) -> tuple[np.ndarray, np.ndarray, pd.Index]:
    """Return per different text, and last for none, the place of its clean form and is it refused; and these forms."""
    cleaned = [clean(value) if value is not None else "" for value in different.to_pylist()]
    known: dict[str, int] = {}
    codes = np.empty(len(cleaned) + 1, dtype=np.int32)
    codes[-1] = -1
    refused = np.zeros(len(cleaned) + 1, dtype=bool)
    for position, value in enumerate(cleaned):
        codes[position] = known.setdefault(value, len(known)) if value else -1
        refused[position] = value is None
    return codes, refused, pd.Index(list(known), dtype="str")


def _number(value: str) -> str | None:
    trimmed = value.strip()
    return trimmed if len(trimmed) <= NUMBER_LENGTH and trimmed.isprintable() else None


def _trimmed(value: str) -> str:
    return value.strip()


def read_column(column: pa.ChunkedArray, kind: Kind) -> TypedColumn:
    """Return a delivered column (text of a csv, or a Parquet column of an agreed type) as typed values.

    NUMMER and TEKST become categoricals of trimmed text; GEHEEL Int64; BEDRAG whole cents (Int64), halves up;
    DATUM and TIJDSTIP datetime64[us] in naive local time, where 2100 and later is empty.
    """
    if pa.types.is_null(column.type):
        column = column.cast(pa.string())
    text = pa.types.is_string(column.type)
    if kind in (Kind.NUMMER, Kind.TEKST):
        return _text(column, _number if kind is Kind.NUMMER else _trimmed)
    if kind is Kind.GEHEEL:
        if not text:
            return _parquet_integers(column)
        return _whole(
            *(_integers(column.combine_chunks()) or _each_different(column, partial(_one_by_one, read=_integer)))
        )
    if kind is Kind.BEDRAG:
        return _whole(*_each_different(column, _amount_texts if text else partial(_one_by_one, read=_amount_number)))
    if not text:
        return _parquet_times(column)
    if kind is Kind.TIJDSTIP:
        return _times(
            *(_moments(column.combine_chunks()) or _each_different(column, partial(_one_by_one, read=_moment)))
        )
    return _times(*_each_different(column, _date_texts))
