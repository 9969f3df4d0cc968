"""Outcomes and group attributes of invented people are accepted as they are, and about the people of the deliveries."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from development.population import write_follow_ups, write_history, write_mailbox
from shared.adapters.deliveryfolder import DeliveryFolder
from shared.records import CheckedDelivery, Verdict
from shared.stages.check import check_delivery
from shared.usecases import use_case

DAY = date(2026, 11, 17)


def checked(folder: Path) -> CheckedDelivery:
    return check_delivery(DeliveryFolder(folder), use_case(folder.parent.name), {})


@pytest.mark.parametrize("dataset", ["uitkomsten", "groepskenmerken"])
def test_a_history_is_accepted_without_a_finding(dataset: str, tmp_path: Path) -> None:
    period = datetime(2025, 1, 1), datetime(2026, 1, 1)
    found = checked(write_history(tmp_path, applications=600, period=period, seed=2)[dataset])
    assert (found.verdict, found.findings) == (Verdict.GEACCEPTEERD, ())
    assert len(found.tables[dataset]) > 40


def test_what_follows_the_five_days_is_about_the_people_in_them(tmp_path: Path) -> None:
    days = [written.folder for written in write_mailbox(tmp_path, seed=1, day=DAY)]
    groups, outcomes = (checked(written.folder) for written in write_follow_ups(tmp_path, seed=1, day=DAY))
    assert groups.verdict is outcomes.verdict is Verdict.GEACCEPTEERD
    clean = [checked(folder).tables for folder in days[:2]]
    clients = {number for tables in clean for number in tables["diensten"]["subjectnrklant"].astype(str)}
    people = set(groups.tables["groepskenmerken"]["persoonnr"].astype(str))
    assert len(people & clients) > 40
    services = {number for tables in clean for number in tables["werkopdrachten"]["dienstnr"].astype(str)}
    assert set(outcomes.tables["uitkomsten"]["aanvraagnummer"].astype(str)) & services
