"""A tiny core in which applications have persons: `zaak1001-anna` is Anna's, `zaak1002-` is of nobody known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import sqlalchemy as sa

from shared.adapters.sql.due_rows import SqlDue
from shared.adapters.sql.person_requests import SqlPersonRecords
from shared.adapters.sql.purge import SqlPurge
from shared.errors import SlimmeCheckError
from shared.events import Caller
from shared.installation import Installation
from shared.records import FeatureTable, PseudonymisedDelivery, PseudonymisedPart, ResultSet, RunIdentity
from shared.retention.terms import DEFAULT
from shared.rights.carrying import accept_request, take_up
from shared.rights.export import fetch_export
from shared.rights.port import PersonRequest
from shared.rights.requests import Rights, decide_request, record_request
from shared.rights.states import Asked
from shared.stages.pseudonym import Pseudonymiser, PseudonymKey
from shared.usecase import Route
from tests.rights.removing import Scene
from tests.shell import tinycore as plain
from tests.shell.workshop import Workshop

ANNA, BEN = "anna-burgerservice-1", "ben-burgerservice-2"
_NUMBERS = {"anna": ANNA, "ben": BEN}
ROUTES = {kind: Route(f"soort {kind}", "inkomensconsulent") for kind in (1, 2, 3, 4)}
SCHEMA = SimpleNamespace(objective="voorrang bepalen", legal_basis="Participatiewet", description="levering")


def number_of(application: str) -> str:
    """The number of the person behind an application; empty when nobody is known."""
    return _NUMBERS.get(application.partition("-")[2], "")


class Minimised(plain.Minimised):
    def __iter__(self) -> Iterator[PseudonymisedPart]:
        for part in super().__iter__():
            yield replace(part, delivery=_with_persons(part.delivery, self._key))


def _with_persons(delivery: PseudonymisedDelivery, key: PseudonymKey) -> PseudonymisedDelivery:
    names = Pseudonymiser(key)
    numbers = [number_of(application) for application in delivery.aanvraagnummers]
    persons = [names.pseudonym("persoon", number) if number else "" for number in numbers]
    applications = delivery.applications.assign(persoon=persons)
    own = applications.loc[applications["persoon"] != "", ["persoon", "dienst"]].reset_index(drop=True)
    table = own.astype({"persoon": "category", "dienst": "category"}).assign(bedrag=[100] * len(own))
    return replace(delivery, applications=applications, tables={"diensten": table})


def judge(table: FeatureTable, case: object, identity: RunIdentity, key: object) -> ResultSet:
    given = plain.judge(table, case, identity, key)
    persons = table.frame["persoon"].where(table.frame["persoon"] != "", None)
    results = given.results.assign(persoon=persons, steekproef=[True] + [False] * (len(persons) - 1))
    return replace(given, results=results)


def snapshot_files(delivery: PseudonymisedDelivery) -> dict[str, bytes]:
    tables = {name: frame.astype(object).to_dict("list") for name, frame in delivery.tables.items()}
    document = [delivery.key_id, delivery.applications.to_dict("list"), tables]
    return {"aanvragen.json": json.dumps(document).encode()}


def read_snapshot(files: Mapping[str, bytes], numbers: Mapping[str, str] | None) -> PseudonymisedDelivery:
    key_id, columns, tables = json.loads(files["aanvragen.json"])
    frame = pd.DataFrame(columns)
    known = {dienst: dienst for dienst in frame["dienst"]} if numbers is None else numbers
    frame = frame[frame["dienst"].isin(list(known))].reset_index(drop=True)
    frames = {name: pd.DataFrame(table) for name, table in tables.items()}
    return PseudonymisedDelivery(frame, frames, tuple(known[dienst] for dienst in frame["dienst"]), key_id)


class Snapshot(plain.Snapshot):
    def add(self, part: PseudonymisedPart) -> None:
        for name, data in snapshot_files(part.delivery).items():
            self._files[name] = self._scratch()
            self._files[name].write(data)


CORE = replace(
    plain.CORE,
    pseudonymise=Minimised,
    judge=judge,
    new_snapshot=Snapshot,
    snapshot_files=snapshot_files,
    read_snapshot=read_snapshot,
)


@dataclass
class Office:
    """A scene in which applications have persons, and colleagues who deal with requests."""

    scene: Scene

    def rights(self, actor: str, installation: Installation | None = None, **ports: Any) -> Rights:
        caller = Caller(actor, "test")
        engine: sa.Engine = self.scene.app
        installed = replace(installation or self.scene.installation, caller=caller)
        remover = ports.get("remover", SqlPurge(self.scene.purger))
        return Rights(installed, ports.get("records", SqlPersonRecords(engine)), SqlDue(engine), lambda: remover)

    def granted(self, soort: Asked, number: str = ANNA) -> str:
        """Record and grant a request; return its id."""
        request = record_request(self.rights("eerste"), soort, number, "vraag van de burger")
        decide_request(self.rights("tweede"), request.id, True, "terecht")
        return request.id

    def clock(self, removes: bool = True, **ports: Any) -> list[SlimmeCheckError]:
        """Let the clock carry out what waits; return what went wrong."""
        return take_up(self.rights("systeem", **ports), DEFAULT, removes=removes)

    def found(self, request: str) -> PersonRequest:
        """The request as it is now."""
        return self.rights("wie dan ook").records.request(request)

    def remove(self, request: str = "", who: str = "derde", number: str = ANNA) -> PersonRequest:
        """Let a removal be carried out, of a new request when none is given; fails when the clock could not."""
        request = request or self.granted(Asked.VERWIJDERING, number)
        accept_request(self.rights(who), request, Asked.VERWIJDERING, number, "zoals toegewezen")
        assert self.clock() == []
        return self.found(request)

    def export(self, request: str = "", who: str = "derde", number: str = ANNA) -> dict[str, Any]:
        """Let an export be made ready and fetch it, of a new request when none is given."""
        request = request or self.granted(Asked.INZAGE, number)
        accept_request(self.rights(who), request, Asked.INZAGE, number, "zoals toegewezen")
        assert self.clock() == []
        return fetch_export(self.rights(who), DEFAULT, request, "de persoon haalt het op")


def office(scene: Scene) -> Office:
    """The scene, with persons."""
    case = cast(
        Any, SimpleNamespace(dataset=plain.DATASET, routes=ROUTES, schema=SCHEMA, follow_up=None, follow_ups=())
    )
    workshop = Workshop(replace(scene.installation, core=CORE, use_case=case), scene.workshop.root)
    return Office(Scene(workshop, scene.app, scene.purger))
