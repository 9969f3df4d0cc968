"""All that the rest of the product knows about a use case: one record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from shared.records import CheckedDelivery, FeatureTable, Finding, Period, PseudonymisedDelivery, Selection

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from shared.dataset import DatasetSchema
    from shared.stages.pseudonym import Pseudonymiser

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


class FollowUpKind(StrEnum):
    """What comes after the judging, for the monitoring alone; also the name of the container it is kept in."""

    UITKOMSTEN = "uitkomsten"
    GROEPSKENMERKEN = "groepskenmerken"


@dataclass(frozen=True)
class FollowUp:
    """A small dataset of one table with a mailbox of its own, delivered and checked as the applications are.

    `derive`: what may be stored of its rows, whose number is a pseudonym by then. `cross_check`: rules over several
    rows.
    """

    kind: FollowUpKind
    schema: DatasetSchema
    derive: Callable[[pd.DataFrame], pd.DataFrame]
    cross_check: Callable[[Tables], Sequence[Finding]] = lambda _tables: ()

    @property
    def dataset(self) -> str:
        """Return the name of its mailbox."""
        return self.schema.id

    @property
    def table(self) -> str:
        """Return the name of its one table."""
        (name,) = self.schema.tables
        return name


class Columns(Protocol):
    """The rows of a table read before the others, of these columns alone, some at a time."""

    def __call__(self, name: str, *wanted: str) -> Iterator[pd.DataFrame]:
        """Yield them."""


class Divided(Protocol):
    """In which part of a delivery each row is needed. A row may be in a part that turns out not to need it."""

    @property
    def parts(self) -> int:
        """Return the number of parts."""

    @property
    def applications(self) -> int:
        """Return the number of applications of all parts."""

    def of(self, table: str, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return (place in `rows`, part) of every row in every part that needs it."""


@dataclass(frozen=True)
class Division:
    """How a delivery is cut in parts that can be judged apart, each the next so many applications by number.

    `links`: the tables that tell which rows belong to which application. `everywhere`: the code tables. `divide`: from
    the links, the period and the number of applications in a part.
    """

    links: tuple[str, ...]
    everywhere: tuple[str, ...]
    divide: Callable[[Columns, Period, int], Divided]


@dataclass(frozen=True)
class OutcomeRules:
    """What the words in an outcome mean: `soort` of an investigation, the `resultaat` that says it was worth it or not.

    `overturned`: the resultaat of an objection by which an outcome does not stand. `people`, `sample`: the selectie by
    people and by the random sample. `route`: of an assessment by which people choose to investigate.
    """

    investigated: str
    worth: str
    not_worth: str
    overturned: str
    people: str
    sample: str
    route: str


@dataclass(frozen=True)
class Grouping:
    """A way to divide people: its title, the words for every group (`onbekend` too), and the group compared with.

    `of`: the group of a person, from the stored group attributes and the year in which it is counted. `inside`: of a
    grouping into `ja` and `nee`, the one that holds everybody who is `ja` in it, such as under 40 of under 30.
    """

    title: str
    labels: Mapping[str, str]
    privileged: str
    of: Callable[[Mapping[str, Any], int], str]
    inside: str = ""


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
    * `division`: how a large delivery is cut in parts; None where it is always judged whole.
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
    * `follow_ups`: datasets that come after the judging. `outcome_rules`: what the words in an outcome mean.
    * `group_rules`: how people are divided to measure equal treatment.
    * `no_values`: per feature the number that stands for no value, and what it means, in words.
    * `follow_up`: filled where this is the mailbox of such a dataset: what arrives in it is kept and not judged;
      `belongs_to`: the dataset that is.
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
    division: Division | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    outcome_rules: OutcomeRules | None = None
    group_rules: Mapping[str, Grouping] = field(default_factory=dict)
    no_values: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    follow_up: FollowUp | None = None
    belongs_to: str = ""

    @property
    def judged(self) -> str:
        """Return the dataset with the applications: its own, or the one that this belongs to."""
        return self.belongs_to or self.dataset


def at_mailbox(case: UseCase, follow_up: FollowUp) -> UseCase:
    """Return the use case as the mailbox of a dataset that follows sees it: there is nothing to judge in it."""
    return replace(
        case,
        dataset=follow_up.dataset,
        title=follow_up.schema.title,
        schema=follow_up.schema,
        moment_column=("", ""),
        count_applications=lambda _tables, _period: 0,
        cross_check=follow_up.cross_check,
        division=None,
        follow_up=follow_up,
        belongs_to=case.dataset,
        follow_ups=(),
    )
