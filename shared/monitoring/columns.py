"""Names what is counted of a group in a month, and per family of columns which numbers it gives away when shown.

A column is `<stroom>.<maat>`. A family is shown whole or not at all. Its exposures are the numbers of people that a
reader can work out from it and from the families shown before it: the columns, what is left of one beside another,
and what the definition of the streams gives away. An outcome comes from a case that people chose (marked by the model
or not), that the model chose (marked), or that the sample drew (marked or not; people may have chosen it as well). The
columns are sums of these, so where two streams are shown some of them can be found by subtraction: those must be large
enough too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from shared.monitoring.months import GroupTally, MonthTally, Stream

EVERYBODY = "alle"
CELLS = ("tn", "fp", "fn", "tp")
OBJECTIONS = "bezwaar"  # every other kind of outcome is part of a stream, or may be, and would give its parts away

type Terms = Mapping[str, int]  # column -> how often it is added (or, below 0, taken off)


@dataclass(frozen=True)
class Exposure:
    """A number of people that a shown family gives away; `only_if_nobody`: as long as these columns count nobody."""

    terms: Terms
    only_if_nobody: tuple[str, ...] = ()


@dataclass(frozen=True)
class Family:
    """Columns that are shown together. `parents`: families whose blocks this one's are made of.

    `everybody_only`: shown of everybody and not of groups. `unless_nobody`: parents that count only while this
    exposure is not nobody at all. `same`: parents that count while one of these exposures is nobody at all: columns of
    both then count the same people, and would give away a month that is in a block of the one and not of the other.
    """

    name: str
    columns: tuple[str, ...]
    exposures: tuple[Exposure, ...]
    parents: tuple[str, ...] = ()
    everybody_only: bool = False
    unless_nobody: Mapping[str, Exposure] | None = None
    same: Mapping[str, tuple[Exposure, ...]] | None = None


def families(months: Sequence[MonthTally]) -> tuple[Family, ...]:
    """Return every family, parents first; kinds of outcome and assessments as they occur in the months."""
    outside = Exposure({"proces.aanvragen": 1, "model.aanvragen": -1})
    return (
        _applications(Stream.MODEL),
        Family(
            "alle aanvragen",
            ("alle.aanvragen",),
            (Exposure({"alle.aanvragen": 1}), Exposure({"alle.aanvragen": 1, "model.aanvragen": -1})),
            parents=(applications_of(Stream.MODEL),),
            everybody_only=True,
        ),
        _applications(Stream.PROCES, (outside,), {"alle aanvragen": outside}),
        _applications(
            Stream.STEEKPROEF,
            (
                Exposure({"model.aanvragen": 1, "steekproef.aanvragen": -1}),
                Exposure({"model.gemarkeerd": 1, "steekproef.gemarkeerd": -1}),
                Exposure(
                    {
                        "model.aanvragen": 1,
                        "steekproef.aanvragen": -1,
                        "model.gemarkeerd": -1,
                        "steekproef.gemarkeerd": 1,
                    }
                ),
            ),
        ),
        _flagged(Stream.MODEL),
        _flagged(Stream.PROCES),
        _sample(),
        _not_flagged(),
        *_kinds(months),
    )


def applications_of(stream: Stream) -> str:
    """Return the name of the family of a stream's applications."""
    return f"aanvragen {stream}"


def flagged_of(stream: Stream) -> str:
    """Return the name of the family of what came of whom a stream flagged."""
    return f"gemarkeerd {stream}"


NOT_FLAGGED = "niet gemarkeerd"
ASSESSED, SAMPLED = "beoordeling", "beoordeling steekproef"
SAMPLE = "uitkomsten steekproef"


def columns_of(tally: GroupTally | None, stream: Stream) -> dict[str, int]:
    """Return a stream's columns of one group in one month."""
    tally = tally or GroupTally()
    outcomes = tally.outcomes
    return {
        f"{stream}.aanvragen": tally.applications,
        f"{stream}.gemarkeerd": tally.flagged,
        **{f"{stream}.{cell}": getattr(outcomes, cell) for cell in CELLS},
    }


def columns_of_everybody(month: MonthTally) -> dict[str, int]:
    """Return the columns that are counted of everybody alone."""
    found = {"alle.aanvragen": sum(month.results.values())}
    for name, number in month.outcomes.items():
        kind, result = name.split("/")[:2]
        if kind.startswith(OBJECTIONS):
            column = f"uitkomst.{kind}/{result}"
            found[column] = found.get(column, 0) + number
    for name, number in month.assessments.items():
        found[f"beoordeling.{name}"] = number
    for name, number in month.sampled_assessments.items():
        found[f"beoordeling steekproef.{name}"] = number
    return found


# What everybody knows the beginning of: the sample, cases that people did not choose, applications without a score.
BEGIN_ONCE: tuple[tuple[Terms, ...], ...] = (
    tuple({f"{Stream.STEEKPROEF}.{name}": 1} for name in ("aanvragen", *CELLS)),
    ({f"{Stream.PROCES}.tn": 1}, {f"{Stream.PROCES}.fn": 1}),
    ({f"{Stream.PROCES}.aanvragen": 1, f"{Stream.MODEL}.aanvragen": -1},),
)


def _applications(
    stream: Stream, more: tuple[Exposure, ...] = (), unless_nobody: Mapping[str, Exposure] | None = None
) -> Family:
    size, flagged = f"{stream}.aanvragen", f"{stream}.gemarkeerd"
    return Family(
        applications_of(stream),
        (size, flagged),
        (Exposure({size: 1}), Exposure({flagged: 1}), Exposure({size: 1, flagged: -1}), *more),
        parents=() if stream is Stream.MODEL else (applications_of(Stream.MODEL),),
        unless_nobody=unless_nobody,
    )


