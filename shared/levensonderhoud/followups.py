"""Uitkomsten and groepskenmerken: what arrives after the judging, and what of it may be stored (domain.md §7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shared.dataset import read_dataset
from shared.monitoring.months import UNKNOWN_GROUP
from shared.records import Finding
from shared.stages.rules import finding
from shared.usecase import FollowUp, FollowUpKind, OutcomeRules, Tables

if TYPE_CHECKING:
    import pandas as pd

_HOME = Path(__file__).parent / "dataset"
_YES_NO: Final = ("ja", "nee")
# what is kept of an attribute: one of these, and of every other value only that it is unknown
KEPT_VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "geslacht": ("man", "vrouw"),
    "nederlandse_nationaliteit": _YES_NO,
    "geboren_in_nederland": _YES_NO,
    "burgerlijke_staat": ("ongehuwd", "gehuwd", "partnerschap", "gescheiden", "verweduwd"),
    "ouderschap": ("geen", "voltijd", "deeltijd"),
}
_DUTCH: Final = frozenset({"nederlandse", "nederlands"})
_HERE: Final = frozenset({"nederland"})
OUTCOME_RULES: Final = OutcomeRules(
    investigated="onderzocht door handhaving",
    worth="onrechtmatig",
    not_worth="rechtmatig",
    overturned="gegrond",
    people="proces",
    sample="steekproef",
    route="handhaving",
)


def stored_outcomes(frame: pd.DataFrame) -> pd.DataFrame:
    """Return outcomes as they are stored: the pseudonym of the application, lower-case codes ("" = empty), the day."""
    import pandas as pd

    return pd.DataFrame(
        {
            "dienst": frame["dienst"].astype(object),
            **{name: _lowered(frame[name]) for name in ("soort", "resultaat", "selectie")},
            "datum": frame["datum"].dt.strftime("%Y-%m-%d"),
        }
    )


def stored_groups(frame: pd.DataFrame) -> pd.DataFrame:
    """Return group attributes as they are stored, one row per person; what contradicts itself is unknown.

    No nationality and no country is kept, only whether it is ours.
    """
    import pandas as pd

    nationality, country = _lowered(frame["nationaliteit"]), _lowered(frame["geboorteland"])
    found = {
        "geslacht": _lowered(frame["geslacht"]),
        "nederlandse_nationaliteit": _whether(nationality, _DUTCH),
        "geboren_in_nederland": _whether(country, _HERE),
        "burgerlijke_staat": _lowered(frame["burgerlijke_staat"]),
        "ouderschap": _lowered(frame["ouderschap"]),
    }
    kept = pd.DataFrame(
        {
            "persoon": frame["persoon"].astype(object),
            **{name: values.where(values.isin(KEPT_VALUES[name]), UNKNOWN_GROUP) for name, values in found.items()},
            "geboortejaar": frame["geboortejaar"].astype("Int64"),
        }
    )
    different = kept.groupby("persoon", sort=False).transform("nunique", dropna=False) > 1
    for name in different.columns:
        nothing = pd.NA if name == "geboortejaar" else UNKNOWN_GROUP
        kept[name] = kept[name].mask(different[name], nothing)
    return kept.drop_duplicates(ignore_index=True)


def contradicted(tables: Tables) -> Sequence[Finding]:
    """Return a finding where one person has rows with different attributes; equal rows count once before this."""
    numbers = tables["groepskenmerken"]["persoonnr"].astype(object)
    people = int(numbers[numbers.duplicated()].nunique())
    return [finding("LEV-606", tabel="groepskenmerken", kolom="persoonnr", aantal=people)] if people else []


def _lowered(values: pd.Series) -> pd.Series:
    return values.astype(object).where(values.notna(), "").str.lower()


def _whether(values: pd.Series, ours: frozenset[str]) -> pd.Series:
    return values.isin(ours).map({True: "ja", False: "nee"}).where(values != "", UNKNOWN_GROUP)


FOLLOW_UPS: Final = (
    FollowUp(FollowUpKind.UITKOMSTEN, read_dataset(_HOME, "uitkomsten"), stored_outcomes),
    FollowUp(FollowUpKind.GROEPSKENMERKEN, read_dataset(_HOME, "groepskenmerken"), stored_groups, contradicted),
)
