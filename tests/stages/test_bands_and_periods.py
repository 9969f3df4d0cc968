"""A delivery that is suddenly thin, or that leaves a gap in time, waits for a person instead of being scored blind."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from shared.records import CheckedDelivery, Severity, Verdict
from tests.stages.deliveries import Delivery, check, codes, valid_rows

TWENTY = valid_rows(20)
VAN = datetime(2026, 11, 19)
MICROSECOND = timedelta(microseconds=1)


def held_by(bands: dict[str, dict[str, float | None]], tables: dict[str, list[dict[str, str]]]) -> CheckedDelivery:
    checked = check(Delivery(tables), bands)
    assert checked.verdict in (Verdict.GEACCEPTEERD, Verdict.AANGEHOUDEN)
    assert (checked.verdict is Verdict.AANGEHOUDEN) == bool(checked.findings)
    assert len(checked.tables) == 12
    return checked


def test_a_table_without_rows_holds_the_delivery_from_twenty_applications_on() -> None:
    bands: dict[str, dict[str, float | None]] = {"afspraken": {"laag": 0.6, "hoog": 9.6, "vanaf": 20}}
    assert held_by(bands, TWENTY | {"afspraken": []}).verdict is Verdict.AANGEHOUDEN
    assert held_by(bands, valid_rows(19) | {"afspraken": []}).verdict is Verdict.GEACCEPTEERD


def test_a_hold_says_which_table_how_many_rows_and_between_what() -> None:
    bands: dict[str, dict[str, float | None]] = {"afspraken": {"laag": 0.6, "hoog": 9.6}}
    [found] = held_by(bands, TWENTY | {"afspraken": TWENTY["afspraken"][:7]}).findings
    assert (found.code, found.ernst, found.tabel) == ("LEV-501", Severity.AANHOUDEN, "afspraken")
    assert "(0,35) ligt buiten de band 0,6 tot 9,6" in found.zin


@pytest.mark.parametrize(
    ("low", "high", "held"),
    [
        (1.0, 1.0, False),
        (1.0, None, False),
        (None, 1.0, False),
        (None, None, False),
        (1.001, None, True),
        (None, 0.999, True),
        (0.0, 0.5, True),
        (1e-06, None, False),
    ],
)
def test_both_ends_belong_to_the_band_and_an_open_end_bounds_nothing(
    low: float | None, high: float | None, held: bool
) -> None:
    checked = held_by({"vermogens": {"laag": low, "hoog": high, "vanaf": 20}}, TWENTY)
    assert codes(checked.findings) == (["LEV-501"] if held else [])


def test_an_open_end_is_told_as_such() -> None:
    [found] = held_by({"vermogens": {"laag": 2, "hoog": None}}, TWENTY).findings
    assert "2 tot onbegrensd" in found.zin


def test_a_band_may_begin_later_than_at_twenty_applications_but_not_earlier() -> None:
    assert held_by({"vermogens": {"laag": 2.0, "vanaf": 21}}, TWENTY).findings == ()
    assert held_by({"vermogens": {"laag": 2.0, "vanaf": 1}}, valid_rows(19)).findings == ()
    assert codes(held_by({"vermogens": {"laag": 2.0, "vanaf": 1}}, TWENTY).findings) == ["LEV-501"]


def test_rows_are_counted_after_equal_rows_count_once() -> None:
    checked = check(Delivery(TWENTY | {"vermogens": TWENTY["vermogens"] * 2}), {"vermogens": {"laag": 1, "hoog": 1}})
    assert codes(checked.findings) == ["LEV-404"]


def test_applications_are_counted_in_the_period_only() -> None:
    delivery = Delivery(TWENTY)
    delivery.package["periode"]["van"] = "2026-11-19T12:00:00"
    assert check(delivery, {"vermogens": {"laag": 9}}).findings == ()


def test_every_table_out_of_its_band_is_told() -> None:
    bands = {name: {"laag": 50.0, "hoog": None} for name in TWENTY} | {"onbekend": {"laag": 50.0, "hoog": None}}
    assert sorted(found.tabel for found in check(Delivery(TWENTY), bands).findings) == sorted(TWENTY)


def test_no_bands_hold_nothing() -> None:
    assert check(Delivery(TWENTY | {"afspraken": []})).verdict is Verdict.GEACCEPTEERD


@pytest.mark.parametrize(
    ("previous_tot", "verdict", "told"),
    [
        (None, Verdict.GEACCEPTEERD, []),
        (VAN, Verdict.GEACCEPTEERD, []),
        (VAN - MICROSECOND, Verdict.AANGEHOUDEN, ["LEV-502"]),
        (VAN - timedelta(days=400), Verdict.AANGEHOUDEN, ["LEV-502"]),
        (VAN + MICROSECOND, Verdict.GEACCEPTEERD, ["LEV-503"]),
        (VAN + timedelta(days=9), Verdict.GEACCEPTEERD, ["LEV-503"]),
    ],
)
def test_a_gap_holds_and_an_overlap_is_told(previous_tot: datetime | None, verdict: Verdict, told: list[str]) -> None:
    checked = check(Delivery(), previous_tot=previous_tot)
    assert (checked.verdict, codes(checked.findings)) == (verdict, told)
    assert len(checked.tables) == 12


@pytest.mark.parametrize(
    ("tot", "told"),
    [
        ("2026-11-22T02:00:00", []),
        ("2026-11-22T02:00:01", ["LEV-505"]),
        ("2062-11-20T00:00:00", ["LEV-505"]),
    ],
)
def test_a_period_that_runs_on_after_the_delivery_was_made_holds(tot: str, told: list[str]) -> None:
    """Published, its end would hide for years that deliveries are missing, and that there are gaps between them."""
    delivery = Delivery()
    delivery.package["periode"]["tot"] = tot
    checked = check(delivery)
    assert codes(checked.findings) == told
    assert checked.verdict is (Verdict.AANGEHOUDEN if told else Verdict.GEACCEPTEERD)


@pytest.mark.parametrize("created", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_moment_of_making_at_the_end_of_time_ends_nothing(created: str) -> None:
    delivery = Delivery()
    delivery.package["created"] = created
    assert codes(check(delivery).findings) == (["LEV-505"] if created < "2" else [])


def test_a_delivery_that_is_rejected_is_not_held_too() -> None:
    delivery = Delivery(TWENTY | {"afspraken": []})
    delivery.files["los.csv"] = b""
    checked = check(delivery, {"afspraken": {"laag": 1}}, previous_tot=VAN - MICROSECOND)
    assert (checked.verdict, codes(checked.findings)) == (Verdict.AFGEKEURD, ["LEV-109"])
