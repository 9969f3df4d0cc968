"""What people write about an algorithm: a feature needs its reason, a figure may not be typed, nothing is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.levensonderhoud.features.frame import FEATURES
from shared.monitoring.register.text import FILE, RegisterTextInvalid, fill, read_text
from shared.usecases import register_folder
from tests.house.repository import ROOT

HOME = ROOT / "shared" / "levensonderhoud" / "register"


def _changed(folder: Path, change: Callable[[str], str]) -> Path:
    text = (HOME / FILE).read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    (folder / FILE).write_text(changed, encoding="utf-8")
    return folder


def test_every_feature_of_the_model_has_a_recorded_reason() -> None:
    found = read_text(HOME, FEATURES)
    assert set(found.features) == set(FEATURES)
    assert all(len(each.why) > 40 and len(each.what) > 20 for each in found.features.values())
    assert len({each.why for each in found.features.values()}) == len(FEATURES)


def test_a_feature_without_a_reason_is_refused_by_its_name(tmp_path: Path) -> None:
    def without(text: str) -> str:
        begin = text.index("waarom = ", text.index("[kenmerken.has_partner]"))
        return text[:begin] + text[text.index("\n", begin) + 1 :]

    with pytest.raises(RegisterTextInvalid, match="feature has_partner has no waarom"):
        read_text(_changed(tmp_path, without), FEATURES)


def test_a_new_feature_without_a_reason_is_refused() -> None:
    with pytest.raises(RegisterTextInvalid, match="feature neighbourhood has no waarom"):
        read_text(HOME, (*FEATURES, "neighbourhood"))


def test_a_reason_for_what_the_model_does_not_use_is_refused() -> None:
    with pytest.raises(RegisterTextInvalid, match="feature has_partner is not one of the model"):
        read_text(HOME, [name for name in FEATURES if name != "has_partner"])


@pytest.mark.parametrize("figure", ["0,63", "in 2026", "15 kenmerken"])
def test_a_typed_figure_is_refused(tmp_path: Path, figure: str) -> None:
    typed = _changed(tmp_path, lambda text: text.replace("Wat merkt u ervan?", f"Wat merkt u ervan? {figure}"))
    with pytest.raises(RegisterTextInvalid, match=r"register\.goal holds a figure"):
        read_text(typed, FEATURES)


def test_an_article_of_a_law_may_have_its_number(tmp_path: Path) -> None:
    read_text(_changed(tmp_path, lambda text: text.replace("Wat merkt u ervan?", "Zie artikelen 7 en 53a.")), FEATURES)


@pytest.mark.parametrize("section", ["publiek", "verwerking", "register"])
def test_a_forgotten_section_is_told(tmp_path: Path, section: str) -> None:
    with pytest.raises(RegisterTextInvalid, match=section):
        read_text(_changed(tmp_path, lambda text: text.replace(f"[{section}]", f"[{section}x]")), FEATURES)


def test_a_file_that_is_no_toml_or_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegisterTextInvalid, match="FileNotFoundError"):
        read_text(tmp_path, FEATURES)
    (tmp_path / FILE).write_text("dit is [geen toml", encoding="utf-8")
    with pytest.raises(RegisterTextInvalid, match="TOMLDecodeError"):
        read_text(tmp_path, FEATURES)


def test_a_place_without_a_fact_is_refused_and_others_are_filled_everywhere() -> None:
    assert fill({"a": ["{een} ", {"b": "{twee}"}], "c": 3}, {"een": "1", "twee": "2"}) == {
        "a": ["1", {"b": "2"}],
        "c": 3,
    }
    with pytest.raises(RegisterTextInvalid, match="drie"):
        fill("{drie}", {"een": "1"})


def test_a_use_case_is_registered_by_its_folder() -> None:
    assert register_folder("levensonderhoud") == HOME
    assert register_folder("monitoring") is None
