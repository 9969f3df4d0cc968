"""Makes everything that a report may say about a model, from its closed months and from what was shown before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.monitoring.alarms import alarms, attributes_too_late, stop_advice
from shared.monitoring.blocks import YEAR, Chains, Counted, close_blocks, month_of
from shared.monitoring.columns import EVERYBODY, applications_of
from shared.monitoring.drift import drift_of_features, drift_of_score
from shared.monitoring.months import MonthTally, Stream
from shared.monitoring.nested import nested_in
from shared.monitoring.pictures import GroupRule, pictures
from shared.monitoring.quality import following, numbers, operation, quality, trends
from shared.monitoring.released import as_record, from_record
from shared.monitoring.reportfacts import Drift, ReportFacts
from shared.monitoring.sequential import watch_groups
from shared.monitoring.windows import shown_in


def report_facts(
    months: Sequence[MonthTally],
    reference: Mapping[str, Any],
    threshold: float,
    rules: Mapping[str, GroupRule],
    earlier: Mapping[str, Any] | None = None,
) -> ReportFacts:
    """Return the facts of the report on the last of these closed months of one model, the oldest first.

    `reference`: the package's reference distributions. `rules`: the use case's groupings. `earlier`: `released` of the
    newest report before this one. The same months and earlier report give the same facts. ReleaseContradicted when an
    earlier report showed something that the closed months no longer add up to.
    """
    counted = Counted(months, nested_in(rules))
    chains = close_blocks(counted, None if earlier is None else from_record(earlier, counted))
    month = months[-1]
    drifts = _drifts(chains, month, reference, threshold, counted.last)
    before: tuple[Drift, ...] = ()
    if len(months) > 1 and months[-2].reference == month.reference:  # the bins are those of one package
        before = _drifts(chains, months[-2], reference, threshold, counted.last - 1)
    year = tuple(pictures(chains, counted.seen, rules, YEAR, counted.last))
    titles = {name: rule.title for name, rule in rules.items()}
    watched = watch_groups(months, rules)
    people = following(counted, chains, months)
    advice = stop_advice(watched, titles)
    return ReportFacts(
        dataset=month.dataset,
        model=month.model,
        month=month.month,
        first_month=month_of(chains.start),
        numbers=numbers(counted, chains, month),
        trends=trends(counted, chains, months),
        score=drifts[0],
        features=drifts[1:],
        month_groups=tuple(pictures(chains, counted.seen, rules, 1, counted.last)),
        year_groups=year,
        sequential=watched,
        advice=advice,
        quality=quality(chains, counted.last),
        following=people,
        alarms=alarms(drifts, before, watched, titles, people, advice) + attributes_too_late(months),
        operation=operation(counted, months),
        released=as_record(chains, counted),
        versions={one.month: tuple(sorted(one.versions)) for one in months[-YEAR:]},
    )


def _drifts(
    chains: Chains, month: MonthTally, reference: Mapping[str, Any], threshold: float, at: int
) -> tuple[Drift, ...]:
    """Return the drift of the score and then of each feature, hidden when the number scored may not be shown."""
    family = {applications_of(Stream.MODEL): ("model.aanvragen", "model.gemarkeerd")}
    shown = shown_in(chains, EVERYBODY, family, 1, at) is not None
    return (
        drift_of_score(month, reference["score"], threshold, shown=shown),
        *drift_of_features(month, reference["features"], shown=shown),
    )
