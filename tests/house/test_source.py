"""The source keeps the rules of the house: direction of imports, size, names, and nothing that runs data as code."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from shared import __version__
from shared.levensonderhoud import LEVENSONDERHOUD
from tests.house.repository import ROOT, document, imports_of, name_of, python_files, tree_of, written_files

LONGEST = 350
FOLDERS = ("shared", "development", "bulk")
ROLES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc", "core", "lib"}
CODE_FROM_DATA = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "jsonpickle"}
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


def _too_long(files: list[Path]) -> dict[str, int]:
    lines = {path.as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    return {name: length for name, length in lines.items() if length > LONGEST}


def test_no_file_that_somebody_wrote_is_longer_than_350_lines_tests_and_style_included() -> None:
    files = written_files()
    assert {path.relative_to(ROOT).parts[0] for path in files} >= {*FOLDERS, "tests", "infra", "function_app.py"}
    assert not _too_long(files), "split these"


def test_a_file_of_351_lines_is_found_and_what_a_machine_made_is_not(tmp_path: Path) -> None:
    for name, length in (("a.css", 351), ("b.py", 350), ("c.json", 351), ("node_modules/d.js", 351)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x\n" * length, encoding="utf-8")
    assert _too_long(written_files(tmp_path)) == {(tmp_path / "a.css").as_posix(): 351}


def test_half_of_the_files_are_150_lines_or_less() -> None:
    lengths = sorted(len(path.read_text().splitlines()) for path in python_files(*FOLDERS))
    assert lengths[len(lengths) // 2] <= 150


def test_names_are_words_of_the_domain_and_not_roles() -> None:
    files = python_files(*FOLDERS, "tests")
    assert not [name_of(path) for path in files if {path.stem, *path.relative_to(ROOT).parts} & ROLES]


def test_nothing_is_loaded_that_runs_code_on_load() -> None:
    found = {
        name_of(path): names
        for path in [*python_files(), *python_files(*FOLDERS)]
        if (names := {name.split(".")[0] for name in imports_of(path)} & CODE_FROM_DATA)
    }
    assert not found


def _calls_by_name(path: Path) -> set[str]:
    calls = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))
    return {call.func.id for call in calls if isinstance(call.func, ast.Name)}


def test_no_text_is_run_as_code() -> None:
    files = [*python_files(), *python_files(*FOLDERS)]
    assert not {name_of(path): found for path in files if (found := _calls_by_name(path) & RUNS_TEXT)}


def test_every_module_and_every_function_in_sight_says_what_it_promises() -> None:
    silent = [
        f"{name_of(path)}: {getattr(node, 'name', 'module')}"
        for path in python_files(*FOLDERS)
        for node in [tree_of(path), *tree_of(path).body]
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not getattr(node, "name", "").startswith("_")
        and not ast.get_docstring(node)
        and path.read_text().strip()
        and "migrations" not in path.parts
    ]
    assert not silent


def test_the_version_of_the_code_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project.get("version", __version__) == __version__
    places = [name_of(path) for path in python_files("shared") if "__version__ =" in path.read_text(encoding="utf-8")]
    assert places == ["shared/__init__.py"]


def test_the_threshold_stands_nowhere_in_the_code() -> None:
    policy = document(ROOT / "models" / LEVENSONDERHOUD.package / "policy.json")
    files = [*python_files(), *python_files(*FOLDERS)]
    numbers = {
        name_of(path)
        for path in files
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value == policy["threshold"]
    }
    assert not numbers
    assert policy["threshold_reason"]


def test_nothing_imports_the_triggers() -> None:
    files = python_files(*FOLDERS, "benchmarks")
    assert not [name_of(path) for path in files if "function_app" in imports_of(path)]


def test_triggers_know_bootstrap_and_nothing_else_of_ours() -> None:
    tree = tree_of(ROOT / "function_app.py")
    froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    ours = [(node.module, [alias.name for alias in node.names]) for node in froms if "shared" in str(node.module)]
    assert ours == [("shared", ["bootstrap"])]


def test_imports_go_in_one_direction() -> None:
    checked = _run(str(Path(sys.executable).parent / "lint-imports"), "--no-cache")
    assert checked.returncode == 0, checked.stdout


def test_every_module_of_the_product_is_under_the_contract_on_adapters() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    under = set(contracts["importlinter:contract:adapters"]["source_modules"].split())
    modules = {f"shared.{path.stem}" for path in (ROOT / "shared").iterdir() if _is_module(path)}
    assert modules - under == {"shared.adapters", "shared.bootstrap"}
    assert under <= modules


def _is_module(path: Path) -> bool:
    package = path.is_dir() and (path / "__init__.py").exists()
    return package or (path.suffix == ".py" and not path.stem.startswith("__"))


@pytest.mark.parametrize("check", [("check",), ("format", "--check")], ids=["rules", "format"])
def test_ruff_finds_nothing(check: tuple[str, ...]) -> None:
    checked = _run(str(Path(sys.executable).parent / "ruff"), *check, ".")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
def test_the_type_checker_finds_nothing() -> None:
    checked = _run(sys.executable, "-m", "mypy")
    assert checked.returncode == 0, checked.stdout
