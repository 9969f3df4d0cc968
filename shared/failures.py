"""Turns whatever went wrong into one of our own errors and a reason; the text of a foreign error may quote a row."""

from __future__ import annotations

import traceback
from pathlib import Path

from shared.errors import (
    BlobNotFound,
    ExplanationBroken,
    KeyUnavailable,
    LedgerUnavailable,
    ModelPackageInvalid,
    ScoreInputInvalid,
    SlimmeCheckError,
    SnapshotInvalid,
    StorageUnavailable,
)
from shared.runstates import RunReason

_REASONS: tuple[tuple[type[SlimmeCheckError], RunReason], ...] = (
    (StorageUnavailable, RunReason.OPSLAG_ONBEREIKBAAR),
    (LedgerUnavailable, RunReason.ADMINISTRATIE_ONBEREIKBAAR),
    (KeyUnavailable, RunReason.SLEUTEL_ONBEREIKBAAR),
    (ModelPackageInvalid, RunReason.MODEL_ONGELDIG),
    (ScoreInputInvalid, RunReason.MODEL_ONGELDIG),
    (ExplanationBroken, RunReason.UITLEG_KLOPT_NIET),
    (SnapshotInvalid, RunReason.MOMENTOPNAME_ONTBREEKT),
    (BlobNotFound, RunReason.LEVERING_GEWIJZIGD),
)


class UnexpectedError(SlimmeCheckError):
    """Something happened that this product did not foresee; told by type and place in the code only."""

    code = "SC-900"


def as_told(cause: Exception) -> SlimmeCheckError:
    """Return the error itself when it is ours, else one that names its type and place and nothing it says."""
    if isinstance(cause, SlimmeCheckError):
        return cause
    frames = traceback.extract_tb(cause.__traceback__)
    ours = [frame for frame in frames if f"{Path(__file__).parent.name}/" in frame.filename] or frames
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "unknown place"
    return UnexpectedError(
        f"An unexpected error ({type(cause).__name__}).",
        where=place,
        next_step="The next round tries again; report it when it comes back.",
    )


def reason_of(failure: SlimmeCheckError) -> RunReason:
    """Return under which reason a run fails."""
    for kind, reason in _REASONS:
        if isinstance(failure, kind):
            return reason
    return RunReason.ONVERWACHTE_FOUT
