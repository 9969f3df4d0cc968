"""Makes the dossier of a proposal: facts of the package, what would change against the active version, and why.

The app makes it, not the proposer. It is kept with the proposal, by its digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.errors import ScoreInputInvalid
from shared.events import Action, canonical, moment_text
from shared.installation import Workplace
from shared.logboek import Batch, write_batch_lines
from shared.modelregister.comparison import Comparison, Grouping, compare, stored_groupings
from shared.modelregister.port import PublishedFeatures
from shared.modelregister.versions import Versions

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage

LOOKS_BACK = timedelta(days=365)
COMPARING = "modelvergelijking"
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
    """Return the dossier of a package against the active one, over the last twelve months of published results.

    `reasons`: of the threshold and of the share of the sample. `groupings`: beside those of the use case. Reading the
    results leaves an event, and lines in the logboek about whose results they were.
    """
    now = workplace.clock.now()
    since = now - LOOKS_BACK
    active = versions.active()
    subjects: list[tuple[str, str]] = []
    with closing(versions.register.published_features(versions.dataset, since, now)) as results:
        compared = _compared(workplace, _noting(results, subjects), active, proposed, groupings)
    _tell(workplace, subjects, active, proposed, (since, now))
    document = {
        "voorstel": _facts(proposed),
        "actief": _facts(active),
        "gemaakt": moment_text(now),
        "periode": {"van": moment_text(since), "tot": moment_text(now)},
        "vergelijking": compared.as_dict() if compared else None,
        "geen_vergelijking": None if compared else _NOT_COMPARED,
        "redenen": {"drempel": reasons[0], "steekproef": reasons[1]},
        "modelkaart": proposed.card,
    }
    return Dossier(canonical(document))


def _noting(results: Iterable[PublishedFeatures], subjects: list[tuple[str, str]]) -> Iterator[PublishedFeatures]:
    """Yield the results, and note whose they are: a year of them does not stand in memory at once."""
    for result in results:
        subjects.append((result.person, result.application))
        yield result


def _compared(
    workplace: Workplace,
    results: Iterable[PublishedFeatures],
    active: ModelPackage,
    proposed: ModelPackage,
    groupings: Sequence[Grouping],
) -> Comparison | None:
    own = stored_groupings(workplace.use_case.groupings)
    try:
        return compare(results, active, proposed, [*own, *groupings])
    except ScoreInputInvalid:
        return None


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
    active: ModelPackage,
    proposed: ModelPackage,
    period: tuple[datetime, datetime],
) -> None:
    event = workplace.event(
        Action.MODEL_VERGELIJKEN,
        f"model {proposed.name} {proposed.version}",
        "vergeleken",
        sha256=proposed.sha256,
        actief=active.version,
        aanvragen=len(subjects),
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
