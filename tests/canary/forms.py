"""Every form in which a value can be told: as it is, encoded, in pieces, or by a hash that needs no key."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import quote, quote_plus

from shared.dutch import MONTHS
from tests.canary.canaries import Canary, What

SHORTEST = 8  # bytes; what is shorter would be found by chance
_HASHES = ("md5", "sha1", "sha256", "sha512", "blake2b")


@dataclass(frozen=True)
class Form:
    """What to look for. `exact`: capitals count; `squeezed`: in text of which only letters and digits are left."""

    name: str
    needle: bytes
    exact: bool = False
    squeezed: bool = False


@cache
def forms_of(canary: Canary) -> tuple[Form, ...]:
    """Return the forms of a canary that are long enough to be nothing else."""
    found = list(_of_bytes(canary.data))
    with suppress(UnicodeDecodeError):
        found += _of_text(canary.data.decode(), canary.what)
    known: dict[tuple[bytes, bool, bool], Form] = {}
    for form in found:
        needle = form.needle if form.exact else form.needle.lower()
        if len(needle) >= SHORTEST:
            known.setdefault((needle, form.exact, form.squeezed), Form(form.name, needle, form.exact, form.squeezed))
    return tuple(known.values())


def _of_bytes(data: bytes) -> Iterator[Form]:
    yield Form("plain", data)
    for name, one in {"": data, "lower ": data.lower(), "upper ": data.upper()}.items():
        yield Form(f"{name}hex", one.hex().encode())
        yield Form(f"{name}hex with colons", one.hex(":").encode())
        yield Form(f"{name}percent", "".join(f"%{byte:02x}" for byte in one).encode())
        for offset in range(3):
            coded = base64.b64encode(b"\x00" * offset + one)
            # letters at the edge hold bits of what stands beside it
            inner = coded[(0, 2, 3)[offset] :].rstrip(b"=")[: (len(one) * 8 - (0, 4, 2)[offset]) // 6]
            yield Form(f"{name}base64 at {offset}", inner, exact=True)
            yield Form(f"{name}base64url at {offset}", inner.replace(b"+", b"-").replace(b"/", b"_"), exact=True)
        yield Form(f"{name}base32", base64.b32encode(one)[: len(one) * 8 // 5])
        for kind in _HASHES:
            digest = hashlib.new(kind, one).digest()
            yield Form(f"{name}{kind}", digest)
            yield Form(f"{name}{kind} in hex", digest.hex()[:12].encode())
            yield Form(f"{name}{kind} in base64", base64.b64encode(digest)[:12], exact=True)
            yield Form(f"{name}{kind} in base64url", base64.urlsafe_b64encode(digest)[:12], exact=True)
    yield Form("representation", repr(data)[2:-1].encode())
    yield Form("list of bytes", ", ".join(map(str, data)).encode())


def _of_text(text: str, what: What) -> Iterator[Form]:
    for encoding in ("utf-16-le", "utf-16-be"):
        yield Form(encoding, text.encode(encoding))
    yield Form("backwards", text[::-1].encode())
    yield Form("in html", html.escape(text).encode())
    yield Form("in json", json.dumps(text)[1:-1].encode())
    yield Form("in an address", quote(text, safe="").encode())
    yield Form("in a form", quote_plus(text).encode())
    plain = re.sub("[^0-9a-z]", "", text.lower())
    if re.search("[a-z]", plain):
        yield Form("in pieces", plain.encode(), squeezed=True)
    if what is What.BSN:
        for cuts in ((3, 6), (2, 5, 7), (4, 6), (1, 5), (3, 5, 7)):
            pieces = [plain[a:b] for a, b in zip((0, *cuts), (*cuts, len(plain)), strict=True)]
            yield from (Form(f"with {mark!r}", mark.join(pieces).encode()) for mark in (" ", ".", "-", "_", "/"))
        yield Form("with a zero", f"0{plain}".encode())
    if what is What.MOMENT:
        yield Form("with a T", text.replace(" ", "T").encode())
        yield Form("the time alone", text[11:].encode())
    if what is What.WAARDE:
        yield from _of_value(text)


def _of_value(text: str) -> Iterator[Form]:
    if re.fullmatch(r"-?\d+\.\d\d", text):
        euros, _, cents = text.partition(".")
        thousands = f"{int(euros):,}".replace(",", ".")
        for form in (f"{euros},{cents}", f"{thousands},{cents}", thousands, f"{euros}{cents}", f"{float(text):.1e}"):
            yield Form("an amount", form.encode())
        yield Form("whole euros", euros.encode())
    if re.fullmatch(r"\d{9,10}", text):
        yield Form("with thousands", f"{int(text):,}".encode())
        yield Form("with dots", f"{int(text):,}".replace(",", ".").encode())
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        day = date.fromisoformat(text)
        yield Form("day first", f"{day:%d-%m-%Y}".encode())
        yield Form("with slashes", f"{day:%d/%m/%Y}".encode())
        yield Form("in words", f"{day.day} {MONTHS[day.month - 1]} {day.year}".encode())
        yield Form("representation of a date", f"({day.year}, {day.month}, {day.day}".encode())
