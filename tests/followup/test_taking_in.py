"""Outcomes and group attributes are taken in once, under pseudonyms; the raw delivery goes, and no value is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from shared.administration import ClaimKind
from shared.anchors import check_audit
from shared.errors import RequestRefused
from shared.events import Action
from shared.followup.ingest import take_in
from shared.followup.rows import about, without
from shared.interventions import release, request_run
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.mailbox import open_delivery
from shared.ports import Container
from shared.sweep import run_waiting
from shared.usecase import FollowUp
from tests.followup.posting import CANARIES, GROUPS, OUTCOME, OUTCOMES, PERSON, Desk, desk_of
from tests.shell.crashing import Fuse, fused
from tests.shell.workshop import CORE, Crash, Keys, Workshop

type MakeDesk = Callable[[str, FollowUp], Desk]

SECOND = {**OUTCOME, "aanvraagnummer": "KANARIE-2", "resultaat": "rechtmatig"}


def told(desk: Desk) -> str:
    """Everything that is written for people or for a log: messages, reports, logboek, events, findings."""
    texts = [
        f"{name} {data!r}"
        for name, data in desk.everything().items()
        if not name.startswith(("brievenbus", desk.dataset))
    ]
    rows = desk.workshop.sql("SELECT * FROM gebeurtenissen") + desk.workshop.sql("SELECT * FROM bevindingen")
    return "\n".join([*texts, *map(str, rows)])


def test_an_outcome_is_kept_under_the_pseudonym_of_its_application(outcomes: Desk) -> None:
    outcomes.deliver([OUTCOME, SECOND])
    (outcome,) = outcomes.round().outcomes
    assert outcome.sentence == "De rijen zijn bewaard voor de bewaking en de ruwe levering is verwijderd."
    (rows,) = outcomes.kept()
    assert rows.set_index("dienst").loc[outcomes.pseudonym("KANARIE-1")].to_dict() == {
        "soort": "onderzocht door handhaving",
        "resultaat": "onrechtmatig",
        "selectie": "proces",
        "datum": "2026-11-12",
    }
    assert set(rows["dienst"]) == {outcomes.pseudonym("KANARIE-1"), outcomes.pseudonym("KANARIE-2")}


def test_group_attributes_are_kept_in_a_container_of_their_own(groups: Desk) -> None:
    groups.deliver([PERSON])
    groups.round()
    (rows,) = groups.kept()
    assert rows.to_dict("records") == [
        {
            "persoon": groups.pseudonym("KANARIE-91827"),
            "geslacht": "vrouw",
            "nederlandse_nationaliteit": "nee",
            "geboren_in_nederland": "ja",
            "burgerlijke_staat": "gehuwd",
            "ouderschap": "deeltijd",
            "geboortejaar": 1991,
        }
    ]
    holding = {name.split("/")[0] for name, data in groups.everything().items() if b"deeltijd" in data}
    assert holding == {"groepskenmerken"}


@pytest.mark.parametrize("follow_up", [OUTCOMES, GROUPS], ids=lambda one: one.dataset)
def test_the_raw_delivery_goes_and_nothing_that_is_told_holds_a_value(make_desk: MakeDesk, follow_up: FollowUp) -> None:
    desk = make_desk("werk", follow_up)
    row = OUTCOME if follow_up is OUTCOMES else PERSON
    wrong = {"datum": "KANARIE"} if follow_up is OUTCOMES else {"geboortejaar": "KANARIE"}
    desk.deliver([row, {**row, next(iter(row)): "KANARIE-9", **wrong}])
    desk.round()
    assert desk.workshop.files("brievenbus") == {}
    assert desk.message()["oordeel"] == "geaccepteerd"
    assert [found["code"] for found in desk.message()["bevindingen"]] == ["LEV-301"]
    text = told(desk)
    assert [canary for canary in CANARIES if canary in text] == []
    assert b"KANARIE" not in b"".join(desk.everything().values())


def test_a_word_that_is_not_agreed_sets_its_row_aside_and_keeps_the_others(outcomes: Desk) -> None:
    outcomes.deliver(
        [OUTCOME, {**SECOND, "resultaat": "kanarie"}, {**SECOND, "soort": ""}, {**SECOND, "soort": "GESCREEND"}]
    )
    outcomes.round()
    (rows,) = outcomes.kept()
    assert sorted(rows["soort"]) == ["gescreend", "onderzocht door handhaving"]
    found = {finding["code"]: finding["rijen"] for finding in outcomes.message()["bevindingen"]}
    assert found == {"LEV-301": [2], "LEV-302": [3]}


def test_rows_about_one_person_that_contradict_each_other_are_unknown_where_they_do(groups: Desk) -> None:
    groups.deliver([PERSON, {**PERSON, "geslacht": "man", "geboortejaar": "1992"}])
    groups.round()
    (rows,) = groups.kept()
    assert rows[["geslacht", "burgerlijke_staat"]].to_numpy().tolist() == [["onbekend", "gehuwd"]]
    assert rows["geboortejaar"].isna().all()
    assert [found["code"] for found in groups.message()["bevindingen"]] == ["LEV-606"]


def test_the_order_of_rows_does_not_change_a_byte(make_desk: MakeDesk) -> None:
    kept = []
    for name, rows in (("a", [OUTCOME, SECOND]), ("b", [SECOND, OUTCOME])):
        desk = make_desk(name, OUTCOMES)
        desk.deliver(rows)
        desk.round()
        kept.append(list(desk.workshop.files("uitkomsten").values()))
    assert kept[0] == kept[1]


def test_the_same_delivery_twice_is_taken_in_once(outcomes: Desk) -> None:
    for _ in range(2):
        outcomes.deliver([OUTCOME])
        outcomes.round()
    assert len(outcomes.kept()) == 1
    assert outcomes.workshop.files("brievenbus") == {}
    assert outcomes.workshop.sql("SELECT count(*) FROM verwerkingen") == [(1,)]


def test_a_delivery_that_is_wrong_is_rejected_and_can_be_sent_again(outcomes: Desk) -> None:
    outcomes.deliver([OUTCOME], table=b"aanvraagnummer\nKANARIE\n")
    outcomes.round()
    assert outcomes.kept() == []
    assert outcomes.message()["oordeel"] == "afgekeurd"
    assert [name.rpartition("/")[2] for name in outcomes.workshop.files("quarantaine")] == [
        "bevindingen.json", "datapackage.json", "rijen.csv"
    ]  # fmt: skip
    outcomes.deliver([OUTCOME])
    outcomes.round()
    assert len(outcomes.kept()) == 1
    assert outcomes.workshop.files("quarantaine") == {}


def test_a_gap_holds_until_a_person_releases_it(outcomes: Desk) -> None:
    outcomes.deliver([OUTCOME], "2026-11-20")
    outcomes.round()
    outcomes.deliver([SECOND], "2026-11-23", van="2026-11-22")
    outcomes.round()
    assert outcomes.message("2026-11-23")["oordeel"] == "aangehouden"
    assert len(outcomes.kept()) == 1
    release(outcomes.installation, "2026-11-23", "nagekeken")
    outcomes.round()
    assert len(outcomes.kept()) == 2
    assert outcomes.workshop.files("quarantaine") == {}


def test_the_stop_switch_of_a_model_does_not_keep_outcomes_out(outcomes: Desk) -> None:
    installation = outcomes.installation
    event = installation.event(Action.STOPPEN, "model", "gestopt")
    installation.ledger.stop(installation.model.name, "test", event)
    outcomes.deliver([OUTCOME])
    outcomes.round()
    assert len(outcomes.kept()) == 1


def test_nobody_can_ask_to_judge_again_what_was_not_judged(outcomes: Desk) -> None:
    outcomes.deliver([OUTCOME])
    outcomes.round()
    with pytest.raises(RequestRefused):
        request_run(outcomes.installation, "2026-11-20", None, "bezwaar")


def test_nothing_is_made_that_only_judging_makes(outcomes: Desk) -> None:
    outcomes.deliver([OUTCOME])
    outcomes.round()
    assert {name.split("/")[0] for name in outcomes.everything()} == {"uitkomsten", "terugkoppeling", "logboek"}
    assert outcomes.workshop.sql("SELECT count(*) FROM resultaten") == [(0,)]


def test_everybody_in_it_is_in_the_logboek_by_pseudonym(groups: Desk) -> None:
    groups.deliver([PERSON, {**PERSON, "persoonnr": "KANARIE-3"}])
    groups.round()
    lines = b"".join(data for name, data in groups.workshop.files("logboek").items() if "/bewaken/" in name).decode()
    assert lines.count("aanvrager innemen") == 2
    assert groups.pseudonym("KANARIE-3") in lines


def test_the_audit_holds(outcomes: Desk) -> None:
    outcomes.deliver([OUTCOME])
    outcomes.round()
    installation = outcomes.installation
    found = check_audit(installation.ledger, installation.blobs)
    assert found.holds


def test_after_a_change_of_key_an_outcome_is_kept_under_the_key_of_its_result_too(outcomes: Desk) -> None:
    # a result under the older key, by the plain shell of the tests
    applications = outcomes.workshop.with_(
        use_case=SimpleNamespace(dataset=LEVENSONDERHOUD.dataset, follow_up=None), core=CORE
    )
    applications.deliver(dataset=LEVENSONDERHOUD.dataset)
    run_waiting(applications.installation)
    newer = desk_of(outcomes.workshop.with_(keys=Keys(("k-2", "k-1"))), OUTCOMES)
    newer.deliver([{**OUTCOME, "aanvraagnummer": "1001"}])
    newer.round()
    (rows,) = newer.kept()
    dienst = applications.sql("SELECT dienst FROM resultaten WHERE aanvraagnummer = '1001'")[0][0]
    assert dienst.startswith("k-1:")
    assert set(rows["dienst"]) == {dienst, newer.pseudonym("1001")}
    # who removes knows one of the names and has no key; it leads to the other
    (stored,) = newer.stored()
    assert len(about(stored, {dienst})) == 2
    assert len(without(stored, {dienst})) == 0


def test_a_worker_that_was_overtaken_brings_nothing_back(outcomes: Desk) -> None:
    outcomes.deliver([OUTCOME])
    installation = outcomes.installation
    folder = f"{outcomes.dataset}/2026-11-20"
    source = open_delivery(installation.blobs, Container.BRIEVENBUS, folder, "2026-11-20")
    assert source is not None
    with pytest.raises(Crash):  # it dies, or stands still, right after its rows were written
        take_in(fused(outcomes.workshop, Fuse(2, after=True)), OUTCOMES, source)
    (late,) = outcomes.workshop.files("uitkomsten").items()
    outcomes.workshop.clock.pass_by(installation.lease + timedelta(seconds=1))
    outcomes.round()
    (first,) = outcomes.kept()
    installation.blobs.write("uitkomsten", late[0], b"late")
    (again,) = outcomes.kept()
    pd.testing.assert_frame_equal(first, again)


def accepted(desk: Desk) -> None:
    desk.deliver([OUTCOME, SECOND])


def rejected(desk: Desk) -> None:
    desk.deliver([OUTCOME], table=b"")


def held(desk: Desk) -> None:
    desk.deliver([OUTCOME], "2026-11-18")
    desk.round()
    desk.deliver([SECOND])


def released(desk: Desk) -> None:
    held(desk)
    desk.round()
    release(desk.installation, "2026-11-20", "nagekeken")


def state_of(desk: Desk) -> Any:
    files = {name: data for name, data in desk.everything().items() if not name.startswith("logboek")}
    by_attempt = {name: data for name, data in files.items() if name.startswith("uitkomsten")}
    others = {name: data for name, data in files.items() if name not in by_attempt}
    runs = desk.workshop.sql("SELECT run, toestand, reden, publicatie FROM verwerkingen ORDER BY nr")
    places = desk.workshop.sql("SELECT digest, plaats FROM leveringen ORDER BY nr")
    return others, sorted(by_attempt.values()), [rows.to_dict("records") for rows in desk.kept()], runs, places


@pytest.mark.parametrize("scene", [accepted, rejected, held, released], ids=lambda scene: scene.__name__)
def test_killed_at_any_effect_the_next_round_ends_in_the_same_state(
    make_desk: MakeDesk, scene: Callable[[Desk], None]
) -> None:
    def prepared(name: str) -> Desk:
        desk = make_desk(name, OUTCOMES)
        scene(desk)
        return desk

    def burning(desk: Desk, fuse: Fuse) -> Desk:
        return Desk(Workshop(fused(desk.workshop, fuse), desk.workshop.root), desk.follow_up)

    whole, fuse = prepared("ongestoord"), Fuse()
    burning(whole, fuse).round()
    expected = state_of(whole)
    assert len(fuse.seen) >= 6
    for at in range(1, len(fuse.seen) + 1):
        for after, again in ((False, 0), (True, 0), (True, 2)):
            desk = prepared(f"{at}-{after}-{again}")
            with pytest.raises(Crash):
                burning(desk, Fuse(at, after)).round()
            desk.workshop.clock.pass_by(desk.installation.lease + timedelta(seconds=1))
            if again:
                with suppress(Crash):
                    burning(desk, Fuse(again)).round()
                desk.workshop.clock.pass_by(desk.installation.lease + timedelta(seconds=1))
            assert not desk.round().failed
            assert state_of(desk) == expected, f"killed {'after' if after else 'before'} {at} ({fuse.seen[at - 1]})"


def test_an_incomplete_delivery_waits(outcomes: Desk) -> None:
    outcomes.deliver([OUTCOME], description=False)
    found = outcomes.round()
    assert (found.outcomes, found.incomplete) == ((), ("2026-11-20",))


def test_a_busy_delivery_is_left_alone(outcomes: Desk) -> None:
    outcomes.deliver([OUTCOME])
    with pytest.raises(Crash):
        outcome = Desk(Workshop(fused(outcomes.workshop, Fuse(1, after=True)), outcomes.workshop.root), OUTCOMES)
        outcome.round()
    (found,) = outcomes.round().outcomes
    assert found.kind is ClaimKind.BEZET
