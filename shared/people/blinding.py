"""Says what must stay blind: while somebody has yet to assess a sampled application, no card of it tells a score.

An older prediction of the same application would tell what the newest one hides: on which side of the threshold the
model saw it, and so whether it was drawn. Of an older one the route itself stays hidden too.
"""

from __future__ import annotations

from dataclasses import replace

from shared.errors import ModelPackageInvalid
from shared.people.desk import Desk
from shared.people.records import Hit, StoredPrediction


def is_blind(desk: Desk, dataset: str, aanvraagnummer: str) -> bool:
    """Say whether no prediction of this application may tell a score: the newest that was scored was made where samples
    are drawn, and waits for its assessment.

    An assessment is of the application as it was then, and so settles what was published before it too. A draw ends
    where a version without a sample judges the application again: its score stands in the files (ADR 16).
    """
    for hit in desk.oversight.by_application(dataset, aanvraagnummer):  # published last comes first
        if desk.oversight.assessments(hit.id):
            return False
        if hit.gescoord:
            return _draws(desk, hit)
    return False


def is_hidden(desk: Desk, prediction: StoredPrediction) -> bool:
    """Say whether the route of a prediction must stay hidden too: it no longer counts, and a newer one is blind."""
    if prediction.huidig or not prediction.scored:
        return False
    return is_blind(desk, prediction.run.new.dataset, str(prediction.values["aanvraagnummer"]))


def hidden(desk: Desk, hits: list[Hit]) -> list[Hit]:
    """Return what was found, without the route of what no longer counts where the application is blind."""
    old = {(hit.run.new.dataset, hit.aanvraagnummer) for hit in hits if hit.gescoord and not hit.huidig}
    blind = {application for application in old if is_blind(desk, *application)}
    return [
        replace(hit, resultaattype=None, reden="", advies="", verborgen=True)
        if hit.gescoord and not hit.huidig and (hit.run.new.dataset, hit.aanvraagnummer) in blind
        else hit
        for hit in hits
    ]


def _draws(desk: Desk, hit: Hit) -> bool:
    """Say whether the package that made a prediction draws samples; one that is not here any more may have."""
    try:
        return desk.package_of(hit.run).sample_share > 0
    except ModelPackageInvalid:
        return True
