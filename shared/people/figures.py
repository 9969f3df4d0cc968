"""Writes the figures of a prediction for people, so that rounding never contradicts what they say. Pure."""

from __future__ import annotations

from itertools import count

_PLACES = 2


def side_of(score: float, threshold: float) -> str:
    """Return on which side of the threshold a score lies."""
    return "op of boven" if score >= threshold else "onder"


def beside(score: float, threshold: float, places: int = _PLACES) -> tuple[str, str]:
    """Return score and threshold with a comma, in as many decimals as it takes to show on which side the score lies.

    At least `places` for the score; zeros at the end of the threshold are left out beyond two decimals. Only equal
    numbers read as equal.
    """
    if score != threshold:  # two different numbers differ somewhere, so this ends
        places = next(n for n in count(places) if f"{score:.{n}f}" != f"{threshold:.{n}f}")
    whole, _, decimals = f"{threshold:.{places}f}".partition(".")
    short = decimals.rstrip("0").ljust(_PLACES, "0")
    return f"{score:.{places}f}".replace(".", ","), f"{whole},{short}"


def percent(share: float) -> str:
    """Return a share in percents, such as 87 %; what is not nothing or everything never reads as 0 % or 100 %."""
    places = 0
    if 0.0 < share < 1.0:
        places = next(n for n in count() if f"{share:.{n}%}" not in (f"{0:.{n}%}", f"{1:.{n}%}"))
    return f"{share:.{places}%}".replace(".", ",").replace("%", " %")
