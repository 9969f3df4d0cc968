"""One changed byte in the active package: the stop switch, the way back and the looks at both work, and all say so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shared import bootstrap
from shared.access import Role
from shared.api import PREFIX
from shared.bootstrap import served, wiring
from shared.errors import ModelPackageInvalid
from shared.events import Caller
from shared.rights.states import Asked, RequestState
from shared.triggers import TriggerFailed
from tests.api.calling import Client, Said
from tests.api.conftest import Site
from tests.modelregister.packages import FIRST, MODEL, folder_of_models, make_version
from tests.pages.forms import send

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kapot-pakket")]
NEXT = "1.1.0"
WHY = {"reden": "Het pakket is niet meer heel"}
URL = f"{PREFIX}/modellen/{MODEL}"


@dataclass(frozen=True)
class Office:
    """A site of which the active package is broken, and who works there."""

    site: Site

    def of(self, role: Role, who: str = "") -> Client:
        return self.site.as_(role, who=who)

    @property
    def watcher(self) -> Client:
        return self.of(Role.TOEZICHTHOUDER)

    @property
    def keeper(self) -> Client:
        return self.of(Role.MODELBEHEERDER)

    def pointer(self) -> dict[str, Any]:
        """What readers of the results are told of the model."""
        found = json.loads((self.site.storage / "uitvoer" / MODEL / "actueel.json").read_bytes())
        model: dict[str, Any] = found["model"]
        return model

    def page(self, role: Role, path: str) -> Said:
        return self.of(role).get(path)

    def send(self, role: Role, path: str, page: str, **answers: str) -> Said:
        """Send a form of a page."""
        return send(self.of(role), path, page, **answers)


def _break(package: Path) -> bytes:
    """Change one byte of the numbers in a package; return what the file was."""
    file = package / "ebm.json"
    whole = file.read_bytes()
    data = bytearray(whole)
    place = data.index(b"0.", len(data) // 2) + 2
    data[place] = ord("1") if data[place] != ord("1") else ord("2")
    file.write_bytes(bytes(data))
    return whole


@pytest.fixture(params=["read before it broke", "never read"])
def office(
    request: pytest.FixtureRequest,
    make_site: Callable[[Path], Site],
    nights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Office:
    """Five nights under 1.0.0, then 1.1.0 comes into use and breaks, before or after this process read it."""
    models = folder_of_models(tmp_path)
    make_version(models, NEXT, threshold=0.5)
    shutil.copytree(nights, tmp_path / "werk")
    monkeypatch.setenv("SLIMME_CHECK_MODELLEN", str(models))
    monkeypatch.setattr(served, "_HEALTH_HOLDS", 0.0)
    site = make_site(tmp_path / "werk")
    first, second = (site.as_(Role.MODELBEHEERDER, who=who) for who in ("een", "twee"))
    proposal = {"versie": NEXT, "redenDrempel": "Minder werk", "redenSteekproef": "Geen", **WHY}
    assert first.post(f"{URL}/versies", proposal).status == 201
    for step in ("goedkeuren", "activeren"):
        assert second.post(f"{URL}/versies/{NEXT}/stappen", {"stap": step, **WHY}).status == 201
    assert bootstrap.installation(served._HERE, MODEL).model.version == NEXT
    _break(models / f"{MODEL}-{NEXT}")
    if request.param == "never read":
        wiring.loaded_package.cache_clear()
        with pytest.raises(ModelPackageInvalid):
            bootstrap.installation(served._HERE, MODEL)
    return Office(make_site(tmp_path / "werk"))


def _held(office: Office) -> str:
    """The address of the delivery that waits for a person."""
    known = office.of(Role.PROCESBEHEERDER).get(f"{PREFIX}/leveringen").document["leveringen"]
    (held,) = [each["id"] for each in known if each["verwerkingen"][-1]["toestand"] == "aangehouden"]
    return f"{PREFIX}/leveringen/{held}"


def _by_day() -> None:
    """Do what waits, as the clock does; a process that never read the package cannot."""
    try:
        bootstrap.daytime()
    except TriggerFailed as failed:
        assert "SC-200" in str(failed)


def _runs(office: Office, delivery: str) -> dict[str, str]:
    """What became of a delivery, by the version that was to judge it."""
    runs = office.watcher.get(delivery).document["verwerkingen"]
    return {each["modelversie"]: each["toestand"] for each in runs}


def test_what_a_person_asks_and_what_is_past_its_term_needs_no_model(office: Office) -> None:
    request = bootstrap.record_person_request(Asked.VERWIJDERING, "900000001", "vraag van de burger")
    decided = bootstrap.decide_person_request(
        request.id, toegewezen=True, reden="terecht", caller=Caller("een ander", "test")
    )
    assert decided.toestand is RequestState.TOEGEWEZEN
    assert bootstrap.purge().failures == []


def test_the_model_is_seen_stopped_put_back_and_resumed_by_the_api(office: Office) -> None:
    (model,) = office.watcher.get(f"{PREFIX}/modellen").document["modellen"]
    assert (model["naam"], model["versie"], model["stop"]["gestopt"]) == (MODEL, NEXT, False)
    assert office.watcher.get(URL).document == model
    stopped = office.watcher.put(f"{URL}/stop", {"gestopt": True, **WHY})
    assert stopped.status == 200 and stopped.document["gestopt"]
    assert office.watcher.get(f"{URL}/stop").document == stopped.document
    assert office.pointer() | {"sinds": ""} == {"naam": MODEL, "versie": NEXT, "gestopt": True, "sinds": "", **WHY}
    waiting = _held(office)
    assert office.of(Role.PROCESBEHEERDER).post(f"{waiting}/vrijgave", WHY).document["toestand"] == "vrijgegeven"
    _by_day()
    assert set(_runs(office, waiting).values()) <= {"aangehouden", "vervallen", "vrijgegeven"}, "nothing is published"
    assert {each["status"] for each in office.keeper.get(f"{URL}/versies").document["versies"]} == {
        "actief",
        "uit gebruik",
    }
    assert office.keeper.get(f"{URL}/versies/{NEXT}").document["status"] == "actief"
    again = office.keeper.post(f"{URL}/versies/{NEXT}/stappen", {"stap": "activeren", **WHY})
    assert (again.status, again.document["code"]) == (409, "SC-200")
    back = office.keeper.post(f"{URL}/versies/{FIRST}/stappen", {"stap": "activeren", **WHY})
    assert (back.status, back.document["status"]) == (201, "actief")
    assert office.watcher.put(f"{URL}/stop", {"gestopt": False, **WHY}).document["gestopt"] is False
    assert (office.pointer()["versie"], office.pointer()["gestopt"]) == (FIRST, False)
    bootstrap.daytime()
    assert _runs(office, waiting) in ({FIRST: "afgerond"}, {FIRST: "afgerond", NEXT: "vervallen"})


def test_health_is_ill_and_says_what_is_and_what_to_do_until_the_model_is_put_back(office: Office) -> None:
    ill = office.site.nobody().get(f"{PREFIX}/gezondheid")
    assert (ill.status, ill.document["code"]) == (503, "VERSTOORD") and "errors" not in ill.document
    (told,) = office.watcher.get(f"{PREFIX}/gezondheid").document["errors"]
    assert (told["location"], told["code"]) == (f"model {MODEL}", "SC-200")
    assert "stopknop" in told["detail"] and "eerdere versie" in told["detail"]
    page = office.page(Role.TOEZICHTHOUDER, "/gezondheid")
    assert page.status == 503 and "Het model kan niet werken" in page.body.decode() and b"SC-200" in page.body
    assert "Het model kan niet werken" not in office.site.nobody().get("/gezondheid").body.decode()
    assert office.keeper.post(f"{URL}/versies/{FIRST}/stappen", {"stap": "activeren", **WHY}).status == 201
    assert office.watcher.get(f"{PREFIX}/gezondheid").document["status"] == "goed"
    assert office.page(Role.TOEZICHTHOUDER, "/gezondheid").status == 200


def test_the_pages_show_it_stop_the_model_put_it_back_and_resume_it(office: Office) -> None:
    assert "Nee: het pakket is niet heel" in office.page(Role.TOEZICHTHOUDER, "/modellen").body.decode()
    shown = office.page(Role.TOEZICHTHOUDER, f"/modellen/{MODEL}").body.decode()
    assert "Dit model kan niet werken" in shown and "Dit model werkt" not in shown
    page = f"/modellen/{MODEL}"
    assert office.send(Role.TOEZICHTHOUDER, f"{page}/stop", page, **WHY).status == 303
    assert office.pointer()["gestopt"]
    assert "Dit model staat stil" in office.page(Role.TOEZICHTHOUDER, page).body.decode()
    broken, earlier = (f"{page}/versies/{number}" for number in (NEXT, FIRST))
    assert office.page(Role.MODELBEHEERDER, broken).status == 200
    package = bootstrap.settings().models / f"{MODEL}-{FIRST}"
    whole = _break(package)  # the way back is broken too
    refused = office.send(Role.MODELBEHEERDER, f"{earlier}/terugzetten", earlier, **WHY)
    assert refused.status == 400 and "of is niet heel" in refused.body.decode()
    (package / "ebm.json").write_bytes(whole)
    assert office.send(Role.MODELBEHEERDER, f"{earlier}/terugzetten", earlier, **WHY).status == 303
    assert office.send(Role.TOEZICHTHOUDER, f"{page}/hervatting", page, **WHY).status == 303
    assert (office.pointer()["versie"], office.pointer()["gestopt"]) == (FIRST, False)
    assert "Dit model werkt" in office.page(Role.TOEZICHTHOUDER, page).body.decode()
    assert 'class="ams-table__cell">Ja</td>' in office.page(Role.TOEZICHTHOUDER, "/modellen").body.decode()


def test_a_proposal_needs_the_active_package_and_says_that_it_is_broken(office: Office) -> None:
    wiring.loaded_package.cache_clear()
    make_version(bootstrap.settings().models, "1.2.0", threshold=0.4)
    proposal = {"versie": "1.2.0", "redenDrempel": "Minder werk", "redenSteekproef": "Geen", **WHY}
    said = office.keeper.post(f"{URL}/versies", proposal)
    assert (said.status, said.document["code"]) == (409, "SC-200")
    assert (
        office.send(
            Role.MODELBEHEERDER,
            f"/modellen/{MODEL}/versies",
            f"/modellen/{MODEL}",
            versie="1.2.0",
            redendrempel="Minder werk",
            redensteekproef="Geen",
            **WHY,
        ).status
        == 400
    )


def test_the_first_package_is_broken_before_the_register_knows_it(
    make_site: Callable[[Path], Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = folder_of_models(tmp_path)
    _break(models / f"{MODEL}-{FIRST}")
    monkeypatch.setenv("SLIMME_CHECK_MODELLEN", str(models))
    office = Office(make_site(tmp_path / "werk"))
    (model,) = office.watcher.get(f"{PREFIX}/modellen").document["modellen"]
    assert (model["naam"], model["versie"], model["sinds"], model["sha256"]) == (MODEL, None, None, None)
    assert office.watcher.put(f"{URL}/stop", {"gestopt": True, **WHY}).document["gestopt"]
    assert office.pointer()["gestopt"]
    for path in ("/modellen", f"/modellen/{MODEL}"):
        assert "nog geen" in office.page(Role.TOEZICHTHOUDER, path).body.decode()
    assert office.watcher.get(f"{URL}/versies").document["versies"] == []
    assert office.site.nobody().get(f"{PREFIX}/gezondheid").status == 503
