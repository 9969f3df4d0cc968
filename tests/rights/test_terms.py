"""Every kind of data has a term with a reason; outside its bounds nothing starts, and all that is wrong is told."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shared import bootstrap
from shared.cli import main
from shared.errors import SettingsInvalid
from shared.retention.terms import DEFAULT, RETENTION_SETTINGS, TERMS, Kept, render_terms
from shared.settings import SETTINGS, read_settings
from tests.house.repository import DOCS

LOGS = (Kept.AUDIT, Kept.SYSTEEMLOG)
VARIABLE = "SLIMME_CHECK_{}".format


def test_every_kind_has_a_term_within_its_own_bounds_with_a_reason() -> None:
    assert TERMS.keys() == set(Kept)
    for term in TERMS.values():
        assert 1 <= term.least <= term.default <= term.most
        assert len(term.reason) > 40 and term.what and term.since and term.by
    assert {term.setting for term in TERMS.values()} <= {setting.name for setting in SETTINGS}


def test_logs_are_kept_for_half_a_year_at_least_and_raw_data_for_two_weeks_at_most() -> None:
    assert all(TERMS[kept].least >= 183 for kept in LOGS)
    assert all(TERMS[kept].most <= 14 for kept in (Kept.BRIEVENBUS, Kept.QUARANTAINE))


def test_without_settings_the_defaults_hold() -> None:
    assert read_settings({}).retention.days == DEFAULT.days
    assert read_settings({"SLIMME_CHECK_QUARANTAINE_DAGEN": "3"}).retention.of(Kept.QUARANTAINE) == timedelta(days=3)


@pytest.mark.parametrize("kept", list(Kept), ids=lambda kept: kept.name)
@pytest.mark.parametrize("off", ["below", "above", "text", "fraction"])
def test_a_term_outside_its_bounds_is_refused(kept: Kept, off: str) -> None:
    term = TERMS[kept]
    value = {"below": str(term.least - 1), "above": str(term.most + 1), "text": "lang", "fraction": "30.5"}[off]
    with pytest.raises(SettingsInvalid, match=term.setting):
        read_settings({VARIABLE(term.setting): value})


def test_everything_wrong_is_told_at_once_without_the_values() -> None:
    wrong = {VARIABLE(term.setting): "99999" for term in TERMS.values()} | {VARIABLE("VERWIJDER_IDENTITEIT"): "ik"}
    with pytest.raises(SettingsInvalid) as told:
        read_settings(wrong)
    assert all(name in str(told.value) for name in wrong)
    assert "99999" not in str(told.value)


@pytest.mark.parametrize(
    ("shorter", "longer", "days"),
    [(Kept.MOMENTOPNAME, Kept.RESULTATEN, ("500", "300")), (Kept.RESULTATEN, Kept.AUDIT, ("900", "500"))],
    ids=["a snapshot without its results", "results without the trail"],
)
def test_what_refers_to_something_does_not_outlive_it(shorter: Kept, longer: Kept, days: tuple[str, str]) -> None:
    given = {VARIABLE(TERMS[kept].setting): number for kept, number in zip((shorter, longer), days, strict=True)}
    given.setdefault("SLIMME_CHECK_BEWAAR_MOMENTOPNAME_DAGEN", "200")
    with pytest.raises(SettingsInvalid, match=TERMS[shorter].setting):
        read_settings(given)


def test_the_page_tells_every_term_with_its_bounds_and_reason() -> None:
    page = render_terms()
    assert (DOCS / "bewaartermijnen.md").read_text(encoding="utf-8") == page
    for term in TERMS.values():
        assert f"| {term.default} | {term.least} tot {term.most} |" in page and term.reason in page


def test_on_sqlite_the_app_removes_itself_and_on_postgresql_another_identity_must() -> None:
    assert read_settings({}).retention.database.startswith("sqlite:///")
    given = {VARIABLE("DATABASE"): "postgresql+psycopg://app:x@h/d"}
    assert read_settings(given).retention.database == ""
    purging = {**given, VARIABLE("VERWIJDER_DATABASE"): "postgresql+psycopg://weg:geheim@h/d"}
    assert read_settings(purging).retention.database.endswith("weg:geheim@h/d")
    assert "geheim" not in repr(read_settings(purging).retention)
    with pytest.raises(SettingsInvalid, match="VERWIJDER_DATABASE"):
        read_settings({**given, VARIABLE("VERWIJDER_DATABASE"): "sqlite:////elders"})


def test_where_nobody_may_remove_the_round_says_so() -> None:
    from shared.adapters.chosen import remover_of

    config = read_settings({})
    with pytest.raises(SettingsInvalid, match="VERWIJDER_DATABASE"):
        remover_of(replace(config, retention=replace(config.retention, database="")), None)  # type: ignore[arg-type]


def test_settings_of_retention_are_no_part_of_what_a_run_is() -> None:
    assert read_settings({}).digest() == read_settings({"SLIMME_CHECK_BEWAAR_AUDIT_DAGEN": "800"}).digest()
    assert len({setting.name for setting in RETENTION_SETTINGS}) == len(RETENTION_SETTINGS)


def test_the_command_says_what_went_and_where_the_proof_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLIMME_CHECK_OPSLAG", str(tmp_path))
    bootstrap.let_go()
    try:
        assert main(["purge"]) == 0
        assert "Er is niets" in capsys.readouterr().out
        stray = tmp_path / "brievenbus" / "levensonderhoud" / "2020-01-01" / "los.csv"
        stray.parent.mkdir(parents=True)
        stray.write_bytes(b"x")
        os.utime(stray, (0, 0))
        assert main(["purge"]) == 0
        out = capsys.readouterr().out
        assert "brievenbus: 1" in out and "logboek/verwijderingen/" in out
        assert not stray.exists()
        assert main(["verify-audit"]) == 0
    finally:
        bootstrap.let_go()
