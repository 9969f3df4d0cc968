"""All that the rest of the product knows about a use case: one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.records import CheckedDelivery, FeatureTable, Finding, Period, PseudonymisedDelivery, Selection

if TYPE_CHECKING:
    import pandas as pd

    from shared.dataset import DatasetSchema
    from shared.stages.pseudonymise import Pseudonymiser

type Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Case:
    """Which of a feature's sentences applies, and the words to fill it with."""

    name: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SentenceRule:
    """Chooses the sentence of a feature from the values of these columns of the feature table."""

    columns: tuple[str, ...]
    choose: Callable[..., Case]


@dataclass(frozen=True)
class Route:
    """What a resultaattype means: in words, and who looks first (advies). A signal, never a decision."""

    omschrijving: str
    advies: str


@dataclass(frozen=True)
class UseCase:
    """One model's own rules. A second use case is a second record, in a folder beside the first.

    * `dataset`: id of the Amsterdam Schema dataset; also the name of its mailbox folder.
    * `title`: what a person calls it.
    * `schema`: the tables and columns that may arrive, and those that never may.
    * `package`: folder name of the model package below `models/` that is active.
    * `moment_column`: the (table, column) that sets the moment of judging; unreadable there rejects the delivery.
    * `count_applications`: how many applications a delivery asks to judge.
    * `cross_check`: rules over several rows or tables that reject a delivery.
    * `select`: chooses the applications and only the rows they need; numbers still in clear.
    * `derive`: turns one selected table into what may be stored (pseudonyms and derived facts).
    * `compute_features`: eligibility and features; may name addresses of special groups, as pseudonyms.
    * `special_address`: the pseudonym of an address of a special group, given in clear.
    * `sentences`: per feature, which sentence of the package's texts tells its value.
    * `routes`: per resultaattype (1 = the model flags, 2 = it does not), what it means.
    * `reasons`: per reden of an outcome, the sentence for a case worker.
    * `value_in_words`: one feature's value for a person, from all features and flags of an application by name.
    * `unknown_labels`: per unknown flag, what is unknown, in words.
    * `groupings`: stored features and flags of 0 and 1 by which versions of the model are compared, with their title.
    """

    dataset: str
    title: str
    schema: DatasetSchema
    package: str
    moment_column: tuple[str, str]
    count_applications: Callable[[Tables, Period], int]
    cross_check: Callable[[Tables], Sequence[Finding]]
    select: Callable[[CheckedDelivery], Selection]
    derive: Callable[[str, pd.DataFrame, Pseudonymiser], pd.DataFrame]
    compute_features: Callable[[PseudonymisedDelivery, frozenset[str]], FeatureTable]
    special_address: Callable[[Mapping[str, str], Pseudonymiser], str]
    sentences: Mapping[str, SentenceRule]
    routes: Mapping[int, Route]
    reasons: Mapping[str, str]
    value_in_words: Callable[[str, Mapping[str, float | None]], str]
    unknown_labels: Mapping[str, str]
    groupings: Mapping[str, str] = field(default_factory=dict)
