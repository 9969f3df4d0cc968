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
    is_valid,
    latest_known,
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
_OF_THE_SERVICE = ("productnr", "besluit", "dtaanvraag")


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
    diensten, members = in_service_terms(tables["diensten"]), in_service_terms(tables["dienstsubjecten"])
    numbers = diensten["dienst"].cat.categories.union(members["dienst"].cat.categories, sort=False)
    diensten = diensten.assign(service=codes_in(diensten["dienst"], numbers))
    members = members.assign(service=codes_in(members["dienst"], numbers))
    own = positions_in(applications["dienst"], numbers)

    as_client = applicants.pairs("diensten", diensten, is_valid(diensten))
    through = _through_parties(applicants, members, tables["partijen"])
    through = through.where(~_named_as_client(through, as_client))

    rows = pd.concat([_of_client(as_client), _with_service_facts(through, diensten)], ignore_index=True)
    application = np.concatenate([as_client.application, through.application])
    refs = np.concatenate([as_client.ref, through.ref])
    rows["own"] = rows["service"].to_numpy() == own[application]
    return Pairs(rows, np.arange(len(rows)), application, refs)


def _of_client(as_client: Pairs) -> pd.DataFrame:
    return pd.DataFrame({name: as_client[name].array for name in ("service", *_TERMS)})


def _through_parties(applicants: Applicants, members: pd.DataFrame, parties: pd.DataFrame) -> Pairs:
    """Return the valid service rows of every party that the applicant belongs to."""
    names = parties["partij"].cat.categories
    membership = applicants.pairs("partijen", parties)
    links = pd.DataFrame({"peilmoment": membership.ref})
    of_party = np.where(is_valid(members), codes_in(members["partij"], names), -1)
    found = pair(links, codes_in(membership["partij"], names), members, of_party)
    return Pairs(members, found.row, membership.application[found.application], found.ref)


def _named_as_client(through: Pairs, as_client: Pairs) -> Mask:
    """Say where a row known at ref already names the applicant as main client of the same service."""
    seen = as_client.where(known(as_client.moments("dtopvoer"), as_client.ref))
    services, of_client = through["service"].to_numpy(), seen["service"].to_numpy()
    spread = 1 + max(services.max(initial=0), of_client.max(initial=0))
    named = pd.Series(through.application * spread + services).isin(pd.unique(seen.application * spread + of_client))
    return named.to_numpy(dtype=bool)


def _with_service_facts(through: Pairs, diensten: pd.DataFrame) -> pd.DataFrame:
    """Return party rows with product, decision and request of the latest dienst row known at ref, else empty."""
    services = np.where(is_valid(diensten), diensten["service"].to_numpy(), -1)
    latest = latest_known(services, diensten, through["service"].to_numpy(), through.ref)
    facts = diensten[list(_OF_THE_SERVICE)].reset_index(drop=True).reindex(latest)
    return pd.DataFrame(
        {name: (facts[name] if name in _OF_THE_SERVICE else through[name]).array for name in ("service", *_TERMS)}
    )


def _granted(services: Pairs) -> Pairs:
    """Return, in the order of the contract: of last year, the latest row per number, granted, and not empty of days."""
    recent = services.where(
        services.known_and_alive()
        & runs_in_last_year(services.moments("begin"), services.moments("einde"), services.ref)
    )
    services_of = recent["service"].to_numpy()
    groups = recent.application * (1 + services_of.max(initial=0)) + services_of
    latest = recent.where(best_per_group(groups, recent, lambda dtopvoer: dtopvoer))
    granted = latest["besluit"].isin(GRANTED).to_numpy(dtype=bool)
    no_days = latest.moments("begin") == latest.moments("einde")
    return latest.where(granted & ~(no_days & _is_core(latest)))


def _is_core(services: Pairs) -> Mask:
    return services["productnr"].isin(CORE_PRODUCTS).to_numpy(dtype=bool)


def _same_product(services: Pairs, own_product: np.ndarray) -> Mask:
    product = services["productnr"]
    same = product.to_numpy(dtype=np.int64, na_value=_EMPTY) == own_product[services.application]
    return same & product.notna().to_numpy(dtype=bool)


def _applied(services: Pairs, own_product: np.ndarray, applications: int) -> np.ndarray:
    requested = services.moments("dtaanvraag")
    recent = services.known_and_alive() & runs_in_last_year(requested, requested, services.ref)
    other = ~services["own"].to_numpy(dtype=bool)
    counted = recent & other & _is_core(services) & _same_product(services, own_product)
    return exists(services.application[counted], applications).astype(np.int64)


def _days_since_end(granted: Pairs, applications: int) -> Features:
    core = granted.where(_is_core(granted))
    ends = core.moments("einde")
    running = exists(core.application[np.isnat(ends)], applications)
    latest = np.full(applications, np.iinfo(np.int64).min)
    np.maximum.at(latest, core.application, rank(core["einde"]))
    refs = np.zeros(applications, dtype="datetime64[us]")
    refs[core.application] = core.ref
    days = np.maximum(whole_days(latest.astype("datetime64[us]"), refs), 0)
    had = exists(core.application, applications)
    return {
        "days_since_last_dienst_end": np.where(had, np.where(running, 0, days), NO_EARLIER_BENEFIT).astype(np.int64),
        "feit_uitkering_loopt": running.astype(np.int64),
    }
