"""A published run at whose tail worker after worker ends without a word stands in front of nothing any more: it is left
for last, said to be, and finished as soon as that is possible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from shared import bootstrap, sweep, triggers
from shared.bootstrap import triggered
from shared.errors import StorageUnavailable
from shared.installation import Installation
from shared.runs import Outcome
from shared.runstates import REASON_SENTENCES, RunReason
from shared.set_apart import PATIENCE
from shared.sweep import process_arrived, run_waiting, take_up
from shared.usecases import mailboxes
from tests.shell.crashing import Refusing, died, no_answer
from tests.shell.workshop import Crash, Workshop

DAY, NEXT = "2026-11-20", "2026-11-21"
FIRST = {"1001": 1, "1002": 2, "1003": 4}


def deadly(workshop: Workshop, digest: str, *, by_a_word: bool = False) -> Installation:
    """An installation in which to write the snapshot of one delivery ends the worker, or fails with a word."""
    cause = no_answer if by_a_word else Crash
    blobs = Refusing(workshop.installation.blobs, "momentopname", cause, named=lambda name: digest in name)
    return workshop.with_(blobs=blobs).installation


def ended(workshop: Workshop, digest: str, times: int, work: Callable[[Installation], object] = run_waiting) -> None:
    """Let so many workers end at the tail of a delivery, one after another."""
    died(workshop, deadly(workshop, digest), times, work)


def finish_standing(installation: Installation) -> list[Outcome]:
    return sweep.finish_standing([lambda: installation])


def told(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    """The deliveries of a round, and the codes of what went wrong."""
    return [(one.levering, one.failure.code if one.failure else "") for one in outcomes]


def reason(workshop: Workshop) -> str:
    (found,) = workshop.sql(f"SELECT reden FROM verwerkingen WHERE levering = '{DAY}'")
    return str(found[0])


@pytest.fixture
def standing(workshop: Workshop) -> str:
    """Two deliveries, of which the first ended as many workers as may be; its digest."""
    digest = workshop.deliver(DAY)
    workshop.deliver(NEXT, {"2001": 1})
    ended(workshop, digest, PATIENCE - 1)
    assert workshop.states() == {DAY: "gepubliceerd"}, "nobody came to the next delivery"
    return digest


def test_the_next_delivery_is_done_and_it_is_told_that_the_tail_stands_still(
    workshop: Workshop, standing: str, caplog: pytest.LogCaptureFixture
) -> None:
    round_ = run_waiting(deadly(workshop, standing))
    assert told(list(round_.outcomes)) == [(DAY, "SC-535"), (NEXT, "")]
    assert round_.failed and "SC-535" in caplog.text
    assert workshop.states() == {DAY: "gepubliceerd", NEXT: "afgerond"}
    assert reason(workshop) == RunReason.STAART_STAAT_STIL
    assert "resultaten staan vast" in REASON_SENTENCES[RunReason.STAART_STAAT_STIL]


def test_it_is_tried_again_after_all_other_work_and_nothing_is_lost_or_double(
    workshop: Workshop, standing: str
) -> None:
    run_waiting(deadly(workshop, standing))
    assert told(finish_standing(workshop.installation)) == [(DAY, "")]
    assert workshop.states() == {DAY: "afgerond", NEXT: "afgerond"}
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(4,)]
    assert workshop.sql("SELECT count(*) FROM gebeurtenissen WHERE handeling = 'verwerking afgerond'") == [(2,)]
    assert [line["aanvraagnummer"] for line in workshop.current(DAY)] == sorted(FIRST)
    assert workshop.message(DAY)["oordeel"] == "geaccepteerd"
    assert any(standing in name for name in workshop.files("momentopname"))
    assert not workshop.files("brievenbus")
    assert finish_standing(workshop.installation) == []
    assert run_waiting(workshop.installation).outcomes == ()


def test_a_worker_that_ends_there_again_is_the_last_of_it_until_the_next_night(
    workshop: Workshop, standing: str
) -> None:
    run_waiting(deadly(workshop, standing))
    for _ in range(2):  # nights
        ended(workshop, standing, 1, finish_standing)
        assert (DAY, "SC-535") in told(take_up(deadly(workshop, standing))), "a person hears of it every day"
        round_ = run_waiting(deadly(workshop, standing))
        assert round_.outcomes == () and round_.failed
        assert told(list(round_.told)) == [(DAY, "SC-535")], "and in every round of a night"
        for _ in range(3):  # the clock by day, and events of other deliveries
            assert told(take_up(deadly(workshop, standing))) == []
            assert told(process_arrived(deadly(workshop, standing))) == []
    assert told(finish_standing(workshop.installation)) == [(DAY, "")]


def test_fewer_ends_or_a_failure_with_a_word_between_them_leave_it_in_front(workshop: Workshop) -> None:
    digest = workshop.deliver(DAY)
    ended(workshop, digest, PATIENCE - 2)
    assert set(told(list(run_waiting(deadly(workshop, digest, by_a_word=True)).outcomes))) == {(DAY, "SC-400")}
    ended(workshop, digest, PATIENCE - 2)
    assert told(list(run_waiting(workshop.installation).outcomes)) == [(DAY, "")]
    assert workshop.states() == {DAY: "afgerond"}


def test_ends_before_publication_are_none_of_the_tail(workshop: Workshop) -> None:
    digest = workshop.deliver(DAY)
    raw = workshop.installation.blobs

    class Unreadable:
        def __getattr__(self, name: str) -> Any:
            return getattr(raw, name)

        def read(self, container: str, name: str, most: int | None = None) -> bytes:
            if name.endswith("aanvragen.csv"):
                raise Crash
            return raw.read(container, name, most)

    died(workshop, workshop.with_(blobs=cast(Any, Unreadable())).installation, PATIENCE - 2)
    ended(workshop, digest, 2)
    assert told(list(run_waiting(workshop.installation).outcomes)) == [(DAY, "")]


def test_a_failure_with_a_word_brings_it_back_in_front(workshop: Workshop, standing: str) -> None:
    run_waiting(deadly(workshop, standing))
    assert told(finish_standing(deadly(workshop, standing, by_a_word=True))) == [(DAY, "SC-400")]
    assert reason(workshop) == RunReason.STAART_MISLUKT
    assert told(list(run_waiting(workshop.installation).outcomes)) == [(DAY, "")]


def test_of_several_the_one_that_was_tried_longest_ago_goes_first(workshop: Workshop) -> None:
    """The first ends the worker each night: behind it the second would never be tried, though it can be done by now."""
    digest = workshop.deliver(DAY)
    ended(workshop, digest, PATIENCE - 1)
    run_waiting(deadly(workshop, digest))
    other = workshop.deliver(NEXT, {"2001": 1})
    ended(workshop, other, PATIENCE - 1)
    run_waiting(deadly(workshop, other))
    for _ in range(2):
        ended(workshop, digest, 1, finish_standing)
        run_waiting(deadly(workshop, digest))
    assert workshop.states() == {DAY: "gepubliceerd", NEXT: "afgerond"}


def test_of_all_mailboxes_together_the_one_that_was_tried_longest_ago_goes_first(
    make_workshop: Callable[[str], Workshop],
) -> None:
    """In one order for ever, nobody would come to the second mailbox as long as the first ends the worker."""
    deadly_one, other = make_workshop("een"), make_workshop("twee")
    installations = []
    for workshop in (deadly_one, other):
        digest = workshop.deliver(DAY)
        ended(workshop, digest, PATIENCE - 1)
        run_waiting(deadly(workshop, digest))
        installations.append(deadly(workshop, digest))
        other.clock.pass_by(timedelta(minutes=1))
    for _ in range(2):  # nights
        with pytest.raises(Crash):
            sweep.finish_standing([lambda: installations[0], lambda: other.installation])
        for workshop in (deadly_one, other):
            workshop.clock.pass_by(timedelta(minutes=40))
        run_waiting(installations[0])
    assert deadly_one.states() == {DAY: "gepubliceerd"} and other.states() == {DAY: "afgerond"}


def test_a_mailbox_that_cannot_be_looked_at_keeps_no_other_from_its_turn(workshop: Workshop, standing: str) -> None:
    run_waiting(deadly(workshop, standing))

    def broken() -> Installation:
        raise StorageUnavailable("No answer.")

    assert told(sweep.finish_standing([broken, lambda: workshop.installation])) == [("ronde", "SC-400"), (DAY, "")]


def test_of_a_night_it_is_the_last_work_behind_that_of_every_mailbox(monkeypatch: pytest.MonkeyPatch) -> None:
    works: list[Callable[[], object]] = []
    tried: list[object] = []
    monkeypatch.setattr(triggers, "one_after_another", works.extend)
    monkeypatch.setattr(sweep, "finish_standing", lambda of: tried.extend(one() for one in of))
    monkeypatch.setattr(triggered, "installation", lambda _, mailbox: mailbox)
    bootstrap.nightly()
    works[-1]()
    assert tried == list(mailboxes()) and len(works) > 2 * len(mailboxes())