def _flagged(stream: Stream) -> Family:
    columns = (f"{stream}.fp", f"{stream}.tp")
    # while only people choose, everybody with an outcome is in the process's columns, and the rest is a difference
    others = {actual: (f"proces.{_cells(actual)[1]}",) for actual in (0, 1)}
    return Family(
        flagged_of(stream),
        columns,
        (
            *(Exposure({column: 1}) for column in columns),
            *(Exposure({f"model.{cell}": 1}, nobody) for actual, nobody in others.items() for cell in _cells(actual)),
        ),
    )


def _chosen_and_marked(actual: int) -> Terms:
    """Return whom people chose and the model marked, as long as everybody who was not marked was chosen by people."""
    flagged, not_flagged = _cells(actual)
    return {f"proces.{flagged}": 1, f"model.{not_flagged}": -1}


def _cells(actual: int) -> tuple[str, str]:
    """Return the cell of the flagged and that of the not flagged, of those worth it (1) or not (0)."""
    return ("tp", "fn") if actual else ("fp", "tn")


def _not_flagged() -> Family:
    """Return what came of those not flagged; who is in the sample may be shown too, so it gives way to the sample."""
    columns = ("model.tn", "model.fn", "proces.tn", "proces.fn")
    exposures = [Exposure({column: 1}) for column in columns]
    for actual in (0, 1):
        flagged, not_flagged = _cells(actual)
        exposures += [
            Exposure(_chosen_and_marked(actual)),
            # the same where the sample draws who is not marked: people chose those drawn as well, or they did not
            Exposure({**_chosen_and_marked(actual), f"steekproef.{flagged}": -1}),
            Exposure({**_chosen_and_marked(actual), f"steekproef.{not_flagged}": 1}),
            Exposure({f"model.{not_flagged}": 1, f"steekproef.{not_flagged}": -1}),
            Exposure({f"proces.{not_flagged}": 1, f"steekproef.{not_flagged}": -1, f"steekproef.{flagged}": -1}),
        ]
    of_sample = (one for one in exposures if any(column.startswith(Stream.STEEKPROEF) for column in one.terms))
    parents = (flagged_of(Stream.MODEL), flagged_of(Stream.PROCES))
    return Family(NOT_FLAGGED, columns, tuple(exposures), parents, same={SAMPLE: tuple(of_sample)})


def _sample() -> Family:
    columns = tuple(f"steekproef.{cell}" for cell in CELLS)
    left = tuple(Exposure({f"model.{cell}": 1, f"steekproef.{cell}": -1}) for cell in ("fp", "tp"))
    return Family(
        SAMPLE,
        columns,
        (*(Exposure({column: 1}) for column in columns), *left),
        parents=(flagged_of(Stream.MODEL),),
    )


def _kinds(months: Sequence[MonthTally]) -> list[Family]:
    """Return a family per kind of outcome that is in no stream, and one per signal that people judged."""
    seen = {column for month in months for column in columns_of_everybody(month)}
    alone = [column for column in seen if column.startswith("uitkomst.")]
    found = [Family(column, (column,), (Exposure({column: 1}),), everybody_only=True) for column in sorted(alone)]
    return [*found, *_assessments(sorted({name.rsplit("/", 1)[0] for name in seen if name.startswith(ASSESSED)}))]


def _assessments(signals: Sequence[str]) -> Iterator[Family]:
    """Yield a family per signal that people judged, those of the sample last.

    Whom people chose is who followed a signal to investigate or did not follow the other one, and nobody else but whom
    an outcome told of; whom they did not judge yet is what is left of a signal. Both are found by subtraction.
    """
    chosen: list[str] = []  # columns of families before this one that count whom people chose
    earlier: dict[str, Exposure] = {applications_of(Stream.STEEKPROEF): Exposure({"steekproef.aanvragen": 1})}
    for signal in sorted(signals, key=lambda name: (name.startswith(SAMPLED), name)):
        columns = (f"{signal}/ja", f"{signal}/nee")
        exposures = [Exposure({column: 1}) for column in columns]
        judged = dict.fromkeys(columns, -1)
        exposures += [Exposure({**terms, **judged}) for terms in _signalled(signal)]
        mine = {".1": columns[0], ".2": columns[1]}.get(signal[-2:])
        if mine is not None:
            exposures += [
                Exposure({"proces.gemarkeerd": 1, mine: -1, **dict.fromkeys(others, -1)})
                for number in range(len(chosen) + 1)
                for others in combinations(chosen, number)
            ]
            chosen.append(mine)
        yield Family(
            signal,
            columns,
            tuple(exposures),
            parents=(applications_of(Stream.MODEL), applications_of(Stream.PROCES)),
            everybody_only=True,
            unless_nobody=dict(earlier),
        )
        earlier[signal] = Exposure(dict.fromkeys(columns, 1))


def _signalled(signal: str) -> tuple[Terms, ...]:
    """Return who may have been given this signal, with and without the sample."""
    if signal.startswith(SAMPLED):
        return ({"steekproef.aanvragen": 1}, {"steekproef.gemarkeerd": 1})
    if signal.endswith(".1"):
        return ({"model.gemarkeerd": 1}, {"model.gemarkeerd": 1, "steekproef.gemarkeerd": -1})
    left = {"model.aanvragen": 1, "model.gemarkeerd": -1}
    return (left, {**left, "steekproef.aanvragen": -1, "steekproef.gemarkeerd": 1})
