"""Splits in time: learn from earlier applications, test on later ones, nobody in both."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd


def split_in_time(
    ref: pd.Series[str], persons: pd.Series[str], test_share: float = 0.25
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which rows to learn from and which to test on: the last `test_share` of the refs is for testing.

    Who is in the test part is left out of what is learnt from, not the other way round: then the test still holds
    everyone whom the model would meet, people who applied before included.
    """
    moments = ref.to_numpy(dtype=np.str_)
    cutoff = np.sort(moments)[int(len(moments) * (1 - test_share))]
    test = moments >= cutoff
    return ~test & ~persons.isin(persons[test]).to_numpy(), test
