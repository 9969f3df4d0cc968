"""What is measured as a night was one, and the least beside it is not held back by another cache."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks import floor
from benchmarks.cost_of_a_night import money
from benchmarks.measuring import Cost
from benchmarks.nights import PERIOD, Night
from benchmarks.outcome import Measured
from development.population import write_delivery
from shared.adapters.sql.engine import make_engine


@pytest.mark.slow
def test_a_night_that_publishes_every_application_is_measured(tmp_path: Path) -> None:
    cost = Night(tmp_path, 3).turn()
    assert isinstance(cost, Cost) and cost.megabytes > 0


@pytest.mark.slow
def test_a_night_of_which_the_delivery_is_rejected_is_no_measurement(tmp_path: Path) -> None:
    night = Night(tmp_path, 3)
    write_delivery(night.delivery, applications=3, period=PERIOD, seed=3, format="csv")
    with (night.delivery / "diensten.csv").open("ab") as file:
        file.write(b"one more line\n")
    with pytest.raises(RuntimeError, match="of 3 applications 0 were published"):
        night.turn()


@pytest.mark.slow
def test_a_night_that_publishes_another_number_of_applications_is_no_measurement(tmp_path: Path) -> None:
    night = Night(tmp_path, 4)
    write_delivery(night.delivery, applications=3, period=PERIOD, seed=3, format="csv")
    with pytest.raises(RuntimeError, match="of 4 applications 3 were published"):
        night.turn()


def test_the_floor_has_the_pages_and_the_cache_of_the_app(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/administratie.sqlite", timedelta(seconds=1))
    with engine.connect() as connection:
        for setting in floor.SETTINGS:
            name, _, value = setting.partition("=")
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() == int(value)
    engine.dispose()


def test_a_clock_is_billed_what_it_takes_in_a_fresh_process_and_a_second_at_least() -> None:
    night = [Measured("a night", (10.0,), units=50)]
    years = {seconds: float(money(night, Measured("", (seconds,))).rows[0][2]) for seconds in (0.2, 1.0, 2.0)}
    assert years[0.2] == years[1.0] < years[2.0] < 2 * years[1.0]
    assert "of 2 s each" in money(night, Measured("", (2.0, 3.0))).title
