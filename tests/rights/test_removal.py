"""After a removal nothing of the person is found anywhere but in the audit trail, and everybody else is as before."""

import json
import os
from dataclasses import replace

import pytest

from shared.errors import KeyUnavailable, LegalHold
from shared.interventions import request_run
from shared.rights.outcome import RemovalOutcome, outcome_of
from shared.rights.port import PersonRequest
from shared.rights.states import Asked, RequestState
from shared.sweep import run_waiting
from tests.reliability.failing import Fault, Faults, failing
from tests.rights.persons import ANNA, BEN, Office, office
from tests.rights.removing import CONTAINERS, Scene
from tests.shell.workshop import Keys

pytestmark = pytest.mark.xdist_group("postgresql")
TRAIL = ("logboek",)
ROWS = {"zaak1001-anna": 1, "zaak1002-ben": 2, "zaak1003-": 4}


def names_of_anna(desk: Office) -> list[str]:
    """Everything by which Anna can be known: her number and pseudonym, and those of her applications."""
    rows = [
        row for row in desk.scene.sql("SELECT aanvraagnummer, persoon, dienst FROM resultaten") if "-anna" in row[0]
    ]
    assert rows
    return sorted({ANNA, *(name for row in rows for name in row if name)})


def left_of(desk: Office, names: list[str]) -> list[str]:
    """Where any of these still stands, outside the audit trail."""
    kept = [place for place in CONTAINERS if place not in TRAIL]
    return [place for place in desk.scene.found(names, kept) if place != "gebeurtenissen"]


def remove(desk: Office, who: str = "derde") -> dict[str, int]:
    return dict(told(desk.remove(who=who)).aantallen)


def told(request: PersonRequest) -> RemovalOutcome:
    outcome = outcome_of(request)
    assert outcome
    return outcome


