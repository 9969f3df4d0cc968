"""Before and after reweighing: equal to the package's card, hidden where small, and the lesson of the pilot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from development.evaluation.planted import DUTCH, SEX, Planting, plant
from development.evaluation.reweighing import OtherHistory, evaluate_reweighing
from development.training.cuts import FEATURES
from development.training.history import History
from development.training.train import learnt_digest, prepare, train
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.modelpackage.package import read_package
from shared.monitoring.disclosure import SMALLEST_COUNT, DisclosureRefused, SuppressedTable
from shared.monitoring.register.aboutreweighing import reweighing_section
from shared.monitoring.register.facts import Algorithm
from shared.monitoring.register.paper import section_lines
from shared.monitoring.register.reweighing import (
    MEASURES,
    WITH,
    WITHOUT,
    Reweighing,
    ReweighingUnreadable,
    measures_of,
    place_of,
    read_reweighing,
)
from shared.monitoring.reportfacts import Measure
from tests.house.repository import ROOT, document

FOLDER = ROOT / "models" / LEVENSONDERHOUD.package


@pytest.fixture(scope="module")
def measured(algorithm: Algorithm) -> Reweighing:
    """What was measured of the packaged model."""
    assert algorithm.reweighing is not None
    return algorithm.reweighing


def _table(found: Reweighing, world: int, title: str) -> SuppressedTable:
    return next(table for table in found.worlds[world].tables if table.title == title)


def test_without_reweighing_it_is_the_card_of_the_package(measured: Reweighing) -> None:
    on_card = {
        (row["kenmerk"], row["groep"]): row
        for row in document(FOLDER / "card.json")["quality"]["Uitkomsten per groep, op tientallen"]
    }
    compared = 0
    for table in measured.worlds[0].tables:
        for name, counts in table.rows.items():
            if counts is not None and (table.title, name) in on_card:
                part = dict(zip(MEASURES, counts.parts, strict=True))
                row = on_card[table.title, name]
                assert all(10 * round(part[f"{each} {WITHOUT}"] / 10) == row[each] for each in ("TP", "FP", "FN", "TN"))
                compared += 1
    assert compared >= 14


def test_reweighing_changes_next_to_nothing_where_groups_do_not_matter(measured: Reweighing) -> None:
    for table in measured.worlds[0].tables:
        for counts in table.rows.values():
            assert counts is not None
            assert 0 < measured.worlds[0].change < 0.001  # it was weighed; it makes hardly a difference
            assert abs(measures_of(counts, WITH)[Measure.FPR] - measures_of(counts, WITHOUT)[Measure.FPR]) < 0.01


def test_after_reweighing_nationality_women_and_dutch_applicants_are_wrongly_flagged_more(measured: Reweighing) -> None:
    nationality, sex = _table(measured, 1, DUTCH), _table(measured, 1, SEX)
    (dutch, others), (men, women) = [
        [table.rows[name] for name in names]  # the order is by name
        for table, names in ((nationality, ("ja", "nee")), (sex, ("man", "vrouw")))
    ]
    assert dutch is not None
    assert others is not None
    assert men is not None
    assert women is not None
    assert (
        measures_of(others, WITHOUT)[Measure.FPR] > measures_of(dutch, WITHOUT)[Measure.FPR] + 0.3
    )  # what was planted
    assert measures_of(others, WITH)[Measure.FPR] < measures_of(others, WITHOUT)[Measure.FPR] - 0.3  # taken away
    assert measures_of(dutch, WITH)[Measure.FPR] > measures_of(dutch, WITHOUT)[Measure.FPR] + 0.02  # and moved
    assert measures_of(women, WITH)[Measure.FPR] > measures_of(women, WITHOUT)[Measure.FPR] + 0.02
    assert measures_of(women, WITHOUT)[Measure.FPR] < measures_of(men, WITHOUT)[Measure.FPR]
    assert measures_of(women, WITH)[Measure.FPR] > measures_of(men, WITH)[Measure.FPR]
    assert (
        measures_of(dutch, WITH)[Measure.WRONGLY_FLAGGED] > measures_of(others, WITH)[Measure.WRONGLY_FLAGGED]
    )  # turned round


def test_ages_that_overlap_give_no_small_group_by_subtraction(measured: Reweighing) -> None:
    for world in measured.worlds:
        tables = {table.title: table for table in world.tables}
        for younger, older in (("jonger dan 30", "jonger dan 40"), ("jonger dan 40", "jonger dan 50")):
            inner, outer = tables[younger].rows["ja"], tables[older].rows["ja"]
            assert inner is not None
            assert outer is not None
            assert (outer - inner).size >= SMALLEST_COUNT
            assert min((outer - inner).parts) >= SMALLEST_COUNT


def test_the_paper_and_the_page_say_what_was_measured(measured: Reweighing) -> None:
    text = "\n".join(section_lines(reweighing_section(measured)))
    dutch = _table(measured, 1, DUTCH).rows["ja"]
    assert dutch is not None
    for share in (measures_of(dutch, WITHOUT)[Measure.FPR], measures_of(dutch, WITH)[Measure.FPR]):
        assert f"{100 * share:.1f}".replace(".", ",") in text
    assert "Alle mensen in deze tabellen zijn verzonnen" in text
    assert "na het herwegen kregen vrouwen en Nederlanders vaker ten onrechte een seintje" in text


def test_a_file_about_another_package_or_with_a_small_count_is_refused() -> None:
    found = document(ROOT / "models" / "evaluaties" / LEVENSONDERHOUD.package / "herwegen.json")
    with pytest.raises(ReweighingUnreadable, match="another model package"):
        read_reweighing(found, "0" * 64)
    with pytest.raises(ReweighingUnreadable, match="KeyError"):
        read_reweighing({**found, "werelden": [{}]}, found["sha256"])
    for said in (False, None, "ja"):
        with pytest.raises(ReweighingUnreadable, match="invented"):
            read_reweighing({**found, "verzonnen": said}, found["sha256"])
    row = found["werelden"][0]["tabellen"][0]["rijen"][0]
    row["TP zonder"], row["FP zonder"] = 3, row["FP zonder"] + row["TP zonder"] - 3
    with pytest.raises(DisclosureRefused):
        read_reweighing(found, found["sha256"])


# Making it -----------------------------------------------------------------------------------------------------------


def _history(people: int = 3_000) -> History:
    """People whose outcome follows a few features, and no group."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({name: rng.integers(0, 2, people).astype(float) for name in FEATURES})
    frame["days_since_last_relocation"] = rng.integers(0, 4_000, people).astype(float)
    frame["deelnames_started_percentage_last_year"] = rng.choice([0.0, 0.5, 1.0], people)
    frame.insert(0, "aanvraagnummer", [f"{number:05d}" for number in range(people)])
    frame.insert(1, "persoon", [f"p{number}" for number in range(people)])
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(people) // 5, unit="D")
    frame.insert(2, "peilmoment", pd.Series(days).dt.strftime("%Y-%m-%dT09:00:00"))
    chance = 0.35 + 0.3 * (frame["deelnames_started_percentage_last_year"] == 0)
    labels = pd.Series((rng.random(people) < chance.to_numpy()).astype(np.int64), frame["aanvraagnummer"])
    groups = pd.DataFrame({DUTCH: rng.choice(["ja", "nee"], people), SEX: rng.choice(["man", "vrouw"], people)})
    return History(frame, labels, groups.astype("object").mask(rng.random((people, 2)) < 0.008))


