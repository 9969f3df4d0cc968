"""What a model does with an income that nobody knows: the training mean, and a flag that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Imputation:
    """`feature` takes `value` where it is empty, and `flag` (when the model has one) becomes 1 there."""

    feature: str
    flag: str | None
    value: float

    def apply(self, columns: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, npt.NDArray[np.generic]]:
        """Return the columns with every empty (NaN) value of the feature filled; a filled one stays as it is."""
        values = columns[self.feature].astype(np.float64, copy=False)
        empty = np.isnan(values)
        if not empty.any():
            return dict(columns)
        filled = {**columns, self.feature: np.where(empty, self.value, values)}
        if self.flag is not None:
            flags = columns[self.flag]
            filled[self.flag] = np.where(empty, flags.dtype.type(1), flags)  # 1, 1.0, True or "1", as the column is
        return filled
