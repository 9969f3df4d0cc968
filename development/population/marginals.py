"""States the published figures of the stream of applications (domain.md §8, N = 9,604), and draws by them."""

from typing import Final

import numpy as np

from .frames import Floats

# Shares of the whole stream.
IN_CITY: Final = 0.888
SHARE_NONE, SHARE_ALL, SHARE_PARTLY = 0.323, 0.586, 0.091
ONE_ADDRESS, MORE_ADDRESSES = 0.934, 0.066
RELOCATED_LAST_YEAR: Final = 0.296
NO_EARLIER_BENEFIT, ENDED_SIXTY_DAYS = 0.789, 0.075
HOUSEMATE, PARTNER = 0.054, 0.104
MEASURE: Final = 0.017
DEBT, WEALTH = 0.620, 0.115
NO_NO_SHOW, NO_NO_CONTACT = 0.971, 0.981
APPLIED_BEFORE, RECEIVED_BEFORE = 0.237, 0.210
INCOME_UNKNOWN, INCOME_ZERO, INCOME_POSITIVE = 0.905, 0.089, 0.006
MEN, UNDER_FORTY, DUTCH = 0.569, 0.577, 0.756
INVESTIGATED, WORTH_IT = 0.07, 0.55

# Quantiles: share -> value (days, euro). Debts and wealth among those who have them.
RELOCATION_QUANTILES: Final = {0.05: 60, 0.25: 373, 0.50: 887, 0.75: 2_233, 0.90: 9_308, 0.95: 17_558}
DEBT_QUANTILES: Final = {0.05: -30_770, 0.25: -6_521, 0.50: -2_270, 0.75: -1_050, 0.95: -443}
WEALTH_QUANTILES: Final = {0.05: 110, 0.25: 757, 0.50: 2_628, 0.75: 7_576, 0.95: 45_160}
INCOME_MEDIAN: Final = 600

# The published share of 29.6 % within a year and the 25 % quantile of 373 days cannot both hold (more than a quarter
# would lie below 365). The curve passes between them: many relocations lie close to a year ago.
_RELOCATION_CURVE: Final = {
    0.0: 1,
    0.05: 58,
    0.225: 345,
    0.300: 364,
    0.304: 375,
    0.505: 870,
    0.755: 2_210,
    0.90: 9_200,
    0.95: 17_450,
    1.0: 24_500,
}


def relocation_days(u: Floats) -> Floats:
    """Turns ranks 0–1 into days since the last relocation."""
    return np.floor(_along_logs(_RELOCATION_CURVE, u, sign=1))


def debt(u: Floats) -> Floats:
    """Turns ranks 0–1 into a negative total in euro."""
    return -_along_logs({0.0: -95_000, **DEBT_QUANTILES, 1.0: -60}, u, sign=-1)


def wealth(u: Floats) -> Floats:
    """Turns ranks 0–1 into a positive total in euro."""
    return _along_logs({0.0: 15, **WEALTH_QUANTILES, 1.0: 160_000}, u, sign=1)


def _along_logs(curve: dict[float, int], u: Floats, sign: int) -> Floats:
    return np.exp(np.interp(u, list(curve), [float(np.log(sign * value)) for value in curve.values()]))
