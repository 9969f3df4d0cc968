"""What is left of a legal hold goes half a year after its end at the soonest, under every pseudonym that it had."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.sql.oversight import SqlOversight
from shared.adapters.sql.purge import SqlPurge
from shared.administration import Removed, Tombstone
from shared.errors import LedgerUnavailable
from shared.events import Action
from shared.retention.terms import LAW
from tests.rights.removing import DATASET, PURGER, Scene
from tests.shell.workshop import Keys

pytestmark = pytest.mark.xdist_group("postgresql")
NUMBER = "zaak1001"
DAY = timedelta(days=1)


@pytest.fixture
def renamed(either: Scene) -> Scene:
    """One application that was judged under two keys."""
    either.night("2026-11-20", {NUMBER: 1})
    later = replace(either, workshop=either.workshop.with_(keys=Keys(("k-2", "k-1"))))
    later.night("2026-11-21", {NUMBER: 1})
    assert len(later.pseudonyms(NUMBER)) == 2
    return later


def object_to(scene: Scene, dienst: str, bezwaar: str) -> None:
    event = scene.installation.event(Action.BEZWAAR_OPENEN, f"aanvraag {dienst}", "open")
    SqlOversight(scene.app).open_objection(DATASET, dienst, bezwaar, "niet eens", event)


def remove(scene: Scene, dienst: str, days: float) -> Tombstone | None:
    """Say that it is so many days later, and remove what was said of this pseudonym."""
    now = scene.workshop.clock.now() + days * DAY
    return SqlPurge(scene.purger).remove_rows(Removed.BEZWAREN, DATASET, [dienst], "bewaartermijn", PURGER, now)


def test_a_hold_stays_until_half_a_year_after_its_end_whatever_the_purge_asks(renamed: Scene) -> None:
    objected, other = sorted(renamed.pseudonyms(NUMBER))
    object_to(renamed, objected, "b1")
    renamed.later(300)
    renamed.close("b1")
    assert renamed.sql(f"SELECT count(*) FROM bewaarplichten WHERE dienst = '{other}'") == [(2,)]
    for days in (0, LAW - 0.1):
        with pytest.raises(LedgerUnavailable, match=r"23001|TRIGGER"):
            remove(renamed, other, days)
    assert renamed.count("bewaarplichten") == 4 and renamed.count("verwijderbewijzen") == 0
    told = remove(renamed, other, LAW + 0.1)
    assert told is not None and told.aantal == 2
    assert renamed.sql("SELECT DISTINCT dienst FROM bewaarplichten") == [(objected,)]
    assert renamed.holds()


def test_a_hold_goes_under_every_pseudonym_also_where_no_objection_stands(renamed: Scene) -> None:
    object_to(renamed, renamed.pseudonyms(NUMBER)[0], "b1")
    renamed.close("b1")
    assert (renamed.count("bezwaren"), renamed.count("bewaarplichten")) == (2, 4)
    renamed.later(401)
    done = renamed.purge()
    assert not done.failures and done.counts["bezwaren"] == 6
    assert (renamed.count("bezwaren"), renamed.count("bewaarplichten")) == (0, 0)


def test_an_old_objection_waits_for_the_end_of_the_hold_that_another_kept(renamed: Scene) -> None:
    for number, dienst in enumerate(renamed.pseudonyms(NUMBER)):
        object_to(renamed, dienst, f"b{number}")
    renamed.close("b0")
    renamed.later(300)
    renamed.close("b1")  # now both pseudonyms are free
    renamed.later(101)
    done = renamed.purge()
    assert not done.failures and done.counts["resultaten"] == 2 and "bezwaren" not in done.counts
    assert (renamed.count("bezwaren"), renamed.count("bewaarplichten")) == (4, 4)
    renamed.later(300)
    assert renamed.purge().counts["bezwaren"] == 8
