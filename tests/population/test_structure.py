"""A delivery holds every structure that a correct reading must see through."""

from pathlib import Path

import pandas as pd
import pytest

from development.population import World, delivery_tables
from development.population.columns import REGISTERED

type Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def tables(year: World) -> Tables:
    return {name: table.to_pandas() for name, table in delivery_tables(year, year.period).items()}


@pytest.fixture(scope="module")
def orders(tables: Tables) -> pd.Series:
    """The first work order of each service number."""
    return tables["werkopdrachten"].groupby("dienstnr")["dtopvoer"].min()


@pytest.fixture(scope="module")
def applications(year: World, orders: pd.Series) -> pd.Index:
    return orders[(orders >= year.period.van) & (orders < year.period.tot)].index


def test_there_are_exactly_the_asked_applications(applications: pd.Index) -> None:
    assert len(applications) == 10_000


def test_work_orders_come_in_office_hours_with_a_time_of_day(orders: pd.Series, applications: pd.Index) -> None:
    refs = orders[applications]
    assert refs.dt.hour.between(8, 16).all()
    assert (refs.dt.day_of_week < 5).all()
    assert refs.dt.second.nunique() == 60


def test_services_have_several_work_orders_also_across_the_start_of_the_period(
    year: World, tables: Tables, orders: pd.Series, applications: pd.Index
) -> None:
    every = tables["werkopdrachten"]
    assert every[every["dienstnr"].isin(applications)].groupby("dienstnr").size().max() >= 3
    old = orders[orders < year.period.van].index
    again = every[every["dienstnr"].isin(old) & (every["dtopvoer"] >= year.period.van)]
    assert len(again) > 20


def test_people_apply_again_and_have_earlier_diensten(tables: Tables, applications: pd.Index) -> None:
    diensten = tables["diensten"]
    per_person = diensten.groupby("subjectnrklant")["dienstnr"].nunique()
    assert per_person.max() >= 4
    mine = diensten[diensten["dienstnr"].isin(applications)].groupby("subjectnrklant")["dienstnr"].nunique()
    assert (mine == 2).sum() > 300


def test_services_have_histories(tables: Tables) -> None:
    diensten = tables["diensten"]
    valid = diensten[diensten["geldig"] == 1]
    assert valid.groupby("dienstnr").size().max() >= 3
    withdrawn = valid["dtafvoer"].dt.year < 2100
    assert withdrawn.sum() > 500


@pytest.mark.parametrize("name", REGISTERED)
def test_registers_hold_withdrawn_and_invalid_rows(name: str, tables: Tables) -> None:
    table = tables[name]
    assert (table["geldig"] == 0).any()
    assert (table["dtafvoer"].dt.year < 2100).any()
    assert (table["dtafvoer"].dt.year == 2382).any()
    assert table["dtafvoer"].isna().any()


def test_decisions_overwrite_the_time_of_entry(tables: Tables, orders: pd.Series, applications: pd.Index) -> None:
    own = tables["diensten"].merge(orders[applications].rename("ref"), left_on="dienstnr", right_index=True)
    own = own[own["geldig"] == 1]
    later = own["dtopvoer"] > own["ref"]
    assert (later & own["besluit"].notna()).mean() > 0.5
    assert own["besluit"].isna().any()
    assert (own["besluit"].notna() & ~later).any(), "some were decided before the first work order"
    no_valid = set(applications) - set(own["dienstnr"])
    assert 20 < len(no_valid) < 150


def test_benefits_run_through_a_party_with_the_partner_as_main_client(tables: Tables, applications: pd.Index) -> None:
    diensten, parties = tables["diensten"], tables["partijen"]
    applicants = set(diensten.loc[diensten["dienstnr"].isin(applications), "subjectnrklant"])
    sizes = parties.groupby("partijnr")["persoonnr"].nunique()
    assert set(sizes) == {1, 2}
    links = tables["dienstsubjecten"].merge(diensten[["dienstnr", "subjectnrklant"]].drop_duplicates(), on="dienstnr")
    members = links.merge(parties, left_on="subjectnr", right_on="partijnr")
    held = members[members["persoonnr"].isin(applicants) & ~members["subjectnrklant"].isin(applicants)]
    assert held["persoonnr"].nunique() > 100


def test_products_addresses_and_codes_vary(tables: Tables) -> None:
    assert {131, 135, 227, 87, 88} < set(tables["diensten"]["productnr"].dropna())
    assert set(tables["diensten"]["besluit"].dropna()) == {1, 2, 3, 13}
    assert set(tables["adressen"]["soort"].dropna()) == {1, 2, 3, 9}
    assert set(tables["relaties"]["categorie"]) == {1, 2, 3, 4}
    assert tables["relaties"]["subjectnrrelatie"].isna().any()
    assert set(tables["soorteninkomen"]["categorie"]) == {1, 2, 3, 4, 5, 6}
    assert tables["inkomens"]["bedragbruto"].isna().any()
    assert tables["adressen"]["plaats"].isna().any()
    assert (tables["afspraken"]["datum_afhandeling_gepland"] > pd.Timestamp("2026-11-20").date()).any()


def test_minimising_finds_rows_to_drop(tables: Tables) -> None:
    needed = set(tables["partijen"]["persoonnr"])
    for name, column in (("adressen", "subjectnr"), ("vermogens", "subjectnr"), ("afspraken", "administratienummer")):
        assert (~tables[name][column].isin(needed)).any(), name


def test_addresses_cannot_exist(tables: Tables) -> None:
    letters = tables["adressen"]["postcode"].dropna().str[-2:]
    assert set(letters) == {"SA", "SD", "SS"}


def test_free_text_comes_with_commas_and_semicolons(tables: Tables) -> None:
    texts = set(tables["afspraken"]["afspraakresultaat"].dropna())
    assert any("," in text for text in texts)
    assert any(";" in text for text in texts)


def test_no_two_rows_are_equal(year_delivery: Path, tables: Tables) -> None:
    for name, table in tables.items():
        assert not table.duplicated().any(), name
