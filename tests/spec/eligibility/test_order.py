"""The first condition of the table that applies decides: every earlier one goes before every later one."""

from itertools import combinations

import pytest

from tests.spec.bench import Bench


def _unusable(bench: Bench) -> None:
    bench.feit(percentage="veel")


def _no_dienst(bench: Bench) -> None:
    for row in bench.rows["diensten"]:
        row["geldig"] = "0"


def _ioaw(bench: Bench) -> None:
    bench.aanvraag(productnr=87)


def _out_of_reach(bench: Bench) -> None:
    if bench.rows["diensten"][0]["productnr"] == "131":
        bench.aanvraag(productnr=300)


def _decided(bench: Bench) -> None:
    bench.aanvraag(besluit=1)


def _special(bench: Bench) -> None:
    bench.special_addresses({"postcode": "3511AB", "huisnr": "5"})
    bench.adres(plaats="Amsterdam", straat="Oudegracht", huisnr="5", postcode="3511AB", dtbegin="2023-11-08")


def _outside(bench: Bench) -> None:
    for row in bench.rows.get("adressen", []):
        row["plaats"] = "Utrecht"
    bench.adres(plaats="Utrecht", dtbegin="2001-01-01")


CONDITIONS = {
    (4, "GEGEVENS_ONBRUIKBAAR"): _unusable,
    (4, "GEEN_DIENST"): _no_dienst,
    (3, "IOAW_IOAZ"): _ioaw,
    (4, "PRODUCT_BUITEN_BEREIK"): _out_of_reach,
    (4, "AL_BESLIST"): _decided,
    (4, "BIJZONDERE_DOELGROEP"): _special,
    (2, "BUITEN_GEMEENTE"): _outside,
}
# Set aside by person needs to know the person, and a product is one of two: these pairs cannot occur together.
IMPOSSIBLE = {("GEGEVENS_ONBRUIKBAAR", "GEEN_DIENST"), ("IOAW_IOAZ", "PRODUCT_BUITEN_BEREIK")}
PAIRS = [pair for pair in combinations(CONDITIONS, 2) if (pair[0][1], pair[1][1]) not in IMPOSSIBLE]


@pytest.mark.parametrize("outcome", list(CONDITIONS), ids=lambda outcome: outcome[1])
def test_each_condition_applies_alone(bench: Bench, outcome: tuple[int, str]) -> None:
    CONDITIONS[outcome](bench)
    assert bench.outcome() == outcome


@pytest.mark.parametrize(("earlier", "later"), PAIRS, ids=lambda outcome: outcome[1])
def test_the_earlier_condition_wins(bench: Bench, earlier: tuple[int, str], later: tuple[int, str]) -> None:
    CONDITIONS[earlier](bench)
    CONDITIONS[later](bench)
    assert bench.outcome() == earlier


def test_an_unreadable_row_of_the_number_goes_before_a_missing_dienst(bench: Bench) -> None:
    bench.aanvraag(geldig=0)
    bench.dienst("1001", besluit="ja")
    assert bench.outcome() == (4, "GEGEVENS_ONBRUIKBAAR")
