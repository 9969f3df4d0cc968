"""The pages in docs/ say what the code does: up to date, and with a line for every code and setting."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from development.__main__ import main as development
from development.docs.delivery_example import LEVERING, description_text, example_description
from development.docs.delivery_rows import ROWS
from development.docs.delivery_specification import FORMS
from development.docs.errors import known_errors
from development.docs.pages import differing, render_pages, write_pages
from development.docs.specs import read_spec, sentence_of, shared_bounds
from shared.dataset import Kind
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.levensonderhoud.features.frame import FEATURES
from shared.levensonderhoud.select import WINDOWS
from shared.monitoring.register.columns import columns_of, features_named
from shared.settings import SETTINGS
from shared.stages.describe import read_description
from shared.stages.rules import RULES
from tests.house.repository import DOCS, ROOT, document, name_of, python_files

SCHEMA = LEVENSONDERHOUD.schema
RULE = re.compile(r"\bLEV-\d{3}\b")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def test_every_generated_page_is_up_to_date() -> None:
    assert not differing(), "run `make docs` and commit the result"


def test_a_page_that_differs_fails_the_check_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pages(tmp_path)
    (tmp_path / "bevindingen.md").write_text("# iets anders\n", encoding="utf-8")
    (tmp_path / "kenmerken" / "old_feature.md").write_text("# weg\n", encoding="utf-8")
    (tmp_path / "fouten.md").unlink()
    monkeypatch.setattr("development.docs.pages.differing", lambda: differing(tmp_path))
    monkeypatch.setattr("sys.argv", ["development", "docs", "--check"])
    assert development() == 1
    told = capsys.readouterr().err
    assert all(name in told for name in ("bevindingen.md", "kenmerken/old_feature.md", "fouten.md"))
    assert len(told.splitlines()) == 3


def test_writing_again_changes_nothing_and_removes_pages_of_features_that_are_no_more(tmp_path: Path) -> None:
    write_pages(tmp_path)
    (tmp_path / "kenmerken" / "old_feature.md").write_text("# weg\n", encoding="utf-8")
    assert write_pages(tmp_path) == ["kenmerken/old_feature.md"]
    assert write_pages(tmp_path) == []


def test_every_page_has_one_title_and_no_place_left_unfilled() -> None:
    for name, text in render_pages().items():
        assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1, name
        prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
        assert not re.findall(r"\{\w+\}", prose) or name == "instellingen.md", name


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert not broken


# The delivery specification ------------------------------------------------------------------------------------------


def test_the_example_of_the_specification_is_accepted_by_the_code_that_reads_descriptions() -> None:
    description, findings = read_description(description_text(SCHEMA).encode("utf-8"), SCHEMA)
    assert not findings
    assert description is not None
    assert [resource.name for resource in description.resources] == list(SCHEMA.tables)
    assert {resource.format for resource in description.resources} == {"csv", "parquet"}
    assert example_description(SCHEMA)["name"].endswith(LEVERING)


def test_the_specification_names_every_table_and_column_with_its_class_and_reason() -> None:
    text = render_pages()["leveringsspecificatie.md"]
    for table in SCHEMA.tables.values():
        section = text.split(f"\n### {table.name}\n")[1].split("\n### ")[0]
        for column in table.columns:
            line = next(line for line in section.splitlines() if line.startswith(f"| `{column.name}` |"))
            assert f"| {column.klasse} |" in line
            assert column.reason in line


def test_it_says_of_every_table_which_rows_and_of_every_kind_which_form() -> None:
    assert list(ROWS) == list(SCHEMA.tables)
    assert set(FORMS) == set(Kind)


def test_a_table_is_asked_for_with_a_bound_in_time_where_the_code_has_one() -> None:
    bounded = {
        name for name, asked in ROWS.items() if "peilmoment gold" in asked.periode or "in het jaar" in asked.periode
    }
    assert bounded == set(WINDOWS)


def test_it_lists_every_forbidden_column() -> None:
    never = render_pages()["leveringsspecificatie.md"].split("## Wat u nooit levert")[1].split("\n## ")[0]
    assert all(f"`{name}`" in never for name in SCHEMA.forbidden)


# Findings, errors, settings ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bevindingen.md", "leveringsspecificatie.md"])
def test_every_rule_is_documented(name: str) -> None:
    text = render_pages()[name]
    assert not [code for code in RULES if f"| {code} |" not in text]


def test_every_rule_can_fire_and_every_code_that_fires_is_a_rule() -> None:
    files = [path for path in python_files("shared") if path.stem != "rules"]
    used = {code for path in files for code in RULE.findall(path.read_text(encoding="utf-8"))}
    assert used == set(RULES)


def test_no_sentence_of_a_rule_has_a_place_for_a_value() -> None:
    places = {place for rule in RULES.values() for place in re.findall(r"\{(\w+)\}", rule.zin + rule.advies)}
    assert places <= {"plaats", "versie", "aantal", "soort", "groep", "gemeten", "laag", "hoog"}


def test_every_error_code_stands_for_one_error() -> None:
    codes = Counter(error.code for error in known_errors())
    doubled = {code: [e.name for e in known_errors() if e.code == code] for code, times in codes.items() if times > 1}
    assert not doubled


def test_every_error_is_documented_with_a_promise() -> None:
    text = render_pages()["fouten.md"]
    assert len(known_errors()) > 15
    for error in known_errors():
        assert error.promise, error.name
        assert f"| {error.code} | `{error.name}` |" in text


def test_every_error_code_that_is_raised_is_known() -> None:
    used = {
        code
        for path in python_files("shared", "development", "bulk")
        for code in re.findall(r'"(SC-\d{3})"', path.read_text(encoding="utf-8"))
    }
    assert used == {error.code for error in known_errors()}


def test_every_setting_is_documented_and_the_example_knows_no_other() -> None:
    text = (DOCS / "instellingen.md").read_text(encoding="utf-8")
    assert not [setting.variable for setting in SETTINGS if f"`{setting.variable}`" not in text]
    example = document(ROOT / "local.settings.example.json")["Values"]
    ours = {name for name in example if name.startswith("SLIMME_CHECK_")}
    assert ours <= {setting.variable for setting in SETTINGS}


def test_the_environment_is_read_in_one_place() -> None:
    readers = [
        name_of(path)
        for path in python_files("shared")
        if re.search(r"os\.environ|getenv", path.read_text(encoding="utf-8"))
    ]
    assert readers == ["shared/bootstrap/wiring.py"]


# Features ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_has_a_page_with_its_tests_and_columns(feature: str) -> None:
    text = (DOCS / "kenmerken" / f"{feature}.md").read_text(encoding="utf-8")
    spec = read_spec(feature)
    assert len(spec.tests) >= 5
    assert all(f"* {test.sentence}" in text for test in spec.tests)
    assert text.count("\n| `") >= 1


def test_every_feature_but_the_unknown_flag_is_named_by_a_column() -> None:
    unnamed = [name for number, name in enumerate(FEATURES, start=1) if not columns_of(number, SCHEMA)]
    assert unnamed == ["sum_inkomen_bruto_was_mean_imputed"]


def test_reasons_name_features_by_number() -> None:
    assert features_named("Kenmerken 5, 11 en 12.") == {5, 11, 12}
    assert features_named("Bepaalt iets; kenmerk 14 telt alleen categorie 1 tot en met 4.") == {14}
    assert features_named("Verbindt de rij met de aanvrager.") == set()


def test_a_test_reads_as_a_sentence_and_its_bounds_are_named() -> None:
    assert sentence_of("test_no_address_is_zero") == "No address is zero."
    first = read_spec("active_address_count").tests[0]
    assert first.bounds == ("REGISTER", "BEGINS", "ENDS")
    assert {each.name for each in shared_bounds()[1]} == {"REGISTER", "BEGINS", "ENDS", "YEAR_ENDS", "IN_YEAR"}
