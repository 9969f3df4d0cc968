"""Who is asked: the product and the oracle, both by the same question and with the same form of answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from shared.bootstrap import eligibility_of_delivery, features_of_delivery
from tests.oracle.features import FEATURES, FLAGS, Number
from tests.oracle.judge import judge
from tests.oracle.tables import typed_tables
from tests.spec.delivery import Texts, write_delivery

type Period = tuple[datetime, datetime]
type Special = Sequence[Mapping[str, str]]

WHOLE = {name for name in (*FEATURES, *FLAGS) if name.startswith(("has_", "at_", "active_", "afspraken_"))} | {
    "applied_for_same_product_last_year",
    "received_same_product_last_year",
    "sum_inkomen_bruto_was_mean_imputed",
    *FLAGS,
}


class FeatureRow(NamedTuple):
    """The peilmoment of an application and its fifteen features and four flags by name; unknown is None."""

    peilmoment: str
    values: Mapping[str, Number]


class Outcome(NamedTuple):
    """What was decided before any score; resultaattype 0 where the model decides."""

    resultaattype: int
    reden: str


class Oracle:
    """Answers from the row-by-row reading of the contract; needs no files."""

    name = "oracle"

    def features(self, texts: Texts, periode: Period, folder: Path, form: str = "csv") -> dict[str, FeatureRow]:
        """The feature rows of a delivery, by application."""
        return {
            found.aanvraagnummer: FeatureRow(found.peilmoment.isoformat(), found.values)
            for found in judge(typed_tables(texts), *periode)
            if found.values is not None
        }

    def outcomes(self, texts: Texts, periode: Period, folder: Path, special: Special = ()) -> dict[str, Outcome]:
        """The eligibility of every application of a delivery."""
        found = judge(typed_tables(texts), *periode, special)
        return {each.aanvraagnummer: Outcome(each.resultaattype, each.reden) for each in found}


def feature_rows(folder: Path) -> dict[str, FeatureRow]:
    """Asks the product for the features of a delivery folder; checks columns, types and order of rows."""
    frame = features_of_delivery(folder)
    assert list(frame.columns) == ["aanvraagnummer", "peilmoment", *FEATURES, *FLAGS]
    assert list(frame["aanvraagnummer"]) == sorted(frame["aanvraagnummer"])
    rows = {}
    for record in frame.to_dict("records"):
        values = {name: _plain(name, record[name]) for name in (*FEATURES, *FLAGS)}
        moment = record["peilmoment"]
        rows[record["aanvraagnummer"]] = FeatureRow(
            moment.isoformat() if isinstance(moment, datetime) else str(moment), values
        )
    return rows


def _plain(name: str, value: object) -> Number:
    if value is None or value != value:
        return None
    assert str(value) != "-0.0", f"{name} is minus zero"
    assert name not in WHOLE or isinstance(value, int), f"{name} is a count or a flag, but not a whole number"
    return value


class Product:
    """Answers from the product itself, by the delivery folder that a supplier would write."""

    name = "product"

    def features(self, texts: Texts, periode: Period, folder: Path, form: str = "csv") -> dict[str, FeatureRow]:
        """The feature rows of a delivery, by application."""
        return feature_rows(write_delivery(folder, texts, periode, form=form))

    def outcomes(self, texts: Texts, periode: Period, folder: Path, special: Special = ()) -> dict[str, Outcome]:
        """The eligibility of every application of a delivery."""
        frame = eligibility_of_delivery(write_delivery(folder, texts, periode), special_addresses=special)
        return {
            record["aanvraagnummer"]: Outcome(int(record["resultaattype"]), record["reden"])
            for record in frame.to_dict("records")
        }
