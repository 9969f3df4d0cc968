"""A csv file is read by RFC 4180 in UTF-8, or refused as a whole with the rows where it goes wrong."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile

import pyarrow as pa
import pytest

from shared.records import Verdict
from shared.stages import csvfile
from shared.stages.values import LONGEST_FIELD
from tests.stages.deliveries import Delivery, check, codes, leaks, read_one, texts_of, valid_rows

HEADER = "administratienummer,afspraakresultaat,datum_invoer,datum_afhandeling_gepland"


def appointments(*rows: str, header: str = HEADER, eol: str = "\n") -> bytes:
    return "".join(line + eol for line in (header, *rows)).encode()


def results(content: bytes, rijen: int, *, delimiter: str = ",") -> list[object]:
    """Return the column afspraakresultaat of an accepted file."""
    read = read_one("afspraken", content, rijen, delimiter=delimiter)
    assert read.findings == []
    assert read.frame is not None
    return read.frame["afspraakresultaat"].astype(object).where(read.frame["afspraakresultaat"].notna(), None).tolist()


def refusal(content: bytes, rijen: int, **described: object) -> list[tuple[str, tuple[int, ...], int]]:
    """Return code, rows and count of every finding on a file that is refused."""
    read = read_one("afspraken", content, rijen, **described)  # type: ignore[arg-type]
    assert read.frame is None
    assert leaks(texts_of(read.findings)) == []
    assert {found.tabel for found in read.findings} == {"afspraken"}
    return [(found.code, found.rijen, found.aantal) for found in read.findings]


def test_the_valid_delivery_of_these_tests_is_accepted_without_a_finding() -> None:
    checked = check(Delivery())
    assert (checked.verdict, checked.findings) == (Verdict.GEACCEPTEERD, ())
    assert {name: len(rows) for name, rows in valid_rows().items()} == {n: len(t) for n, t in checked.tables.items()}


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "with"])
def test_lines_end_with_lf_or_crlf_and_the_last_one_need_not(eol: str, last: str) -> None:
    content = appointments("1,a,,", "2,b,,", eol=eol)
    assert results(content if last else content.removesuffix(eol.encode()), 2) == ["a", "b"]


@pytest.mark.parametrize("tried", [10_000, 1])  # of one size most are wrong, and it is read at once
@pytest.mark.parametrize("block", range(40, 90))
def test_a_line_end_in_a_text_stays_whole_wherever_a_block_ends(
    block: int, tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csvfile, "_BLOCK", block)
    monkeypatch.setattr(csvfile, "_SIZES_TRIED", tried)
    texts = ["no show\r\nklant", "a\r\n\r\nb", "c\r\nd", "kort", "a\nb", f"x{'\r\n' * 9}y"] * 4
    content = appointments(*(f'{number},"{text}",,' for number, text in enumerate(texts)), eol="\r\n")
    assert results(content, len(texts)) == texts


def test_line_ends_may_be_mixed() -> None:
    assert results(appointments("1,a,,\r", "2,b,,", "3,c,,\r"), 3) == ["a", "b", "c"]


@pytest.mark.parametrize("content", [appointments(), HEADER.encode(), (HEADER + "\r\n").encode()])
def test_a_table_without_rows_is_a_header(content: bytes) -> None:
    assert results(content, 0) == []


@pytest.mark.parametrize("name", Delivery().rows)
def test_every_table_may_be_without_rows(name: str) -> None:
    delivery = Delivery()
    delivery.write(name, [])
    checked = check(delivery)
    assert checked.verdict is Verdict.GEACCEPTEERD
    assert len(checked.tables[name]) == 0
    filled = check(Delivery()).tables[name]
    assert [dtype.name for dtype in checked.tables[name].dtypes] == [dtype.name for dtype in filled.dtypes]


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n", b"\n1,a,,\n", b"\n" + appointments("1,a,,")])
def test_a_file_without_a_first_line_has_no_header(content: bytes) -> None:
    assert refusal(content, 0) == [("LEV-209", (), 1)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ('"a,b"', "a,b"),
        ('"a;b"', "a;b"),
        ('"a\nb"', "a\nb"),
        ('"a\r\nb"', "a\r\nb"),
        ('"a\rb"', "a\rb"),
        ('"a""b"', 'a"b'),
        ('"""a"""', '"a"'),
        ('"a"",""b"', 'a","b'),
        ('""', None),
        ("' a '", "' a '"),
        ("a\\", "a\\"),
        ("a;b", "a;b"),
        ("a\tb|c", "a\tb|c"),
        ("é € \U0001f600 \u2028 \x0b", "é € \U0001f600"),
        ("NULL", "NULL"),
        ("nan", "nan"),
    ],
)
def test_a_field_is_read_as_rfc_4180_writes_it(field: str, value: str | None) -> None:
    assert results(appointments(f"1,{field},,", "2,x,,"), 2) == [value, "x"]


def test_semicolons_separate_where_the_description_says_so() -> None:
    content = appointments('1;a,b;;\n2;"c;d";;').replace(HEADER.encode(), HEADER.replace(",", ";").encode())
    assert results(content, 2, delimiter=";") == ["a,b", "c;d"]


def test_a_quoted_header_is_a_header() -> None:
    assert results(appointments("1,a,,", header=",".join(f'"{name}"' for name in HEADER.split(","))), 1) == ["a"]


@pytest.mark.parametrize(
    "rows",
    [
        ['1,"kanarie,,'],
        ['1,"kanarie"s,,'],
        ['1,"kanarie" ,,'],
        ['1, "kanarie",,'],
        ['1,kana"rie,,'],
        ['1,kanarie",,'],
        ['1,"a""",,', '2,"kanarie"",,'],
        ['1,"', "2,x,,"],
        ['1,a,,"'],
    ],
)
def test_quotes_that_do_not_close_or_stand_in_plain_text_are_refused(rows: list[str]) -> None:
    assert refusal(appointments(*rows), len(rows)) == [("LEV-207", (), 1)]