@pytest.fixture(scope="module")
def history() -> History:
    """A small history."""
    return _history()


def test_planting_is_the_same_for_a_seed_and_as_unequal_as_it_says(history: History) -> None:
    planting = Planting(foreign_wronged=1.0, woman_wronged=0.0)
    one, again, other = (plant(history, planting, seed) for seed in (7, 7, 8))
    assert one.groups.equals(again.groups)
    assert one.labels.equals(again.labels)
    assert not one.groups.equals(other.groups)
    foreign = (one.groups[DUTCH] == "nee").to_numpy()
    moved = (history.frame["days_since_last_relocation"] <= 365).to_numpy()
    assert abs(foreign[moved].mean() - planting.foreign_moved) < 0.1
    assert abs(foreign[~moved].mean() - planting.foreign_settled) < 0.03
    assert (one.labels[foreign] == 1).all()
    assert (one.labels[~foreign].to_numpy() == history.labels[~foreign].to_numpy()).all()


@pytest.mark.slow
def test_an_evaluation_reads_back_and_unknown_people_are_not_left_alone(history: History, algorithm: Algorithm) -> None:
    part = prepare(history.frame, history.labels)
    small = Planting(foreign_settled=0.2)
    package = replace(algorithm.package, sha256="a" * 64, threshold=0.5)
    found = evaluate_reweighing(package, learnt_digest(part), history, planting=small)
    assert found == evaluate_reweighing(package, learnt_digest(part), history, planting=small)
    read = read_reweighing(found, "a" * 64)
    assert read.worlds[0].planted == {}
    assert read.worlds[1].planted["foreign_settled"] == 0.2
    for table in read.worlds[0].tables:
        assert "onbekend" not in table.rows
        assert any("of onbekend" in name for name in table.rows)
        assert all(counts is not None for counts in table.rows.values())


def test_people_the_package_was_not_trained_on_are_refused(history: History, algorithm: Algorithm) -> None:
    with pytest.raises(OtherHistory):
        evaluate_reweighing(algorithm.package, "0" * 64, history)


def test_the_digest_of_training_is_the_one_in_the_manifest(history: History) -> None:
    facts = train(history.frame, history.labels, 0.5).facts
    assert facts["training_data"]["sha256"] == learnt_digest(prepare(history.frame, history.labels))


def test_the_evaluation_lies_beside_the_packages_and_not_in_one(algorithm: Algorithm) -> None:
    assert (ROOT / "models" / place_of(algorithm.package)).is_file()
    assert read_package({path.name: path.read_bytes() for path in FOLDER.iterdir()}).sha256 == algorithm.package.sha256
