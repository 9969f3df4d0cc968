"""Whatever rule a delivery breaks, and however it is damaged: nothing that was planted in it is told to anybody."""

from __future__ import annotations

import random
import shutil
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.alarms import Alarms, tell_missing, tell_poisoned
from shared.deliverydays import read_delivery_days
from shared.events import Caller
from shared.installation import Installation
from shared.interventions import release
from shared.set_apart import PATIENCE
from shared.stages.rules import RULES
from shared.sweep import report_strays, run_waiting
from shared.triggers import delivery_arrived
from shared.usecase import FollowUp
from tests.canary.allowed import found, leaks, told
from tests.canary.canaries import Canary, What
from tests.canary.planting import Planted, delivery_of, groups_of, outcomes_of, planted, post
from tests.canary.rounds import Storage, secret_keys
from tests.canary.searching import Search
from tests.followup.posting import GROUPS, OUTCOMES
from tests.hostile.heavy import HEAVY
from tests.reliability.looking import rows
from tests.reliability.size import NIGHT, some
from tests.shell.workshop import Crash
from tests.stages import crowds
from tests.stages.deliveries import SCHEMA
from tests.stages.mutations import MUTATIONS
from tests.stages.test_every_rule import FILE_RULES, ROW_RULES, SELECTION_RULES
from tests.worker.test_poison import message

pytestmark = pytest.mark.slow
# not in one night of one delivery: below
ELSEWHERE = {"LEV-111", "LEV-112", "LEV-113", "LEV-504", "LEV-606", "LEV-607"}
SPOILT = {code: spoil for code, spoil in (FILE_RULES | ROW_RULES | SELECTION_RULES).items() if code not in ELSEWHERE}
MANY = {"LEV-501": 20}  # applications, without which the rule says nothing
DAMAGE = MUTATIONS | (HEAVY if NIGHT else {})
SPOILER = b"kanarie"  # what the damage itself puts in
type Look = Callable[[Planted], None]
OWN = [(name, table.own_number.name) for name, table in SCHEMA.tables.items()] + [
    ("werkopdrachten", "dtopvoer")
]  # rejects
DAYS = read_delivery_days("ma,di,wo,do,vr,za,zo,feestdagen", "geen")


@pytest.fixture(scope="module")
def after_a_night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Storage, list[Canary]]:
    """A storage in which an earlier delivery was accepted, and what was planted in that."""
    earlier = planted(2, seed=2)
    storage = Storage(tmp_path_factory.mktemp("eerder"), secret_keys(earlier.aviary))
    post(delivery_of(earlier, van="2026-11-17", tot="2026-11-18"), storage.root, "2026-11-18")
    storage.round()
    assert storage.states() == {"afgerond": 1}
    return storage, earlier.canaries


@pytest.fixture
def storage(after_a_night: tuple[Storage, list[Canary]], tmp_path: Path) -> Storage:
    """A copy of that storage, under the same key."""
    before, _ = after_a_night
    return Storage(shutil.copytree(before.root, tmp_path / "werk"), before.keys)


@pytest.fixture
def nothing_is_told(storage: Storage, after_a_night: tuple[Storage, list[Canary]]) -> Callable[[Planted], None]:
    """Fail when anything stands where it may not: of a delivery, of the one before, or of what damaged it."""

    def look(made: Planted) -> None:
        pieces = storage.pieces()
        wrong = leaks(found(pieces, Search([*made.canaries, *after_a_night[1]])))
        assert wrong == [], told(wrong)
        spoilt = {place for place, data in pieces if SPOILER in data.lower() and not place.startswith("call of")}
        assert not [place for place in spoilt if not place.endswith(("(bytes)", "leveringen.bestanden"))]

    return look


def codes(storage: Storage) -> set[str]:
    """Return the codes of all findings of all deliveries."""
    return {code for (code,) in rows(storage.root, "SELECT code FROM bevindingen")}


