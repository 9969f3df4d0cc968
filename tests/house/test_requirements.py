"""What is installed is pinned by its hash from wherever the machine says, and the two commands of the README exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.repository import ROOT

COMPILED = ("requirements.txt", "requirements-dev.txt")
SOURCES = ("requirements.in", "requirements-dev.in")
NEVER_DEPLOYED = ("interpret-core", "scikit-learn", "scipy", "joblib", "pytest", "ruff", "mypy", "hypothesis")
PINNED = re.compile(r"(?m)^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[a-z,]+\])?==([^\s;\\]+)")


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*COMPILED, *SOURCES])
def test_no_index_is_named(name: str) -> None:
    told = "\n".join(line for line in _text(name).splitlines() if not line.lstrip().startswith("#"))
    assert not re.search(r"index-url|find-links|trusted-host|--pre\b|https?://|\bgit\+", told)


@pytest.mark.parametrize("name", COMPILED)
def test_every_requirement_has_its_version_and_hashes(name: str) -> None:
    joined = _text(name).replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    loose = [line.split()[0] for line in lines if not PINNED.match(line) or "--hash=sha256:" not in line]
    assert lines
    assert not loose


def test_run_time_has_the_same_versions_in_both_files() -> None:
    run_time, all_of_it = (dict(PINNED.findall(_text(name))) for name in COMPILED)
    assert run_time.items() <= all_of_it.items()


def test_training_and_testing_tools_are_not_deployed() -> None:
    assert not set(NEVER_DEPLOYED) & dict(PINNED.findall(_text("requirements.txt"))).keys()


@pytest.mark.parametrize("name", COMPILED)
def test_everything_that_is_asked_for_is_pinned(name: str) -> None:
    source = _text(name.replace(".txt", ".in"))
    asked = {re.split(r"[=\[<>~! ]", line)[0] for line in source.splitlines() if line and line[0] not in "#-"}
    assert asked <= dict(PINNED.findall(_text(name))).keys()


def _commands(text: str) -> set[str]:
    return set(re.findall(r"(?m)^\$? ?make ([a-z]+)", "\n".join(re.findall(r"```.*?\n(.*?)```", text, re.DOTALL))))


def test_the_two_commands_of_the_readme_exist() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", _text("Makefile")))
    commands = _commands(_text("README.md"))
    assert {"run", "test"} <= commands
    assert commands <= targets


def test_the_readme_shows_both_commands_in_its_first_screen() -> None:
    first_screen = "\n".join(_text("README.md").splitlines()[:50])
    assert "make run" in first_screen
    assert "make test" in first_screen


def test_the_checks_of_every_change_are_make_test() -> None:
    assert "make test" in _text(".ci/run")


def test_the_licence_is_eupl_1_2_everywhere() -> None:
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in _text("LICENSE")
    assert 'license = "EUPL-1.2"' in _text("pyproject.toml")


@pytest.mark.parametrize("folder", ["development", "tests", "docs", "benchmarks", "bulk", "infra"])
def test_what_is_not_needed_at_run_time_is_not_deployed(folder: str) -> None:
    assert f"{folder}/" in _text(".funcignore").splitlines()


def test_no_secret_or_local_setting_is_committed() -> None:
    ignored = _text(".gitignore").splitlines()
    assert "local.settings.json" in ignored
    assert "/werk/" in ignored
    assert not list(Path(ROOT).glob("*.pem"))
