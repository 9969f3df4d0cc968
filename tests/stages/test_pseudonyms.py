"""Numbers and addresses leave the pure core only as keyed pseudonyms; nothing of the clear values stays behind."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import pickle
import re

import pandas as pd
import pytest

from shared.errors import KeyUnavailable
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.levensonderhoud.addresses import address_key
from shared.records import PseudonymisedDelivery
from shared.stages.pseudonym import Pseudonymiser, PseudonymKey
from shared.stages.pseudonymise import pseudonymise
from tests.stages.deliveries import BSN, SCHEMA, Delivery, check

SECRET = bytes(range(32))
KEY = PseudonymKey("sleutel-2026", SECRET)


def by_hand(domain: str, value: str, secret: bytes = SECRET, key_id: str = "sleutel-2026") -> str:
    """Return a pseudonym as domain.md §3 writes it, with nothing of the product."""
    message = b"slimme-check/v1/" + domain.encode() + b"\x00" + value.encode("utf-8")
    mac = hmac.digest(secret, message, "sha256")
    return key_id + ":" + base64.b64encode(mac, altchars=b"-_").decode().replace("=", "")


@pytest.mark.parametrize("domain", ["persoon", "partij", "dienst", "adres"])
@pytest.mark.parametrize("value", ["1", "0001", "KANARIE-P1", "é€\U0001f600", "a b", "", "x" * 10_000])
def test_a_pseudonym_is_the_keyed_hash_of_domain_and_value(domain: str, value: str) -> None:
    assert Pseudonymiser(KEY).pseudonym(domain, value) == by_hand(domain, value)


def test_a_pseudonym_known_by_heart_never_changes() -> None:
    key = PseudonymKey("k-1", b"0123456789abcdef0123456789abcdef")
    assert Pseudonymiser(key).pseudonym("persoon", "123456782") == "k-1:G2rmUiPD9OXd0gLhKcMTdDIoLhah8psHGHdmEaAiBuU"


def test_a_pseudonym_is_the_key_id_and_43_characters() -> None:
    for number in range(500):
        assert re.fullmatch(r"sleutel-2026:[A-Za-z0-9_-]{43}", Pseudonymiser(KEY).pseudonym("persoon", str(number)))


def test_domain_key_and_every_character_matter() -> None:
    other = PseudonymKey("sleutel-2026", SECRET[::-1])
    same = [Pseudonymiser(KEY).pseudonym("persoon", "12"), Pseudonymiser(KEY).pseudonyms("persoon", ["9", "12"])[1]]
    different = [
        Pseudonymiser(KEY).pseudonym("partij", "12"),
        Pseudonymiser(KEY).pseudonym("persoon", "012"),
        Pseudonymiser(KEY).pseudonym("persoon", "12 "),
        Pseudonymiser(other).pseudonym("persoon", "12"),
    ]
    assert len(set(same)) == 1
    assert len({*same, *different}) == 5


@pytest.mark.parametrize("key_id", ["", "A", "sleutel_1", "sleutel 1", "sleutel:1", "x" * 33, "é", "k\n", "../k"])
def test_a_key_has_a_short_plain_name(key_id: str) -> None:
    with pytest.raises(KeyUnavailable) as caught:
        PseudonymKey(key_id, SECRET)
    assert caught.value.next_step
    assert SECRET.hex() not in str(caught.value)


@pytest.mark.parametrize("key_id", ["k", "2026-11", "x" * 32, "-"])
def test_key_names_of_the_agreed_form_are_taken(key_id: str) -> None:
    assert Pseudonymiser(PseudonymKey(key_id, SECRET)).pseudonym("dienst", "1").startswith(f"{key_id}:")


@pytest.mark.parametrize("length", [0, 1, 16, 31])
def test_a_short_key_is_refused_without_being_told(length: int) -> None:
    secret = b"geheim" * 6
    with pytest.raises(KeyUnavailable) as caught:
        PseudonymKey("k", secret[:length])
    assert "geheim" not in repr(caught.value) + str(caught.value)


def test_no_text_of_a_key_shows_its_secret() -> None:
    secret = b"heel geheim: " * 4
    key = PseudonymKey("k", secret)
    texts = [repr(key), str(key), f"{key}", repr([key]), repr(Pseudonymiser(key)), repr(vars(Pseudonymiser(key)))]
    assert all("geheim" not in text and secret.hex() not in text for text in texts)
    assert "k" in repr(key)


def delivery_with_much_to_drop() -> Delivery:
    """Return a delivery in which canaries also stand in rows that are dropped, set aside or invalid."""
    delivery = Delivery()
    delivery.change("adressen", 1, straat=f"Kanariestraat {BSN}")
    delivery.change("vermogens", 3, bedrag="x")
    for table, cells in {
        "adressen": {"plaats": "Kanarie-oud", "straat": "Oude Kanarie", "dteinde": "2001-01-01"},
        "relaties": {"subjectnrrelatie": "KANARIE-KIND", "categorie": "4"},
        "afspraken": {"afspraakresultaat": "kanarie van lang geleden", "datum_invoer": "2001-01-01"},
        "vermogens": {"geldig": "0", "technischesleutel": "77"},
    }.items():
        delivery.rows[table].append(delivery.rows[table][0] | cells)
    for table in SCHEMA.tables:
        for column in SCHEMA.tables[table].number_columns():
            delivery.rows[table].append(delivery.rows[table][0] | {column.name: "KANARIE-BUURMAN"})
        delivery.write(table, delivery.rows[table])
    return delivery


@pytest.fixture(scope="module")
def stored() -> PseudonymisedDelivery:
    """What is left of that delivery."""
    checked = check(delivery_with_much_to_drop())
    assert checked.tables
    return pseudonymise(LEVENSONDERHOUD.select(checked), LEVENSONDERHOUD, KEY)


def everything_in(frame: pd.DataFrame) -> str:
    """Return every value of a frame, its column names, its index and its categories, used or not."""
    pieces = [repr(list(frame.columns)), repr(list(frame.index)), repr(frame.attrs)]
    for name in frame:
        pieces += map(str, frame[name].tolist())
        if isinstance(frame[name].dtype, pd.CategoricalDtype):
            pieces += map(str, frame[name].cat.categories)
    return "\n".join(pieces)


def test_the_scan_of_these_tests_sees_what_is_there() -> None:
    checked = check(delivery_with_much_to_drop())
    for name in ("diensten", "partijen", "adressen", "relaties", "afspraken"):
        assert "kanarie" in everything_in(checked.tables[name]).lower()


def test_no_number_address_or_text_is_left_in_any_table(stored: PseudonymisedDelivery) -> None:
    for frame in (stored.applications, *stored.tables.values()):
        text = everything_in(frame)
        assert "kanarie" not in text.lower()
        assert BSN not in text and "***" not in text


def test_nothing_is_left_in_the_bytes_that_are_stored_or_sent(stored: PseudonymisedDelivery) -> None:
    for frame in (stored.applications, *stored.tables.values()):
        sink = io.BytesIO()
        frame.to_parquet(sink, compression=None, index=False)
        for content in (sink.getvalue(), pickle.dumps(frame)):
            assert b"kanarie" not in content.lower()
            assert BSN.encode() not in content


def test_no_pseudonym_is_left_that_only_dropped_rows_had(stored: PseudonymisedDelivery) -> None:
    neighbour = by_hand("persoon", "KANARIE-BUURMAN")
    for name in ("adressen", "feiten", "inkomens", "relaties", "vermogens", "afspraken", "deelnames"):
        assert neighbour not in everything_in(stored.tables[name])
    for frame in stored.tables.values():
        for column in frame.select_dtypes("category"):
            assert set(frame[column].cat.categories) == set(frame[column].dropna())


def test_the_secret_is_not_left_anywhere(stored: PseudonymisedDelivery) -> None:
    assert SECRET not in pickle.dumps(stored)


def test_no_column_of_the_clear_tables_that_tells_a_person_is_left(stored: PseudonymisedDelivery) -> None:
    clear = {"plaats", "straat", "huisnr", "huisletter", "huisnrtoev", "postcode", "afspraakresultaat", "dienstnr"}
    clear |= {"subjectnr", "subjectnrklant", "subjectnrrelatie", "partijnr", "persoonnr", "administratienummer"}
    assert all(clear.isdisjoint(frame.columns) for frame in stored.tables.values())


def test_only_the_numbers_of_the_applications_travel_in_clear(stored: PseudonymisedDelivery) -> None:
    assert stored.aanvraagnummers == ("KANARIE-BUURMAN", "KANARIE-D1", "KANARIE-D2", "KANARIE-D3")
    assert stored.key_id == "sleutel-2026"


def test_applications_and_their_rows_carry_the_same_pseudonyms(stored: PseudonymisedDelivery) -> None:
    services = [by_hand("dienst", number) for number in stored.aanvraagnummers]
    assert stored.applications["dienst"].tolist() == services
    persons = stored.applications["persoon"].tolist()
    assert persons[1] == ""  # two clients claim this service in rows that are otherwise equal
    assert persons[2:] == [by_hand("persoon", "KANARIE-P2"), by_hand("persoon", "KANARIE-P3")]
    assert set(services) <= set(stored.tables["diensten"]["dienst"])
    assert by_hand("persoon", "KANARIE-P2") in set(stored.tables["vermogens"]["persoon"])
    assert by_hand("partij", "KANARIE-Q2") in set(stored.tables["dienstsubjecten"]["partij"])
    assert by_hand("partij", "KANARIE-Q2") in set(stored.tables["partijen"]["partij"])


def test_an_application_whose_person_is_unknown_has_no_pseudonym_of_nobody() -> None:
    delivery = Delivery()
    delivery.write("diensten", delivery.rows["diensten"][2:])
    found = pseudonymise(LEVENSONDERHOUD.select(check(delivery)), LEVENSONDERHOUD, KEY)
    assert found.applications["persoon"].tolist()[0] == ""


def test_an_address_is_one_key_by_postcode_or_else_by_place_and_street(stored: PseudonymisedDelivery) -> None:
    second = by_hand("adres", "p\x1f1011kanarie\x1f2kanarie\x1f\x1fkanarie hs")
    assert second in set(stored.tables["adressen"]["adressleutel"])
    without = {
        "plaats": " Weesp",
        "straat": "DAM ",
        "huisnr": "3",
        "huisletter": "A",
        "huisnrtoev": "",
        "postcode": " ",
    }
    assert address_key(without, Pseudonymiser(KEY)) == by_hand("adres", "s\x1fweesp\x1fdam\x1f3\x1fa\x1f")


def test_no_hash_in_what_is_stored_can_be_made_without_the_key(stored: PseudonymisedDelivery) -> None:
    text = "\n".join(everything_in(frame) for frame in (stored.applications, *stored.tables.values()))
    for number in ("KANARIE-P1", "KANARIE-D1", "KANARIE-Q1"):
        for digest in (hashlib.sha256(number.encode()).digest(), hashlib.md5(number.encode()).digest()):
            assert digest.hex() not in text
            assert base64.urlsafe_b64encode(digest).decode().rstrip("=") not in text


def test_a_table_with_a_clear_column_left_is_never_stored() -> None:
    selection = LEVENSONDERHOUD.select(check(Delivery()))
    forgetful = type("Forgetful", (), {"schema": SCHEMA, "derive": staticmethod(lambda name, rows, key: rows)})()
    with pytest.raises(AssertionError, match=r"afspraakresultaat|plaats|subjectnrrelatie") as caught:
        pseudonymise(selection, forgetful, KEY)
    assert "kanarie" not in str(caught.value).lower()
