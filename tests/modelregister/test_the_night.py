"""The whole way with the real stages, model and settings: propose, shadow, activate, roll back, look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from development.population.mailbox import write_mailbox
from shared import bootstrap
from shared.adapters.clock import SystemClock
from shared.bootstrap import models as office
from shared.bootstrap import wiring
from shared.cli import main
from shared.errors import FourEyesRequired, ModelPackageInvalid, RequestRefused, TransitionRefused
from shared.events import Caller
from shared.monitoring.disclosure import HIDDEN
from tests.modelregister.packages import folder_of_models, make_version

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("modelnacht")]
DATASET = "levensonderhoud"
ANNE, BRAM = Caller("oid-anne", "https"), Caller("oid-bram", "https")


@dataclass
class Night:
    """A real installation in a folder, and what its steps gave."""

    root: Path
    dossier: dict[str, Any]

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        with bootstrap.ledger(bootstrap.settings()).engine.connect() as connection:  # type: ignore[attr-defined]
            return [tuple(row) for row in connection.exec_driver_sql(query)]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Three deliveries under 1.0.0; 1.1.0 (scores lie lower) as a shadow; then active for one, and rolled back."""
    root = tmp_path_factory.mktemp("modelnacht")
    models = folder_of_models(root)
    make_version(models, "1.1.0", shift=-0.4, threshold=0.45)
    make_version(models, "1.2.0", sample_share=0.1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLIMME_CHECK_OPSLAG", str(root / "werk"))
        patch.setenv("SLIMME_CHECK_MODELLEN", str(models))
        bootstrap.let_go()
        write_mailbox(root / "werk", seed=11, day=date(2026, 11, 16))
        with pytest.MonkeyPatch.context() as earlier:  # a dossier is about months that are over
            earlier.setattr(SystemClock, "now", lambda _: datetime.now(UTC) - timedelta(days=32))
            first, *_ = bootstrap.run_waiting()
        assert not first.failed
        office.propose_model(DATASET, "1.1.0", "nieuw", "evenveel zaken", "geen steekproef", ANNE)
        with pytest.raises(FourEyesRequired):
            office.approve_model(DATASET, "1.1.0", "zelf", None, ANNE)
        office.approve_model(DATASET, "1.1.0", "gelezen", None, BRAM)
        (step,) = [step for step in office.model_version(DATASET, "1.1.0").steps if step.proposal]
        assert step.proposal is not None
        yield Night(root / "werk", json.loads(step.proposal.dossier))
    bootstrap.let_go()


def test_the_dossier_counts_what_was_published_and_judged_by_the_model(night: Night) -> None:
    ((scored,),) = night.sql("SELECT count(*) FROM actuele_resultaten WHERE score IS NOT NULL")
    compared = night.dossier["vergelijking"]
    assert abs(compared["aantal"] - scored) < 10 < scored - 40
    assert night.dossier["voorstel"]["versie"] == "1.1.0" and night.dossier["actief"]["versie"] == "1.0.0"
    assert night.dossier["redenen"] == {"drempel": "evenveel zaken", "steekproef": "geen steekproef"}
    assert night.dossier["modelkaart"]["name"] == DATASET
    lines = {line["drempel"]: line for line in compared["per_drempel"]}
    ((above,),) = night.sql("SELECT count(*) FROM actuele_resultaten WHERE score >= 0.5")
    assert lines["0.50"]["actief_aantal"] in (above - above % 10, above + -above % 10, HIDDEN)
    assert any(line["actief_aantal"] != HIDDEN for line in lines.values())


def test_the_dossier_holds_counts_in_tens_alone_and_none_below_ten(night: Night) -> None:
    def numbers(found: Any) -> Iterator[int]:
        if isinstance(found, dict):
            for value in found.values():
                yield from numbers(value)
        elif isinstance(found, list):
            for value in found:
                yield from numbers(value)
        elif isinstance(found, int) and not isinstance(found, bool):
            yield found

    compared = night.dossier["vergelijking"]
    assert {number % 10 for number in numbers(compared)} == {0}
    rows = {row["naam"]: row["aantal"] for row in compared["omslagen"]["rijen"]}
    # with the same contributions the proposal flags all that the active version flags: that is no fact about people
    assert [name for name, number in rows.items() if number == 0] == ["alleen de actieve versie markeert"]
    assert 0 not in numbers({name: found for name, found in compared.items() if name != "omslagen"})
    assert "groepen" in compared and len(compared["groepen"]) == 6


def test_a_dossier_is_a_processing_on_record(night: Night) -> None:
    told = night.sql("SELECT actor, details FROM gebeurtenissen WHERE handeling = 'modelversies vergeleken'")
    assert told[0][0] == "oid-anne" and set(json.loads(told[0][1])) == {"sha256", "actief", "van", "tot"}
    lines = list((night.root / "logboek" / DATASET / "modelvergelijking").rglob("*.jsonl"))
    people_in = {
        json.loads(line)["attributes"].get("dpl.core.data_subject_id") for line in lines[0].read_text().splitlines()
    }
    assert len(people_in) > 40


def test_a_sample_must_be_chosen_by_who_approves(night: Night) -> None:
    office.propose_model(DATASET, "1.2.0", "met steekproef", "zelfde drempel", "leren wie er niet is bekeken", ANNE)
    with pytest.raises(RequestRefused):
        office.approve_model(DATASET, "1.2.0", "gelezen", None, BRAM)
    office.approve_model(DATASET, "1.2.0", "gelezen", 0.1, BRAM)
    assert office.model_version(DATASET, "1.2.0").steps[-1].sample_share == 0.1


def test_the_shadow_scores_as_its_own_package_does_and_then_the_version_takes_over(night: Night) -> None:
    office.start_shadow(DATASET, "1.1.0", "eerst meelopen", ANNE)
    before = datetime.now(UTC)
    bootstrap.release("2026-11-19", "nagekeken")
    round_, *_ = bootstrap.run_waiting()
    assert [outcome.failure for outcome in (*round_.outcomes, *round_.shadows)] == [None] * 2
    pairs = night.sql(
        "SELECT a.aanvraagnummer, a.score, s.score, a.intercept, s.intercept, a.resultaattype, s.resultaattype, "
        "s.score >= 0.45 FROM resultaten a JOIN resultaten s ON s.aanvraagnummer = a.aanvraagnummer "
        "JOIN verwerkingen v ON v.nr = a.verwerking_nr JOIN verwerkingen w ON w.nr = s.verwerking_nr "
        "WHERE v.modelstatus = 'actief' AND w.modelstatus = 'schaduw' AND v.digest = w.digest AND a.score IS NOT NULL"
    )
    assert len(pairs) > 10
    for _, _, _, intercept, shifted, _, kind, above in pairs:
        assert shifted == pytest.approx(intercept - 0.4) and kind == (1 if above else 2)
    number = pairs[0][0]
    assert main(["explain", number, "--reden", "test"]) == 0
    current = night.sql(f"SELECT modelversie, score FROM actuele_resultaten WHERE aanvraagnummer = '{number}'")
    assert current == [("1.0.0", pairs[0][1])]

    office.activate_model(DATASET, "1.1.0", "het mag", BRAM)
    request = bootstrap.request_run("2026-11-19", [number], "bezwaar")
    bootstrap.run_waiting()
    assert night.sql(f"SELECT modelversie FROM verwerkingen WHERE run = '{request.run_id}'") == [("1.1.0",)]
    current = night.sql(f"SELECT modelversie, score FROM actuele_resultaten WHERE aanvraagnummer = '{number}'")
    assert current == [("1.1.0", pairs[0][2])]

    office.activate_model(DATASET, "1.0.0", "te veel zaken", BRAM)
    until = datetime.now(UTC) + timedelta(1)
    found = office.scored_by_version(DATASET, "1.1.0", before, until, "terugzetten", 1, 100, BRAM)
    assert [(one.aanvraagnummer, one.run_id) for one in found.applications] == [(number, request.run_id)]
    assert main(["explain", number, "--reden", "test"]) == 0  # by the package of the version that judged


def test_a_broken_active_package_judges_nothing_and_can_be_rolled_back(night: Night) -> None:
    with pytest.raises(TransitionRefused):
        office.activate_model(DATASET, "1.1.0", "toch weer", BRAM)
    office.propose_model(DATASET, "1.1.0", "toch weer", "evenveel zaken", "geen steekproef", ANNE)
    office.approve_model(DATASET, "1.1.0", "gelezen", None, BRAM)
    office.activate_model(DATASET, "1.1.0", "toch weer", BRAM)
    folder = night.root.parent / "models" / "levensonderhoud-1.1.0"
    policy = (folder / "policy.json").read_bytes()
    (folder / "policy.json").write_bytes(policy.replace(b"0.45", b"0.44"))
    wiring.loaded_package.cache_clear()
    with pytest.raises(ModelPackageInvalid):
        bootstrap.run_waiting()
    office.activate_model(DATASET, "1.0.0", "pakket is kapot", BRAM)
    assert not any(one.failed for one in bootstrap.run_waiting())
    (folder / "policy.json").write_bytes(policy)
    wiring.loaded_package.cache_clear()


def test_an_explanation_names_the_version_that_judged(night: Night, capsys: pytest.CaptureFixture[str]) -> None:
    ((number,),) = night.sql("SELECT aanvraagnummer FROM actuele_resultaten WHERE modelversie = '1.1.0'")
    assert main(["explain", number, "--reden", "test"]) == 0
    assert "1.1.0" in capsys.readouterr().out


def test_the_command_line_looks_and_decides_nothing(
    night: Night, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["model", "list"]) == 0
    assert "levensonderhoud 1.0.0: actief" in capsys.readouterr().out
    assert main(["model", "dossier", "1.2.0", "-o", str(tmp_path / "dossier.json")]) == 0
    assert json.loads((tmp_path / "dossier.json").read_text())["voorstel"]["steekproef"] == 0.1
    for wanted in ("propose", "approve", "activate", "shadow", "withdraw"):
        with pytest.raises(SystemExit):
            main(["model", wanted, "1.1.0"])
    assert main(["model", "dossier", "../../etc"]) == 1