@pytest.mark.parametrize("code", SPOILT)
def test_a_delivery_that_breaks_this_rule_tells_nothing(storage: Storage, nothing_is_told: Look, code: str) -> None:
    made = planted(MANY.get(code, 2))
    delivery = delivery_of(made, van="2026-11-18")
    SPOILT[code](delivery)
    post(delivery, storage.root)
    storage.round()
    assert code in codes(storage), f"it was not reached, but {codes(storage)}"
    nothing_is_told(made)


@pytest.mark.parametrize("name", some(sorted(DAMAGE), by_day=16))
def test_a_damaged_delivery_tells_nothing(storage: Storage, nothing_is_told: Look, name: str) -> None:
    made = planted(2)
    delivery = delivery_of(made, strange=True, van="2026-11-18")
    DAMAGE[name](delivery, random.Random(name))
    post(delivery, storage.root)
    storage.round()
    assert sum(storage.states().values()) == 2
    nothing_is_told(made)


def test_a_field_of_every_column_that_cannot_be_read_is_not_told(storage: Storage, nothing_is_told: Look) -> None:
    made = planted(2)
    unreadable = 0
    for name, table in SCHEMA.tables.items():
        for column in table.columns:
            if column in (table.own_number, *table.number_columns()) or (name, column.name) in OWN:
                continue
            cell = f"{made.aviary.word(What.WAARDE, f'{name}.{column.name}')}\x7f"
            made.tables[name].append(made.tables[name][0] | {column.name: cell})
            unreadable += 1
    post(delivery_of(made, van="2026-11-18"), storage.root)
    storage.round()
    assert unreadable > 60
    assert storage.states() == {"afgerond": 2}, codes(storage)
    columns = rows(storage.root, "SELECT tabel, kolom FROM bevindingen WHERE code = 'LEV-301'")
    kinds = {column.kind for name, of in columns for column in SCHEMA.tables[name].columns if column.name == of}
    assert len(columns) > 45 and len(kinds) >= 4
    nothing_is_told(made)


@pytest.mark.parametrize(("table", "column"), some(OWN, by_day=4))
def test_a_number_by_which_a_row_is_known_that_cannot_be_read_is_not_told(
    storage: Storage, nothing_is_told: Look, table: str, column: str
) -> None:
    made = planted(2)
    cell = f"{made.aviary.word(What.WAARDE, f'{table}.{column}')}\x7f"
    made.tables[table].append(made.tables[table][0] | {column: cell})
    post(delivery_of(made, van="2026-11-18"), storage.root)
    storage.round()
    assert codes(storage) & {"LEV-301", "LEV-303", "LEV-304"}
    nothing_is_told(made)


# rules that are told elsewhere than in one night of one delivery of applications ------------------------------------


def alarms_of(here: Installation) -> Alarms:
    return Alarms(here.ledger, here.clock, Caller("systeem", "test"))


def named_otherwise(storage: Storage, made: Planted) -> None:
    """Plant what a supplier chose as the name of a delivery: it is shown in the path of the answer, and no further."""
    word = made.aviary.word(What.LEVERING, "the name of a folder")
    post(delivery_of(made, van="2026-11-18"), storage.root, word)
    storage.round()


def given_up(storage: Storage, made: Planted) -> None:
    """Plant everything in a message of the queue."""
    word = lambda: made.aviary.word(What.VREEMD, "a message of the queue")  # noqa: E731
    texts = [word(), message(word(), word()), message(f"2026-11-20-{word()}", ETag=word(), FunctionId=word())]
    for text in (*texts, f"{{{word()}", message("2026-11-20", ContainerName=word())):
        number = str(uuid.uuid4()) if text is texts[-1] else word()
        storage.do(lambda here, text=text, number=number: _poisoned(here, text, number))  # type: ignore[misc]


def _poisoned(here: Installation, text: str, number: str) -> None:
    tell_poisoned(alarms_of(here), text.encode(), number, [here.dataset])


