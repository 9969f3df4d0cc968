"""Finds predictions by a number, and one by its id: first the audit event and the logboek, then the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.administration import ModelStatus
from shared.dataset import ColumnClass
from shared.errors import KeyGone, ModelPackageInvalid, NotKnown, RequestRefused
from shared.events import Action
from shared.interventions import checked_reason
from shared.people.blinding import hidden, is_blind
from shared.people.desk import Desk, application_of
from shared.people.explanation import Explanation, explain
from shared.people.labels import relabelled
from shared.people.records import Hit, NumberKind, StoredPrediction, prediction_id
from shared.stages.pseudonym import Pseudonymiser
from shared.stored_snapshot import snapshot_contents

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage
    from shared.people.inputs import Rows

LONGEST_NUMBER = 128


def find_predictions(desk: Desk, kind: NumberKind, number: str, reden: str, dataset: str = "") -> list[Hit]:
    """Return every prediction of an application or a person, current and old; published last comes first.

    An application is found by its number, which stands in its results. A person is found by the pseudonyms of the
    number, one for every key under which results were published and that can still be read. An empty list when there
    are none, which is on record too; RequestRefused without a reason or a number. What is `verborgen` has no route.
    """
    reason, wanted = checked_reason(reden), _checked_number(number)
    hits = [hit for name in _searched(desk, dataset) for hit in _hits(desk, kind, wanted, name)]
    if not hits:
        desk.oversight.note(
            desk.event(Action.OPZOEKEN, f"{kind} onbekend", "niet gevonden", dataset, reden=reason, aantal=0)
        )
    # the same person has one pseudonym per key and per dataset: each of them was looked at
    for called in dict.fromkeys((hit.run.new.dataset, _called(kind, hit)) for hit in hits):
        found = [hit for hit in hits if (hit.run.new.dataset, _called(kind, hit)) == called]
        event = desk.event(Action.OPZOEKEN, called[1], "gevonden", called[0], reden=reason, aantal=len(found))
        desk.tell_read(event, found[0].run, (found[0].persoon, found[0].dienst))
    return hidden(desk, hits)


def explain_prediction(desk: Desk, id_text: str, reden: str) -> Explanation:
    """Return the whole explanation of a prediction by its id, also one that is no longer current.

    NotKnown when there is none, or when its model version is only in the shadow; RequestRefused without a reason.
    """
    reason = checked_reason(reden)
    prediction = shown_prediction(desk, id_text)
    return _explained(desk, prediction, reason)


def explain_current(desk: Desk, aanvraagnummer: str, reden: str, dataset: str = "") -> Explanation:
    """Return the whole explanation of the current result of an application.

    NotKnown when nothing was published about it, which is on record too; RequestRefused without a reason.
    """
    reason, number = checked_reason(reden), _checked_number(aanvraagnummer)
    names = _searched(desk, dataset)
    hits = [hit for name in names for hit in desk.oversight.by_application(name, number) if hit.huidig]
    if not hits:
        known = names[0] if len(names) == 1 else ""
        desk.oversight.note(
            desk.event(Action.UITLEG_BEKIJKEN, "aanvraag onbekend", "niet gevonden", known, reden=reason)
        )
        raise NotKnown(
            "Nothing was published about this application.", next_step="Check the number and whether it was delivered."
        )
    return _explained(desk, desk.oversight.prediction(hits[0].id), reason)


def inputs_of(desk: Desk, id_text: str, reden: str) -> Rows:
    """Return the rows that a prediction was made from, by table, as the audit snapshot has them, without pseudonyms.

    SnapshotInvalid when the snapshot is not there any more, NotKnown when there is no such prediction.
    """
    from shared.people.inputs import rows_of  # tables: the one look that needs them

    reason = checked_reason(reden)
    prediction = shown_prediction(desk, id_text)
    run = prediction.run
    tell_shown(desk, prediction, "invoer getoond", reason)
    files = snapshot_contents(desk.blobs, run.new.dataset, run.new.digest)
    persoon, dienst = prediction.subject
    snapshot = desk.core().read_snapshot(files, {dienst: str(prediction.values["aanvraagnummer"])})
    return relabelled(rows_of(snapshot, persoon, dienst), dienst)


def shown_prediction(desk: Desk, id_text: str) -> StoredPrediction:
    """Return a prediction that people may see; NotKnown when there is none. The caller puts on record who read it."""
    prediction = desk.oversight.prediction(prediction_id(id_text))
    if prediction.run.new.model_status is ModelStatus.SCHADUW:
        raise NotKnown("There is no prediction with this id.", next_step="Look it up by its number.")
    return prediction


def tell_shown(desk: Desk, prediction: StoredPrediction, what: str, reason: str) -> None:
    """Put on record that something of a prediction is shown to the caller, and why."""
    run, regel = prediction.run, prediction.id.regel
    event = desk.event(
        Action.UITLEG_BEKIJKEN,
        application_of(prediction),
        what,
        run.new.dataset,
        run.run_id,
        reden=reason,
        regel=regel,
    )
    desk.tell_read(event, run, prediction.subject)


def _explained(desk: Desk, prediction: StoredPrediction, reason: str) -> Explanation:
    tell_shown(desk, prediction, "getoond", reason)
    run = prediction.run
    return explain(
        prediction,
        _package_of(desk, prediction),
        desk.use_case_of(run.new.dataset),
        desk.oversight.assessments(prediction.id),
        blind=is_blind(desk, run.new.dataset, str(prediction.values["aanvraagnummer"])),
        under_hold=desk.oversight.is_held(run.new.dataset, str(prediction.values["dienst"])),
    )


def _package_of(desk: Desk, prediction: StoredPrediction) -> ModelPackage | None:
    """Return the package that made a prediction; None when it is not here as it was: what is stored can be told."""
    try:
        return desk.package_of(prediction.run)
    except ModelPackageInvalid:
        return None


def _checked_number(number: str) -> str:
    wanted = number.strip()
    if not wanted or len(wanted) > LONGEST_NUMBER or not wanted.isprintable():
        raise RequestRefused(
            f"A number of 1 to {LONGEST_NUMBER} printable characters is needed.",
            where="nummer",
            next_step="Enter the number as it was delivered; zeros in front count.",
        )
    return wanted


def _searched(desk: Desk, dataset: str) -> tuple[str, ...]:
    if dataset and dataset not in desk.datasets:
        raise NotKnown("There is no use case for this dataset.", next_step=f"Choose from: {', '.join(desk.datasets)}.")
    return (dataset,) if dataset else desk.datasets


def _hits(desk: Desk, kind: NumberKind, number: str, dataset: str) -> list[Hit]:
    if kind is NumberKind.AANVRAAG:
        return desk.oversight.by_application(dataset, number)
    return desk.oversight.by_person(dataset, _pseudonyms(desk, dataset, number))


def _pseudonyms(desk: Desk, dataset: str, number: str) -> Sequence[str]:
    """Return the pseudonyms of a person's number; KeyGone when every key of published results is destroyed.

    KeyUnavailable when one cannot be read now: an answer without what lies under it would be taken for a whole one.
    """
    found, refused = [], None
    for key_id in desk.oversight.key_ids(dataset):
        try:
            key = desk.keys.find(key_id)
        except KeyGone as cause:  # a key is destroyed when its last record is due
            refused = cause
            continue
        found.append(Pseudonymiser(key).pseudonym(ColumnClass.PERSOON, number))
    if refused is not None and not found:
        raise refused
    return found


def _called(kind: NumberKind, hit: Hit) -> str:
    return f"persoon {hit.persoon}" if kind is NumberKind.PERSOON else f"aanvraag {hit.dienst}"
