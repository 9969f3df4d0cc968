"""Features 5, 11 and 12: earlier benefits, applied for and received, alone or through a party."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shared.levensonderhoud.applications import in_service_terms
from shared.levensonderhoud.features.frame import NO_EARLIER_BENEFIT, Features
from shared.levensonderhoud.moments import Mask, known, runs_in_last_year, whole_days
from shared.levensonderhoud.pairs import (
    Applicants,
    Pairs,
    best_per_group,
    codes_in,
    exists,
    match,
    pair,
    positions_in,
    rank,
)
from shared.usecase import Tables

# WWb/LO, WWb/EV, krediethypotheek
CORE_PRODUCTS = (131, 135, 227)
GRANTED = (1, 2)
_EMPTY = np.iinfo(np.int64).min

_TERMS = ("technischesleutel", "productnr", "besluit", "dtaanvraag", "begin", "einde", "dtopvoer", "dtafvoer")
_OF_THE_SERVICE = ["productnr", "besluit", "dtaanvraag"]


def compute(applications: pd.DataFrame, applicants: Applicants, product: pd.Series, tables: Tables) -> Features:
    """Return the benefit features. `product`: the productnr of each application, empty where unknown."""
    services = services_of_applicants(applications, applicants, tables)
    granted = _granted(services)
    own_product = product.to_numpy(dtype=np.int64, na_value=_EMPTY)
    received = granted.application[_same_product(granted, own_product)]
    number = len(applications)
    return {
        **_days_since_end(granted, number),
        "applied_for_same_product_last_year": _applied(services, own_product, number),
        "received_same_product_last_year": exists(received, number).astype(np.int64),
    }


def services_of_applicants(applications: pd.DataFrame, applicants: Applicants, tables: Tables) -> Pairs:
    """Return every service of every applicant: (a) as main client and (b) through a party (domain.md §5).

    Columns: `service` (a code that is equal for equal service numbers), `own` (is it the application itself),
    and begin, einde, productnr, besluit, dtaanvraag, dtopvoer, dtafvoer, technischesleutel.
    """
    diensten = in_service_terms(tables["diensten"])
    diensten = diensten[(diensten["geldig"] == 1).to_numpy(dtype=bool)]
    members = tables["dienstsubjecten"]
    members = members[(members["geldig"] == 1).to_numpy(dtype=bool)]
    numbers = diensten["dienst"].cat.categories.union(members["dienst"].cat.categories, sort=False)
    own = positions_in(applications["dienst"], numbers)

    services = codes_in(diensten["dienst"], numbers)
    as_client = applicants.pairs(diensten.assign(service=services))
    through = _through_parties(applicants, members.assign(service=codes_in(members["dienst"], numbers)), tables)
    through = through.where(~_named_as_client(through, as_client))
    through = _with_service_facts(through, diensten, services)

    columns = ["service", *_TERMS]
    rows = pd.concat([as_client.rows[columns], through.rows[columns]], ignore_index=True)
    application = np.concatenate([as_client.application, through.application])
    refs = np.concatenate([as_client.ref, through.ref])
    return Pairs(rows.assign(own=rows["service"].to_numpy() == own[application]), application, refs)


def _through_parties(applicants: Applicants, members: pd.DataFrame, tables: Tables) -> Pairs:
    """Return the service rows of every party that the applicant belongs to."""
    parties = tables["partijen"]["partij"].cat.categories
    membership = applicants.pairs(tables["partijen"])
    party_codes = codes_in(membership.rows["partij"], parties)
    links = pd.DataFrame({"peilmoment": membership.ref})
    found = pair(links, party_codes, members, codes_in(members["partij"], parties))
    rows = found.rows.rename(columns={"dtbegin": "begin", "dteinde": "einde"})
    return Pairs(rows, membership.application[found.application], found.ref)


def _named_as_client(through: Pairs, as_client: Pairs) -> Mask:
    """Say where a row known at ref already names the applicant as main client of the same service."""
    seen = as_client.where(known(as_client.moments("dtopvoer"), as_client.ref))
    spread = 1 + max((int(p.rows["service"].max()) for p in (through, seen) if len(p.rows)), default=0)
    named = np.unique(seen.application * spread + seen.rows["service"].to_numpy())
    return np.isin(through.application * spread + through.rows["service"].to_numpy(), named)


def _with_service_facts(through: Pairs, diensten: pd.DataFrame, services: np.ndarray) -> Pairs:
    """Return party rows with product, decision and request of the latest dienst row known at ref, else empty."""
    position, row = match(through.rows["service"].to_numpy(), services)
    candidates = diensten.take(row)
    at_ref = known(candidates["dtopvoer"].to_numpy("datetime64[us]"), through.ref[position])
    position, candidates = position[at_ref], candidates[at_ref]
    latest = best_per_group(position, candidates, lambda dtopvoer: dtopvoer)
    facts = candidates[_OF_THE_SERVICE].take(latest).set_axis(position[latest]).reindex(range(len(through.rows)))
    rows = through.rows.reset_index(drop=True).assign(**{name: facts[name] for name in _OF_THE_SERVICE})
    return Pairs(rows, through.application, through.ref)


def _granted(services: Pairs) -> Pairs:
    """Return, in the order of the contract: of last year, the latest row per number, granted, and not empty of days."""
    recent = services.where(
        services.known_and_alive()
        & runs_in_last_year(services.moments("begin"), services.moments("einde"), services.ref)
    )
    spread = 1 + int(recent.rows["service"].max()) if len(recent.rows) else 1
    groups = recent.application * spread + recent.rows["service"].to_numpy()
    latest = best_per_group(groups, recent.rows, lambda dtopvoer: dtopvoer)
    latest_rows = Pairs(recent.rows.take(latest), recent.application[latest], recent.ref[latest])
    rows = latest_rows.rows
    granted = rows["besluit"].isin(GRANTED).to_numpy(dtype=bool)
    no_days = latest_rows.moments("begin") == latest_rows.moments("einde")
    return latest_rows.where(granted & ~(no_days & _is_core(rows)))


def _is_core(rows: pd.DataFrame) -> Mask:
    return rows["productnr"].isin(CORE_PRODUCTS).to_numpy(dtype=bool)


def _same_product(services: Pairs, own_product: np.ndarray) -> Mask:
    product = services.rows["productnr"]
    same = product.to_numpy(dtype=np.int64, na_value=_EMPTY) == own_product[services.application]
    return same & product.notna().to_numpy(dtype=bool)


def _applied(services: Pairs, own_product: np.ndarray, applications: int) -> np.ndarray:
    requested = services.moments("dtaanvraag")
    recent = services.known_and_alive() & runs_in_last_year(requested, requested, services.ref)
    other = ~services.rows["own"].to_numpy(dtype=bool)
    counted = recent & other & _is_core(services.rows) & _same_product(services, own_product)
    return exists(services.application[counted], applications).astype(np.int64)


def _days_since_end(granted: Pairs, applications: int) -> Features:
    core = granted.where(_is_core(granted.rows))
    ends = core.moments("einde")
    running = exists(core.application[np.isnat(ends)], applications)
    latest = np.full(applications, np.iinfo(np.int64).min)
    np.maximum.at(latest, core.application, rank(core.rows["einde"]))
    refs = np.zeros(applications, dtype="datetime64[us]")
    refs[core.application] = core.ref
    days = np.maximum(whole_days(latest.astype("datetime64[us]"), refs), 0)
    had = exists(core.application, applications)
    return {
        "days_since_last_dienst_end": np.where(had, np.where(running, 0, days), NO_EARLIER_BENEFIT).astype(np.int64),
        "feit_uitkering_loopt": running.astype(np.int64),
    }
