"""Who takes one dossier off another finds nobody: not who was removed, and hardly ever who lies between thresholds."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from shared.modelpackage.package import ModelPackage
from shared.modelregister import tens
from shared.modelregister.comparison import MEASURES, compare, stored_groupings
from shared.modelregister.port import PublishedFeatures
from shared.monitoring.disclosure import HIDDEN, TO
from tests.modelregister.attacking import Attacker
from tests.modelregister.small_models import LEVELS, small_model, stored

GROUPS = {"partner": "Partner", "stad": "In de gemeente", "inkomen": "Inkomen onbekend"}
WORLDS = 25
ACTIVE = 0.63
EITHER_WAY, NEAREST, EXACT = (9, 9), (5, 4), (0, 0)  # how far below and above what is shown a number may lie

type Cell = tuple[int, str, str]  # level, grouping, label
type Mark = Callable[[int], bool]


def city(seed: int, people: int = 600) -> list[PublishedFeatures]:
    rng = random.Random(seed)
    levels = [min(LEVELS - 1, int(rng.betavariate(2, 2) * LEVELS)) for _ in range(people)]
    return stored(
        [(level, level) for level in levels],
        [{name: int(rng.random() < 0.3) for name in GROUPS} for _ in range(people)],
    )


def told(results: Sequence[PublishedFeatures], proposed: ModelPackage) -> dict[str, Any]:
    return compare(results, small_model("a", ACTIVE), proposed, stored_groupings(GROUPS), weeks=52.0).as_dict()


def score(level: int) -> float:
    return (level + 0.5) / LEVELS


class Reader:
    """Reads dossiers as they lie there, of the people who are in all of them and those who are in some."""

    def __init__(self, off: tuple[int, int]) -> None:
        self.attacker, self.off = Attacker(), off

    def read(self, dossier: dict[str, Any], threshold: float, parts: Sequence[str]) -> None:
        """Learn everything that is shown about people of these parts."""
        marks: dict[str, Mark] = {
            "aantal": lambda _: True,
            MEASURES[0]: lambda level: score(level) >= ACTIVE,
            MEASURES[1]: lambda level: score(level) >= threshold,
        }
        for table in dossier["groepen"]:
            for row in (*table["rijen"], {**table["totaal"], "naam": ""}):
                for column, mark in marks.items():
                    self._learn(row[column], parts, table["titel"], row["naam"], mark)
        for mine_too, theirs_too in itertools.product((False, True), repeat=2):
            at = 2 * mine_too + theirs_too
            shown = dossier["omslagen"]["rijen"][at]["aantal"]
            if shown:  # a 0 follows from the versions
                self._learn(
                    shown,
                    parts,
                    "Partner",
                    "",
                    lambda level, a=mine_too, b=theirs_too: (
                        (score(level) >= ACTIVE) is a and (score(level) >= threshold) is b
                    ),
                )
        for name in ("actief", "voorstel"):
            for row in dossier["scoreverdeling"][name]["rijen"]:
                low, high = (float(border) for border in row["naam"].split(TO))
                self._learn(row["aantal"], parts, "Partner", "", self._between(low, high))
            for line in dossier["per_drempel"]:
                above = self._between(float(line["drempel"]), 2.0)
                self._learn(line[f"{name}_aantal"], parts, "Partner", "", above)

    @staticmethod
    def _between(low: float, high: float) -> Mark:
        return lambda level: low <= score(level) < high

    def _learn(self, shown: Any, parts: Sequence[str], title: str, label: str, mark: Mark) -> None:
        if shown == HIDDEN:
            return
        counts = dict.fromkeys(
            (f"{part}/{cell}" for part in parts for cell in self.cells(title, label) if mark(cell[0])), 1
        )
        self.attacker.knows_between(counts, max(10, shown - self.off[0]), shown + self.off[1])

    def cells(self, title: str, label: str) -> Iterator[Cell]:
        labels = (label,) if label else ("ja", "nee")
        for level, each in itertools.product(range(LEVELS), labels):
            yield level, title, each

    def knows_one_people(self, parts: Sequence[str]) -> None:
        """Learn that every grouping divides the same people."""
        first, *others = GROUPS.values()
        for part, other, level in itertools.product(parts, others, range(LEVELS)):
            counts = {f"{part}/{(level, first, label)}": 1 for label in ("ja", "nee")}
            counts |= {f"{part}/{(level, other, label)}": -1 for label in ("ja", "nee")}
            self.attacker.knows(counts, 0)

    def bounds(self, part: str, title: str, label: str, mark: Mark) -> tuple[int, float]:
        return self.attacker.bounds({f"{part}/{cell}": 1 for cell in self.cells(title, label) if mark(cell[0])})


def facts(threshold: float) -> Iterator[tuple[str, str, Mark]]:
    """Yield what somebody may be after of one person: each group, each mark, each half of the scores."""
    for title, label in itertools.product(GROUPS.values(), ("ja", "nee")):
        yield title, label, lambda _: True
    for low, high in ((0, ACTIVE), (ACTIVE, 2), (0.5, 0.55)):
        yield "Partner", "", lambda level, low=low, high=high: low <= score(level) < high
    yield "Partner", "", lambda level: score(level) >= threshold


def found_of_one(seed: int, off: tuple[int, int]) -> int:
    """Return how many facts about the one person of whom it is known that only the first dossier has them are found."""
    everybody = city(seed)
    gone = random.Random(seed + 1).randrange(len(everybody))
    left = everybody[:gone] + everybody[gone + 1 :]
    reader = Reader(off)
    proposed = small_model("a", 0.45, "2")
    reader.knows_one_people(("left", "gone"))
    reader.attacker.knows({f"gone/{cell}": 1 for cell in reader.cells("Partner", "")}, 1)
    reader.read(told(everybody, proposed), 0.45, ("left", "gone"))
    reader.read(told(left, proposed), 0.45, ("left",))
    return sum(reader.bounds("gone", *fact) != (0, 1) for fact in facts(0.45))


def found_between(seed: int, off: tuple[int, int]) -> int:
    """Return of how many groups it is found that somebody lies between two thresholds, where one to nine do."""
    everybody = city(seed, 240)
    reader = Reader(off)
    reader.knows_one_people(("all",))
    for number, threshold in (("2", 0.5), ("3", 0.55)):
        reader.read(told(everybody, small_model("a", threshold, number)), threshold, ("all",))
    people = [json.loads(result.features) for result in everybody]
    found = 0
    for (name, title), (label, value) in itertools.product(GROUPS.items(), (("ja", 1), ("nee", 0))):
        between = sum(0.5 <= score(person["a"]) < 0.55 and person[name] == value for person in people)
        low, _ = reader.bounds("all", title, label, lambda level: 0.5 <= score(level) < 0.55)
        assert low <= between
        found += 0 < between < 10 and low > 0
    return found


def rounded_otherwise(monkeypatch: pytest.MonkeyPatch, off: tuple[int, int]) -> None:
    """Show exact numbers, or each as the nearest ten."""
    step = sum(off) + 1
    monkeypatch.setattr(tens.Tens, "__call__", lambda _, number: (number + off[0]) // step * step)


@pytest.mark.slow
def test_nothing_about_one_person_is_found_from_the_dossiers_before_and_after_a_removal() -> None:
    assert [found_of_one(seed, EITHER_WAY) for seed in range(WORLDS)] == [0] * WORLDS


@pytest.mark.slow
def test_hardly_ever_is_it_found_that_anybody_lies_between_two_thresholds() -> None:
    found = [found_between(seed, EITHER_WAY) for seed in range(WORLDS)]
    assert sum(found) <= WORLDS * 6 * 0.03, found


@pytest.mark.slow
@pytest.mark.parametrize("off", [EXACT, NEAREST], ids=["exact", "nearest"])
def test_the_attacker_finds_people_in_exact_numbers_and_in_nearest_tens(
    off: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounded_otherwise(monkeypatch, off)
    assert sum(found_of_one(seed, off) for seed in range(8)) > 5
    assert sum(found_between(seed, off) for seed in range(40)) > 10


@pytest.mark.parametrize("of", ["an application", "a removal", "a feature", "a mark"])
def test_the_draw_falls_anew_for_every_count_when_one_person_changed_and_never_otherwise(of: str) -> None:
    everybody, proposed = city(7), small_model("a", 0.45, "2")
    first = told(everybody, proposed)
    assert told(list(everybody), small_model("a", 0.45, "3")) == first
    changed, other = list(everybody), proposed
    if of == "an application":
        changed.append(PublishedFeatures("p-new", "d-new", "2026-11-02T10:00:00", everybody[0].features))
    elif of == "a removal":
        del changed[3]
    elif of == "a feature":
        row = json.loads(changed[3].features)
        row["partner"] = 1 - row["partner"]
        changed[3] = PublishedFeatures("p3", "d3", "2026-11-02T10:00:00", json.dumps(row))
    else:
        other = small_model("a", 0.55, "4")
    second = told(changed, other)
    rows = [
        (column, table["titel"], one[column] == two[column])
        for table, also in zip(first["groepen"], second["groepen"], strict=True)
        for one, two in zip(table["rijen"], also["rijen"], strict=True)
        for column in ("aantal", *MEASURES)
        if HIDDEN not in (one[column], two[column])
    ]
    equal = {column: [same for name, _, same in rows if name == column] for column in ("aantal", *MEASURES)}
    if of == "a mark":  # how many there are, and whom the active version flags, are the same people
        assert all(equal["aantal"]) and all(equal[MEASURES[0]]) and not all(equal[MEASURES[1]])
    else:  # a change says nothing about whom it was
        assert not all(same for _, title, same in rows if title == "In de gemeente")


def test_from_how_many_on_a_number_is_shown_is_drawn_too() -> None:
    """So a group of ten to eighteen that is shown in one dossier and hidden in the next may have lost nobody."""
    assert {tens.Tens(bytes([one])).smallest(10) for one in range(100)} == set(range(10, 20))
    shown = []
    for seed in range(40):
        people = [(2, {"partner": 0, "stad": 0, "inkomen": int(at < 14)}) for at in range(60)]
        people += [(15, {"partner": 0, "stad": 0, "inkomen": int(at < 14)}) for at in range(60)]
        lines = stored([(level, level) for level, _ in people], [group for _, group in people])
        lines[0] = PublishedFeatures(f"p-{seed}", "d0", lines[0].peilmoment, lines[0].features)  # the draw falls anew
        table = told(lines, small_model("a", ACTIVE, "2"))["groepen"][2]
        assert table["titel"] == "Inkomen onbekend"
        shown.append(table["rijen"][0]["aantal"] != HIDDEN)
    assert 10 < sum(shown) < 30


@pytest.mark.parametrize("number", [10, 11, 114, 119, 120, 2001])
def test_a_number_is_shown_as_the_ten_below_or_above_it_the_nearest_most_often(number: int) -> None:
    shown = [tens.Tens(bytes([one, two]))(number) for one in range(40) for two in range(40)]
    assert set(shown) <= {number - number % 10, number + -number % 10}
    assert sum(shown) / len(shown) == pytest.approx(number, abs=0.6)
