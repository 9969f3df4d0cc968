"""The search finds a value in every form in which it could be told, and finds nothing where nothing is."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import random
from urllib.parse import quote, quote_plus

import pytest

from tests.canary.canaries import Aviary, What
from tests.canary.planting import planted
from tests.canary.searching import Search

AVIARY = Aviary(seed=7)
WORD, NUMBER = AVIARY.word(What.TEKST, "a word"), AVIARY.bsn("a number")
AMOUNT, CODE = AVIARY.amount("an amount"), AVIARY.whole("a code")
DAY = AVIARY.keep(What.WAARDE, "1957-03-14", "a day")
MOMENT = AVIARY.keep(What.MOMENT, "2026-11-19 11:57:03.000123", "a moment")
ODD = AVIARY.keep(What.TEKST, 'Zoë & "Bé" <b>', "odd text")
KEY = bytes(range(150, 182))
AVIARY.keep(What.GEHEIM, KEY, "a key")
SEARCH = Search(AVIARY.made)

FORMS: dict[str, bytes] = {
    "as it is": f"persoon {NUMBER}".encode(),
    "in other capitals": WORD.swapcase().encode(),
    "the begin of a text that breaks off": f"{WORD}, Jan van der Berg"[:12].encode(),
    "with blanks in between": f"{NUMBER[:3]} {NUMBER[3:6]} {NUMBER[6:]}".encode(),
    "with points in between": f"{NUMBER[:4]}.{NUMBER[4:6]}.{NUMBER[6:]}".encode(),
    "letter by letter": "-".join(WORD).encode(),
    "over two lines": f"{WORD[:4]}\n    {WORD[4:]}".encode(),
    "backwards": NUMBER[::-1].encode(),
    "base64": base64.b64encode(f"persoon {NUMBER}".encode()),
    "base64 shifted": base64.b64encode(f"x {WORD} y".encode()),
    "base64 shifted otherwise": base64.b64encode(f"x{WORD.upper()}".encode()),
    "base64 for addresses": base64.urlsafe_b64encode(KEY),
    "base32": base64.b32encode(WORD.encode()),
    "hex": NUMBER.encode().hex().encode(),
    "hex of a key": KEY.hex().upper().encode(),
    "hex with colons": KEY.hex(":").encode(),
    "a key as it is": b"sleutel=" + KEY,
    "a key as Python shows it": f"PseudonymKey(secret={KEY!r})".encode(),
    "a key as numbers": str(list(KEY)).encode(),
    "percent encoded": "".join(f"%{byte:02X}" for byte in NUMBER.encode()).encode(),
    "in an address": quote(f"/personen/{ODD}", safe="/").encode(),
    "in a form": quote_plus(ODD).encode(),
    "in html": html.escape(f"<p>{ODD}").encode(),
    "in json": json.dumps({"naam": ODD}).encode(),
    "UTF-16": WORD.encode("utf-16"),
    "sha256": hashlib.sha256(NUMBER.encode()).hexdigest().encode(),
    "md5, in bytes": hashlib.md5(NUMBER.encode()).digest(),
    "sha1 of lower case, in base64": base64.b64encode(hashlib.sha1(WORD.lower().encode()).digest()),
    "an amount in Dutch": f"€ {int(AMOUNT[:-3]):,},{AMOUNT[-2:]}".replace(",", ".", 2).encode(),
    "an amount in cents": AMOUNT.replace(".", "").encode(),
    "an amount without cents": f"€ {AMOUNT[:-3]},-".encode(),
    "a code with points": f"{int(CODE):,}".replace(",", ".").encode(),
    "a date in words": b"op 14 maart 1957",
    "a date with the day first": b"14-03-1957",
    "a date as Python shows it": b"datetime.date(1957, 3, 14)",
    "a moment with a T": b"2026-11-19T11:57:03.000123",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_value_is_found_in_this_form(form: str) -> None:
    assert len(SEARCH.hits(FORMS[form], "here")) == 1
    assert len(SEARCH.hits(b"x" * 1_003 + FORMS[form] + b"\n" * 77, "here")) == 1


def test_every_canary_is_found_wherever_it_stands() -> None:
    made = planted().canaries
    search = Search(made)
    for number, canary in enumerate(made):
        found = search.hits(b"." * (number % 9) + canary.data + b"." * (number % 5), "here")
        assert canary in {hit.canary for hit in found}, canary.where


def test_nothing_is_found_by_chance() -> None:
    turn = random.Random(1)
    search = Search(planted().canaries)
    letters = base64.b64encode(turn.randbytes(3_000_000))
    assert search.hits(turn.randbytes(1_000_000), "bytes") == []
    assert search.hits(letters, "base64") == []
    assert search.hits("".join(str(turn.randrange(10**6)) + "," for _ in range(100_000)).encode(), "numbers") == []


def test_what_would_be_found_everywhere_is_no_canary() -> None:
    aviary = Aviary()
    aviary.keep(What.TEKST, "131", "a code")
    with pytest.raises(ValueError, match="a code"):
        Search(aviary.made)
