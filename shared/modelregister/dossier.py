"""Makes the dossier of a proposal: facts of the package, what would change against the active version, and why.

The app makes it, not the proposer. It is kept with the proposal, by its digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.closing.months import bounds
from shared.errors import ScoreInputInvalid
from shared.events import HERE, Action, canonical, moment_text
from shared.installation import Workplace
from shared.logboek import Batch, write_batch_lines
from shared.modelregister.comparison import Comparison, Grouping, compare, stored_groupings
from shared.modelregister.port import PublishedFeatures
from shared.modelregister.versions import Versions
from shared.monitoring.blocks import month_of, number_of
from shared.monitoring.disclosure import SMALLEST_COUNT

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage

LOOKS_BACK = 12  # months that are over
COMPARING = "modelvergelijking"
_NO_MONTH = (
    "Er is nog geen hele kalendermaand voorbij waarin uitkomsten zijn gepubliceerd. Een dossier gaat alleen over hele "
    "maanden. Stel de versie in een volgende maand opnieuw voor, of beoordeel haar zonder vergelijking."
)
_TOO_FEW = (
    "In de maanden van dit dossier zijn minder dan tien aanvragen beoordeeld. Dat is te weinig om iets te laten zien."
)
_NOT_COMPARED = (
    "De versies zijn niet te vergelijken op wat bewaard is: een van beide gebruikt een kenmerk dat niet bij elke "
    "uitkomst bewaard is. Laat het voorstel eerst als schaduw meelopen."
)


@dataclass(frozen=True)
class Dossier:
    """The text of a dossier (canonical JSON) and its digest."""

    text: str

    @property
    def sha256(self) -> str:
        """Return the digest of the text."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


def make_dossier(
    workplace: Workplace,
    versions: Versions,
    proposed: ModelPackage,
    *,
    reasons: tuple[str, str] = ("", ""),
    groupings: Sequence[Grouping] = (),
) -> Dossier:
    """Return the dossier of a package against the active one, over the last twelve whole months of published results.

    `reasons`: of the threshold and of the share of the sample. `groupings`: beside those of the use case. Reading the
    results leaves an event, and lines in the logboek about whose results they were.
    """
    now = workplace.clock.now()
    months = months_compared(now, versions.register.first_publication(versions.dataset))
    active = versions.active()
    found: Comparison | str = _NO_MONTH
    if months:
        found = _read(workplace, versions, (active, proposed), months, groupings)
    since, until = _period(months) if months else (now, now)
    document = {
        "voorstel": _facts(proposed),
        "actief": _facts(active),
        "gemaakt": moment_text(now),
        "periode": {"van": moment_text(since), "tot": moment_text(until), "maanden": months},
        "vergelijking": None if isinstance(found, str) else found.as_dict(),
        "geen_vergelijking": found if isinstance(found, str) else None,
        "redenen": {"drempel": reasons[0], "steekproef": reasons[1]},
        "modelkaart": proposed.card,
    }
    return Dossier(canonical(document))


def months_compared(now: datetime, first: datetime | None) -> list[str]:
    """Return the months of a dossier that is made now: twelve at most, all over, none before the first publication.

    Never a month that goes on: a dossier of before a night and one of after it would differ by that night.
    """
    if first is None:
        return []
    this = number_of(f"{now.astimezone(HERE):%Y-%m}")
    begin = max(number_of(f"{first.astimezone(HERE):%Y-%m}"), this - LOOKS_BACK)
    return [month_of(number) for number in range(begin, this)]


def _period(months: Sequence[str]) -> tuple[datetime, datetime]:
    return bounds(months[0])[0], bounds(months[-1])[1]


def _read(
    workplace: Workplace,
    versions: Versions,
    packages: tuple[ModelPackage, ModelPackage],
    months: Sequence[str],
    groupings: Sequence[Grouping],
) -> Comparison | str:
    """Return the comparison of the active package and the proposed one over these months, or why there is none."""
    since, until = _period(months)
    subjects: list[tuple[str, str]] = []
    weeks = (until - since).total_seconds() / (7 * 24 * 3600)
    own = stored_groupings(workplace.use_case.groupings)
    with closing(versions.register.published_features(versions.dataset, since, until)) as results:
        try:
            found: Comparison | str = compare(_noting(results, subjects), *packages, [*own, *groupings], weeks=weeks)
        except ScoreInputInvalid:
            found = _NOT_COMPARED
    _tell(workplace, subjects, packages, (since, until))
    # one of few and none at all are told alike
    return _TOO_FEW if len(subjects) < SMALLEST_COUNT and found != _NOT_COMPARED else found


def _noting(results: Iterable[PublishedFeatures], subjects: list[tuple[str, str]]) -> Iterator[PublishedFeatures]:
    """Yield the results, and note whose they are: a year of them does not stand in memory at once."""
    for result in results:
        subjects.append((result.person, result.application))
        yield result


def _facts(package: ModelPackage) -> dict[str, object]:
    return {
        "naam": package.name,
        "versie": package.version,
        "sha256": package.sha256,
        "datum": package.date,
        "contractversie": package.contract_version,
        "drempel": package.threshold,
        "steekproef": package.sample_share,
        "kenmerken": list(package.feature_names),
    }


def _tell(
    workplace: Workplace,
    subjects: Sequence[tuple[str, str]],
    packages: tuple[ModelPackage, ModelPackage],
    period: tuple[datetime, datetime],
) -> None:
    active, proposed = packages
    # no number of people: the dossier has it in tens, and who reads the log may read the dossier
    event = workplace.event(
        Action.MODEL_VERGELIJKEN,
        f"model {proposed.name} {proposed.version}",
        "vergeleken",
        sha256=proposed.sha256,
        actief=active.version,
        van=moment_text(period[0]),
        tot=moment_text(period[1]),
    )
    workplace.ledger.note(event)
    batch = Batch(
        workplace.dataset,
        COMPARING,
        ("modelversies vergelijken", "aanvrager bij modelvergelijking"),
        event.tijdstip,
        proposed.sha256,
        workplace.code_version,
    )
    write_batch_lines(workplace.blobs, workplace.activity, batch, subjects)
