"""The table of steps is complete, leads nowhere without two people, and is what the docs show."""

from pathlib import Path

import pytest

from shared.errors import TransitionRefused
from shared.modelregister.states import (
    FOUR_EYES,
    STATUS_OF,
    STATUS_SENTENCES,
    STEP_SENTENCES,
    TRANSITIONS,
    VersionStatus,
    VersionStep,
    render_version_states,
    status_after,
    step_to_active,
)

DOCS = Path(__file__).resolve().parents[2] / "docs"


def ways(before: VersionStatus | None, gone: tuple[VersionStep, ...] = ()) -> list[tuple[VersionStep, ...]]:
    """Return every way to the active status in which no step is taken twice."""
    found = []
    for step, after in TRANSITIONS[before].items():
        if step not in gone:
            way = (*gone, step)
            found += [way] if after is VersionStatus.ACTIEF else ways(after, way)
    return found


def test_every_status_and_step_has_a_sentence_and_a_use() -> None:
    assert set(STATUS_SENTENCES) == set(VersionStatus) == set(TRANSITIONS) - {None}
    assert set(STEP_SENTENCES) == set(VersionStep) == set(STATUS_OF)
    assert all(sentence.endswith(".") for sentence in (*STATUS_SENTENCES.values(), *STEP_SENTENCES.values()))


def test_a_step_always_leads_to_the_same_status() -> None:
    for steps in TRANSITIONS.values():
        assert all(STATUS_OF[step] is after for step, after in steps.items())


def test_no_version_becomes_active_or_a_shadow_without_a_decision_by_another() -> None:
    for way in ways(None):
        assert way[0] is VersionStep.EERSTE_VERSIE or VersionStep.GOEDKEUREN in way
    assert VersionStep.GOEDKEUREN in FOUR_EYES
    assert {before for before, steps in TRANSITIONS.items() if VersionStep.SCHADUW_BEGINNEN in steps} == {
        VersionStatus.GOEDGEKEURD
    }


def test_only_another_version_ends_the_active_one() -> None:
    assert set(TRANSITIONS[VersionStatus.ACTIEF]) == {VersionStep.VERVANGEN}


def test_every_status_can_lead_to_active_again() -> None:
    for status in VersionStatus:
        assert status is VersionStatus.ACTIEF or ways(status), status


@pytest.mark.parametrize("before", [None, *VersionStatus])
def test_only_steps_in_the_table_are_allowed(before: VersionStatus | None) -> None:
    for step in VersionStep:
        if step in TRANSITIONS[before]:
            assert status_after(before, step) is TRANSITIONS[before][step]
        else:
            with pytest.raises(TransitionRefused):
                status_after(before, step)


def test_an_earlier_version_is_put_back_and_a_new_one_activated() -> None:
    assert step_to_active(VersionStatus.UIT_GEBRUIK) is VersionStep.TERUGZETTEN
    assert step_to_active(VersionStatus.GOEDGEKEURD) is VersionStep.ACTIVEREN
    assert step_to_active(VersionStatus.SCHADUW) is VersionStep.ACTIVEREN


def test_the_docs_show_this_table() -> None:
    text = (DOCS / "modelversie-toestanden.md").read_text(encoding="utf-8")
    assert text == render_version_states(), "run: make docs"
