"""A name that somebody else chose is shown as a name: it moves no cursor, hides no line and makes up no other one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from shared.cli import main
from shared.cli.findings import print_findings
from shared.cli.plain import plain
from shared.cli.run import _show_progress
from shared.records import Finding, Severity
from shared.sweep import Progress
from shared.usecases import datasets
from tests.cli.conftest import ROOT, shared_in

FORGED = "2026-11-20\x1b[2J\n2026-11-21: afgerond. De resultaten zijn gepubliceerd."
SHOWN = "2026-11-20?[2J?2026-11-21: afgerond. De resultaten zijn gepubliceerd."


def folder(storage: Path, name: str) -> Path:
    made = storage / "brievenbus" / datasets()[0] / name
    made.mkdir(parents=True)
    return made


def test_a_delivery_that_is_not_complete_forges_no_line(tmp_path: Path) -> None:
    (folder(tmp_path, FORGED) / "diensten.csv").write_text("x")
    ran = shared_in(tmp_path, "run")
    assert "\x1b" not in ran.stdout + ran.stderr
    assert f"{SHOWN}: nog niet compleet" in ran.stdout
    assert not any(line.startswith("2026-11-21") for line in ran.stdout.splitlines())


def test_nor_does_one_that_is_rejected(tmp_path: Path) -> None:
    (folder(tmp_path, FORGED) / "datapackage.json").write_text('{"\\u001b[31m": 1}')
    ran = shared_in(tmp_path, "run")
    assert "\x1b" not in ran.stdout + ran.stderr
    assert f"{SHOWN}: afgekeurd" in ran.stdout
    assert not any(line.startswith("2026-11-21") for line in (ran.stdout + ran.stderr).splitlines())


def test_the_bar_that_tells_how_far_it_is_shows_it_alike(capsys: pytest.CaptureFixture[str]) -> None:
    _show_progress(Progress(0, 2, FORGED))
    said = capsys.readouterr().err
    assert SHOWN in said and "\x1b" not in said and "\n" not in said


def test_a_finding_with_a_name_of_the_supplier_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    found = Finding("LEV-000", Severity.AFKEUREN, f"Zin {FORGED}.", f"Advies {FORGED}.", FORGED, FORGED)
    print_findings([found])
    said = capsys.readouterr().out
    assert "\x1b" not in said and len(said.splitlines()) == 2


def test_an_error_about_a_folder_of_that_name_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / FORGED)]) != 0
    said = capsys.readouterr().err
    assert SHOWN in said and "\x1b" not in said and len(said.splitlines()) == 1


def test_what_is_shown_as_itself_stays_as_it_is() -> None:
    assert plain("Zürich – 2026-11-20 (é)") == "Zürich – 2026-11-20 (é)"
    assert plain("a\u202eb\u2028c\x9bd\r\t\ud800") == "a?b?c?d???"


def test_every_name_of_a_delivery_that_a_command_prints_is_made_plain() -> None:
    for path in sorted((ROOT / "shared" / "cli").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        shown = [
            node
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "print"
            for value in ast.walk(call)
            if isinstance(value, ast.FormattedValue)
            for node in [ast.unparse(value.value)]
        ]
        assert not [text for text in shown if "levering" in text and not text.startswith("plain(")], path.name
