"""How much a Parquet file unpacks to, by the header of each page: Arrow unpacks no more of a page than its header says.

The footer says it too, but nothing holds a file to that. Headers and footer are Thrift in its compact form
(github.com/apache/parquet-format); what could be understood in two ways is refused, or Arrow might read another file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_MAGIC = b"PAR1"
_DEEPEST, _MOST_FIELDS = 20, 150_000  # a column of a row group takes some fifty
_BYTES_PER_FIELD = 50
_LAST_NUMBER = 2**15 - 1  # of a field; readers keep no more bits of it
# wire types of Thrift
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT, _UUID = range(1, 14)
_OF_BITS = {_I16: 16, _I32: 32, _I64: 64}
_OF_BYTES = {_BYTE: 1, _DOUBLE: 8, _UUID: 16}
# numbers of fields: of the footer, a row group, a column in it, and its metadata
_ROW_GROUPS, _ROWS, _COLUMNS, _METADATA = 4, 3, 1, 3
_COMPRESSED_SIZE, _DATA_OFFSET, _DICTIONARY_OFFSET = 7, 9, 11
# of the header of a page, and of what it says of its values
_UNPACKED, _PACKED = 2, 3
_DATA, _DICTIONARY, _DATA_V2 = 5, 7, 8
_VALUES, _ENCODING = 1, {_DATA: 2, _DICTIONARY: 2, _DATA_V2: 4}
_BOUNDLESS = (6, 7)  # DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY
_ROOM_IN_DICTIONARY = 16  # bytes that a value takes beside its text

type _Fields = dict[int, tuple[int, Any]]
type _Form = Mapping[int, int | _Form]

# every list of the format, which Arrow reads by what it expects of its members and not by what the list says of them:
# by number of the field the type of its members, or the form of a struct or of a list of structs
_OF_COLUMN: _Form = {2: _I32, 3: _BINARY, 8: {}, 13: {}, 16: {2: _I64, 3: _I64}, 17: {2: _I32}}
_OF_FOOTER: _Form = {2: {}, 4: {1: {3: _OF_COLUMN, 8: {2: {1: _BINARY}}}, 4: {}}, 5: {}, 7: {}}


class BrokenParquetError(ValueError):
    """Says that a file is no Parquet that can be read in one way only."""


class LargeFooterError(ValueError):
    """Says that a footer tells more than one of a table of ours can."""


@dataclass(frozen=True)
class Page:
    """A page of a column. `unpacked`: its bytes, with the room that the values of a dictionary take.

    `boundless`: what is made of its bytes may be far larger. A text may begin as the one before it, so that each may be
    as long as the page; and of lengths there may be as many as a number in the page says.
    """

    unpacked: int
    boundless: bool


def pages_of(raw: bytes) -> Iterator[Page]:
    """Yield the pages of the row groups that have rows, of a file that is not encrypted; none is unpacked.

    Raises BrokenParquetError, LargeFooterError.
    """
    end = len(raw) - 8
    begin = end - int.from_bytes(raw[end : end + 4], "little")
    if begin < len(_MAGIC) or raw[-4:] != _MAGIC:
        raise BrokenParquetError
    reader = _Compact(raw, _MOST_FIELDS)
    footer = reader.struct(begin, end)
    if reader.at != end:
        raise BrokenParquetError
    _hold(footer, _OF_FOOTER)
    reader = _Compact(raw, _MOST_FIELDS + len(raw) // _BYTES_PER_FIELD)  # a large file has many pages
    for group in _list(footer, _ROW_GROUPS):
        if _whole(group, _ROWS, _I64):  # what is said of pages without rows may be anything
            for column in _list(group, _COLUMNS):
                yield from map(_page, _headers(reader, _struct(column, _METADATA), begin))


def _headers(reader: _Compact, column: _Fields, end_of_data: int) -> Iterator[_Fields]:
    at = _whole(column, _DATA_OFFSET, _I64)
    if _DICTIONARY_OFFSET in column and 0 < (dictionary := _whole(column, _DICTIONARY_OFFSET, _I64)) < at:
        at = dictionary
    end = at + _whole(column, _COMPRESSED_SIZE, _I64)
    if not len(_MAGIC) <= at <= end <= end_of_data:
        raise BrokenParquetError
    while at < end:
        page = reader.struct(at, end)
        at = reader.at + _whole(page, _PACKED, _I32)
        if at > end:
            raise BrokenParquetError
        yield page


def _page(header: _Fields) -> Page:
    unpacked, boundless = _whole(header, _UNPACKED, _I32), False
    for kind, encoding in _ENCODING.items():
        if kind in header:
            values = _struct(header, kind)
            boundless |= _whole(values, encoding, _I32) in _BOUNDLESS
            if kind == _DICTIONARY:
                unpacked += _whole(values, _VALUES, _I32) * _ROOM_IN_DICTIONARY
    return Page(unpacked, boundless)


def _hold(fields: _Fields, form: _Form) -> None:
    """Refuse lists whose members are of another type than the format says."""
    for number in fields.keys() & form.keys():
        part, (wire, value) = form[number], fields[number]
        members = _STRUCT if isinstance(part, Mapping) else part
        if wire == _LIST:
            if value.members != members and value.values:
                raise BrokenParquetError
        elif wire != _STRUCT or members != _STRUCT:
            raise BrokenParquetError
        if isinstance(part, Mapping):
            for each in value.values if wire == _LIST else [value]:
                _hold(each, part)


def _whole(fields: _Fields, number: int, wire: int) -> int:
    """Return a number that may not be less than zero."""
    found, value = fields.get(number, (0, 0))
    if found != wire or value < 0:
        raise BrokenParquetError
    return int(value)


def _struct(fields: _Fields, number: int) -> _Fields:
    found, value = fields.get(number, (0, {}))
    if found != _STRUCT:
        raise BrokenParquetError
    return dict(value)


def _list(fields: _Fields, number: int) -> list[_Fields]:
    """Return a list whose members were held against the format."""
    found, value = fields.get(number, (0, None))
    if found != _LIST:
        raise BrokenParquetError
    return list(value.values)


@dataclass(frozen=True)
class _Listed:
    """A list. `members`: their wire type, as it says itself."""

    members: int
    values: list[Any]


class _Compact:
    """Reads structs in the compact form of Thrift, of no more than so many fields together. Texts are passed over.

    `at`: behind what was read last.
    """

    def __init__(self, raw: bytes, most: int) -> None:
        self._raw = raw
        self._end = 0
        self._left = most
        self.at = 0

    def struct(self, begin: int, end: int) -> _Fields:
        """Return the fields of a struct, by number; it must lie between these places."""
        self.at, self._end = begin, end
        return self._struct(0)

    def _struct(self, depth: int) -> _Fields:
        if depth > _DEEPEST:
            raise BrokenParquetError
        fields: _Fields = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._signed(16)
            wire = head & 15
            if not 0 < number <= _LAST_NUMBER or number in fields:  # which of them counts is up to the reader
                raise BrokenParquetError
            fields[number] = wire, self._value(wire, depth)
        return fields

    def _value(self, wire: int, depth: int) -> Any:
        self._left -= 1
        if self._left < 0:
            raise LargeFooterError
        if wire in _OF_BITS:
            return self._signed(_OF_BITS[wire])
        if wire == _BINARY:
            return self._pass_over(self._varint(32))
        if wire == _STRUCT:
            return self._struct(depth + 1)
        if wire in (_LIST, _SET):
            return self._list(depth)
        if wire in _OF_BYTES:
            return self._pass_over(_OF_BYTES[wire])
        if wire in (_TRUE, _FALSE):
            return None
        raise BrokenParquetError  # a map, of which Parquet has none

    def _list(self, depth: int) -> _Listed:
        head = self._byte()
        wire, size = head & 15, head >> 4
        if size == 15:
            size = self._varint(32)
        if depth > _DEEPEST or size > self._end - self.at:  # each takes a byte or more
            raise BrokenParquetError
        wire = _BYTE if wire in (_TRUE, _FALSE) else wire  # in a list these have a byte of their own
        return _Listed(wire, [self._value(wire, depth + 1) for _ in range(size)])

    def _byte(self) -> int:
        if self.at >= self._end:
            raise BrokenParquetError
        self.at += 1
        return self._raw[self.at - 1]

    def _pass_over(self, size: int) -> None:
        self.at += size
        if self.at > self._end:
            raise BrokenParquetError

    def _varint(self, bits: int) -> int:
        found = shift = 0
        while True:
            byte = self._byte()
            found |= (byte & 127) << shift
            shift += 7
            if found >> bits or shift > 70:
                raise BrokenParquetError
            if byte < 128:
                return found

    def _signed(self, bits: int) -> int:
        found = self._varint(bits)
        return (found >> 1) ^ -(found & 1)
