"""Makes of each grouping a picture: what may be shown of its groups, their rates, and the gaps between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from shared.monitoring.blocks import Chains
from shared.monitoring.columns import CELLS, EVERYBODY, NOT_FLAGGED, SAMPLE, applications_of, flagged_of
from shared.monitoring.disclosure import Counts, SuppressedTable
from shared.monitoring.measures import Share, band, difference, rate, ratio, shares_of, smallest_found
from shared.monitoring.months import Stream
from shared.monitoring.reportfacts import Gap, GroupPicture, Measure, Window
from shared.monitoring.windows import TOGETHER, Shown, shown_in, table_of


class GroupRule(Protocol):
    """What the use case says of a grouping: its title, its groups in words, and which group is the privileged one."""

    @property
    def title(self) -> str:
        """What a person calls the grouping."""
        ...

    @property
    def labels(self) -> Mapping[str, str]:
        """Each group, in words."""
        ...

    @property
    def privileged(self) -> str:
        """The group that others are compared with."""
        ...

    @property
    def inside(self) -> str:
        """The grouping that holds everybody who is `ja` in this one; empty where there is none."""
        ...


def pictures(
    chains: Chains, groupings: Mapping[str, Sequence[str]], rules: Mapping[str, GroupRule], asked: int, month: int
) -> Iterator[GroupPicture]:
    """Yield the picture of every stream and grouping over a window of 1 or 12 months, streams in order."""
    for stream in Stream:
        for grouping in rules:
            if grouping in groupings and grouping != EVERYBODY:
                yield picture(chains, stream, grouping, groupings[grouping], rules[grouping], asked, month)


def picture(
    chains: Chains, stream: Stream, grouping: str, groups: Sequence[str], rule: GroupRule, asked: int, month: int
) -> GroupPicture:
    """Return one grouping in one stream."""
    names = {group: rule.labels.get(group, group) for group in groups}
    (_, applications, applications_window), (_, outcomes, outcomes_window) = shown_tables(
        chains, stream, grouping, asked, month, rule.title, names
    )
    shares = _shares(applications, outcomes)
    privileged = names.get(rule.privileged, rule.privileged)
    return GroupPicture(
        stream,
        grouping,
        rule.title,
        applications,
        applications_window,
        outcomes,
        outcomes_window,
        {row: {measure: rate(share) for measure, share in found.items()} for row, found in shares.items()},
        tuple(_gaps(applications, shares, privileged)) + tuple(_gaps(outcomes, shares, privileged)),
    )


def picture_columns(stream: Stream) -> dict[str, str]:
    """Return the columns of a stream with their headings."""
    return {f"{stream}.gemarkeerd": "gemarkeerd", **{f"{stream}.{cell}": cell.upper() for cell in CELLS}}


def shown_tables(
    chains: Chains, stream: Stream, grouping: str, asked: int, month: int, title: str, names: Mapping[str, str]
) -> list[tuple[str | None, SuppressedTable, Window | None]]:
    """Return the tables of applications and of outcomes: the column with the size of a row, the table, its window."""
    headings = picture_columns(stream)
    size, flagged = f"{stream}.aanvragen", f"{stream}.gemarkeerd"
    found = shown_in(chains, grouping, {applications_of(stream): (size, flagged)}, asked, month)
    outcomes = _outcomes(chains, stream, grouping, asked, month)
    cells = {column: heading for column, heading in headings.items() if column != flagged}
    if outcomes is not None:
        shown = set(next(iter(outcomes.counts.values())))
        cells = {column: heading for column, heading in cells.items() if column in shown}
    tables: list[tuple[str | None, SuppressedTable, Shown | None]] = [
        (size, table_of(f"{title}: aanvragen", found, size, {flagged: headings[flagged]}, names), found),
        (None, table_of(f"{title}: uitkomsten", outcomes, None, cells, names), outcomes),
    ]
    return [(column, table, shown.window if shown and table.total else None) for column, table, shown in tables]


def _outcomes(chains: Chains, stream: Stream, grouping: str, asked: int, month: int) -> Shown | None:
    """Return all four cells where these may be shown, and otherwise what came of those who were flagged."""
    if stream is Stream.STEEKPROEF:
        return shown_in(chains, grouping, {SAMPLE: tuple(f"{stream}.{cell}" for cell in CELLS)}, asked, month)
    flagged = {flagged_of(stream): (f"{stream}.fp", f"{stream}.tp")}
    others = {NOT_FLAGGED: ("model.tn", "model.fn", "proces.tn", "proces.fn")}
    return shown_in(chains, grouping, {**flagged, **others}, asked, month) or shown_in(
        chains, grouping, flagged, asked, month
    )


def _shares(applications: SuppressedTable, outcomes: SuppressedTable) -> dict[str, dict[Measure, Share]]:
    found: dict[str, dict[Measure, Share]] = {}
    for row, counts in applications.rows.items():
        if counts is not None:
            found.setdefault(row, {})[Measure.SHARE_FLAGGED] = Share(counts.parts[0], counts.size)
    for row, counts in outcomes.rows.items():
        if counts is not None:
            found.setdefault(row, {}).update(shares_of(_cells(outcomes, counts)))
    return found


def _cells(table: SuppressedTable, counts: Counts) -> dict[str, int]:
    return dict(zip(table.measures, counts.parts, strict=True))


def _gaps(table: SuppressedTable, shares: Mapping[str, Mapping[Measure, Share]], privileged: str) -> Iterator[Gap]:
    """Yield each row of a table beside the row that the privileged group is in, for the table's own measures."""
    beside = next((row for row in table.rows if privileged in row.split(TOGETHER)), None)
    if beside is None or table.rows[beside] is None:
        return
    about_applications = "gemarkeerd" in table.measures
    for row in table.rows:
        for measure, share in shares.get(row, {}).items():
            other = shares[beside].get(measure)
            if row == beside or other is None or about_applications != (measure is Measure.SHARE_FLAGGED):
                continue
            apart, times = difference(share, other), ratio(share, other)
            where, sides = band(share, other)
            yield Gap(row, beside, measure, apart, times, where, smallest_found(share, other), sides)
