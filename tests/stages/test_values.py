"""Values of a csv are read in exactly the agreed form; everything else is unreadable, never guessed."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from shared.dataset import Kind
from shared.stages.freetext import mask_numbers, passes_elfproef
from shared.stages.values import read_column

UNREADABLE, EMPTY = "unreadable", "empty"


def read(text: str, kind: Kind) -> object:
    """Return what one cell is read as, beside a cell that is certainly fine and one that is empty."""
    sound = {Kind.DATUM: "2020-02-02", Kind.TIJDSTIP: "2020-02-02 02:02:02"}.get(kind, "1")
    typed = read_column(pa.chunked_array([[sound, text], [""]], pa.string()), kind)
    assert not typed.empty[0] and not typed.unreadable[0] and pd.notna(typed.values[0])
    assert typed.empty[2] and not typed.unreadable[2] and pd.isna(typed.values[2])
    if typed.unreadable[1]:
        assert pd.isna(typed.values[1]) and not typed.empty[1]
        return UNREADABLE
    if typed.empty[1]:
        assert pd.isna(typed.values[1])
        return EMPTY
    return typed.values[1]


@pytest.mark.parametrize(
    "text", ["2024-02-29", "2000-02-29", "2023-12-31", "0001-01-01", "1987-06-05", "2099-12-31", "1969-12-31"]
)
def test_a_day_of_the_calendar_is_a_date(text: str) -> None:
    assert read(text, Kind.DATUM) == pd.Timestamp(text)


@pytest.mark.parametrize("text", ["2100-01-01", "2382-12-31", "9999-12-31"])
def test_a_date_from_2100_on_is_empty(text: str) -> None:
    assert read(text, Kind.DATUM) == EMPTY
    assert read(f"{text} 00:00:00", Kind.TIJDSTIP) == EMPTY
    assert read(f"{text}T23:59:59.999999", Kind.TIJDSTIP) == EMPTY


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2023-02-29",
            "1900-02-29",
            "2100-02-29",
            "2023-04-31",
            "2023-13-01",
            "2023-00-10",
            "2023-01-00",
            "0000-01-01",
        ),
        *("2023-1-1", "20230101", "01-02-2023", "2023/01/01", "2023-01-01 ", " 2023-01-01", "2023-W01-1", "-001-01-01"),
        *(
            "2023-01-01 00:00:00",
            "2023-01-01T00:00:00",
            "٢٠٢٣-01-01",
            "２０２３-01-01",
            "2023‐01‐01",
            "12023-01-01",
            "?",
        ),
        *("2023-01-01\n", "NULL", "nan", "NaT", " "),
    ],
)
def test_what_is_no_day_in_the_agreed_form_is_no_date(text: str) -> None:
    assert read(text, Kind.DATUM) == UNREADABLE


@pytest.mark.parametrize("between", [" ", "T"])
@pytest.mark.parametrize("fraction", ["", ".1", ".12", ".123", ".1234", ".12345", ".123456", ".000000"])
def test_a_moment_has_a_blank_or_t_and_at_most_six_decimals(between: str, fraction: str) -> None:
    text = f"2023-11-15{between}17:45:12{fraction}"
    assert read(text, Kind.TIJDSTIP) == pd.Timestamp(text)


@pytest.mark.parametrize("text", ["0001-01-01 00:00:00", "2099-12-31 23:59:59.999999", "1969-12-31 23:59:59.999999"])
def test_the_first_and_the_last_moment_are_read_exactly(text: str) -> None:
    assert read(text, Kind.TIJDSTIP) == pd.Timestamp(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2023-11-15",
            "2023-11-15 17:45",
            "2023-11-15 17:45:12.",
            "2023-11-15 17:45:12.1234567",
            "2023-11-15  17:45:12",
        ),
        *(
            "2023-11-15 24:00:00",
            "2023-11-15 17:60:00",
            "2023-11-15 17:45:60",
            "2023-11-15 7:45:12",
            "2023-11-15t17:45:12",
        ),
        *("2023-11-15 17:45:12Z", "2023-11-15 17:45:12+01:00", "2023-11-15T17:45:12-0000", "2023-11-15 17:45:12,5"),
        *("2023-02-29 00:00:00", "0000-01-01 00:00:00", "2023-11-31 00:00:00", "2023-11-15_17:45:12", "1700066712"),
        *("2023-11-15 17:45:1٢", "2023-11-15 17:45:12\n", " 2023-11-15 17:45:12", "2023-11-15 17:45:12 "),
    ],
)
def test_what_is_no_moment_in_the_agreed_form_is_no_moment(text: str) -> None:
    assert read(text, Kind.TIJDSTIP) == UNREADABLE


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("0", 0), ("5", 5), ("-5", -5), ("-0", 0), ("007", 7), ("-007", -7), ("0" * 40 + "12", 12), ("0" * 6000, 0)),
        *(("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)), ("9007199254740993", 2**53 + 1)),
        ("123456789012345678", 123456789012345678),
    ],
)
def test_digits_are_a_whole_number_kept_exactly(text: str, number: int) -> None:
    assert read(text, Kind.GEHEEL) == number


@pytest.mark.parametrize(
    "text",
    [
        *(
            "+5",
            " 5",
            "5 ",
            "1e3",
            "5.0",
            "5,0",
            "1.000",
            "1_000",
            "0x10",
            "٣",
            "５",
            "²",
            "--5",
            "-",
            "- 5",
            "−5",
            "NaN",
        ),
        *("9223372036854775808", "-9223372036854775809", "9" * 40, "9" * 6000, "-" + "9" * 6000, "5\n", "true", " "),
    ],
)
def test_what_is_no_plain_digits_or_does_not_fit_is_no_whole_number(text: str) -> None:
    assert read(text, Kind.GEHEEL) == UNREADABLE


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        *(("0", 0), ("1", 100), ("1.5", 150), ("1.05", 105), ("-1.05", -105), ("-0.00", 0), ("-0", 0), ("0.01", 1)),
        *(("00012.30", 1230), ("0" * 50 + "12.30", 1230), ("92233720368547758.07", 2**63 - 1)),
        *(("-92233720368547758.08", -(2**63)), ("45160.00", 4516000), ("90071992547409.93", 2**53 + 1)),
    ],
)
def test_an_amount_is_read_as_exact_cents(text: str, cents: int) -> None:
    assert read(text, Kind.BEDRAG) == cents


@pytest.mark.parametrize(
    "text",
    [
        *("1,50", "1.234,50", "1,234.50", "1.234.50", ".5", "5.", "1.005", "+1", " 1", "1 ", "€1", "1e3", "1E3", "NaN"),
        *("inf", "-Infinity", "-", "--1", "1.-5", "٣.٥", "1٫5", "92233720368547758.08", "-92233720368547758.09", " "),
        *("9" * 30, "9" * 6000, "1" + "0" * 6000 + ".00", "1.5\n"),
    ],
)
def test_what_is_no_amount_in_the_agreed_form_or_does_not_fit_is_no_amount(text: str) -> None:
    assert read(text, Kind.BEDRAG) == UNREADABLE


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("0012", "0012"), ("12", "12"), (" 12 ", "12"), ("\t12\u00a0", "12"), ("AbC", "AbC"), ("abc", "abc")),
        *(
            ("1 2", "1 2"),
            ("a/b:c+d==", "a/b:c+d=="),
            ("é", "é"),
            ("x" * 128, "x" * 128),
            ("  " + "x" * 128, "x" * 128),
        ),
        *(("123456782", "123456782"), ("=1+1", "=1+1"), ("-", "-"), ("nan", "nan"), ("None", "None")),
    ],
)
def test_a_number_is_trimmed_and_otherwise_kept_as_it_is(text: str, number: str) -> None:
    assert read(text, Kind.NUMMER) == number


@pytest.mark.parametrize(
    "text", ["x" * 129, "1\n2", "1\t2", "1\u200b2", "1\u00a02", "\u202e12", "1\x7f", "1\ue000", "\x01"]
)
def test_a_number_that_is_too_long_or_cannot_be_printed_is_unreadable(text: str) -> None:
    assert read(text, Kind.NUMMER) == UNREADABLE


@pytest.mark.parametrize("text", ["", " ", "\t \u00a0"])
def test_blanks_alone_are_an_empty_number_and_an_empty_text(text: str) -> None:
    assert read(text, Kind.NUMMER) == EMPTY
    assert read(text, Kind.TEKST) == EMPTY


@pytest.mark.parametrize(
    "text", ["Dam", "dam", " Dam\n", "x" * 100_000, "a\nb", "1\u200b2", "nan", "None", "<NA>", "0"]
)
def test_a_text_is_trimmed_and_otherwise_kept_as_it_is(text: str) -> None:
    assert read(text, Kind.TEKST) == text.strip()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("123456782", "***"),
        ("bsn 123456782.", "bsn ***."),
        ("bsn123456782x", "bsn***x"),
        ("12345672", "***"),
        ("012345672", "***"),
        ("123456782 en 999990019, en 123456782", "*** en ***, en ***"),
        ("-123456782", "-***"),
        ("٣123456782٣", "٣***٣"),
        ("123456789", "123456789"),
        ("123456781", "123456781"),
        ("1234567", "1234567"),
        ("1234567820", "1234567820"),
        ("0123456782", "0123456782"),
        ("1234.56.782", "1234.56.782"),
        ("123456 782", "123456 782"),
        ("１２３４５６７８２", "１２３４５６７８２"),
        ("", ""),
    ],
)
def test_runs_of_8_or_9_digits_that_pass_the_elfproef_are_replaced(text: str, masked: str) -> None:
    assert mask_numbers(text) == masked


def test_the_elfproef_is_the_weighted_sum_with_minus_one_for_the_last_digit() -> None:
    for start in range(123_456_700, 123_457_800):
        digits = str(start)
        total = 9 * int(digits[0]) - int(digits[8]) + sum((9 - i) * int(digits[i]) for i in range(1, 8))
        assert passes_elfproef(digits) is (total % 11 == 0)


def test_reading_all_moments_at_once_or_one_by_one_is_the_same() -> None:
    texts = ["2023-11-15 17:45:12.5", "1969-12-31T23:59:59.999999", "", "2382-12-31 00:00:00", "0001-01-01 00:00:00"]
    together = read_column(pa.chunked_array([texts]), Kind.TIJDSTIP)
    with_a_fault = read_column(pa.chunked_array([[*texts, "?"]]), Kind.TIJDSTIP)
    pd.testing.assert_series_equal(together.values, with_a_fault.values[:-1])
    assert (together.empty == with_a_fault.empty[:-1]).all()


def test_reading_all_whole_numbers_at_once_or_one_by_one_is_the_same() -> None:
    texts = ["5", "-0", "007", "", "-123456789012345678", "000000000000000005", "999999999999999999"]
    together = read_column(pa.chunked_array([texts]), Kind.GEHEEL)
    with_a_fault = read_column(pa.chunked_array([[*texts, "?"]]), Kind.GEHEEL)
    pd.testing.assert_series_equal(together.values, with_a_fault.values[:-1])
    assert (together.empty == with_a_fault.empty[:-1]).all()