@pytest.mark.parametrize("content", [appointments("1,a,,", eol="\r"), appointments("1,a\rb,,"), b"\r" + appointments()])
def test_a_lone_cr_ends_no_line(content: bytes) -> None:
    assert refusal(content, 1) == [("LEV-208", (), 1)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xef\xbb\xbf" + appointments("1,kanarie,,"), "LEV-204"),
        (appointments("1,kanarie,,").decode().encode("utf-16"), "LEV-204"),
        (appointments("1,kanarie,,").decode().encode("utf-16-le"), "LEV-206"),
        (appointments("1,kanarië,,").decode().encode("latin-1"), "LEV-205"),
        (appointments("1,kanarie,,").replace(b"kan", b"\xed\xa0\x80"), "LEV-205"),
        (appointments("1,kanarie,,")[:-4] + b"\xc3", "LEV-205"),
        (appointments("1,kana\x00rie,,"), "LEV-206"),
        (gzip.compress(appointments("1,kanarie,,"), mtime=0), "LEV-203"),
        (bz2.compress(appointments("1,kanarie,,")), "LEV-203"),
        (lzma.compress(appointments("1,kanarie,,")), "LEV-203"),
        (pa.compress(appointments("1,kanarie,,"), "zstd", asbytes=True), "LEV-203"),
        (pa.compress(appointments("1,kanarie,,"), "lz4", asbytes=True), "LEV-203"),
    ],
)
def test_bytes_that_are_no_plain_utf_8_are_refused_by_what_they_are(content: bytes, code: str) -> None:
    assert code in [found[0] for found in refusal(content, 1)]


def test_a_zip_in_disguise_is_refused() -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("afspraken.csv", appointments("1,kanarie,,"))
    assert refusal(sink.getvalue(), 1) == [("LEV-203", (), 1)]


def test_parquet_that_calls_itself_csv_is_refused() -> None:
    delivery = Delivery()
    delivery.put("afspraken", b"PAR1\x15\x04\x15\x00PAR1", 1)
    assert codes(check(delivery).findings) == ["LEV-206"]


def test_another_size_and_another_hash_are_told_apart() -> None:
    content = appointments("1,kanarie,,")
    assert refusal(content, 1, bytes=len(content) + 1) == [("LEV-201", (), 1)]
    assert refusal(content, 1, sha256="0" * 64) == [("LEV-202", (), 1)]


def test_a_file_that_broke_off_on_its_way_has_neither_its_size_nor_its_hash() -> None:
    delivery = Delivery()
    delivery.files["adressen.csv"] = delivery.files["adressen.csv"][:-20]
    found = check(delivery)
    assert [(one.code, one.tabel) for one in found.findings] == [("LEV-201", "adressen"), ("LEV-202", "adressen")]


@pytest.mark.parametrize("rijen", [0, 1, 3, 10**30])
def test_another_number_of_rows_than_was_said_is_refused(rijen: int) -> None:
    assert refusal(appointments("1,a,,", "2,b,,"), rijen) == [("LEV-214", (), 1)]


