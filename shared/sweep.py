"""One round over everything that waits: interrupted runs, new deliveries, released ones, requests, leftovers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from shared import mailbox, waiting
from shared.administration import ClaimKind, ModelStatus, RunRecord
from shared.errors import SlimmeCheckError, StorageUnavailable
from shared.events import Action
from shared.failures import as_told
from shared.housekeeping import tidy
from shared.installation import Installation
from shared.interventions import process_request
from shared.logs import run_log
from shared.mailbox import Waiting
from shared.modelregister.shadow import finish_shadow, score_shadows, standing_shadows
from shared.output import write_pointer
from shared.runs import Outcome, run_delivery, told_standing
from shared.runstates import LEASED, RunReason, RunState
from shared.set_apart import PATIENCE, taken_back
from shared.stages.pseudonym import Pseudonymiser
from shared.telemetry import tell_round
from shared.waiting import HELD, TAKE_UP, Unread

_ON_A_DELIVERY = (RunState.BEZIG, RunState.VRIJGEGEVEN, RunState.MISLUKT, RunState.AANGEHOUDEN)
_UNFINISHED = (*TAKE_UP, RunState.GEPUBLICEERD)


@dataclass(frozen=True)
class Progress:
    """How far a round is: `outcome` is None when the work on this delivery begins."""

    done: int
    total: int
    levering: str
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Round:
    """What one round did. `waiting`: complete deliveries that wait for an earlier one that is busy or must be retried.

    `incomplete`: deliveries that are still being written. `shadows`: what versions beside the active one judged.
    `standing`: what was left for the end of the night before this round began.
    """

    outcomes: tuple[Outcome, ...]
    waiting: tuple[str, ...]
    incomplete: tuple[str, ...]
    leftovers: int
    destroyed: int
    shadows: tuple[Outcome, ...] = ()
    standing: tuple[Outcome, ...] = ()

    @property
    def told(self) -> tuple[Outcome, ...]:
        """Return what a person hears of once a day."""
        return (*self.standing, *self.outcomes)

    @property
    def failed(self) -> bool:
        """Say whether something went wrong that a person should look at."""
        return any(outcome.failure is not None for outcome in self.told)


@dataclass(frozen=True)
class _Job:
    key: str
    levering: str
    work: Callable[[], Outcome | None]  # None where there turns out to be nothing to do
    is_there: Callable[[], bool] = lambda: False  # whether it is to be looked at again then


def run_waiting(installation: Installation, progress: Callable[[Progress], None] = lambda _: None) -> Round:
    """Do everything that waits, deliveries in order of their period; one that is broken does not stop the others."""
    standing = tuple(Outcome(run.new.levering, failure=told_standing(run)) for run in _all_standing(installation))
    outcomes: list[Outcome] = []
    # what was interrupted first: it may still hold a delivery in the mailbox
    _do([_requested(installation, run) for run in _interrupted(installation)], outcomes, progress)
    _do(_abandoned(installation), outcomes, progress)
    waits = _delivered_in_order(installation, outcomes, progress)
    _do(_requests(installation), outcomes, progress)
    tidied = tidy(installation)
    outcomes += [Outcome("ronde", failure=failure) for failure in tidied.failures]
    # by itself: what is published waits for nobody's comparison
    shadows = [] if installation.use_case.follow_up else score_shadows(installation)
    tell_round(installation, outcomes)
    incomplete = mailbox.look(installation.blobs, installation.dataset).incomplete
    return Round(tuple(outcomes), waits, incomplete, tidied.leftovers, tidied.destroyed, tuple(shadows), standing)


def finish_standing(mailboxes: Iterable[Callable[[], Installation]]) -> list[Outcome]:
    """Try again to finish what workers ended at without a word; after all other work, for it may end this one too.

    Of all mailboxes together the one that was tried longest ago goes first, so that each has its turn.
    """
    outcomes: list[Outcome] = []
    standing: list[tuple[RunRecord, Installation]] = []
    for its in mailboxes:
        try:
            installation = its()
            standing += [(run, installation) for run in _all_standing(installation)]
        except Exception as cause:  # what is broken here may not keep the rest from being done
            outcomes.append(Outcome("ronde", failure=as_told(cause)))
            run_log().error("round: %s", outcomes[-1].failure)
    for run, installation in sorted(standing, key=lambda one: one[0].changed_at):
        tried: list[Outcome] = []
        _do([_to_finish(installation, run)], tried, lambda _: None)
        tell_round(installation, tried)
        outcomes += tried
    return outcomes


def process_arrived(installation: Installation) -> list[Outcome]:
    """Do the deliveries that are complete, in order of their period, until there are none or one must be waited for.

    Events come in any order and at once: who finishes one looks again, so that what another worker left for it is done.
    """
    outcomes: list[Outcome] = []
    _delivered_in_order(installation, outcomes, lambda _: None)
    if not installation.use_case.follow_up:
        write_pointer(installation)
    tell_round(installation, outcomes)
    return outcomes


def take_up(installation: Installation) -> list[Outcome]:
    """Do a round when anything waits that need not wait for the night; otherwise only tidy up.

    What a person asked for or made free, what a worker left behind that died, an event that never came, and what
    failed, a few times.
    """
    if _anything_waits(installation):
        return list(run_waiting(installation).outcomes)
    return [Outcome("ronde", failure=failure) for failure in tidy(installation).failures]


def _anything_waits(installation: Installation) -> bool:
    if mailbox.look(installation.blobs, installation.dataset).complete:
        return True
    now = installation.clock.now()
    return any(_waits(installation, run, now) for run in installation.ledger.runs(installation.dataset, _UNFINISHED))


def _waits(installation: Installation, run: RunRecord, now: datetime) -> bool:
    if run.state in LEASED and run.lease_until is not None and run.lease_until > now:
        return False
    if run.stands_still:  # the end of the night is soon enough, and by day it would end a worker each time
        return False
    if run.state is RunState.MISLUKT:
        return run.attempt < PATIENCE
    if run.state is RunState.AANGEHOUDEN:
        stopped = run.reason is RunReason.MODEL_GESTOPT
        return stopped and not installation.ledger.stop_state(run.new.model).stopped
    return True


def report_strays(installation: Installation, datasets: frozenset[str]) -> list[str]:
    """Return what lies in the mailbox outside every known dataset, and leave one event for each: an alert."""
    strays = mailbox.stray_post(installation.blobs, datasets)
    # whoever may write to the mailbox chose the name: it may be anybody's number, which a plain hash would give away
    names = Pseudonymiser(installation.keys.current()).pseudonyms("post", strays) if strays else []
    for name in names:
        object_ = f"brievenbus, onbekende post {name}"
        if not installation.ledger.noted(Action.ONBEKENDE_POST, object_):
            installation.ledger.note(installation.event(Action.ONBEKENDE_POST, object_, "alarm: niet verwerkt"))
            run_log().warning("unknown post in the mailbox: not processed")
    return strays


def _do(jobs: list[_Job], outcomes: list[Outcome], progress: Callable[[Progress], None], later: int = 0) -> None:
    total = len(outcomes) + len(jobs) + later
    for job in jobs:
        progress(Progress(len(outcomes), total, job.levering))
        outcome = _attempt(job)
        if outcome is None:
            total -= 1
        else:
            outcomes.append(outcome)
        progress(Progress(len(outcomes), total, job.levering, outcome))


def _delivered_in_order(
    installation: Installation, outcomes: list[Outcome], progress: Callable[[Progress], None]
) -> tuple[str, ...]:
    """Do what was delivered, in order of period, and look again until there is nothing new.

    Returns what must wait, because an earlier one is busy or is to be retried: done now, it would be held for a gap
    that is none. An earlier one that fails again and again is a gap, and so is one that storage still does not hand out
    on the second day after its date. One that turns out to be written again puts the rest in order anew, for the same
    reason.
    """
    done: set[str] = set()
    while jobs := [job for job in _deliveries(installation) if job.key not in done]:
        for number, job in enumerate(jobs, start=1):
            before = len(outcomes)
            done.add(job.key)
            _do([job], outcomes, progress, later=len(jobs) - number)
            if any(_must_be_waited_for(installation, outcome) for outcome in outcomes[before:]):
                return tuple(waits.levering for waits in jobs[number:])
            if len(outcomes) == before and job.is_there():
                break
    return ()


def _must_be_waited_for(installation: Installation, outcome: Outcome) -> bool:
    failure, run = outcome.failure, outcome.run
    if failure is None:
        return outcome.kind is ClaimKind.BEZET and run is not None and run.state is RunState.BEZIG
    if run is None and isinstance(failure, StorageUnavailable):  # nobody counts how often: of it nothing is on record
        mailbox.look(installation.blobs, installation.dataset)  # a storage that is away says so here, for all at once
        return waiting.is_waited_for(installation, outcome.levering, failure)
    return failure.retry and (run is None or run.attempt < PATIENCE)


def _attempt(job: _Job) -> Outcome | None:
    try:
        return job.work()
    except Exception as cause:  # before the claim: nothing is recorded, the next round tries again
        failure = as_told(cause)
        run_log().error("delivery could not be taken up: %s", failure)
        return Outcome(job.levering, failure=failure)


def _interrupted(installation: Installation) -> list[RunRecord]:
    """Return the runs that were published but not finished; the claim decides whether their worker is gone."""
    return [run for run in _unfinished(installation) if not run.stands_still]


def _abandoned(installation: Installation) -> list[_Job]:
    """Return the runs that nobody can go on with: their delivery was taken back before anything was published."""
    runs = [
        run
        for run in installation.ledger.runs(installation.dataset, _ON_A_DELIVERY)
        if not run.new.request_id and run.reason is not HELD
    ]
    if not runs:
        return []
    found = waiting.look(installation)
    if any(not one.digest for one in found.unread):  # each of them may be the delivery of any of these runs
        return []
    there = {one.digest for one in found.readable} | {one.digest for one in found.unread}  # under any name

    def let_lapse(run: RunRecord) -> Outcome | None:
        ended = taken_back(installation, run)
        return None if ended is None else Outcome(run.new.levering, run=ended)

    return [_Job(run.run_id, run.new.levering, partial(let_lapse, run)) for run in runs if run.new.digest not in there]


def _standing(installation: Installation) -> list[RunRecord]:
    """Return those of them that are left for last."""
    return [run for run in _unfinished(installation) if run.stands_still]


def _all_standing(installation: Installation) -> list[RunRecord]:
    """Return what is left for the end of the night, the shadows too."""
    shadows = [] if installation.use_case.follow_up else standing_shadows(installation)
    return [*_standing(installation), *shadows]


def _to_finish(installation: Installation, run: RunRecord) -> _Job:
    if run.new.model_status is ModelStatus.SCHADUW:
        return _Job(run.run_id, run.new.levering, partial(finish_shadow, installation, run))
    return _requested(installation, run)


def _unfinished(installation: Installation) -> list[RunRecord]:
    return installation.ledger.runs(installation.dataset, (RunState.GEPUBLICEERD,))


def _requested(installation: Installation, run: RunRecord) -> _Job:
    def work() -> Outcome:
        follow_up = installation.use_case.follow_up
        if follow_up is None:
            return process_request(installation, run)
        from shared.followup import ingest

        return ingest.finish(installation, follow_up, run)

    return _Job(run.run_id, run.new.levering, work)


def _delivered(installation: Installation, delivery: Waiting) -> _Job:
    def work() -> Outcome | None:
        source = delivery.open()
        if source is None or source.digest != delivery.digest:  # taken back, done by another worker, or written again
            return None
        follow_up = installation.use_case.follow_up
        if follow_up is None:
            return run_delivery(installation, source)
        from shared.followup import ingest  # tables: a round in which nothing waits must not pay for them

        return ingest.take_in(installation, follow_up, source)

    def is_there() -> bool:
        try:
            return delivery.open() is not None
        except SlimmeCheckError:  # whoever looks again is told
            return True

    return _Job(f"{delivery.folder} {delivery.digest}", delivery.levering, work, is_there)


def _unread(unread: Unread) -> _Job:
    def work() -> Outcome | None:
        raise unread.cause

    return _Job(f"{unread.folder} unread", unread.levering, work)


def _deliveries(installation: Installation) -> list[_Job]:
    last = {run.new.digest for run in _standing(installation)}
    return [
        _unread(one) if isinstance(one, Unread) else _delivered(installation, one)
        for one in waiting.in_order(waiting.look(installation))
        if one.digest not in last
    ]


def _requests(installation: Installation) -> list[_Job]:
    runs = installation.ledger.runs(installation.dataset, TAKE_UP)
    return [_requested(installation, run) for run in runs if run.new.request_id]
