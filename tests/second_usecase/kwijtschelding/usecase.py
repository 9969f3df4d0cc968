"""Requests for remission of taxes: who asks, when, and what they owe. Invented, to prove that a second one fits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from shared.dataset import read_dataset
from shared.records import CheckedDelivery, FeatureTable, Finding, Period, PseudonymisedDelivery, Selection
from shared.stages.pseudonym import Pseudonymiser
from shared.stages.rules import finding
from shared.usecase import Case, Route, SentenceRule, Tables, UseCase

FEATURES, FLAGS = ("schuld", "aantal_schulden"), ("schuld_onbekend",)


def _in_period(tables: Tables, period: Period) -> pd.DataFrame:
    requests = tables["verzoeken"]
    inside = (requests["indiening"] >= period.van) & (requests["indiening"] < period.tot)
    return requests[inside].sort_values("verzoeknr", key=lambda numbers: numbers.astype(str), ignore_index=True)


def _count(tables: Tables, period: Period) -> int:
    return len(_in_period(tables, period))


def _select(checked: CheckedDelivery) -> Selection:
    assert checked.description is not None
    requests = _in_period(checked.tables, checked.description.period)
    applications = pd.DataFrame(
        {
            "aanvraagnummer": requests["verzoeknr"].astype(object),
            "peilmoment": requests["indiening"],
            "persoon": requests["persoonnr"].astype(object),
            "onbruikbaar": requests["persoonnr"].isin(checked.affected.persoon),
        }
    )
    debts = checked.tables["schulden"]
    needed = debts["persoonnr"].isin(set(applications["persoon"]))
    findings: list[Finding] = []
    if not needed.all():
        findings.append(finding("LEV-601", tabel="schulden", aantal=int((~needed).sum())))
    slim = debts[needed].assign(persoonnr=lambda rows: rows["persoonnr"].cat.remove_unused_categories())
    return Selection(applications, {"schulden": slim.reset_index(drop=True)}, tuple(findings))


def _derive(table: str, rows: pd.DataFrame, pseudonymiser: Pseudonymiser) -> pd.DataFrame:
    return rows


def _compute(delivery: PseudonymisedDelivery, special: frozenset[str]) -> FeatureTable:
    debts = delivery.tables["schulden"]
    cents = debts["bedrag"].fillna(0).groupby(debts["persoon"].astype(str)).agg(["sum", "count"])
    persons = delivery.applications["persoon"]
    number = cents["count"].reindex(persons).fillna(0).to_numpy(dtype=np.int64)
    unusable = delivery.applications["onbruikbaar"].to_numpy(dtype=bool)
    frame = pd.DataFrame(
        {
            "aanvraagnummer": list(delivery.aanvraagnummers),
            "peilmoment": delivery.applications["peilmoment"],
            "dienst": delivery.applications["dienst"],
            "persoon": persons,
            "resultaattype": np.where(unusable, 4, 0),
            "reden": np.where(unusable, "GEGEVENS_ONBRUIKBAAR", "MODEL"),
            "heeft_dienst": True,
            "schuld": cents["sum"].reindex(persons).fillna(0).to_numpy(dtype=np.float64) / 100,
            "aantal_schulden": number,
            "schuld_onbekend": (number == 0).astype(np.int64),
        }
    )
    return FeatureTable(frame, FEATURES, FLAGS, delivery.key_id)


def _address(address: Mapping[str, str], pseudonymiser: Pseudonymiser) -> str:
    return pseudonymiser.pseudonym("adres", address.get("postcode", ""))


def _words(feature: str, features: Mapping[str, float | None]) -> str:
    return "geen gegevens" if features["schuld_onbekend"] else f"{features[feature]:g}"


def _no_rule(tables: Tables) -> list[Finding]:
    return []


KWIJTSCHELDING = UseCase(
    dataset="kwijtschelding",
    title="Verzoeken om kwijtschelding",
    schema=read_dataset(Path(__file__).parent / "dataset", "kwijtschelding"),
    package="kwijtschelding-0.1.0",
    moment_column=("verzoeken", "indiening"),
    count_applications=_count,
    cross_check=_no_rule,
    select=_select,
    derive=_derive,
    compute_features=_compute,
    special_address=_address,
    sentences={
        "schuld": SentenceRule(
            ("schuld", "schuld_onbekend"),
            lambda euro, unknown: Case("geen" if unknown else "som", {"euro": f"{euro:g}"}),
        )
    },
    routes={1: Route("eerst bekijken", "klantmanager"), 2: Route("gewoon", "klantmanager"), 4: Route("geen", "team")},
    reasons={"MODEL": "Het model heeft dit verzoek gewogen."},
    value_in_words=_words,
    unknown_labels={"schuld_onbekend": "schuld"},
)