def test_nothing_of_the_person_is_left_but_the_audit_trail(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    desk.scene.night("2026-11-21", {"zaak1004-anna": 2, "zaak1005-ben": 1})
    request_run(desk.scene.installation, "2026-11-20", ["zaak1001-anna"], "op verzoek")
    run_waiting(desk.scene.installation)
    names = names_of_anna(desk)
    assert len(left_of(desk, names)) > 8
    counts = remove(desk)
    assert left_of(desk, names) == []
    assert counts == {
        "resultaten": 3,
        "bezwaren": 0,
        "verzoeken": 1,
        "rijen in momentopnamen": 4,
        "momentopnamen": 2,
        "datums herschreven": 2,
    }
    assert desk.scene.holds()


@pytest.mark.parametrize("held", [True, False])
def test_a_request_for_a_run_that_names_others_too_stays_with_these(either: Scene, held: bool) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    asked = ["zaak1003-", "zaak1001-anna", "zaak1002-ben"]
    run = request_run(desk.scene.installation, "2026-11-20", asked, "samen")
    run_waiting(desk.scene.installation)
    names = names_of_anna(desk)
    if held:
        desk.scene.object("zaak1002-ben")
    before = desk.scene.sql("SELECT verzoek, dataset, levering, digest, reden, actor, tijdstip FROM verzoeken")
    assert remove(desk)["verzoeken"] == 1
    after = desk.scene.sql("SELECT verzoek, dataset, levering, digest, reden, actor, tijdstip FROM verzoeken")
    assert after == before and before[0][0] == run.new.request_id
    kept = desk.scene.installation.ledger.request(run.new.request_id)
    assert kept.aanvraagnummers == ("zaak1002-ben", "zaak1003-")
    assert desk.scene.sql("SELECT aanvraagnummers FROM verzoeken") == [('["zaak1002-ben","zaak1003-"]',)]
    assert left_of(desk, names) == [] and desk.scene.holds()
    assert len(desk.export(number=BEN)["herverwerkingen"]) == 1


def test_everybody_else_is_as_before(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    before = desk.scene.workshop.current("2026-11-20")
    remove(desk)
    kept = [line for line in before if not line["aanvraagnummer"].endswith("anna")]
    assert desk.scene.workshop.current("2026-11-20") == kept and len(kept) == 2
    manifest = desk.scene.manifest("2026-11-20")
    assert (manifest["revisie"], manifest["aantal"], manifest["verwijderd"]["aantal"]) == (2, 2, 1)


def test_what_is_left_can_still_be_judged_again_and_the_removed_do_not_come_back(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    names = names_of_anna(desk)
    remove(desk)
    request_run(desk.scene.installation, "2026-11-20", None, "ander model")
    assert not run_waiting(desk.scene.installation).failed
    numbers = [line["aanvraagnummer"] for line in desk.scene.workshop.current("2026-11-20")]
    assert numbers == ["zaak1002-ben", "zaak1003-"]
    assert left_of(desk, names) == []


def test_a_running_objection_blocks_the_removal_and_when_it_is_closed_it_goes_on(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    names = names_of_anna(desk)
    request, bezwaar = desk.granted(Asked.VERWIJDERING), desk.scene.object("zaak1001-anna")
    before = desk.scene.workshop.everything()
    with pytest.raises(LegalHold, match="objection is running"):
        desk.remove(request)
    assert desk.scene.workshop.everything() == before and desk.scene.count("resultaten") == 3
    assert desk.rights("x").records.request(request).toestand is RequestState.TOEGEWEZEN
    assert ("geweigerd: bewaarplicht",) in desk.scene.sql("SELECT resultaat FROM gebeurtenissen")
    desk.scene.close(bezwaar)
    desk.remove(request)
    assert left_of(desk, names) == []
    assert (desk.scene.count("bezwaren"), desk.scene.count("bewaarplichten")) == (0, 0)


def test_the_objection_of_another_person_does_not_block(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    names = names_of_anna(desk)
    desk.scene.object("zaak1002-ben")
    remove(desk)
    assert left_of(desk, names) == []
    assert desk.scene.count("bezwaren") == 1


def test_a_person_is_found_under_every_key_under_which_something_is_held(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    rotated = office(replace(either, workshop=either.workshop.with_(keys=Keys(("k-2", "k-1")))))
    rotated.scene.night("2026-11-21", {"zaak1001-anna": 1, "zaak1004-anna": 2})
    names = names_of_anna(rotated)
    assert len([name for name in names if name.startswith("k-1:")]) == 2
    assert remove(rotated)["resultaten"] == 3
    assert left_of(rotated, names) == []


def test_without_a_key_under_which_something_is_held_nothing_is_said_to_be_removed(scene: Scene) -> None:
    class Lost(Keys):
        def find(self, key_id: str):  # type: ignore[no-untyped-def]
            if key_id == "k-1":
                raise KeyUnavailable("The secret file does not hold the key that is needed.", where="k-1")
            return super().find(key_id)

    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    other = office(replace(scene, workshop=scene.workshop.with_(keys=Lost(("k-2",)))))
    request = other.granted(Asked.VERWIJDERING)
    with pytest.raises(KeyUnavailable):
        other.remove(request)
    assert other.rights("x").records.request(request).toestand is RequestState.TOEGEWEZEN


def test_an_application_without_a_known_client_goes_with_the_person_it_was_of_before(scene: Scene) -> None:
    """In a later delivery its data could not be used: the client is unknown there, the application is the same."""
    desk = office(scene)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1, "zaak1002-ben": 1})
    forgetful = replace(desk.scene.installation.core)
    known = forgetful.judge

    def judge(*given_to):  # type: ignore[no-untyped-def]
        given = known(*given_to)
        return replace(given, results=given.results.assign(persoon=None))

    later = office(scene)
    later.scene.workshop = later.scene.workshop.with_(core=replace(forgetful, judge=judge))
    request_run(later.scene.installation, "2026-11-20", None, "opnieuw")
    assert not run_waiting(later.scene.installation).failed
    assert desk.scene.count("resultaten") == 4
    assert remove(desk)["resultaten"] == 2
    assert {row for (row,) in desk.scene.sql("SELECT aanvraagnummer FROM resultaten")} == {"zaak1002-ben"}


def without_clients(desk: Office) -> Office:
    """The same place, where the next runs know no client of any application."""
    core = desk.scene.installation.core

    def judge(*given_to):  # type: ignore[no-untyped-def]
        given = core.judge(*given_to)
        return replace(given, results=given.results.assign(persoon=None))

    forgetful = desk.scene.workshop.with_(core=replace(core, judge=judge))
    return Office(replace(desk.scene, workshop=forgetful))


def test_an_application_without_a_known_client_is_found_under_another_key_too(either: Scene) -> None:
    """The pseudonym of the application is another under every key; its number ties them. The export tells of it too."""
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    rotated = office(replace(either, workshop=either.workshop.with_(keys=Keys(("k-2", "k-1")))))
    without_clients(rotated).scene.night("2026-11-21", {"zaak1001-anna": 3, "zaak1002-ben": 1})
    assert desk.scene.sql("SELECT count(*) FROM resultaten WHERE aanvraagnummer = 'zaak1001-anna'") == [(2,)]
    (told_of,) = rotated.export()["aanvragen"]
    assert len(told_of["resultaten"]) == 2
    names = names_of_anna(rotated)
    assert remove(rotated)["resultaten"] == 2
    assert left_of(rotated, names) == ["persoonsverzoeknamen"], "of the overview, that can still be fetched"
    left = desk.scene.sql("SELECT aanvraagnummer FROM resultaten ORDER BY 1")
    assert left == [("zaak1002-ben",), ("zaak1002-ben",), ("zaak1003-",)]


def test_a_run_that_is_at_work_is_waited_for(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    request_run(desk.scene.installation, "2026-11-20", None, "wacht nog")
    request = desk.granted(Asked.VERWIJDERING)
    assert desk.remove(request).toestand is RequestState.WACHT
    assert desk.scene.count("resultaten") == 3
    run_waiting(desk.scene.installation)
    assert desk.clock() == []
    assert desk.found(request).toestand is RequestState.UITGEVOERD


def test_a_raw_delivery_that_still_waits_is_told_of(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    desk.scene.workshop.deliver("2026-11-21", {"zaak1009-anna": 1}, oordeel="aangehouden")
    run_waiting(desk.scene.installation)
    request = desk.remove()
    outcome = told(request)
    assert len(outcome.blijft) == 2 and outcome.blijft[1].startswith("1 ruwe levering wacht nog ")
    *before, last = request.stappen
    more = replace(request, stappen=(*before, replace(last, uitkomst={**last.uitkomst, "ruwe leveringen": 2})))
    assert told(more).blijft[1].startswith("2 ruwe leveringen wachten nog ")


def test_a_snapshot_that_was_rewritten_goes_at_its_own_time(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    desk.scene.later(300)
    remove(desk)
    late = desk.scene.workshop.clock.moment.timestamp()
    for path in (desk.scene.workshop.root / "momentopname").rglob("*.*"):
        os.utime(path, (late, late))
    desk.scene.later(101)
    assert desk.scene.purge().counts["momentopnamen"] == 1
    assert desk.scene.workshop.files("momentopname") == {}


def test_what_a_failed_attempt_staged_goes_too(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    names = names_of_anna(desk)
    desk.scene.workshop.deliver("2026-11-21", {"zaak1001-anna": 2})
    faults = Faults(Fault.TRANSIENT, method="ledger.publish")
    run_waiting(failing(desk.scene.installation, faults))
    staged = [name for name in desk.scene.workshop.files("uitvoer") if "/poging-" in name]
    assert staged
    remove(desk)
    assert [place for place in left_of(desk, names) if not place.startswith("brievenbus")] == []


@pytest.mark.parametrize("by", ["a removal", "the end of its term"])
def test_nothing_of_it_is_left_in_the_bytes_of_the_database_file(scene: Scene, by: str) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    number = b"zaak1001-anna"

    def bytes_of_database() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(scene.workshop.root.glob("administratie.sqlite*")))

    assert number in bytes_of_database()
    if by == "a removal":
        remove(desk)
    else:
        desk.scene.later(401)
        desk.scene.purge()
    assert number not in bytes_of_database()


def test_the_proof_tells_of_the_removal_by_the_id_of_the_request_and_nothing_else(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    names = names_of_anna(desk)
    request = desk.granted(Asked.VERWIJDERING)
    outcome = told(desk.remove(request))
    (proof,) = desk.scene.proofs()
    assert outcome.bewijs in {f"{name}" for name in desk.scene.workshop.files("logboek")}
    assert {one["grond"] for one in proof["verwijderd"]} == {f"verzoek van een persoon {request}"}
    assert not [name for name in names if name in json.dumps(proof)]


def test_a_person_of_whom_nothing_is_held_is_told_so(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", {"zaak1002-ben": 2})
    assert set(remove(desk).values()) == {0}
    assert desk.scene.count("resultaten") == 1


def test_ben_is_untouched_by_all_of_it(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    before = desk.scene.sql("SELECT * FROM resultaten WHERE aanvraagnummer = 'zaak1002-ben'")
    remove(desk)
    assert desk.scene.sql("SELECT * FROM resultaten WHERE aanvraagnummer = 'zaak1002-ben'") == before
    request = desk.granted(Asked.VERWIJDERING, BEN)
    assert told(desk.remove(request, number=BEN)).aantallen["resultaten"] == 1
