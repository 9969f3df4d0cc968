"""The inputs of a prediction are rows of its person and application; a row that names somebody else is never there."""

from __future__ import annotations

import json
from itertools import product

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.people.inputs import rows_of
from shared.records import PseudonymisedDelivery

PEOPLE, PARTIES, SERVICES = ("p-anna", "p-bert", "p-cato"), ("q-1", "q-2"), ("d-1", "d-2", "d-3")
NONE = pd.DataFrame()


def delivery(**tables: list[dict[str, object]]) -> PseudonymisedDelivery:
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    return PseudonymisedDelivery(NONE, frames, (), "k-1")


def test_rows_of_the_person_of_the_application_and_of_own_parties_are_told() -> None:
    found = rows_of(
        delivery(
            vermogens=[{"persoon": "p-anna", "bedrag": 5}, {"persoon": "p-bert", "bedrag": 6}],
            partijen=[{"partij": "q-1", "persoon": "p-anna"}, {"partij": "q-1", "persoon": "p-bert"}],
            dienstsubjecten=[{"dienst": "d-9", "partij": "q-1"}, {"dienst": "d-8", "partij": "q-2"}],
            werkopdrachten=[{"dienst": "d-1", "dtopvoer": pd.Timestamp("2026-11-19 10:00")}, {"dienst": "d-2"}],
            soorteninkomen=[{"srtinkomennr": 1, "categorie": 2}],
        ),
        "p-anna",
        "d-1",
    )
    assert found == {
        "vermogens": [{"bedrag": 5}],
        "partijen": [{"partij": "q-1"}],
        "dienstsubjecten": [{"dienst": "d-9", "partij": "q-1"}],
        "werkopdrachten": [{"dienst": "d-1", "dtopvoer": "2026-11-19T10:00:00"}],
    }


def test_without_a_known_person_only_the_rows_of_the_application_are_told() -> None:
    given_ = delivery(
        vermogens=[{"persoon": "", "bedrag": 5}, {"persoon": "p-bert", "bedrag": 6}],
        werkopdrachten=[{"dienst": "d-1"}, {"dienst": "d-2"}],
    )
    assert rows_of(given_, "", "d-1") == {"werkopdrachten": [{"dienst": "d-1"}]}


def test_empty_cells_are_none_and_the_whole_is_json() -> None:
    frame = pd.DataFrame(
        {
            "persoon": pd.Series(["p-anna"], dtype="category"),
            "soort": pd.Series([None], dtype="Int64"),
            "dtbegin": pd.Series([pd.NaT], dtype="datetime64[us]"),
            "aandeel": [float("nan")],
            "aan": [True],
            "aantal": pd.Series([3], dtype="Int64"),
        }
    )
    found = rows_of(PseudonymisedDelivery(NONE, {"t": frame}, (), "k-1"), "p-anna", "d-1")
    assert json.loads(json.dumps(found)) == {
        "t": [{"soort": None, "dtbegin": None, "aandeel": None, "aan": True, "aantal": 3}]
    }


@given(
    owned=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=8),
    parties=st.lists(st.sampled_from(list(product(PARTIES, PEOPLE))), max_size=6),
    services=st.lists(st.sampled_from(list(product(SERVICES, PEOPLE))), max_size=8),
    held=st.lists(st.sampled_from(list(product(SERVICES, PARTIES))), max_size=6),
    persoon=st.sampled_from(PEOPLE),
    dienst=st.sampled_from(SERVICES),
)
@settings(deadline=None)
def test_no_row_of_another_person_is_ever_among_the_inputs(
    owned: list[str],
    parties: list[tuple[str, str]],
    services: list[tuple[str, str]],
    held: list[tuple[str, str]],
    persoon: str,
    dienst: str,
) -> None:
    found = rows_of(
        delivery(
            adressen=[{"persoon": one, "rij": f"{row}:{one}"} for row, one in enumerate(owned)],
            partijen=[{"partij": party, "persoon": one, "rij": f":{one}"} for party, one in parties],
            diensten=[{"dienst": service, "persoon": one, "rij": f":{one}"} for service, one in services],
            dienstsubjecten=[{"dienst": service, "partij": party} for service, party in held],
        ),
        persoon,
        dienst,
    )
    told = json.dumps(found)
    assert not [one for one in PEOPLE if one != persoon and one in told]
    assert len(found.get("adressen", [])) == owned.count(persoon)
    mine = {party for party, one in parties if one == persoon}
    assert all(row["dienst"] == dienst or row["partij"] in mine for row in found.get("dienstsubjecten", []))
