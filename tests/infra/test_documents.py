"""Who is called at night can type what the documents say: every command exists, and every step of every environment."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "infra").rglob("*.md")])
_CODE = re.compile(r"```.*?\n(.*?)```|`([^`\n]+)`", re.DOTALL)
TARGETS = {
    each
    for line in re.findall(r"(?m)^([a-z][a-z -]*):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    for each in line.split()
}


def _code(page: Path) -> str:
    return "\n".join(block or inline for block, inline in _CODE.findall(page.read_text(encoding="utf-8")))


def _said(pattern: str) -> list[tuple[str, str]]:
    """What the pages say, with the page."""
    return [(page.name, found) for page in PAGES for found in re.findall(pattern, _code(page))]


def test_every_make_target_in_the_documents_exists() -> None:
    said = _said(r"(?m)(?:^|[\s;&$])make ([a-z][a-z-]+)")
    assert len({target for _, target in said}) > 15
    assert not [each for each in said if each[1] not in TARGETS]


def _commands() -> list[tuple[str, ...]]:
    said = {found for _, found in _said(r"python3? -m ((?:shared|development)[a-z.]*(?: [a-z][a-z-]*)?)")}
    said |= {found for _, found in _said(r'OPDRACHT="((?:shared|development)[a-z.]* [a-z-]+)')}
    return sorted(tuple(each.split()) for each in said)


def test_the_documents_name_commands() -> None:
    assert {("shared", "verify-audit"), ("development.deploying", "removals"), ("shared", "replay")} <= set(_commands())


@pytest.mark.parametrize("command", _commands(), ids=" ".join)
def test_every_command_in_the_documents_exists(command: tuple[str, ...]) -> None:
    if command == ("shared.migrate",):  # takes no words, and would migrate
        assert (ROOT / "shared" / "migrate.py").is_file()
        return
    done = subprocess.run(
        [sys.executable, "-m", *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_link_between_the_pages_of_the_night_leads_somewhere() -> None:
    for name in ("runbook.md", "uitrol.md", "architectuur/README.md"):
        page = ROOT / "docs" / name
        for target, _, anchor in re.findall(r"\]\(([^)#:]*)(#?)([^)]*)\)", page.read_text(encoding="utf-8")):
            to = (page.parent / target).resolve() if target else page
            assert to.exists(), target
            if anchor and to.suffix == ".md":
                heads = re.findall(r"(?m)^#+ (.*)$", to.read_text(encoding="utf-8"))
                assert anchor in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}, anchor


def test_every_alarm_has_its_place_in_the_runbook() -> None:
    from development.infra.alarms import ALARMS

    table = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    assert not [name for name in ALARMS if f"`{name}`" not in table]
