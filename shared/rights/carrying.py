"""Carries out what was granted: taken in with the number of the person, done by the clock, told at every step.

The number itself is not kept: what is kept until the request is done are the pseudonyms under which results and inputs
are held anyway. They go with the step that ends the request.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from shared.administration import RunRecord
from shared.errors import (
    KeyGone,
    KeyUnavailable,
    LegalHold,
    RequestBusy,
    RunNotFinished,
    SlimmeCheckError,
    SnapshotInvalid,
    TransitionRefused,
)
from shared.events import Action, Caller, moment_of
from shared.failures import as_told
from shared.interventions import checked_reason
from shared.logs import run_log
from shared.retention.terms import Kept, Retention
from shared.rights.followups import run_key_ids
from shared.rights.held import find_person, snapshot_keys, snapshots
from shared.rights.port import Names, PersonRequest
from shared.rights.requests import PersonNumber, Rights, called, recognise, take_step
from shared.rights.states import SENTENCES, Asked, Named, RequestState, begun, check_step, ready_since
from shared.runstates import RunState

_CLOCK = "tijdklok"
_LONGEST_WAIT = timedelta(days=1)
_MANY_TRIES = 5
_LOOK_AT_IT = " Dit lukte al vaker niet: laat beheer ernaar kijken."


def accept_request(rights: Rights, request_id: str, soort: Asked, persoonsnummer: str, reden: str) -> PersonRequest:
    """Take in a granted request to be carried out, on behalf of another than who granted it.

    RequestRefused when the number is not that of the request, FourEyesRequired for who granted it, TransitionRefused
    when there is nothing to carry out, LegalHold while an objection about one of the applications is running: then
    nothing was removed, and the request stays granted. KeyUnavailable when a key under which results are held is gone.
    """
    reason, known = checked_reason(reden), rights.records.request(request_id)
    number = recognise(rights, known, soort, persoonsnummer)
    check_step(known.soort, known.stappen, RequestState.WACHT, rights.installation.caller.actor)
    if known.toestand is not RequestState.TOEGEWEZEN:
        raise TransitionRefused(
            "This request is being carried out already.", where=called(known.id), next_step=SENTENCES[known.toestand]
        )
    names = _names_of(rights, number)
    if soort is Asked.VERWIJDERING:
        held = _held(rights, names)
        if held:
            raise _told_of_hold(rights, request_id, held)
    return take_step(rights, request_id, RequestState.WACHT, reason, {}, names)


def _names_of(rights: Rights, number: PersonNumber) -> Names:
    """Return the pseudonyms of a person under every key that results are held under, and those of runs that we have."""
    dataset = rights.installation.dataset
    needed = set(rights.records.key_ids(dataset))
    found = {number.under(key_id) for key_id in needed}
    for key_id in sorted(run_key_ids(rights) - needed):
        try:
            found.add(number.under(key_id))
        except KeyGone:  # with the last that was held under it; a snapshot that says otherwise is told of
            continue
    return {Named.PERSOON: frozenset(found)}


def take_up(rights: Rights, retention: Retention, *, removes: bool) -> list[SlimmeCheckError]:
    """Carry out what waits; what fails is tried again later, and does not keep the others from being done.

    `removes`: whether removals are done here too, or left to where they may be. Returns what went wrong.
    """
    failures = []
    for request in rights.records.unfinished(rights.installation.dataset):
        if request.soort is Asked.VERWIJDERING and not removes:
            continue
        try:
            _take_up(rights, retention, request)
        except RequestBusy as busy:
            run_log().info("request: %s", busy)
        except Exception as cause:  # told on the request itself too
            failures.append(as_told(cause))
            run_log().error("request: %s", failures[-1])
    return failures


def _take_up(rights: Rights, retention: Retention, request: PersonRequest) -> None:
    if request.toestand is RequestState.OPHAALBAAR:
        _end_fetching(rights, request, retention.of(Kept.INZAGE))
        return
    asked = [step for step in request.stappen if step.toestand is RequestState.WACHT]
    if not asked or not _is_due(rights, request):
        return
    rights = replace(rights, installation=replace(rights.installation, caller=Caller(asked[-1].actor, _CLOCK)))
    if not begun(request.stappen) and not _may_begin(rights, request):
        return
    event = rights.event(Action.PERSOONSVERZOEK, called(request.id), str(RequestState.IN_UITVOERING))
    try:
        rights.records.begin(request.id, asked[0].reden, event, rights.installation.lease)
    except LegalHold:
        _told_of_hold(rights, request.id, _held(rights, rights.records.names(request.id)))
        _give_back(rights, request, "Er loopt een bezwaar. Er is niets verwijderd.")
        return
    try:
        _carry_out(rights, request)
    except Exception as cause:
        why = f"Nog niet voltooid: {as_told(cause).code}. De app probeert het later opnieuw."
        if begun(request.stappen) + 1 >= _MANY_TRIES:
            why += _LOOK_AT_IT
            run_log().error("request: %d tries and not done", begun(request.stappen) + 1)
        take_step(rights, request.id, RequestState.WACHT, why, {})
        raise


def _carry_out(rights: Rights, request: PersonRequest) -> None:
    """Do what was granted; what reads tables is imported here, because mostly nothing waits."""
    if request.soort is Asked.VERWIJDERING:
        from shared.rights.removal import remove_person

        remove_person(rights, request)
    else:
        from shared.rights.export import prepare_export

        prepare_export(rights, request)


def _is_due(rights: Rights, request: PersonRequest) -> bool:
    """Say whether it is time: at once, and after every try a longer while later, but never more than a day."""
    wait = min(rights.installation.lease * begun(request.stappen), _LONGEST_WAIT)
    return moment_of(request.stappen[-1].tijdstip) + wait <= rights.installation.clock.now()


def _may_begin(rights: Rights, request: PersonRequest) -> bool:
    """Say whether nothing stands in the way; given back when a snapshot is damaged, or has a key without a name, or a
    published run is not finished.

    All are found before anything goes: what began has no way back, and nobody objects as long as it is not done.
    """
    names = rights.records.names(request.id)
    known = {name.partition(":")[0] for name in names[Named.PERSOON]}
    missing = snapshot_keys(rights) - known
    if missing:
        _give_back(rights, request, f"Niet begonnen: {KeyUnavailable.code}. Voer het opnieuw uit, met het nummer.")
        raise KeyUnavailable(
            f"No name of the person was made under {len(missing)} of the keys of snapshots.",
            where=called(request.id),
            next_step="See that the key is in its place and carry out the request again.",
        )
    if request.soort is not Asked.VERWIJDERING:
        return True
    try:
        for _ in snapshots(rights):
            continue
    except SnapshotInvalid:
        _give_back(rights, request, f"Niet begonnen: {SnapshotInvalid.code}. Laat beheer de momentopname nakijken.")
        raise
    busy = rights.records.busy_runs(rights.installation.dataset, find_person(rights, names).digests)
    stuck = [run for run in busy if _is_waited_for_in_vain(rights, run)]
    if stuck:
        _give_back(rights, request, f"Niet begonnen: {RunNotFinished.code}. Laat beheer de verwerking eerst afronden.")
        raise RunNotFinished(
            f"{len(stuck)} published runs were not finished for a day or more; nothing was removed.",
            where=f"{called(request.id)}; runs {', '.join(run.run_id for run in stuck)}",
            next_step="See in the log why they are not finished; carry out the request again when they are.",
        )
    return not busy  # else the next round


def _is_waited_for_in_vain(rights: Rights, run: RunRecord) -> bool:
    """Say whether a published run will not be finished by itself: who waits for it must hear of that."""
    until = rights.installation.clock.now() - _LONGEST_WAIT
    return run.state is RunState.GEPUBLICEERD and run.published_at is not None and run.published_at <= until


def _give_back(rights: Rights, request: PersonRequest, why: str) -> None:
    take_step(rights, request.id, RequestState.TOEGEWEZEN, why, {})


def _held(rights: Rights, names: Names) -> int:
    return len(rights.due.held(rights.installation.dataset) & find_person(rights, names).ever)


def _told_of_hold(rights: Rights, request_id: str, number: int) -> LegalHold:
    event = rights.event(Action.PERSOONSVERZOEK, called(request_id), "geweigerd: bewaarplicht", aanvragen=number)
    rights.installation.ledger.note(event)
    return LegalHold(
        f"{number} of the applications of this person are under legal hold: an objection is running.",
        where=called(request_id),
        next_step="Wait until the objection is closed, then carry out the request again.",
    )


def _end_fetching(rights: Rights, request: PersonRequest, term: timedelta) -> None:
    """End a request whose overview was fetched when its term is over; one that nobody fetched is granted again."""
    ready = ready_since(request.stappen)
    if moment_of(ready[0].tijdstip) + term > rights.installation.clock.now():
        return
    if len(ready) > 1:
        take_step(rights, request.id, RequestState.UITGEVOERD, "Opgehaald; de termijn is om.", {})
    else:
        _give_back(rights, request, "Niet opgehaald binnen de termijn.")
