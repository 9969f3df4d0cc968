"""`python -m shared register`: what it writes, twice the same, and what it says when the text is wrong."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

from development.docs.specs import read_spec
from development.docs.stored_facts import DUTCH, differing_facts, stored_facts, write_facts
from shared.levensonderhoud.features.frame import FEATURES
from tests.cli.conftest import shared_in
from tests.house.repository import ROOT


def test_it_writes_entries_papers_and_pages_and_twice_the_same(tmp_path: Path, files: dict[str, bytes]) -> None:
    for folder in ("een", "twee"):
        ran = shared_in(tmp_path / "werk", "register", "-o", str(tmp_path / folder))
        assert ran.returncode == 0, ran.stderr
    first, second = (
        {path.relative_to(tmp_path / folder).as_posix(): path.read_bytes() for path in _files(tmp_path / folder)}
        for folder in ("een", "twee")
    )
    assert first == second == files
    assert json.loads(first["algoritmeregister/levensonderhoud.json"])["standard_version"] == "1.0"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_it_looks_and_makes_no_administration(tmp_path: Path) -> None:
    assert shared_in(tmp_path / "werk", "register", "-o", str(tmp_path / "uit")).returncode == 0
    assert not (tmp_path / "werk").exists()


def test_with_an_administration_it_tells_of_the_package_that_judges(tmp_path: Path, files: dict[str, bytes]) -> None:
    assert shared_in(tmp_path / "werk", "run").returncode == 0  # makes the administration
    ran = shared_in(tmp_path / "werk", "register", "-o", str(tmp_path / "uit"))
    assert ran.returncode == 0, ran.stderr
    for name, content in files.items():
        assert (tmp_path / "uit" / name).read_bytes() == content


# What is stored for it -----------------------------------------------------------------------------------------------


def test_what_development_stored_is_up_to_date() -> None:
    assert differing_facts() == [], "run `make docs` and commit the result"


def test_a_stored_file_that_differs_is_named_and_written_again(tmp_path: Path) -> None:
    for name in stored_facts():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    changed = tmp_path / next(iter(stored_facts()))
    changed.write_text("{}", encoding="utf-8")
    assert differing_facts(tmp_path) == [changed.relative_to(tmp_path).as_posix()]
    assert write_facts(tmp_path) == [changed.relative_to(tmp_path).as_posix()]
    assert differing_facts(tmp_path) == []


def test_every_test_of_a_feature_has_a_dutch_sentence_and_no_sentence_is_left_over() -> None:
    dutch = tomllib.loads(DUTCH.read_text(encoding="utf-8"))
    shown = {test.sentence for name in FEATURES for test in read_spec(name).tests}
    assert shown == dutch.keys()
    assert all(sentence.endswith(".") and sentence != english for english, sentence in dutch.items())


def test_the_stored_example_is_of_nobody() -> None:
    stored = json.loads(stored_facts()["shared/levensonderhoud/register/voorbeeld.json"])
    assert set(stored) == {"sha256", "score", "peilmoment", "verhogend", "verlagend", "onbekend"}
    assert stored["verhogend"]
    assert stored["verlagend"]
