"""Where settings, adapters and callables meet; nothing else knows more than one of them.

Every trigger, command and route is one call from here. Heavy imports wait until they are needed, so that a command
that only reads the administration starts at once.
"""

from shared.bootstrap.onedelivery import eligibility_of_delivery, features_of_delivery
from shared.bootstrap.terminal import (
    check_folder,
    current_result,
    model_policy,
    release,
    request_run,
    resume_model,
    run_waiting,
    stop_model,
    verify_audit,
)
from shared.bootstrap.triggered import delivery_arrived, nightly, poisoned, reprocess
from shared.bootstrap.wiring import blobs, installation, ledger, migrate, person_here, settings

__all__ = [
    "blobs",
    "check_folder",
    "current_result",
    "delivery_arrived",
    "eligibility_of_delivery",
    "features_of_delivery",
    "installation",
    "ledger",
    "migrate",
    "model_policy",
    "nightly",
    "person_here",
    "poisoned",
    "release",
    "reprocess",
    "request_run",
    "resume_model",
    "run_waiting",
    "settings",
    "stop_model",
    "verify_audit",
]
