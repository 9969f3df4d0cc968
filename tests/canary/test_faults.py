"""Whatever call of a port fails, in whatever way, wherever a worker dies: nothing that was planted is told.

The faults and their machinery are those of `tests/reliability`; here an error also quotes what the call was given, as
drivers and libraries do. A few of each at every change. At night every call fails, and a worker dies before every call;
in five nights (TESTNACHT=1 to 5) every call fails in all five ways.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

import pytest

from shared.errors import SlimmeCheckError
from shared.installation import Core
from shared.interventions import release, request_run
from tests.canary.allowed import found, leaks, told
from tests.canary.canaries import Canary, What
from tests.canary.places import in_folder
from tests.canary.planting import Planted, delivery_of, groups_of, outcomes_of, planted, post
from tests.canary.rounds import Storage, secret_keys
from tests.canary.searching import Search
from tests.followup.posting import GROUPS, OUTCOMES
from tests.reliability.failing import Failing, Fault, Faults
from tests.reliability.processes import DONE, KILLED, Job, run
from tests.reliability.size import NIGHT, WHICH_NIGHT, number, some
from tests.reliability.striking import Strike
from tests.reliability.workers import REAL_CORE
from tests.shell.crashing import Fuse, Fused
from tests.shell.workshop import Crash, Worker

pytestmark = pytest.mark.slow

type Scene = Callable[[Storage, Planted], None]


def new(storage: Storage, made: Planted) -> None:
    """Applications, outcomes and groups that nothing is wrong with."""
    post(delivery_of(made, strange=True), storage.root)
    outcomes_of(storage.desk(OUTCOMES), made)
    groups_of(storage.desk(GROUPS), made)


def wrong(storage: Storage, made: Planted) -> None:
    """The same three, each to be rejected."""
    delivery = delivery_of(made, strange=True)
    delivery.files["adressen.csv"] += b"x"
    post(delivery, storage.root)
    outcomes_of(storage.desk(OUTCOMES), made, wrong=True)
    groups_of(storage.desk(GROUPS), made, wrong=True)


def held(storage: Storage, made: Planted) -> None:
    """A delivery after a gap."""
    post(delivery_of(made), storage.root)
    storage.round()
    post(delivery_of(made, van="2026-11-21", tot="2026-11-22"), storage.root, "2026-11-22")


def asked(storage: Storage, made: Planted) -> None:
    """What people asked for: that delivery released, and two applications once more."""
    held(storage, made)
    storage.round()
    reason = lambda where: made.aviary.word(What.GETYPT, where)  # noqa: E731
    storage.do(lambda here: release(here, "2026-11-22", reason("a release")))
    storage.do(lambda here: request_run(here, "2026-11-20", made.applications()[:2], reason("a request")))


SCENES: tuple[Scene, ...] = (new, wrong, held, asked)


@dataclass(frozen=True)
class Ready:
    """A storage in which a scene waits, and what is planted in it."""

    storage: Storage
    canaries: list[Canary]

    def copy(self, to: Path) -> Storage:
        return Storage(shutil.copytree(self.storage.root, to), self.storage.keys)

    def nothing_is_told(self, storage: Storage, context: str) -> None:
        """Fail when anything stands where it may not; what may be looked at no more goes."""
        found_here = leaks(found(storage.pieces(), Search(self.canaries)))
        assert found_here == [], f"{context}\n{told(found_here)}"
        storage.heard.clear()


@pytest.fixture(scope="module", params=SCENES, ids=lambda scene: scene.__name__)
def ready(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ready:
    made = planted(2)
    storage = Storage(tmp_path_factory.mktemp("gereed"), secret_keys(made.aviary))
    request.param(storage, made)
    storage.let_go()
    return Ready(storage, made.canaries)


@dataclass
class Quoting(Faults):
    """Faults that say what they were about: what the call was given stands in the error, and around it."""

    quoted: str = ""

    def call(self, port: str, target: Any, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        try:
            return super().call(port, target, name, arguments, named)
        except (PermissionError, TimeoutError) as plain:
            cause = type(plain)(f"{self.quoted} {arguments!r:.20000}", self.quoted)
            cause.add_note(self.quoted)
            raise cause from KeyError(self.quoted)


def with_faults(storage: Storage, faults: Faults) -> dict[str, Any]:
    """Return what of an installation is to be another, so that its ports fail."""
    here = storage.workshop.installation
    return {port: cast(Any, Failing(port, getattr(here, port), faults)) for port in ("blobs", "ledger", "keys")}


def quoted(canaries: list[Canary]) -> str:
    """Return a value of every kind, as a library would quote them."""
    first = {canary.what: canary.text for canary in reversed(canaries) if canary.where != "the key"}
    return " ".join(first.values())


def one_way_each(tries: list[tuple[int, Fault]]) -> list[tuple[int, Fault]]:
    """Return a fifth of the tries: one way for every call, another one each night."""
    ways = list(Fault)
    return [(at, fault) for at, fault in tries if fault is ways[(at + WHICH_NIGHT) % len(ways)]]


def test_a_call_that_fails_tells_nothing(ready: Ready, tmp_path: Path) -> None:
    counting = Faults()
    whole = ready.copy(tmp_path / "heel")
    whole.round(**with_faults(whole, counting))
    assert len(counting.seen) > 30
    ready.nothing_is_told(whole, "undisturbed")
    tries = [(at, fault) for at in range(1, len(counting.seen) + 1) for fault in Fault]
    for at, fault in one_way_each(tries) if NIGHT else some(tries, by_day=8):
        storage = ready.copy(tmp_path / f"{at} {fault.name}")
        storage.round(**with_faults(storage, Quoting(fault, at, quoted=quoted(ready.canaries))))
        ready.nothing_is_told(storage, f"{fault.name} at {at} ({counting.seen[at - 1]})")
        shutil.rmtree(storage.root)


def test_a_worker_that_dies_leaves_nothing(ready: Ready, tmp_path: Path) -> None:
    def dies(storage: Storage, fuse: Fuse) -> None:
        here = storage.workshop.installation
        ports: dict[str, Any] = {"blobs": Fused(here.blobs, fuse), "ledger": Fused(here.ledger, fuse)}
        with suppress(Crash):
            storage.round(owner=Worker("dood"), **ports)

    counting = Fuse()
    dies(ready.copy(tmp_path / "heel"), counting)
    for at in some(range(1, len(counting.seen) + 1), by_day=4):  # dead before a call is dead after the one before it
        storage = ready.copy(tmp_path / str(at))
        dies(storage, Fuse(at))
        context = f"died before {at} ({counting.seen[at - 1]})"
        ready.nothing_is_told(storage, context)
        storage.round()
        ready.nothing_is_told(storage, f"{context}, and another went on")
        shutil.rmtree(storage.root)


def test_a_process_that_is_killed_inside_a_call_leaves_nothing(ready: Ready, tmp_path: Path) -> None:
    """Also half a file, and a database whose last transaction never ended."""
    home = number(2, 40)
    for at in some(range(1, 160), by_day=home, at_night=home):
        storage = ready.copy(tmp_path / str(at))
        job = Job(storage.root, real=True, strike=Strike(at, inside=True), changes={"keys": storage.keys})
        assert run(job) in (KILLED, DONE)
        ready.nothing_is_told(storage, f"killed inside, at {at}")
        assert run(replace(job, strike=None)) == DONE
        ready.nothing_is_told(storage, f"killed inside, at {at}, and another went on")
        shutil.rmtree(storage.root)


@pytest.mark.parametrize("step", [one.name for one in fields(Core)])
def test_a_stage_that_fails_tells_nothing(ready: Ready, tmp_path: Path, step: str) -> None:
    """A library quotes in its errors what it could not do: a cell, a row, a whole file."""
    quote = quoted(ready.canaries)
    whole = b"".join(data for _, data in in_folder(ready.storage.root))

    def foreign(kind: int) -> Exception:
        return (
            ValueError(f"could not convert string to float: '{quote}'"),
            UnicodeDecodeError("utf-8", whole[:2000] + quote.encode(), 0, 9, quote),
            KeyError(quote, *ready.canaries),
            ExceptionGroup(quote, [RuntimeError(quote), OSError(2, quote, quote)]),
            MemoryError(quote),
        )[kind]

    for kind in some(range(5), by_day=1):

        def fails(*given: Any, kind: int = kind, **named: Any) -> Any:
            row = (quote, given, named)  # as the frames of a traceback hold them
            raise foreign(kind) from RuntimeError(str(row)[:5000])

        storage = ready.copy(tmp_path / str(kind))
        storage.round(core=replace(REAL_CORE, **{step: fails}))
        ready.nothing_is_told(storage, f"{step}: {type(foreign(kind)).__name__}")


def test_the_trial_finds_a_shell_that_tells_what_it_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the text of a foreign error is handed on, and where a stage writes down what it was given."""
    made = planted(2)
    storage = Storage(tmp_path, secret_keys(made.aviary))
    new(storage, made)
    monkeypatch.setattr("shared.runs.as_told", lambda cause: SlimmeCheckError(str(cause)))

    def fails(delivery: Any, *_: Any) -> Any:
        (tmp_path / "momentopname").mkdir(exist_ok=True)
        (tmp_path / "momentopname" / "rij.txt").write_text(delivery.aanvraagnummers[0])
        raise ValueError(made.person(1))

    storage.round(core=replace(REAL_CORE, features=fails))
    places = {hit.place for hit in leaks(found(storage.pieces(), Search(made.canaries)))}
    assert places >= {"log shared.runs", "error of ours", "momentopname/rij.txt (bytes)"}
