"""Turns deliveries into rows to learn from, by the same reading, pseudonymising and feature code as every night."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from development.training.labels import labels
from shared import pipeline
from shared.adapters.deliveryfolder import DeliveryFolder
from shared.cli.tablefiles import read_table
from shared.errors import SlimmeCheckError
from shared.records import Verdict
from shared.stages.present import moment_texts
from shared.stages.pseudonym import SHORTEST_SECRET, Pseudonymiser, PseudonymKey
from shared.usecase import UseCase


class HistoryUnusable(SlimmeCheckError):
    """The deliveries to learn from cannot be used."""

    code = "SC-630"


@dataclass(frozen=True, eq=False)
class History:
    """`frame`: one row per application that the model decides on; `labels`: by aanvraagnummer; `groups`: as `frame`."""

    frame: pd.DataFrame
    labels: pd.Series[int]
    groups: pd.DataFrame


def read_history(delivery: Path, outcomes: Path, attributes: Path, use_case: UseCase) -> History:
    """Return features under pseudonyms, outcomes and groups of the applications in a delivery.

    `outcomes` and `attributes` are the csv files of the datasets uitkomsten and groepskenmerken. The key is made on
    the spot and forgotten: pseudonyms only tell here who is the same person, and no number depends on them.
    """
    checked = pipeline.check_delivery(DeliveryFolder(delivery), use_case, bands={})
    if checked.verdict is Verdict.AFGEKEURD:
        raise HistoryUnusable(
            "The delivery to learn from would be rejected.",
            where=str(delivery),
            next_step="See every finding with: python -m shared check DELIVERY",
        )
    key = PseudonymKey("training", secrets.token_bytes(SHORTEST_SECRET))
    pseudonymised, _ = pipeline.pseudonymise_delivery(checked, use_case, key)
    table = pipeline.features(pseudonymised, use_case, key).frame
    frame = table[table["resultaattype"] == 0].reset_index(drop=True)
    frame = frame.assign(peilmoment=moment_texts(frame["peilmoment"]))
    return History(
        frame,
        labels(read_table(outcomes, text_columns=["aanvraagnummer"])),
        groups(frame, read_table(attributes, text_columns=["persoonnr"]), Pseudonymiser(key)),
    )


def groups(frame: pd.DataFrame, attributes: pd.DataFrame, pseudonymiser: Pseudonymiser) -> pd.DataFrame:
    """Return the group attributes of domain.md §9 per row of `frame`; empty where they are not known."""
    persons = pseudonymiser.pseudonyms("persoon", attributes["persoonnr"].str.strip())
    known = attributes.set_axis(persons).reindex(frame["persoon"].astype("object")).set_axis(frame.index)
    age = frame["peilmoment"].str[:4].astype("int64") - known["geboortejaar"]
    return pd.DataFrame(
        {
            "geslacht": known["geslacht"],
            **{f"jonger dan {limit}": _either(age < limit, age) for limit in (30, 40, 50)},
            "Nederlandse nationaliteit": _either(known["nationaliteit"] == "Nederlandse", known["nationaliteit"]),
            "geboren in Nederland": _either(known["geboorteland"] == "Nederland", known["geboorteland"]),
            "gehuwd of partnerschap": _either(
                known["burgerlijke_staat"].isin(["gehuwd", "partnerschap"]), known["burgerlijke_staat"]
            ),
            "ouder": _either(known["ouderschap"] != "geen", known["ouderschap"]),
        }
    )


def _either(holds: pd.Series[bool], known: pd.Series) -> pd.Series[str]:
    text = pd.Series(np.where(holds.fillna(False).to_numpy(dtype=np.bool_), "ja", "nee"), holds.index, dtype="object")
    return text.where(known.notna(), None)