def did_not_come(storage: Storage, made: Planted) -> None:
    """Plant a delivery that is not complete, and post that nobody knows."""
    name = made.aviary.word(What.LEVERING, "the name of a folder")
    word = made.aviary.word(What.BESTAND, "a file in the mailbox")
    for folder in (f"levensonderhoud/2026-11-20-{name}", f"levensonderhoud/{name}", word):
        (storage.root / "brievenbus" / folder).mkdir(parents=True)
        (storage.root / "brievenbus" / folder / f"{word}.csv").write_text(made.applications()[0])
    storage.do(lambda here: tell_missing(alarms_of(here), here.blobs, here.dataset, DAYS))
    storage.do(lambda here: report_strays(here, frozenset([here.dataset])))
    blob = f"brievenbus/{word}/{name}/datapackage.json"
    for event in (blob, f"{word}/{name}", f"brievenbus/levensonderhoud/{name}/{word}"):
        storage.do(lambda here, event=event: delivery_arrived(event, [here.dataset], alarms_of(here), lambda _: here))  # type: ignore[misc]


def ended_again_and_again(storage: Storage, made: Planted) -> None:
    """Plant everything in a delivery that every worker dies at; the last one holds it unread."""
    post(delivery_of(made, van="2026-11-18"), storage.root)
    blobs = storage.workshop.installation.blobs

    class Deadly:
        def __getattr__(self, name: str) -> Any:
            return getattr(blobs, name)

        def read(self, container: str, name: str, most: int | None = None) -> bytes:
            data: bytes = blobs.read(container, name, most)
            if name.endswith("adressen.csv"):
                raise Crash(data)
            return data

    for _ in range(PATIENCE):
        with suppress(Crash):
            storage.do(_waiting, blobs=Deadly())
        storage.workshop.clock.pass_by(timedelta(minutes=40))


def _waiting(here: Installation) -> None:
    run_waiting(here)


def follow_ups(storage: Storage, made: Planted) -> None:
    """Plant people in several groups at once."""
    groups_of(storage.desk(GROUPS), made)
    storage.round()


def crowded(storage: Storage, made: Planted) -> None:
    """Let one client be a crowd. It is more than the night before, so a person lets it go on first."""
    delivery = delivery_of(made, van="2026-11-18")
    crowds.applications(delivery, 700, "DIENST")  # these numbers are published
    post(delivery, storage.root)
    storage.round()
    assert storage.states() == {"afgerond": 1, "aangehouden": 1} and "LEV-501" in codes(storage)
    storage.do(lambda here: release(here, "2026-11-20", "the numbers were looked at"))
    storage.round()
    assert storage.states() == {"afgerond": 2}


OTHERS: dict[str, tuple[Callable[[Storage, Planted], None], str]] = {
    "LEV-111": (named_otherwise, "SELECT code FROM bevindingen"),
    "LEV-112": (given_up, "SELECT substr(resultaat, 8) FROM gebeurtenissen"),
    "LEV-113": (did_not_come, "SELECT substr(resultaat, 8) FROM gebeurtenissen"),
    "LEV-504": (ended_again_and_again, "SELECT code FROM bevindingen"),
    "LEV-606": (follow_ups, "SELECT code FROM bevindingen"),
    "LEV-607": (crowded, "SELECT code FROM bevindingen"),
}


@pytest.mark.parametrize("code", OTHERS)
def test_what_breaks_a_rule_elsewhere_tells_nothing(storage: Storage, nothing_is_told: Look, code: str) -> None:
    made = planted(2)
    work, query = OTHERS[code]
    work(storage, made)
    assert code in {found for (found,) in rows(storage.root, query)}
    nothing_is_told(made)


def test_every_rule_is_broken_here() -> None:
    assert {*SPOILT, *OTHERS} == set(RULES)
    assert set(OTHERS) == ELSEWHERE


@pytest.mark.parametrize("follow_up", [OUTCOMES, GROUPS], ids=lambda one: one.dataset)
def test_a_rejected_delivery_of_what_follows_tells_nothing(
    storage: Storage, nothing_is_told: Look, follow_up: FollowUp
) -> None:
    made = planted(2)
    plant = outcomes_of if follow_up is OUTCOMES else groups_of
    plant(storage.desk(follow_up), made, wrong=True)
    storage.round()
    assert storage.states() == {"afgerond": 1, "afgekeurd": 1} and "LEV-303" in codes(storage)
    nothing_is_told(made)
