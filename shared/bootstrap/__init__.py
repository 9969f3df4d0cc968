"""Where settings, adapters and callables meet; nothing else knows more than one of them.

Every trigger, command and route is one call from here. Heavy imports wait until they are needed, so that a command
that only reads the administration starts at once.
"""

from shared.bootstrap.ending import let_go
from shared.bootstrap.models import resume_model, stop_model
from shared.bootstrap.onedelivery import eligibility_of_delivery, features_of_delivery, read_features, tell_scored
from shared.bootstrap.people import explain_current, replay_everything, replay_run
from shared.bootstrap.removal import nightly_purge, purge
from shared.bootstrap.reports import report_until
from shared.bootstrap.rights import (
    accept_person_request,
    carry_out_person_requests,
    decide_person_request,
    fetch_person_export,
    person_request,
    person_requests,
    record_person_request,
    withdraw_person_request,
)
from shared.bootstrap.served import answer_http, http_app
from shared.bootstrap.terminal import (
    check_folder,
    finish_standing,
    let_go_of_snapshot,
    release,
    request_run,
    run_waiting,
    tell_restored,
    verify_audit,
)
from shared.bootstrap.triggered import daytime, delivery_arrived, nightly, poisoned
from shared.bootstrap.wiring import blobs, installation, ledger, migrate, person_here, settings

__all__ = [
    "accept_person_request",
    "answer_http",
    "blobs",
    "carry_out_person_requests",
    "check_folder",
    "daytime",
    "decide_person_request",
    "delivery_arrived",
    "eligibility_of_delivery",
    "explain_current",
    "features_of_delivery",
    "fetch_person_export",
    "finish_standing",
    "http_app",
    "installation",
    "ledger",
    "let_go",
    "let_go_of_snapshot",
    "migrate",
    "nightly",
    "nightly_purge",
    "person_here",
    "person_request",
    "person_requests",
    "poisoned",
    "purge",
    "read_features",
    "record_person_request",
    "release",
    "replay_everything",
    "replay_run",
    "report_until",
    "request_run",
    "resume_model",
    "run_waiting",
    "settings",
    "stop_model",
    "tell_restored",
    "tell_scored",
    "verify_audit",
    "withdraw_person_request",
]
