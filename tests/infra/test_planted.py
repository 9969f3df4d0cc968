"""The infrastructure holds; and every planted mistake is found, with the place where to mend it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.infra.conftest import ROOT, ask
from tests.infra.mistakes_around import AROUND
from tests.infra.mistakes_with_data import WITH_DATA

pytestmark = pytest.mark.slow
MISTAKES = WITH_DATA | AROUND


def test_the_infrastructure_holds(checker: Path) -> None:
    assert ask(checker, ROOT, "problems") == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_found_in_its_place(name: str, checker: Path, copy: Path) -> None:
    mistake = MISTAKES[name]
    path = copy / mistake.file
    text = path.read_text(encoding="utf-8")
    assert mistake.old in text, "the mistake cannot be planted any more"
    path.write_text(text.replace(mistake.old, mistake.new, 1), encoding="utf-8")
    after = text[: text.index(mistake.old)].count("\n") + 2  # the line below the one where it is planted
    place = mistake.place.replace("{+1}", str(after))
    found = [line for line in ask(checker, copy, "problems") if "[tekening]" not in line or name == "an old drawing"]
    assert [line for line in found if line.startswith(place) and re.search(mistake.says, line)], found
    assert all(re.match(r"(infra|docs)/\S+:\d+: \[", line) for line in found), found
