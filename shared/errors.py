"""Every error this product raises on purpose: what happened, where, and what to do now.

No message ever holds a value from a row: rows belong to people, and messages end up in telemetry.
"""

from __future__ import annotations


class SlimmeCheckError(Exception):
    """An error with a code, a place and a next step. `retry` says whether the same call may succeed later."""

    code = "SC-000"
    retry = False

    def __init__(self, what: str, *, where: str = "", next_step: str = "", code: str | None = None) -> None:
        self.what = what
        self.where = where
        self.next_step = next_step
        if code is not None:
            self.code = code
        super().__init__(what, where, next_step)

    def __str__(self) -> str:
        place = f" [{self.where}]" if self.where else ""
        step = f" {self.next_step}" if self.next_step else ""
        return f"{self.code}{place}: {self.what}{step}"


class SettingsInvalid(SlimmeCheckError):
    """The environment does not describe a working app; names every wrong setting at once."""

    code = "SC-100"


class ModelPackageInvalid(SlimmeCheckError):
    """A model package is incomplete, changed since it was made, or does not reproduce its golden cases."""

    code = "SC-200"


class ScoreInputInvalid(SlimmeCheckError):
    """A table handed to the model lacks a feature or holds a value that the model never learned from."""

    code = "SC-210"


class ExplanationBroken(SlimmeCheckError):
    """Score and contributions do not add up on some row; the run must fail rather than publish it."""

    code = "SC-220"


class ModelVersionSuperseded(SlimmeCheckError):
    """Another model version became active while this worker prepared a run; the same call uses that one."""

    code = "SC-230"
    retry = True


class KeyUnavailable(SlimmeCheckError):
    """The pseudonymisation key cannot be read or is not safe to use; nothing may be processed."""

    code = "SC-300"


class KeyGone(KeyUnavailable):
    """The place of the keys answers, and has no key with this id: it was destroyed, or never put there."""

    code = "SC-310"


class KeyChanged(KeyUnavailable):
    """The secret under a key id is another one than what is kept under that id was made with."""

    code = "SC-320"


class StorageUnavailable(SlimmeCheckError):
    """Storage did not answer; the same call may succeed later."""

    code = "SC-400"
    retry = True


class BlobWithheld(StorageUnavailable):
    """Storage lists a blob and does not hand it out: archived, or under a key that is not ours."""

    code = "SC-403"
    retry = True


class BlobNotFound(SlimmeCheckError):
    """A blob that was asked for is not there."""

    code = "SC-404"


class LedgerUnavailable(SlimmeCheckError):
    """The database did not answer, or is locked; the same call may succeed later."""

    code = "SC-500"
    retry = True


class LedgerVersionMismatch(SlimmeCheckError):
    """The database was made by another version of this code."""

    code = "SC-510"


class TransitionRefused(SlimmeCheckError):
    """A run cannot go from the state it is in to the state that was asked for."""

    code = "SC-520"


class AttemptSuperseded(SlimmeCheckError):
    """Another worker took over this run; this attempt may not change anything any more."""

    code = "SC-530"


class TailStandsStill(SlimmeCheckError):
    """Worker after worker ended without a word while it finished a published run; it no longer goes first."""

    code = "SC-535"


class RunNotFinished(SlimmeCheckError):
    """A published run was not finished for a day or more, and what must wait for it waits in vain."""

    code = "SC-536"


class NotKnown(SlimmeCheckError):
    """What was asked for (a delivery, an application, a model) is not in the administration."""

    code = "SC-540"


class RequestRefused(SlimmeCheckError):
    """A person's request is incomplete or not allowed, for example without a reason."""

    code = "SC-550"


class DossierOutdated(RequestRefused):
    """The dossier of a model version compares it with one that is not the active one any more."""

    code = "SC-555"


class FourEyesRequired(SlimmeCheckError):
    """Who proposed something may not decide on it; another person must."""

    code = "SC-560"


class LegalHold(SlimmeCheckError):
    """What was to be removed is under legal hold: an objection about it is running."""

    code = "SC-590"


class RequestBusy(SlimmeCheckError):
    """Something else is at work on the same data; the same request may succeed later."""

    code = "SC-580"
    retry = True


class DeliveryRefused(SlimmeCheckError):
    """A delivery breaks the contract; nothing can be computed from it."""

    code = "SC-600"


class SnapshotInvalid(SlimmeCheckError):
    """An audit snapshot is incomplete or not what the ledger says it is."""

    code = "SC-610"


class SentBefore(SlimmeCheckError):
    """A key that makes a request count once, or a form, was used before for something else."""

    code = "SC-565"


class TooManyTries(SlimmeCheckError):
    """Too many numbers that were not that of the person of a request were entered; for a day none is taken."""

    code = "SC-566"


class AuditTrailBroken(SlimmeCheckError):
    """The audit trail, or results or removals that it tells of, are not as they were written."""

    code = "SC-680"


class NotSignedIn(SlimmeCheckError):
    """Nobody is signed in, or what was shown as proof is not accepted."""

    code = "SC-700"


class NotAllowed(SlimmeCheckError):
    """Whoever is signed in has no role that may do this."""

    code = "SC-710"


class IdentityUnavailable(SlimmeCheckError):
    """The keys to check a token with could not be fetched; the same call may succeed later."""

    code = "SC-720"
    retry = True


class FormRefused(SlimmeCheckError):
    """A form does not come from a page of ours in this browser, or its page was open for too long."""

    code = "SC-730"
