"""Parquet files whose footer says less than they hold. Only numbers of the footer are changed, not its length."""

from __future__ import annotations

FOOTER_LENGTH = 8  # the bytes behind the footer


def footer_saying(raw: bytes, true: int, said: int, *, first: bool = False) -> bytes:
    """Return the file with another number wherever its footer has this one, or only where it stands first.

    A footer begins with its schema and then tells the number of rows of the file, before those of its row groups.
    """
    end = len(raw) - FOOTER_LENGTH
    begin = end - int.from_bytes(raw[end : end + 4], "little")
    footer = raw[begin:end]
    old = _whole_number(true)
    new = _whole_number(said, len(old))
    assert old in footer
    return raw[:begin] + footer.replace(old, new, 1 if first else -1) + raw[end:]


def _whole_number(value: int, length: int = 0) -> bytes:
    """Return a number as Thrift writes it in its compact form; if need be longer than it had to be."""
    left, found = 2 * value, []
    while left > 127 or len(found) + 1 < length:
        found.append(left & 127 | 128)
        left >>= 7
    return bytes([*found, left])
