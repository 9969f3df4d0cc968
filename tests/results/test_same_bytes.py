"""The same delivery gives the same bytes: whatever the order of rows and files, their form, or who else is in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.adapters.deliveryfolder import DeliveryFolder
from shared.cli.tablefiles import table_bytes
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.modelpackage.package import ModelPackage
from shared.single_delivery import feature_rows, feature_table
from shared.snapshot import read_snapshot, snapshot_files
from shared.stages.resultfiles import result_files
from tests.results.conftest import KEY, Night, identity
from tests.spec.delivery import FORMS, write_delivery
from tests.spec.test_against_oracle import PERIODE
from tests.spec.worlds import delivery

SHUFFLES = 6


def _written(folder: Path, seed: int, form: str, turn: int) -> Path:
    write_delivery(folder, delivery(20, seed), PERIODE, form=form, shuffle=turn or None)
    return folder


@pytest.mark.parametrize("seed", [3, 4])
def test_results_do_not_depend_on_order_or_form(seed: int, tmp_path: Path, judged: Callable[[Path], Night]) -> None:
    seen = {
        tuple(sorted(result_files([judged(_written(tmp_path / f"{form}{turn}", seed, form, turn)).results]).items()))
        for form in FORMS
        for turn in range(SHUFFLES)
    }
    assert len(seen) == 1


def test_feature_files_do_not_depend_on_order_or_form(tmp_path: Path) -> None:
    seen = set()
    for form in FORMS:
        for turn in range(SHUFFLES):
            folder = _written(tmp_path / f"{form}{turn}", 5, form, turn)
            rows = feature_rows(feature_table(DeliveryFolder(folder), LEVENSONDERHOUD))
            seen.add((table_bytes(rows, "csv"), table_bytes(rows, "parquet")))
    assert len(seen) == 1


def test_an_application_alone_gets_the_line_it_gets_among_others(
    tmp_path: Path, judged: Callable[[Path], Night]
) -> None:
    together = delivery(8, 6)
    write_delivery(tmp_path / "samen", together, PERIODE)
    lines = judged(tmp_path / "samen").results.lines.splitlines()
    by_number = {json.loads(line)["aanvraagnummer"]: line for line in lines}
    assert len(by_number) > 20
    for number, line in by_number.items():
        orders = [row for row in together["werkopdrachten"] if row["dienstnr"].strip() == number]
        write_delivery(tmp_path / number, {**together, "werkopdrachten": orders}, PERIODE)
        assert judged(tmp_path / number).results.lines.splitlines() == [line]


def test_a_snapshot_gives_every_result_again_bit_for_bit(night: Night, package: ModelPackage) -> None:
    from shared import pipeline

    numbers = dict(zip(night.delivery.applications["dienst"], night.delivery.aanvraagnummers, strict=True))
    again = read_snapshot(snapshot_files(night.delivery), numbers)
    table = pipeline.features(again, LEVENSONDERHOUD, KEY)
    judged_again = pipeline.judge(table, LEVENSONDERHOUD, identity(package), KEY)
    assert result_files([judged_again]) == result_files([night.results])
