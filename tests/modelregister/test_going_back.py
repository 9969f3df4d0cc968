"""One person goes back to the version that was in use directly before, at once; to any other it takes two."""

from __future__ import annotations

import pytest

from shared.errors import FourEyesRequired, TransitionRefused
from shared.modelregister.register import activate, approve, propose, withdraw
from shared.modelregister.states import VersionStep, version_before
from shared.pages.modelforms import possible_steps
from tests.modelregister.offices import ANNE, BRAM, REASONS, Office
from tests.modelregister.packages import make_version
from tests.shell.workshop import DATASET

FIRST, NEW, BACK = VersionStep.EERSTE_VERSIE, VersionStep.ACTIVEREN, VersionStep.TERUGZETTEN


def came(office: Office, *numbers: str) -> None:
    """Let versions come into use, one after the other."""
    for place, number in enumerate(numbers):
        make_version(office.models, number, threshold=0.5 + place / 50)
        office.approved(number)
        activate(office.as_(ANNE), number, "ingepland")


def can_return(office: Office) -> list[str]:
    return [one.id.version for one in office.register.versions(DATASET) if "terugzetten" in possible_steps(one)]


@pytest.mark.parametrize(
    ("activations", "out", "expected"),
    [
        ([(FIRST, "1")], set(), None),
        ([(FIRST, "1"), (NEW, "2")], {"1"}, "1"),
        ([(FIRST, "1"), (NEW, "2"), (NEW, "3")], {"1", "2"}, "2"),
        ([(FIRST, "1"), (NEW, "2"), (NEW, "3"), (BACK, "2")], {"1", "3"}, "1"),
        ([(FIRST, "1"), (NEW, "2"), (BACK, "1")], {"2"}, None),
        ([(FIRST, "1"), (NEW, "2"), (BACK, "1"), (NEW, "3")], {"1", "2"}, "1"),
        ([(FIRST, "1"), (NEW, "2"), (NEW, "3")], {"1"}, "1"),  # 2 is withdrawn
        ([(FIRST, "1"), (NEW, "2"), (NEW, "1")], {"2"}, "2"),
        # of before this rule: to and fro
        ([(FIRST, "1"), (NEW, "2"), (BACK, "1"), (BACK, "2")], {"1"}, "1"),
    ],
)
def test_what_was_rolled_back_from_is_never_the_version_before(
    activations: list[tuple[VersionStep, str]], out: set[str], expected: str | None
) -> None:
    assert version_before(activations, out) == expected


def test_what_was_rolled_back_from_does_not_come_back_by_one_person(office: Office) -> None:
    came(office, "1.1.0", "1.2.0")
    assert can_return(office) == ["1.1.0"]
    activate(office.as_(ANNE), "1.1.0", "1.2.0 is fout")
    assert can_return(office) == ["1.0.0"]
    before = office.statuses(), len(list(office.workshop.installation.ledger.events()))
    with pytest.raises(TransitionRefused, match="directly before"):
        activate(office.as_(ANNE), "1.2.0", "toch weer")
    assert (office.statuses(), len(list(office.workshop.installation.ledger.events()))) == before


def test_an_older_version_than_the_one_before_needs_two_people_and_a_new_dossier(office: Office) -> None:
    came(office, "1.1.0", "1.2.0")
    with pytest.raises(TransitionRefused, match="directly before"):
        activate(office.as_(ANNE), "1.0.0", "ver terug")
    propose(office.as_(ANNE), "1.0.0", *REASONS)
    with pytest.raises(FourEyesRequired):
        approve(office.as_(ANNE), "1.0.0", "ook van mij")
    approve(office.as_(BRAM), "1.0.0", "dossier gelezen")
    activate(office.as_(ANNE), "1.0.0", "met twee")
    assert office.statuses() == {"1.0.0": "actief", "1.1.0": "uit gebruik", "1.2.0": "uit gebruik"}
    steps = office.register.steps(office.register.version(DATASET, "1.0.0").id)
    assert steps[-1].step is NEW and can_return(office) == ["1.2.0"]


def test_a_proposal_does_not_take_the_way_back_away(office: Office) -> None:
    came(office, "1.1.0")
    with pytest.raises(TransitionRefused, match="without a proposal"):
        propose(office.as_(ANNE), "1.0.0", *REASONS)
    activate(office.as_(ANNE), "1.0.0", "terug")
    propose(office.as_(ANNE), "1.1.0", *REASONS)
    assert office.statuses() == {"1.0.0": "actief", "1.1.0": "voorgesteld"}


def test_past_a_withdrawn_version_the_one_before_it_is_the_way_back(office: Office) -> None:
    came(office, "1.1.0", "1.2.0")
    withdraw(office.as_(ANNE), "1.1.0", "fout gevonden")
    assert can_return(office) == ["1.0.0"]
    activate(office.as_(ANNE), "1.0.0", "terug")
    assert office.statuses()["1.0.0"] == "actief"
