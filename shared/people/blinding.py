"""Says what must stay blind: while somebody has yet to assess a sampled application, no card of it tells a score.

An older prediction of the same application, made without a sample, would tell what the newest one hides: on which side
of the threshold the model saw it, and so whether it was drawn.
"""

from __future__ import annotations

from shared.errors import ModelPackageInvalid
from shared.people.desk import Desk
from shared.people.records import Hit, StoredPrediction


def is_blind(desk: Desk, prediction: StoredPrediction) -> bool:
    """Say whether nothing of this prediction may tell a score: one of its application, scored where samples are drawn,
    waits for its assessment.

    An assessment is of the application as it was then, and so settles what was published before it too: nobody will
    assess a prediction that no longer counts.
    """
    dataset, number = prediction.run.new.dataset, str(prediction.values["aanvraagnummer"])
    for hit in desk.oversight.by_application(dataset, number):  # published last comes first
        if desk.oversight.assessments(hit.id):
            return False
        if _draws(desk, hit) and desk.oversight.prediction(hit.id).scored:
            return True
    return False


def _draws(desk: Desk, hit: Hit) -> bool:
    """Say whether the package that made a prediction draws samples; one that is not here any more may have."""
    try:
        return desk.package_of(hit.run).sample_share > 0
    except ModelPackageInvalid:
        return True