@pytest.mark.parametrize("bad", ["3,kanarie", "3,kanarie,,,", "3", "", "\r", '"3"', ","])
def test_rows_with_more_or_fewer_fields_are_told_by_their_number(bad: str) -> None:
    assert refusal(appointments("1,a,,", "2,b,,", bad, "4,d,,"), 4) == [("LEV-213", (3,), 1)]


def test_row_numbers_count_rows_and_not_lines_of_quoted_text() -> None:
    rows = ['1,"a\n\nb\n",,', '2,"c\r\n\r\nd",,', "3,kanarie", '4,"e\nf",,', "5,,,,", "", '7,"\n",,']
    assert refusal(appointments(*rows), 7) == [("LEV-213", (3, 5, 6), 3)]


def test_only_the_first_ten_rows_are_told_and_all_are_counted() -> None:
    rows = ["1,a,,", "2,kanarie"] * 5_000
    assert refusal(appointments(*rows), 10_000) == [("LEV-213", tuple(range(2, 21, 2)), 5_000)]


def test_row_numbers_are_right_deep_in_a_large_file() -> None:
    rows = ['1,"a b",,'] * 1_200_000
    rows[1_100_000] = "kanarie"
    assert refusal(appointments(*rows), len(rows)) == [("LEV-213", (1_100_001,), 1)]


def test_a_blank_line_at_the_end_is_a_row_without_fields() -> None:
    assert refusal(appointments("1,a,,", ""), 1) == [("LEV-213", (2,), 1)]


def test_a_decimal_comma_in_a_csv_with_commas_makes_a_field_too_many() -> None:
    delivery = Delivery()
    lines = delivery.content("vermogens").decode().splitlines()
    lines[2] = lines[2].replace("-91827.36", "-91827,36")
    delivery.put("vermogens", "\n".join(lines).encode())
    checked = check(delivery)
    assert [(found.code, found.tabel, found.rijen) for found in checked.findings] == [("LEV-213", "vermogens", (2,))]
    assert "komma in een bedrag" in checked.findings[0].advies


@pytest.mark.parametrize(("said", "used"), [(",", ";"), (";", ","), (",", "\t"), (";", "|")])
def test_another_delimiter_than_was_said_is_named_as_such(said: str, used: str) -> None:
    content = appointments("1,kanarie,,").replace(b",", used.encode())
    assert refusal(content, 1, delimiter=said) == [("LEV-210", (), 1)]


def test_rows_with_another_delimiter_than_their_header_have_too_few_fields() -> None:
    assert refusal(appointments("1;kanarie;;"), 1) == [("LEV-213", (1,), 1)]


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("before", [0, 200_000])
def test_a_field_of_a_million_bytes_is_a_field(quote: str, before: int) -> None:
    long = "x" * LONGEST_FIELD
    read = read_one("afspraken", appointments(*["1,a,,"] * before, f"2,{quote}{long}{quote},,", "3,b,,"), before + 2)
    assert read.frame is not None
    assert long in read.frame["afspraakresultaat"].cat.categories
    assert codes(read.findings) == (["LEV-404"] if before else [])


@pytest.mark.parametrize("more", [1, LONGEST_FIELD, 40 * LONGEST_FIELD])
@pytest.mark.parametrize("form", ["{}", '"{}"', '"a\n{}"'])
@pytest.mark.parametrize("before", [0, 100_001])
def test_a_longer_field_is_refused_wherever_it_lies(more: int, form: str, before: int) -> None:
    long = form.format("x" * (LONGEST_FIELD + more))
    assert refusal(appointments(*["1,a,,"] * before, f"2,{long},,", "3,b,,"), before + 2) == [("LEV-217", (), 1)]


def test_a_longer_field_of_lines_is_refused() -> None:
    assert refusal(appointments('2,"' + "regel\r\n" * LONGEST_FIELD + '",,', "3,b,,"), 2) == [("LEV-217", (), 1)]


def test_a_long_field_with_lines_in_it_is_a_field() -> None:
    long = "regel\r\n" * (LONGEST_FIELD // 7)
    assert results(appointments(f'2,"{long}",,', "3,b,,"), 2) == [long.strip(), "b"]


@pytest.mark.parametrize("row", ["", "x", "1,a,,,"])
def test_of_very_many_wrong_rows_ten_thousand_are_told(row: str) -> None:
    assert refusal(appointments(*[row] * 500_000), 500_000) == [("LEV-213", tuple(range(1, 11)), 10_000)]


def test_a_header_of_very_many_lines_between_quotes_is_refused_before_it_is_taken_apart() -> None:
    read = read_one("partijen", b'"\n",' * 600_000 + b"x\n", 0)
    assert read.frame is None and codes(read.findings) == ["LEV-217"]
