"""What is refused for how things are, or for who asks, says what helps; not to ask for a role or mend the request."""

from __future__ import annotations

import pytest

from shared.api.problems import problem_of
from shared.errors import DossierOutdated, FormRefused, FourEyesRequired
from shared.modelregister.register import activate, approve, propose, start_shadow
from tests.modelregister.offices import ANNE, BRAM, REASONS, Office
from tests.modelregister.packages import make_version


@pytest.mark.parametrize("step", ["approve", "activate", "shadow"])
def test_an_outdated_dossier_is_a_conflict_with_how_things_are_and_says_what_to_do(office: Office, step: str) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    make_version(office.models, "1.2.0", threshold=0.55)
    propose(office.as_(ANNE), "1.2.0", *REASONS)
    if step != "approve":
        approve(office.as_(BRAM), "1.2.0", "dossier gelezen")
    if step == "shadow":
        start_shadow(office.as_(ANNE), "1.2.0", "meelopen")
    office.approved("1.1.0")
    activate(office.as_(ANNE), "1.1.0", "ingepland")
    take = approve if step == "approve" else activate
    with pytest.raises(DossierOutdated) as refused:
        take(office.as_(BRAM), "1.2.0", "te laat")
    told = problem_of(refused.value)
    assert (told.status, told.code) == (409, "SC-555") and "nieuw dossier" in told.detail


@pytest.mark.parametrize(("error", "word"), [(FourEyesRequired, "collega"), (FormRefused, "formulier")])
def test_who_has_the_role_is_not_told_to_ask_for_one(error: type[FourEyesRequired], word: str) -> None:
    told = problem_of(error("Not by you.", next_step="Ask another."))
    assert told.status == 403 and word in told.detail and "een rol die dit mag" not in told.detail
