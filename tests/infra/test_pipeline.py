"""The pipelines: thin around make, in the right order, each environment behind its approval, and back when it fails."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from development.infra.environments import ENVIRONMENTS
from tests.infra.conftest import ROOT

DEPLOY = ROOT / "tools" / "deploy.sh"
ORDER = ["package-before", "provision", "migrate", "deploy", "events", "health"]
OUTPUTS = ("databaseHost", "appName", "purgeName", "appPrincipal", "purgePrincipal", "mailboxAccount", "outputAccount")
OUTPUTS += ("hostAccount", "location", "webAddress")
PEOPLE = '{"leverancier": "l", "dataverkenner": "11111111-1111-4111-8111-111111111111"}'


def _read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pipeline() -> dict[str, Any]:
    found: dict[str, Any] = _read("azure-pipelines.yml")
    return found


@pytest.fixture(scope="module")
def environment() -> dict[str, Any]:
    found: dict[str, Any] = _read("infra/pipelines/environment.yml")
    return found


def _commands(steps: list[Any]) -> list[str]:
    """The make targets of these steps, in order; those of a condition are taken along."""
    found: list[str] = []
    for step in steps:
        for key, value in step.items():
            if key.startswith("${{ if"):
                found += _commands(value)
        text = str(step.get("script") or step.get("inputs", {}).get("inlineScript") or "")
        found += re.findall(r"(?m)^make ([a-z-]+)", text)
    return found


def _steps(environment: dict[str, Any], which: str) -> list[Any]:
    (stage,) = environment["stages"]
    (job,) = stage["jobs"]
    once = job["strategy"]["runOnce"]
    steps: list[Any] = once["deploy"]["steps"] if which == "deploy" else once[True]["failure"]["steps"]  # YAML 1.1: on
    return steps


def test_every_command_is_a_make_target(pipeline: dict[str, Any], environment: dict[str, Any]) -> None:
    targets = set(re.findall(r"(?m)^([a-z -]+):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8")))
    known = {each for line in targets for each in line.split()}
    used = [
        command
        for stage in pipeline["stages"]
        if "jobs" in stage
        for job in stage["jobs"]
        for command in _commands(job["steps"])
    ]
    used += _commands(_steps(environment, "deploy")) + _commands(_steps(environment, "failure"))
    assert used
    assert set(used) <= known


def test_first_the_tests_then_the_package_then_the_environments_one_after_another(pipeline: dict[str, Any]) -> None:
    test, package, *templates = pipeline["stages"]
    assert _commands(test["jobs"][0]["steps"]) == ["test", "infra-check"]
    assert (package["dependsOn"], _commands(package["jobs"][0]["steps"])) == ("test", ["package", "package-test"])
    said = [each["parameters"] for each in templates]
    assert tuple(each["omgeving"] for each in said) == ENVIRONMENTS
    assert [each["after"] for each in said] == ["package", *ENVIRONMENTS[:-1]]
    assert [each["invented"] for each in said] == [True, True, True, False], "nothing invented in productie"


def test_an_environment_is_migrated_before_it_gets_code_and_tried_after(environment: dict[str, Any]) -> None:
    commands = _commands(_steps(environment, "deploy"))
    assert commands == [*ORDER, "smoke-deliver", "smoke-read"]
    assert commands.index("package-before") < commands.index("migrate"), (
        "nothing is changed under code that cannot live"
    )
    (condition,) = [key for step in _steps(environment, "deploy") for key in step if key.startswith("${{ if")]
    assert condition == "${{ if parameters.invented }}"


def test_every_environment_waits_for_approval(environment: dict[str, Any]) -> None:
    (stage,) = environment["stages"]
    (job,) = stage["jobs"]
    assert job["environment"] == "slimme-check-${{ parameters.omgeving }}"
    assert stage["dependsOn"] == "${{ parameters.after }}"
    assert "succeeded()" in stage["condition"] and "refs/heads/main" in stage["condition"]


def test_a_failure_brings_the_package_before_back(environment: dict[str, Any]) -> None:
    assert _commands(_steps(environment, "failure")) == ["rollback", "health"]
    for steps in (_steps(environment, "failure"), _steps(environment, "deploy")):
        (fetched,) = [step for step in steps if str(step.get("task")).startswith("DownloadPipelineArtifact")]
        assert fetched["inputs"]["tags"] == "gelukt-${{ parameters.omgeving }}", "one that worked there"
        after = steps[steps.index(fetched) + 1]
        assert _commands([after])[0] in ("rollback", "package-before")
        for step in (fetched, after):
            assert "ne(variables['EERSTE_KEER'], 'ja')" in step["condition"], "the first time there is none"
    tagged = [step["script"] for step in _steps(environment, "deploy") if "addbuildtag" in str(step.get("script"))]
    assert tagged == ['echo "##vso[build.addbuildtag]gelukt-${{ parameters.omgeving }}"']


def test_each_step_signs_in_as_who_does_it(environment: dict[str, Any]) -> None:
    found = {}
    steps = _steps(environment, "deploy") + _steps(environment, "failure")
    conditional = [each for step in steps for key, value in step.items() if key.startswith("${{") for each in value]
    for step in [*steps, *conditional]:
        if str(step.get("task", "")).startswith("AzureCLI"):
            (command,) = _commands([step])
            found[command] = step["inputs"]["azureSubscription"].rpartition("-")[2]
    assert found == {
        **dict.fromkeys(("provision", "deploy", "events", "rollback"), "uitrol"),
        "migrate": "migratie",
        "smoke-deliver": "leverancier",
        "smoke-read": "dataverkenner",
    }


def test_no_file_of_the_pipelines_holds_a_secret() -> None:
    for name in ("azure-pipelines.yml", "infra/pipelines/environment.yml", "tools/deploy.sh"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"(?i)password|accountkey|sig=|client.?secret|[0-9a-f]{8}-[0-9a-f]{4}-", text), name


# --- the steps themselves, with an az that only writes down what it is asked -----------------------------------------
@pytest.fixture
def az(tmp_path: Path) -> Path:
    """A folder with an `az` and a `python` that note how they are called; an output is its own name."""
    (tmp_path / "package.zip").write_bytes(b"zip")
    outputs = json.dumps({name: {"value": name} for name in OUTPUTS})
    state = f'cat "{tmp_path}/state" 2>/dev/null || true'
    for name, answer in (
        ("az", f"case \"$*\" in *policy*) {state} ;; *'account list'*) {state} ;; *query*) echo '{outputs}' ;; esac"),
        ("python3.13", f'case "$1" in -c) exec {sys.executable} "$@" ;; esac'),
    ):
        tool = tmp_path / name
        tool.write_text(f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >> "{tmp_path}/asked"\n{answer}\n', encoding="utf-8")
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def _run(az: Path, step: str, environment: str = "test", **more: str) -> tuple[int, list[str], str]:
    for name in ("infra/parameters", "tools"):
        shutil.copytree(ROOT / name, az / name, dirs_exist_ok=True)
    given = {"PATH": f"{az}:{os.environ['PATH']}", "GROEP": "rg", "OMGEVING": environment, "MENSEN": PEOPLE, **more}
    given |= {
        "PAUZE": "0",
        "APP_REGISTRATIE": "reg",
        "ALARMADRES": "a@b",
        "WEBADRES": "https://w",
        "DATAVERKENNER": "dv",
    }
    given |= {"PYTHON": str(az / "python3.13"), "PAKKET": more.get("PAKKET", str(az / "package.zip"))}
    done = subprocess.run(["sh", DEPLOY, step], cwd=az, env=given, capture_output=True, text=True, check=False)
    asked = az / "asked"
    return done.returncode, asked.read_text(encoding="utf-8").splitlines() if asked.exists() else [], done.stderr


def test_the_infrastructure_comes_from_the_files_of_the_environment(az: Path) -> None:
    code, asked, told = _run(az, "provision")
    assert code == 0, told
    (made,) = [line for line in asked if "create" in line]
    assert "--template-file infra/main.bicep --parameters @infra/parameters/test.json" in made
    assert "auditLocked=false" in made
    assert json.loads((az / "werk" / "uitrol-test.json").read_text())["appName"] == {"value": "appName"}


def test_a_policy_that_somebody_locked_is_left_alone(az: Path) -> None:
    (az / "state").write_text("Locked\n")
    code, asked, told = _run(az, "provision")
    assert code == 0, told
    assert [line for line in asked if "create" in line and "auditLocked=true" in line]


@pytest.mark.parametrize("step", ["migrate", "smoke-deliver", "smoke-read", "health"])
def test_who_migrates_or_tries_asks_nothing_of_the_deployment(az: Path, step: str) -> None:
    """Those identities may see no deployment; what was made stands in a file."""
    code, asked, told = _run(az, step)
    assert code != 0 and "first make provision" in told and asked == []
    _run(az, "outputs")
    before = len((az / "asked").read_text(encoding="utf-8").splitlines())
    code, asked, told = _run(az, step)
    assert code == 0, told
    assert not [line for line in asked[before:] if line.startswith("az")]


def test_roles_that_do_not_count_yet_are_waited_for(az: Path) -> None:
    _run(az, "outputs")
    tool = az / "az"
    script = tool.read_text(encoding="utf-8")
    tool.write_text(script + f'\n[ "$(grep -c events.bicep "{az}/asked")" -ge 3 ]\n', encoding="utf-8")
    code, asked, told = _run(az, "events")
    assert code == 0, told
    assert len([line for line in asked if "events.bicep" in line]) == 3


def test_a_migration_signs_in_as_the_migration_and_then_lets_the_others_in(az: Path) -> None:
    _run(az, "outputs")
    code, asked, told = _run(az, "migrate")
    assert code == 0, told
    ours = [line for line in asked if line.startswith("python3.13 -m")]
    assert ours[0] == "python3.13 -m shared.migrate"
    assert ours[-1].startswith("python3.13 -m development.deploying grant app=id-slimme-check-app-test:")
    assert "verwijder=id-slimme-check-verwijder-test:" in ours[-1] and "dataverkenner=dv:" in ours[-1]


def test_both_apps_get_the_same_package_without_a_build(az: Path) -> None:
    _run(az, "outputs")
    code, asked, told = _run(az, "code")
    assert code == 0, told
    sent = [line for line in asked if "config-zip" in line]
    assert len(sent) == 2
    assert all(f"--src {az / 'package.zip'} --build-remote false" in line for line in sent)


def test_a_step_without_its_package_or_environment_stops(az: Path) -> None:
    assert _run(az, "code", PAKKET=str(az / "niets.zip"))[0] != 0
    assert _run(az, "provision", environment="elders")[0] != 0
    assert _run(az, "onbekend")[0] != 0


@pytest.mark.parametrize("step", ["smoke-deliver", "smoke-read"])
def test_nothing_invented_reaches_production(az: Path, step: str) -> None:
    code, asked, told = _run(az, step, environment="productie")
    assert code != 0 and asked == []
    assert "Nothing invented" in told
