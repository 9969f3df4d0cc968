"""A dossier is about whole months that are over, and says so when there is none: no night can be taken off another."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.closing.months import bounds
from shared.events import Action
from shared.modelregister.dossier import months_compared
from shared.modelregister.register import activate, approve, propose, withdraw
from shared.modelregister.states import VersionStatus
from shared.pages.rendering import templates
from shared.sweep import run_waiting
from tests.modelregister.offices import ANNE, BRAM, REASONS, Office
from tests.modelregister.packages import make_version
from tests.modelregister.small_models import small_model
from tests.modelregister.test_two_dossiers import city, told
from tests.shell.workshop import DATASET


def dossier_of(office: Office, version: str = "1.1.0") -> dict[str, Any]:
    """Propose a version, withdraw it, and return its dossier without the moment at which it was made."""
    proposed = propose(office.as_(ANNE), version, *REASONS)
    *_, step = office.register.steps(proposed.id)
    assert step.proposal is not None
    withdraw(office.as_(ANNE), version, "later opnieuw")
    found: dict[str, Any] = json.loads(step.proposal.dossier)
    del found["gemaakt"]
    return found


def night(office: Office, day: str, numbers: dict[str, int]) -> None:
    office.workshop.deliver(day, numbers)
    assert not run_waiting(office.workshop.installation).failed


@pytest.mark.parametrize(
    ("now", "first", "months"),
    [
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC), ("2025-11", "2026-10", 12)),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC), ("2025-12", "2026-11", 12)),
        (datetime(2026, 11, 5, tzinfo=UTC), datetime(2026, 8, 31, 22, 30, tzinfo=UTC), ("2026-09", "2026-10", 2)),
        (datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC), ("2026-12", "2026-12", 1)),
    ],
    ids=["the last hour of a month", "the first hour", "a young installation", "a new year"],
)
def test_a_dossier_is_about_the_last_twelve_months_that_are_over_here(
    now: datetime, first: datetime, months: tuple[str, str, int]
) -> None:
    found = months_compared(now, first)
    assert (found[0], found[-1], len(found)) == months
    assert bounds(found[-1])[1] <= now


def test_without_a_whole_month_the_dossier_says_so_and_the_version_can_be_approved(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    assert "hele kalendermaand" in dossier_of(office)["geen_vergelijking"]  # nothing was published
    night(office, "2026-11-20", {str(number): 1 for number in range(20)})
    dossier = dossier_of(office)
    assert dossier["vergelijking"] is None and "hele kalendermaand" in dossier["geen_vergelijking"]
    assert dossier["periode"]["maanden"] == []
    events = office.workshop.installation.ledger.events()
    assert not [one for one in events if one.handeling == Action.MODEL_VERGELIJKEN], "nothing was read"
    assert office.approved("1.1.0").status is VersionStatus.GOEDGEKEURD
    assert activate(office.as_(BRAM), "1.1.0", "ingepland").status is VersionStatus.ACTIEF


def test_a_whole_month_without_results_shows_no_more_than_one_with_a_few(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    night(office, "2026-11-20", {"1": 4})  # one application, without a score
    office.workshop.clock.pass_by(timedelta(days=20))
    dossier = dossier_of(office)
    assert dossier["vergelijking"] is None and "minder dan tien" in dossier["geen_vergelijking"]
    assert dossier["periode"]["maanden"] == ["2026-11"]
    propose(office.as_(ANNE), "1.1.0", *REASONS)
    assert approve(office.as_(BRAM), "1.1.0", "dossier gelezen").status is VersionStatus.GOEDGEKEURD


def test_a_night_in_between_changes_nothing_in_a_dossier(office: Office) -> None:
    make_version(office.models, "1.1.0", threshold=0.5)
    night(office, "2026-11-20", {str(number): 1 for number in range(20)})
    office.workshop.clock.pass_by(timedelta(days=14))
    before = dossier_of(office)
    read = list(office.register.published_features(DATASET, *bounds("2026-11")))
    assert len(read) == 20 and before["periode"]["maanden"] == ["2026-11"]
    night(office, "2026-11-21", {"3": 1, "nieuw": 2})  # one that was judged before is judged again
    assert dossier_of(office) == before
    assert list(office.register.published_features(DATASET, *bounds("2026-11"))) == read
    assert len(list(office.register.published_features(DATASET, *bounds("2026-12")))) == 2
    whole = bounds("2026-11")[0], bounds("2026-12")[1]
    assert len(list(office.register.published_features(DATASET, *whole))) == 21  # each application once


@pytest.mark.parametrize(
    ("months", "words"),
    [
        ([], "nog geen hele maand"),
        (["2026-11"], "de hele maand november 2026"),
        (["2025-12", "2026-01", "2026-02"], "de hele maanden december 2025 tot en met februari 2026"),
    ],
)
def test_the_page_says_which_months_it_is_about_and_that_counts_are_in_tens(months: list[str], words: str) -> None:
    package = {"versie": "1.1.0", "datum": "2026-11-01", "drempel": 0.5, "steekproef": 0.0}
    dossier = {
        "voorstel": package,
        "actief": package,
        "redenen": {"drempel": "x", "steekproef": "y"},
        "periode": {"maanden": months},
        "vergelijking": told(city(1), small_model("a", 0.5, "2")) if months else None,
        "geen_vergelijking": None if months else "Er is nog geen hele kalendermaand",
    }
    module: Any = templates().get_template("dossier.html").module
    page = str(module.dossier_of(dossier))
    assert words in page
    assert ("Elk aantal is afgerond op een tiental" in page) is bool(months)
