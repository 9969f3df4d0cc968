"""The whole journey of people in control, in a browser without script; every page on the way is looked at.

One story in order: each step begins where the one before ended, as a day at the office does.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.modelregister.packages import make_version
from tests.pages.looking import Visitor
from tests.pages.site import Site

MODEL, NEXT = "levensonderhoud", "1.1.0"
INVESTIGATE = 1

type Visit = Callable[..., Visitor]


def test_a_case_worker_finds_an_application_reads_its_card_and_assesses_it_against_the_score(
    visit: Visit, site: Site
) -> None:
    application = site.current(INVESTIGATE)[0]
    someone = visit("Behandelaar")
    someone.looks_well("01-start")
    someone.follow("Aanvraag zoeken")
    someone.looks_well("02-zoeken")
    someone.press("Zoeken")
    assert "Vul een nummer in." in someone.text
    someone.looks_well("03-zoeken-fout")
    someone.write("Nummer", "bestaat-niet")
    someone.write("Waarom zoekt u dit op?", "Ik behandel deze aanvraag.")
    someone.press("Zoeken")
    assert "Niets gevonden" in someone.text
    someone.looks_well("04-niets-gevonden")

    someone.write("Nummer", application["aanvraagnummer"])
    someone.press("Zoeken")
    assert someone.title == "Uitleg bij een aanvraag"
    shown = someone.text
    assert "Dit is een signaal, geen beslissing." in shown
    assert f"{application['score']:.2f}".replace(".", ",") in shown
    told = [factor["zin"] for factor in application["uitleg"]["verhogend"] + application["uitleg"]["verlagend"]]
    assert told
    assert all(sentence in shown for sentence in told)
    assert not someone.page.locator("#beoordelen input[type=radio]:checked").count()
    someone.looks_well("05-kaart")

    someone.press("Beoordeling vastleggen")
    assert "Kies een reden." in someone.text
    someone.looks_well("06-beoordeling-fout")
    someone.choose("Waar gaat de aanvraag nu heen?", "Inkomensconsulent")
    someone.choose("Volgt u het advies van het model?", "Ja")
    someone.choose("Wat is de belangrijkste reden?", "Ik weet iets wat het model niet weet.")
    someone.write("Leg het uit in uw eigen woorden", "De gemiste afspraken waren een fout van ons.")
    someone.press("Beoordeling vastleggen")
    assert "Uw route en uw antwoord passen niet bij elkaar." in someone.text
    someone.choose("Volgt u het advies van het model?", "Nee")
    someone.press("Beoordeling vastleggen")
    assert "Uw beoordeling is vastgelegd." in someone.text
    assert "De gemiste afspraken waren een fout van ons." in someone.text
    someone.looks_well("07-beoordeeld")
    someone.write("Waarom wilt u dit narekenen?", "De aanvrager vraagt of het klopt.")
    someone.press("Opnieuw berekenen")
    assert "Precies gelijk" in someone.text
    someone.looks_well("08-narekenen")


def test_who_watches_stops_the_model_and_the_next_run_is_held_until_it_is_resumed(visit: Visit, site: Site) -> None:
    watcher = visit("Toezichthouder")
    watcher.follow("Modellen")
    watcher.looks_well("10-modellen")
    watcher.follow(MODEL)
    watcher.looks_well("11-model")
    watcher.press("Model stoppen")
    assert "Vul een reden in." in watcher.text
    watcher.write("Waarom stopt u het model?", "Wij zoeken uit of de afspraken kloppen.")
    watcher.press("Model stoppen")
    assert "Dit model staat stil" in watcher.text
    watcher.looks_well("12-gestopt")

    told = _pointer(site)["model"]
    assert told["gestopt"]
    assert told["reden"] == "Wij zoeken uit of de afspraken kloppen."
    site.deliver_the_rest()
    site.command("run")
    operator = visit("Procesbeheerder")
    operator.follow("Verwerkingen")
    assert "De stopknop van het model staat aan" in operator.text
    operator.looks_well("13-aangehouden")

    watcher.write("Waarom mag het model weer aan?", "De afspraken kloppen.")
    watcher.press("Model weer aanzetten")
    assert "Dit model werkt" in watcher.text
    assert not _pointer(site)["model"]["gestopt"]
    site.command("run")
    operator.page.reload()
    assert "De stopknop van het model staat aan" not in operator.text
    operator.page.locator("tr", has_text="2026-11-19").get_by_role("link").first.click()
    assert "Afgerond." in operator.text
    operator.looks_well("14-gepubliceerd")


def test_a_held_delivery_is_released_and_one_application_is_judged_again(visit: Visit, site: Site) -> None:
    operator = visit("Procesbeheerder")
    operator.follow("Leveringen")
    operator.looks_well("20-leveringen")
    held = operator.page.locator("tr", has_text="Aangehouden").get_by_role("link").first
    held.click()
    operator.looks_well("21-levering-aangehouden")
    levering = operator.page.url
    operator.press("Levering vrijgeven")
    assert "Vul een reden in." in operator.text
    operator.looks_well("22-vrijgeven-fout")
    operator.write("Waarom kan deze levering door?", "De leverancier heeft dit uitgelegd.")
    operator.press("Levering vrijgeven")
    assert "Vrijgegeven" in operator.text
    operator.looks_well("23-vrijgegeven")
    _fail_to_finish(site, levering.rpartition("-")[2])

    operator.page.goto(levering)
    assert "Afronden zonder momentopname" in operator.text
    operator.press("Afronden zonder momentopname")
    assert "Vul een reden in." in operator.text
    operator.looks_well("23b-afronden-fout")
    operator.write("Waarom kan deze levering zonder?", "De opslag nam haar niet aan.")
    operator.press("Afronden zonder momentopname")
    assert "liet de momentopname los" in operator.text
    operator.looks_well("23c-losgelaten")
    site.command("run")
    operator.page.reload()
    assert "Een momentopname kon niet gemaakt worden" in operator.text
    operator.page.goto(levering)
    assert "Afronden zonder momentopname" not in operator.text

    operator.follow("Leveringen")
    operator.page.locator("tr", has_text="Afgerond").get_by_role("link").first.click()
    operator.write("Welke aanvragen?", "onbekend-nummer")
    operator.write("Waarom moet dit opnieuw?", "De aanvrager vroeg ernaar.")
    operator.press("Opnieuw verwerken")
    assert "Een van deze nummers staat niet in de levering." in operator.text
    operator.looks_well("24-herverwerken-fout")
    levering = operator.title.removeprefix("Levering ")
    of_it = [line for line in site.current(INVESTIGATE) if line["levering"] == levering]
    operator.write("Welke aanvragen?", of_it[0]["aanvraagnummer"])
    operator.press("Opnieuw verwerken")
    assert "Iemand vroeg erom" in operator.text
    operator.looks_well("25-herverwerkt")


def _fail_to_finish(site: Site, digest: str) -> None:
    """Let the next run publish a delivery, and fail to write its snapshot."""
    in_the_way = site.root / "momentopname" / MODEL / digest / "manifest.json"
    in_the_way.mkdir(parents=True)
    with pytest.raises(subprocess.CalledProcessError):
        site.command("run")
    in_the_way.rmdir()


def test_a_version_is_proposed_by_one_and_approved_and_used_by_another(
    visit: Visit, site: Site, next_package: None
) -> None:
    first = visit("Modelbeheerder")
    first.go(f"/modellen/{MODEL}")
    first.looks_well("30-model")
    first.write("Welke versie?", NEXT)
    first.write("Waarom is deze versie nodig?", "Een jaar nieuwe gegevens.")
    first.write("Waarom deze drempel?", "Ongeveer evenveel zaken per week.")
    first.write("Waarom wel of geen steekproef?", "De stad koos nog niet.")
    first.press("Versie voorstellen")
    assert "Een ander moet dit beoordelen" in first.text
    assert first.page.get_by_role("button", name="Goedkeuren").count() == 0
    first.looks_well("31-voorgesteld")

    second = visit("Modelbeheerder, een tweede persoon")
    second.go(f"/modellen/{MODEL}/versies/{NEXT}")
    second.looks_well("32-dossier")
    second.write("Hoeveel procent", "7")
    second.write("Waarom keurt u deze versie goed?", "Het dossier klopt.")
    second.press("Goedkeuren")
    assert "een ander percentage" in second.text
    second.looks_well("33-goedkeuren-fout")
    second.write("Hoeveel procent", "0")
    second.press("Goedkeuren")
    assert "Goedgekeurd" in second.text
    second.write("Waarom neemt u deze versie in gebruik?", "Het kan vandaag.")
    second.press("In gebruik nemen")
    assert "Actief" in second.text
    second.looks_well("34-actief")

    second.go(f"/modellen/{MODEL}/versies/1.0.0")
    second.write("Waarom neemt u deze versie weer in gebruik?", "De stad wil toch nog even wachten.")
    second.press("Weer in gebruik nemen")
    assert "Actief" in second.text
    watcher = visit("Toezichthouder")
    watcher.go(f"/modellen/{MODEL}/versies/1.0.0")
    watcher.write("Vanaf welke dag?", "1-1-2026")
    watcher.write("Tot en met welke dag?", "1-1-2100")
    watcher.write("Waarom wilt u dit weten?", "Nagaan wat deze versie beoordeelde.")
    watcher.press("Aanvragen tonen")
    assert "Beoordeelde aanvragen" in watcher.text
    watcher.looks_well("35-beoordeeld-door")


def test_an_objection_blocks_a_removal_until_it_is_closed(visit: Visit, site: Site) -> None:
    application = site.current(INVESTIGATE)[1]["aanvraagnummer"]
    person = site.person_of(application)
    worker = visit("Behandelaar")
    _find(worker, "Een aanvraagnummer", application)
    worker.write("Waarom legt u een bezwaar vast?", "De aanvrager is het er niet mee eens.")
    worker.press("Bezwaar vastleggen")
    assert worker.title == "Bezwaren"
    worker.looks_well("40-bezwaren")

    first = visit("Toezichthouder")
    _find(first, "Een klantnummer", person)
    first.looks_well("41-gevonden")
    first.follow("Verzoeken")
    first.press("Verzoek vastleggen")
    first.looks_well("42-verzoek-fout")
    for what in ("Zien wat wij van hem of haar hebben", "Weghalen wat wij van hem of haar hebben"):
        first.follow("Verzoeken")
        first.choose("Wat vraagt de persoon?", what)
        first.write("Klantnummer van de persoon", person)
        first.write("Hoe kwam het verzoek binnen?", "Per brief.")
        first.press("Verzoek vastleggen")
        first.looks_well("43-vastgelegd")
        first.choose("Wat beslist u?", "Het verzoek toewijzen")
        first.write("Waarom beslist u dit?", "De persoon is wie hij zegt te zijn.")
        first.press("Beslissing vastleggen")
        assert "Een ander voert dit uit" in first.text
        first.looks_well("44-toegewezen")

    second = visit("Toezichthouder, een tweede persoon")
    second.follow("Verzoeken")
    second.looks_well("45-verzoeken")
    second.page.locator("tr", has_text="Inzage").get_by_role("link").first.click()
    second.write("Waarom voert u dit uit?", "Het is toegewezen.")
    second.write("Klantnummer van de persoon", "een ander nummer")
    second.press("Gegevens verzamelen")
    assert "Dit nummer hoort niet bij dit verzoek." in second.text
    second.looks_well("46-verkeerd-nummer")
    second.write("Klantnummer van de persoon", person)
    second.press("Gegevens verzamelen")
    assert "Uw verzoek wordt uitgevoerd" in second.text
    second.looks_well("46-wordt-uitgevoerd")
    site.command("run")
    second.page.reload()
    second.looks_well("47-op-te-halen")
    second.write("Waarom haalt u dit op?", "Voor de persoon.")
    second.press("Gegevens tonen")
    assert "WAT WIJ OVER U BEWAREN" in second.text
    assert application in second.text
    second.looks_well("47-inzage")

    _carry_out_removal(second, person)
    assert second.title == "Er loopt een bezwaar"
    second.looks_well("48-bewaarplicht")
    worker.page.locator("th a").first.click()
    worker.press("Bezwaar afsluiten")
    worker.looks_well("49-bezwaar-fout")
    worker.choose("Hoe liep het af?", "Gegrond: de persoon kreeg gelijk")
    worker.write("Waarom sluit u het bezwaar af?", "De commissie besliste.")
    worker.press("Bezwaar afsluiten")
    assert "Dit bezwaar is afgesloten." in worker.text
    worker.looks_well("50-bezwaar-afgesloten")
    _carry_out_removal(second, person)
    assert "Uw verzoek wordt uitgevoerd" in second.text
    site.command("run")
    second.page.reload()
    assert "De gegevens zijn verwijderd" in second.text
    second.looks_well("51-verwijderd")
    assert application not in {line["aanvraagnummer"] for line in site.current(INVESTIGATE)}
    _find(worker, "Een aanvraagnummer", application)
    assert "Niets gevonden" in worker.text


def test_who_watches_reads_who_did_what(visit: Visit) -> None:
    watcher = visit("Toezichthouder")
    watcher.follow("Logboek")
    assert not watcher.page.locator("tbody").count()
    watcher.press("Logboek tonen")
    assert "Vul een reden in." in watcher.text
    watcher.write("Waarom kijkt u in het logboek?", "Wij kijken of alles klopt.")
    watcher.press("Logboek tonen")
    watcher.looks_well("60-logboek")
    newest = watcher.page.locator("tbody td").first.inner_text()
    watcher.press("Oudere gebeurtenissen")
    assert int(watcher.page.locator("tbody td").first.inner_text()) < int(newest)
    watcher.page.get_by_label("Wat gebeurde er?").select_option("model gestopt")
    watcher.write("Vanaf welke dag?", "gisteren")
    watcher.press("Logboek tonen")
    assert "vul een datum in, zoals 3-11-2026." in watcher.text
    watcher.looks_well("61-logboek-fout")
    watcher.write("Vanaf welke dag?", "1-1-2026")
    watcher.press("Logboek tonen")
    assert "Wij zoeken uit of de afspraken kloppen." in watcher.text
    assert "Uitleg bekeken" not in watcher.page.locator("tbody").inner_text()
    watcher.looks_well("62-logboek-gezocht")


@pytest.fixture
def next_package(site: Site) -> None:
    """A second version of the model beside the first."""
    make_version(site.models, NEXT, shift=0.05, date="2026-11-20")


def _find(visitor: Visitor, kind: str, number: str) -> None:
    visitor.follow("Aanvraag zoeken")
    visitor.choose("Wat voor nummer hebt u?", kind)
    visitor.write("Nummer", number)
    visitor.write("Waarom zoekt u dit op?", "Er is een vraag over.")
    visitor.press("Zoeken")


def _carry_out_removal(visitor: Visitor, person: str) -> None:
    visitor.follow("Verzoeken")
    visitor.page.locator("tr", has_text="Verwijdering").get_by_role("link").first.click()
    visitor.write("Klantnummer van de persoon", person)
    visitor.write("Waarom voert u dit uit?", "Het is toegewezen.")
    visitor.press("Gegevens verwijderen")


def _pointer(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site.root / "uitvoer" / MODEL / "actueel.json").read_text(encoding="utf-8"))
    return found
