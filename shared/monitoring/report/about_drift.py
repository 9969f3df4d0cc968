"""The chapter on drift: whether the applications of now are like those with which the model was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.monitoring.disclosure import TO
from shared.monitoring.report.bars import Bar, Bars
from shared.monitoring.report.document import Figure, Part, Section, Table
from shared.monitoring.report.words import NONE, number, percent
from shared.monitoring.reportfacts import Drift, Shift

_LOWEST, _HIGHEST = "laagste", "hoogste"  # as drift.py names the borders beyond which there is none


def drift_section(score: Drift, features: Sequence[Drift], labels: Mapping[str, str]) -> Section:
    """Return the shift of the score and of every feature, and the spread of what shifted."""
    ordered = [score, *sorted(features, key=lambda drift: (-(drift.psi or 0.0), drift.name))]
    named = {score.name: "Score", **labels}
    rows = tuple(_row(drift, named) for drift in ordered)
    bars = tuple(
        Bar(_name(drift, named), drift.psi, f"{number(drift.psi, 2)} {drift.shift}")
        for drift in ordered
        if drift.psi is not None
    )
    table = Table(
        "Verschuiving per kenmerk",
        ("Kenmerk", "PSI", "Oordeel", "KS"),
        rows,
        0,
        "PSI: onder 0,1 is stabiel, van 0,1 tot 0,25 merkbaar verschoven, daarboven sterk verschoven. KS: de grootste "
        "afstand tussen toen en nu, van 0 tot 1, en of dat meer is dan toeval.",
    )
    picture = Bars("Staven: hoe ver elk kenmerk is verschoven. De tabel zegt hetzelfde.", bars)
    moved = [drift for drift in ordered if drift.shift in (Shift.MERKBAAR, Shift.STERK) and drift is not score]
    return Section(
        "verschuiving",
        "Lijken de aanvragen nog op die van toen?",
        (
            "Het model leerde van aanvragen uit het verleden. Zijn de aanvragen van nu heel anders, dan klopt de score "
            "misschien minder goed. Wij vergelijken daarom elke maand met toen. Dat heet verschuiving.",
            Figure(picture, table) if bars else table,
        ),
        tuple(_spread(drift, named) for drift in moved),
    )


def _name(drift: Drift, named: Mapping[str, str]) -> str:
    return named.get(drift.name, drift.name)


def _row(drift: Drift, named: Mapping[str, str]) -> tuple[str, ...]:
    psi = NONE if drift.psi is None else number(drift.psi, 2)
    ks = NONE if drift.ks is None else f"{number(drift.ks, 2)} ({'meer dan toeval' if drift.ks_found else 'toeval'})"
    return _name(drift, named), psi, str(drift.shift), ks


def _spread(drift: Drift, named: Mapping[str, str]) -> Part:
    rows = tuple(
        (_bin_words(name), percent(drift.seen.get(name)), percent(then, 1)) for name, then in drift.reference.items()
    )
    note = (
        "Hoeveel aanvragen dat zijn staat er niet: kenmerken hangen samen, dus uit twee aantallen kan een klein aantal "
        "volgen. Daarom is ook ‘nu’ grof afgerond."
    )
    table = Table(f"{_name(drift, named)}: nu en toen", ("Waarde", "Nu, ongeveer", "Toen"), rows, 2, note)
    return Part(f"Wat er verschoof: {_name(drift, named)}", (table,))


def _bin_words(name: str) -> str:
    """Return a bin between two borders in words; the lowest and the highest have one border."""
    low, high = name.split(TO)
    if low == _LOWEST:
        return f"minder dan {_border(high)}"
    return f"{_border(low)} of meer" if high == _HIGHEST else f"{_border(low)} tot {_border(high)}"


def _border(text: str) -> str:
    return number(float(text), len(text.partition(".")[2]))
