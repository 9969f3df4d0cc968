"""Uitkomsten and groepskenmerken: what arrives after the judging, and what of it may be stored (domain.md §7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shared.dataset import read_dataset
from shared.monitoring.months import UNKNOWN_GROUP
from shared.records import Finding
from shared.stages.rules import finding
from shared.usecase import FollowUp, FollowUpKind, OutcomeRules, Tables

if TYPE_CHECKING:
    import numpy as np
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
_OURS: Final[Mapping[str, frozenset[str]]] = {
    "nederlandse_nationaliteit": frozenset({"nederlandse", "nederlands"}),
    "geboren_in_nederland": frozenset({"nederland"}),
}
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

    codes, different = pd.factorize(frame["datum"])
    days = pd.DatetimeIndex(different).strftime("%Y-%m-%d")
    return pd.DataFrame(
        {
            "dienst": frame["dienst"],
            **{name: _each(frame[name], str.lower) for name in ("soort", "resultaat", "selectie")},
            "datum": pd.Categorical.from_codes(codes, categories=days),
        }
    )


def stored_groups(frame: pd.DataFrame) -> pd.DataFrame:
    """Return group attributes as they are stored, one row per person; what contradicts itself is unknown.

    No nationality and no country is kept, only whether it is ours.
    """
    import pandas as pd

    sources = {"nederlandse_nationaliteit": "nationaliteit", "geboren_in_nederland": "geboorteland"}
    people, numbers = pd.factorize(frame["persoon"])
    kept: dict[str, pd.Series] = {"persoon": frame["persoon"]}
    for name, words in KEPT_VALUES.items():
        values = _each(frame[sources.get(name, name)], partial(_kept_word, name, words))
        kept[name] = values.mask(_differing(people, len(numbers), values), UNKNOWN_GROUP)
    born = frame["geboortejaar"].astype("Int64")
    kept["geboortejaar"] = born.mask(_differing(people, len(numbers), born), pd.NA)
    # by now all rows of a person are equal
    return pd.DataFrame(kept)[~frame["persoon"].duplicated().to_numpy()].reset_index(drop=True)


def _kept_word(name: str, words: tuple[str, ...], text: str) -> str:
    lowered = text.lower()
    if lowered and name in _OURS:
        return "ja" if lowered in _OURS[name] else "nee"
    return lowered if lowered in words else UNKNOWN_GROUP


def _differing(people: np.ndarray, number: int, values: pd.Series) -> np.ndarray:
    """Return of every row whether its person has different values in this column; no value is one too."""
    import numpy as np
    import pandas as pd

    codes, _ = pd.factorize(values)
    first = np.zeros(number, dtype=codes.dtype)
    first[people[::-1]] = codes[::-1]
    differs = np.zeros(number, dtype=bool)
    differs[people[codes != first[people]]] = True
    return differs[people]


def contradicted(tables: Tables) -> Sequence[Finding]:
    """Return a finding where one person has rows with different attributes; equal rows count once before this."""
    numbers = tables["groepskenmerken"]["persoonnr"]
    people = int(numbers[numbers.duplicated()].nunique())
    return [finding("LEV-606", tabel="groepskenmerken", kolom="persoonnr", aantal=people)] if people else []


def _each(values: pd.Series, word: Callable[[str], str]) -> pd.Series:
    """Return what `word` makes of every text of a column, "" where there is none; each different one is made once."""
    import numpy as np
    import pandas as pd

    texts = values.astype("category").cat
    made, different = pd.factorize(pd.Index([word(str(text)) for text in [*texts.categories, ""]], dtype="str"))
    # all that may be put in its place has to be known as well
    known = different.append(pd.Index([UNKNOWN_GROUP], dtype="str")).unique()
    codes = np.asarray(made)[texts.codes.to_numpy()]
    return pd.Series(pd.Categorical.from_codes(codes, categories=known), index=values.index)


FOLLOW_UPS: Final = (
    FollowUp(FollowUpKind.UITKOMSTEN, read_dataset(_HOME, "uitkomsten"), stored_outcomes),
    FollowUp(FollowUpKind.GROEPSKENMERKEN, read_dataset(_HOME, "groepskenmerken"), stored_groups, contradicted),
)
