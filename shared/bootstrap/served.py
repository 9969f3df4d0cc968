"""What is served over HTTP: fills the services of shared/api with what the shell can do, and makes the app."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared import __version__
from shared.bootstrap.wiring import blobs, installation, ledger, settings, versions, workplace
from shared.errors import NotKnown, SlimmeCheckError
from shared.events import SYSTEM, Caller
from shared.usecases import datasets, mailboxes, use_case

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from shared.access import Person
    from shared.administration import DeliveryRecord, RunCounts, RunRecord, StopState
    from shared.api.guard import SignIn
    from shared.api.services import Deliveries, Health, Models, People, Rights, Runs, Services, Versions
    from shared.modelregister.port import ModelVersion, StepRecord
    from shared.pages.csrf import FormKey
    from shared.rights.port import PersonRequest

_HERE = Caller(SYSTEM, "http")
_AT_ONCE = 1_000  # applications in a delivery of which some are judged again while the caller waits
_HEALTH_HOLDS = 10.0  # seconds: whoever asks more often hears the same again


def http_app(
    sign_in: SignIn | None = None, login: Callable[..., str] | None = None, style: Path | None = None
) -> ASGIApp:
    """Return the app of this installation; people are known by Entra ID, unless a local issuer stands in for it.

    `style`: where the city's stylesheet lies when no setting says so.
    """
    from shared.adapters.identity.easyauth import SIGN_OUT
    from shared.pages.app import make_site
    from shared.pages.route import PageSettings
    from shared.pages.styles import city_styles

    config = settings()
    sign_out = SIGN_OUT if config.access.easy_auth else ""
    pages = PageSettings(_form_key, config.access.address, city_styles(config.style or style), sign_out)
    return make_site(services(), sign_in or _entra(), config.access.address, pages, login, config.access.contact)


def _form_key() -> FormKey:
    """Return what forms are signed with: made from the key that is current now, which says nothing about it."""
    from shared.pages.csrf import FormKey

    secret = workplace(_HERE, datasets()[0]).keys.current().secret
    return FormKey(hmac.digest(secret, b"slimme-check formulieren", "sha256"))


@lru_cache(maxsize=1)
def _app() -> ASGIApp:
    return http_app()


async def answer_http(request: Any, context: Any) -> Any:
    """Answer a request that the platform hands over; both are of azure.functions, and so is what is returned."""
    from shared.adapters.functions import answer

    return await answer(_app(), request, context)


def _entra() -> SignIn:
    """Return who a request is from, by the settings of this installation."""
    from shared.adapters.identity.caller import entra, person_of

    access = settings().access
    issuer = entra(access)

    def sign_in(headers: Mapping[str, str], _: Mapping[str, str]) -> Person | None:
        return person_of(headers, issuer, access.easy_auth)

    return sign_in


def services() -> Services:
    """Return everything that can be asked for over HTTP."""
    from shared.api.services import Services
    from shared.bootstrap.reports import served_reports

    return Services(
        deliveries=_deliveries(),
        runs=_runs(),
        models=_models(),
        versions=_versions(),
        people=_people(),
        rights=_rights(),
        reports=served_reports(_HERE),
        health=_Health(),
    )


def _newest_first[T](found: Callable[[str], Sequence[T]], moment: Callable[[T], datetime]) -> list[T]:
    """Return what every mailbox has, the newest first."""
    return sorted((each for name in mailboxes() for each in found(name)), key=moment, reverse=True)


def _deliveries() -> Deliveries:
    from shared import interventions
    from shared.api.services import Deliveries

    def release(caller: Caller, record: DeliveryRecord, reden: str) -> RunRecord:
        return interventions.release(workplace(caller, record.dataset), record.levering, reden, record.digest)

    def let_go(caller: Caller, record: DeliveryRecord, reden: str) -> RunRecord:
        here = workplace(caller, record.dataset)
        return interventions.let_go_of_snapshot(here, record.levering, reden, record.digest)

    return Deliveries(
        known=lambda: _newest_first(ledger(settings()).deliveries, lambda record: record.aangekomen),
        find=lambda dataset, digest: ledger(settings()).delivery(dataset, digest),
        runs=lambda record: ledger(settings()).runs_of_delivery(record.dataset, record.digest),
        release=release,
        let_go=let_go,
    )


def _runs() -> Runs:
    from shared import interventions
    from shared.administration import ModelStatus
    from shared.api.services import Runs
    from shared.runstates import RunState
    from shared.telemetry import tell_round

    def request(caller: Caller, record: DeliveryRecord, numbers: Sequence[str] | None, reden: str) -> RunRecord:
        installed = installation(caller, record.dataset)
        run = interventions.request_run(installed, record.levering, numbers, reden, record.digest)
        size = sum(1 for _ in ledger(settings()).application_numbers(record.dataset, record.digest))
        if numbers and size <= _AT_ONCE:  # takes seconds; anything else waits for the clock by day
            outcome = interventions.process_request(installed, run)
            tell_round(installed, [outcome])
            return outcome.run or run
        return run

    def find(run_id: str) -> RunRecord:
        run = ledger(settings()).run(run_id)
        if run.new.model_status is ModelStatus.SCHADUW:  # what a shadow finds is shown to nobody
            raise NotKnown("This run is not in the administration.", next_step="Check the run id.")
        return run

    def counts(run_id: str) -> RunCounts:
        run, known = find(run_id), ledger(settings())
        others = [other for other in known.published_on(run.new.dataset, run.new.datum) if other.run_id != run_id]
        comparable = bool(run.new.request_id or others or known.removals(run.new.dataset, run_id))
        return known.counts(run_id).told(comparable=comparable)

    return Runs(
        known=lambda: _newest_first(
            lambda name: ledger(settings()).runs(name, tuple(RunState)), lambda run: run.changed_at
        ),
        find=find,
        findings=lambda run_id: ledger(settings()).findings(run_id),
        counts=counts,
        request=request,
    )


def _models() -> Models:
    from shared.api.services import Models, ServedModel
    from shared.bootstrap import models

    def known() -> list[ServedModel]:
        found = []
        for dataset in datasets():
            name, active = models.model_in_use(dataset)
            found.append(
                ServedModel(
                    dataset=dataset,
                    title=use_case(dataset).title,
                    name=name,
                    version=active.id.version if active else "",
                    since=active.since if active else None,
                    sha256=active.id.sha256 if active else "",
                    stop=ledger(settings()).stop_state(name),
                )
            )
        return found

    def stop(caller: Caller, dataset: str, model: str, reden: str) -> StopState:
        return models.stop_model(model, dataset, reden, caller)

    def resume(caller: Caller, dataset: str, model: str, reden: str) -> StopState:
        return models.resume_model(model, dataset, reden, caller)

    return Models(known=known, stop=stop, resume=resume)


def _by[T](call: Callable[..., T]) -> Callable[..., T]:
    """Return a callable with the caller in front, of one that is told so by name."""
    return lambda caller, *named: call(*named, caller=caller)


def _versions() -> Versions:
    from shared.api.services import Versions
    from shared.bootstrap import models

    def find(dataset: str, versie: str) -> tuple[ModelVersion, Sequence[StepRecord]]:
        history = models.model_version(dataset, versie)
        return history.version, history.steps

    return Versions(
        known=models.model_versions,
        find=find,
        propose=_by(models.propose_model),
        approve=_by(models.approve_model),
        reject=_by(models.reject_model),
        withdraw=_by(models.withdraw_model),
        activate=_by(models.activate_model),
        start_shadow=_by(models.start_shadow),
        end_shadow=_by(models.end_shadow),
        scored=_by(models.scored_by_version),
    )


def _people() -> People:
    from shared.api.services import People
    from shared.bootstrap import people

    return People(
        find=_by(people.find_predictions),
        explain=_by(people.explain_prediction),
        inputs=_by(people.inputs_of),
        replay=_by(people.replay_prediction),
        assess=_by(people.assess),
        assessments=_by(people.assessments_of),
        open_objection=_by(people.open_objection),
        close_objection=_by(people.close_objection),
        objections=lambda dataset, only_open: people.objections(dataset, only_open=only_open),
        events=_by(people.audit_trail),
    )


def _rights() -> Rights:
    from shared.api.services import Rights
    from shared.bootstrap import rights

    def decide(caller: Caller, request_id: str, toegewezen: bool, reden: str) -> PersonRequest:
        return rights.decide_person_request(request_id, toegewezen=toegewezen, reden=reden, caller=caller)

    return Rights(
        known=rights.person_requests,
        find=rights.person_request,
        record=_by(rights.record_person_request),
        decide=decide,
        withdraw=_by(rights.withdraw_person_request),
        carry_out=_by(rights.accept_person_request),
        fetch=_by(rights.fetch_person_export),
    )


class _Health:
    """Looks whether every part works; what was seen holds for a few seconds, so that asking often costs little."""

    def __init__(self) -> None:
        self._seen: Health | None = None

    def __call__(self) -> Health:
        from shared.adapters.clock import SystemClock
        from shared.api.services import Health

        now = SystemClock().now()
        if self._seen is None or (now - self._seen.moment).total_seconds() >= _HEALTH_HOLDS:
            parts = {"administratie": _works(_administration), "opslag": _works(_storage)}
            parts |= {Health.name_of_model(dataset): _works(partial(_package, dataset)) for dataset in datasets()}
            self._seen = Health(parts, __version__, now)
        return self._seen


def _works(look: Callable[[], object]) -> str:
    """Return the code of what goes wrong; "" when nothing does."""
    try:
        look()
    except SlimmeCheckError as failure:
        return failure.code
    except Exception as cause:  # a health check that fails in an unforeseen way is a part that does not work
        return type(cause).__name__
    return ""


def _administration() -> None:
    ledger(settings()).last_event()


def _storage() -> None:
    from shared.ports import Container

    next(iter(blobs(settings()).names(Container.LOGBOEK, "gezondheid/")), None)


def _package(dataset: str) -> None:
    """Read the active package as it lies there now: to the last bit that of the register, and right on golden cases."""
    versions(settings(), dataset).check_active()
