"""Everything that is held on one person, as a document for machines and as text for people: that person, nobody else.

The document is complete under a random sample too: score, threshold side and draw are the person's own data. It goes to
the person by way of who oversees, never to who assesses the application.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared import __version__
from shared.administration import ModelStatus
from shared.errors import TransitionRefused
from shared.events import Action, StoredEvent, moment_of, moment_text
from shared.interventions import checked_reason
from shared.logboek import write_read_line
from shared.retention.terms import Kept, Retention
from shared.rights.account import UNSEEN, account_of, looks_of, raw_notice
from shared.rights.followups import follow_up_account
from shared.rights.held import Person, find_person, raw_deliveries, snapshots
from shared.rights.looks import looked_at
from shared.rights.port import HeldResult, PersonRequest
from shared.rights.requests import Rights, called, take_step
from shared.rights.states import SENTENCES, Asked, Named, RequestState, ready_since
from shared.stages.rows_of_person import Rows, mentions, rows_of
from shared.stored_snapshot import read_whole

Document = dict[str, Any]


def prepare_export(rights: Rights, request: PersonRequest) -> PersonRequest:
    """Find where the person of a request that was begun stands, and say that the overview can be fetched.

    What grows with the years, looking through all snapshots, is done here once; a fetch reads those it names.
    """
    person = find_person(rights, rights.records.names(request.id))
    digests = frozenset(digest for digest, snapshot in snapshots(rights) if mentions(snapshot, person.persons))
    counts = {"resultaten": len(person.results), "leveringen": len(digests)}
    names = {Named.LEVERING: digests}
    return take_step(rights, request.id, RequestState.OPHAALBAAR, "Klaar om op te halen.", counts, names)


def fetch_export(rights: Rights, retention: Retention, request_id: str, reden: str) -> Document:
    """Return everything that is held on the person of a request, made now; that it was fetched is on record first.

    It can be fetched more than once while the term lasts: TransitionRefused after it, and before it is ready.
    FourEyesRequired for who granted it.
    """
    reason, known = checked_reason(reden), rights.records.request(request_id)
    ready, now = ready_since(known.stappen), rights.installation.clock.now()
    over = bool(ready) and moment_of(ready[0].tijdstip) + retention.of(Kept.INZAGE) <= now
    if known.soort is not Asked.INZAGE or known.toestand is not RequestState.OPHAALBAAR or over:
        raise TransitionRefused(
            "There is no overview to fetch.",
            where=called(request_id),
            next_step="The term to fetch it is over." if over else SENTENCES[known.toestand],
        )
    names = rights.records.names(request_id)
    person = find_person(rights, names)
    # what can fail is read before it is said to be fetched, and given only after that
    inputs = _inputs(rights, person, names[Named.LEVERING] | person.digests)
    follow_ups = follow_up_account(rights, person)
    take_step(rights, request_id, RequestState.OPHAALBAAR, reason, {})
    held = any((person.results, *inputs, *follow_ups.values()))
    _tell_read(rights, request_id, person, reason, held=held)
    return _document(rights, retention, request_id, person, inputs, follow_ups)


def _tell_read(rights: Rights, request_id: str, person: Person, reason: str, *, held: bool) -> None:
    """Put on record that everything of this person is read: in the audit log, and in the logboek.

    Of whom nothing is held, no result and no input, no name is put there either.
    """
    installation = rights.installation
    for name in sorted(person.persons) if held else ("onbekend",):
        event = rights.event(Action.INZAGE_GEVEN, f"persoon {name}", called(request_id), reden=reason)
        installation.ledger.note(event)
    newest = {str(result.values["persoon"] or ""): result for result in person.results}
    for name, result in sorted(newest.items()):
        subject, trace = (name, str(result.values["dienst"])), installation.caller.trace
        now = installation.clock.now()
        write_read_line(installation.blobs, installation.activity, result.run, subject, now, __version__, trace)


def _document(
    rights: Rights,
    retention: Retention,
    request_id: str,
    person: Person,
    inputs: tuple[list[Document], int],
    follow_ups: Document,
) -> Document:
    dataset, records = rights.installation.dataset, rights.records
    objections = records.objections_of(dataset, person.alone, person.persons)
    again = records.run_requests_of(dataset, person.numbers)
    rows, withheld = inputs
    return {
        "soort": "overzicht van alle gegevens over één persoon",
        "verzoek": request_id,
        "gemaakt": moment_text(rights.installation.clock.now()),
        "dataset": dataset,
        **account_of(rights.installation.use_case, retention),
        "aanvragen": [_application(rights, group, objections) for group in _by_application(person.results)],
        "bezwaren_zonder_resultaat": _objections(objections, person.ever, within=False),
        "aanvragen_ook_van_een_ander": {
            "aantal": len(person.shared),
            "waarom": "Bij deze aanvragen is de aanvrager in de bron gewijzigd. U ziet wat over u is berekend, en wat "
            "er gebeurde toen de aanvraag op uw naam stond. De rest is van een ander.",
        },
        "herverwerkingen": [{"tijdstip": each["tijdstip"], "levering": each["levering"]} for each in again],
        "invoer": rows,
        "invoer_niet_getoond": {
            "rijen": withheld,
            "waarom": "Deze rijen gaan ook over een ander, bijvoorbeeld een uitkering samen met een partner. Wat er "
            "voor uw aanvraag uit volgt, staat bij de kenmerken.",
        },
        "bewaking": follow_ups,
        "bekeken": looks_of(_looks(rights, person)),
        "niet_zichtbaar": list(UNSEEN),
        "ruwe_leveringen": raw_notice(raw_deliveries(rights)),
    }


def _looks(rights: Rights, person: Person) -> list[StoredEvent]:
    """Return every event about the person, those that name only a model or a run too; the oldest first."""
    dataset, records = rights.installation.dataset, rights.records
    told = records.events_about(person.persons | person.ever)
    about = [event for event in told if not _of_another(event, person)]
    at_large = records.reads_at_large(dataset, {result.run.run_id for result in person.results})
    return sorted((*about, *looked_at(at_large, person.results)), key=lambda event: event.volgnr)


def _of_another(event: StoredEvent, person: Person) -> bool:
    """Say whether an event is about an application in the time that it was somebody else's."""
    name = event.object.removeprefix("aanvraag ")
    moment = moment_of(event.tijdstip)
    return any(name in each.services and not each.was_mine(moment) for each in person.shared)


