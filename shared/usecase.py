"""All that the rest of the product knows about a use case: one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.records import CheckedDelivery, FeatureTable, Finding, PseudonymisedDelivery, Selection

if TYPE_CHECKING:
    import pandas as pd

    from shared.dataset import DatasetSchema
    from shared.stages.pseudonymise import Pseudonymiser

type Tables = Mapping[str, pd.DataFrame]
type Facts = Mapping[str, object]


@dataclass(frozen=True)
class UseCase:
    """One model's own rules. A second use case is a second record, in a folder beside the first.

    * `dataset`: id of the Amsterdam Schema dataset; also the name of its mailbox folder.
    * `title`: what a person calls it.
    * `schema`: the tables and columns that may arrive, and those that never may.
    * `package`: folder name of the model package below `models/` that is active.
    * `cross_check`: rules over several rows or tables that reject a delivery.
    * `select`: chooses the applications and only the rows they need; numbers still in clear.
    * `derive`: turns one selected table into what may be stored (pseudonyms and derived facts).
    * `compute_features`: eligibility and features; may name addresses of special groups, as pseudonyms.
    * `sentence_case`: which sentence of the package's texts tells a feature's value, and the facts to fill it with.
    """

    dataset: str
    title: str
    schema: DatasetSchema
    package: str
    cross_check: Callable[[Tables], Sequence[Finding]]
    select: Callable[[CheckedDelivery], Selection]
    derive: Callable[[str, pd.DataFrame, Pseudonymiser], pd.DataFrame]
    compute_features: Callable[[PseudonymisedDelivery, frozenset[str]], FeatureTable]
    sentence_case: Callable[[str, Facts], tuple[str, Facts]]
    special_address: Callable[[Mapping[str, str], Pseudonymiser], str]
