"""Released facts of an invented month, small enough to read: two groups, one of them taken together, one hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shared.monitoring.disclosure import Counts, SuppressedTable, suppress
from shared.monitoring.months import Stream
from shared.monitoring.reportfacts import (
    Alarm,
    Band,
    Drift,
    Following,
    Gap,
    GroupPicture,
    Measure,
    Operation,
    Quality,
    Rate,
    ReportFacts,
    Sequential,
    Shift,
    Side,
    StopAdvice,
    Trend,
    Window,
)

MONTH = "2026-10"
YEAR = Window("2025-11", MONTH, 12, 12)
SECRET_DELIVERY = "afgekeurd"


def table(
    title: str = "geslacht", measures: tuple[str, ...] = ("gemarkeerd",), **rows: tuple[int, ...]
) -> SuppressedTable:
    """A table of groups, suppressed as all are."""
    counted = {name: Counts(size, parts) for name, (size, *rest) in rows.items() for parts in [tuple(rest)]}
    return suppress(title, measures, counted)


def picture(stream: Stream = Stream.MODEL, smallest: float | None = 0.08) -> GroupPicture:
    """Men and women, and a row that is hidden with another."""
    shown = Rate(0.14, 0.12, 0.16)
    more = Rate(0.25, 0.22, 0.28)
    gap = Gap(
        "vrouw",
        "man",
        Measure.SHARE_FLAGGED,
        Rate(0.11, 0.07, 0.15),
        Rate(1.79, 1.5, 2.1),
        Band.DUIDELIJK_BUITEN,
        smallest,
        (Side.PUNTEN, Side.VERHOUDING),
    )
    return GroupPicture(
        stream=stream,
        grouping="geslacht",
        title="Geslacht",
        applications=table(man=(5000, 700), vrouw=(4000, 1000), onbekend=(300, 40)),
        applications_window=YEAR,
        outcomes=SuppressedTable("uitslagen", ("TN", "FP", "FN", "TP"), None, {"man": None, "vrouw": None}),
        outcomes_window=None,
        rates={"man": {Measure.SHARE_FLAGGED: shown}, "vrouw": {Measure.SHARE_FLAGGED: more}},
        gaps=(gap,),
    )


def facts(**changes: Any) -> ReportFacts:
    """The facts, with some of them otherwise."""
    score = Drift(
        "score",
        SuppressedTable(
            "scores", (), Counts(830), {"0.00–0.50": Counts(600), "0.50–0.63": Counts(110), "0.63–1.00": Counts(120)}
        ),
        {"0.00–0.50": 0.6, "0.50–0.63": 0.2, "0.63–1.00": 0.2},
        0.05,
        Shift.STABIEL,
        0.04,
        False,
    )
    moved = Drift(
        "total_vermogen",
        SuppressedTable("total_vermogen", (), None, {"0–1000": None}),
        {"0–500": 0.5, "500–1000": 0.5},
        0.41,
        Shift.STERK,
        0.33,
        True,
        seen={"0–500": 0.15, "500–1000": 0.85},
    )
    found = Sequential(Stream.MODEL, "geslacht", "vrouw", "man", Measure.SHARE_FLAGGED, True, True, "2026-08", 1)
    known = ReportFacts(
        dataset="proef",
        model="proef",
        month=MONTH,
        first_month="2025-11",
        numbers=(table("redenen", (), model=(830,), buiten=(40,)),),
        trends=(
            Trend("aanvragen", "aanvragen", ("2026-09", MONTH), (820, 830)),
            Trend(
                "gemarkeerd",
                "aandeel met een signaal",
                ("2026-09", MONTH),
                (None, 120),
                (Rate(), Rate(0.145, 0.12, 0.17)),
            ),
        ),
        score=score,
        features=(moved,),
        month_groups=(),
        year_groups=(picture(), picture(Stream.PROCES)),
        sequential=(found,),
        advice=StopAdvice(True, ("Vrouwen krijgen veel vaker een signaal dan mannen.",)),
        quality=(
            Quality(
                Stream.MODEL,
                YEAR,
                table("uitslagen", ("terecht",), gemarkeerd=(200, 110), rest=(300, 120)),
                Rate(0.55, 0.48, 0.62),
                Rate(),
                "Alleen van onderzochte aanvragen is de uitslag bekend.",
            ),
        ),
        following=(
            Following(
                False,
                YEAR,
                table("signaal", ("gevolgd",), signaal=(700, 650), geen=(5000, 4000)),
                Rate(0.93, 0.91, 0.95),
                True,
            ),
        ),
        alarms=(Alarm("volgen", "Mensen volgen het signaal bijna altijd."),),
        operation=Operation(
            ("2026-09", MONTH),
            ({"geaccepteerd": 20}, {"geaccepteerd": 19, SECRET_DELIVERY: 2}),
            ({}, {"LEV-501": 3}),
            ({"model gestopt": 1}, {}),
        ),
        released={"getoond": []},
    )
    return replace(known, **changes)