def _inputs(rights: Rights, person: Person, digests: frozenset[str]) -> tuple[list[Document], int]:
    """Return the rows of the person in these snapshots, and how many were not shown because they are of others too."""
    found: list[Document] = []
    withheld = 0
    for digest in sorted(digests):
        snapshot = read_whole(rights.installation, digest)
        if snapshot is None:  # gone since, at the end of its term
            continue
        mine = rows_of(snapshot, person.persons)
        withheld += mine.withheld
        if mine.tables:
            found.append({"levering": _name_of(rights, digest), "tabellen": _without_labels(mine.tables)})
    return found, withheld


def _name_of(rights: Rights, digest: str) -> str:
    runs = rights.installation.ledger.runs_of_delivery(rights.installation.dataset, digest)
    return runs[0].new.levering if runs else digest


def _without_labels(tables: Rows) -> Rows:
    """Return the rows without pseudonyms of services: they say nothing to anybody who has no key."""
    return {name: [{key: row[key] for key in row if key != "dienst"} for row in rows] for name, rows in tables.items()}


def _by_application(results: Iterable[HeldResult]) -> list[list[HeldResult]]:
    groups: dict[str, list[HeldResult]] = {}
    for result in results:
        groups.setdefault(str(result.values["aanvraagnummer"]), []).append(result)
    return [groups[number] for number in sorted(groups)]


def _application(rights: Rights, results: Sequence[HeldResult], objections: Sequence[Mapping[str, object]]) -> Document:
    services = {str(result.values["dienst"]) for result in results}
    return {
        "aanvraagnummer": str(results[0].values["aanvraagnummer"]),
        "peilmoment": str(results[-1].values["peilmoment"]),
        "resultaten": [_result(rights, result) for result in results],
        "bezwaren": _objections(objections, services),
    }


def _objections(
    objections: Sequence[Mapping[str, object]], services: frozenset[str] | set[str], *, within: bool = True
) -> list[Document]:
    """Return the steps of objections about these applications (or about others), without pseudonyms."""
    found = [one for one in objections if (one["dienst"] in services) is within]
    return [{key: one[key] for key in one if key != "dienst"} for one in found]


def _result(rights: Rights, result: HeldResult) -> Document:
    values, new = result.values, result.run.new
    kind = int(str(values["resultaattype"]))
    route = rights.installation.use_case.routes[kind]
    return {
        "voorspelling": f"{result.run.run_id}-{result.regel}",
        "levering": new.levering,
        "gepubliceerd": moment_text(result.run.published_at) if result.run.published_at else None,
        "huidig": result.huidig,
        "alleen_ter_vergelijking": new.model_status is ModelStatus.SCHADUW,
        "model": {"naam": new.model, "versie": new.model_version, "sha256": new.model_sha256},
        "contractversie": new.contract_version,
        "resultaattype": kind,
        "betekent": route.omschrijving,
        "advies": values["advies"],
        "reden": values["reden"],
        "score": values["score"],
        "zekerheid": values["zekerheid"],
        "intercept": values["intercept"],
        "in_steekproef": values["steekproef"],
        "kenmerken": _parsed(values["kenmerken"]),
        "bijdragen": _parsed(values["bijdragen"]),
        "uitleg": _parsed(values["uitleg"]),
        "beoordelingen": [dict(one) for one in result.beoordelingen],
    }


def _parsed(text: object) -> object:
    return None if text is None else json.loads(str(text))
