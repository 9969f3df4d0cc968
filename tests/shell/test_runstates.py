"""The table of run states is complete, leads to an end from everywhere, and is what the docs show."""

from pathlib import Path

import pytest

from shared.errors import TransitionRefused
from shared.runstates import (
    FAILURES,
    PUBLISHED,
    REASON_SENTENCES,
    STATE_SENTENCES,
    TRANSITIONS,
    RunReason,
    RunState,
    check_transition,
    render_states,
    resume_reason,
)

DOCS = Path(__file__).resolve().parents[2] / "docs"


def reachable(start: RunState | None) -> set[RunState]:
    found: set[RunState] = set()
    front = {start}
    while front:
        front = {after for before in front for after in TRANSITIONS[before]} - found
        found |= {state for state in front if state is not None}
    return found


def test_every_state_and_reason_has_a_sentence_and_a_use() -> None:
    assert set(STATE_SENTENCES) == set(RunState) == set(TRANSITIONS) - {None}
    assert set(REASON_SENTENCES) == set(RunReason)
    used = {reason for steps in TRANSITIONS.values() for reasons in steps.values() for reason in reasons}
    assert used == set(RunReason)
    assert all(sentence.endswith(".") for sentence in (*STATE_SENTENCES.values(), *REASON_SENTENCES.values()))


def test_every_state_can_be_reached_and_left_for_an_end() -> None:
    assert reachable(None) == set(RunState)
    for state in RunState:
        assert state is RunState.AFGEROND or RunState.AFGEROND in reachable(state), state


def test_what_is_published_never_becomes_anything_else() -> None:
    for state in PUBLISHED:
        assert set(TRANSITIONS[state]) <= PUBLISHED


def test_nothing_is_published_without_being_claimed() -> None:
    sources = {before for before, steps in TRANSITIONS.items() if RunState.GEPUBLICEERD in steps}
    assert sources == {RunState.BEZIG, RunState.GEPUBLICEERD}


@pytest.mark.parametrize("before", [None, *RunState])
def test_only_steps_in_the_table_are_allowed(before: RunState | None) -> None:
    for after in RunState:
        for reason in RunReason:
            if reason in TRANSITIONS[before].get(after, frozenset()):
                check_transition(before, after, reason)
            else:
                with pytest.raises(TransitionRefused):
                    check_transition(before, after, reason)


def test_every_state_from_which_work_starts_knows_why() -> None:
    for before, steps in TRANSITIONS.items():
        for after in (RunState.BEZIG, RunState.GEPUBLICEERD):
            if after in steps and not (before is RunState.BEZIG and after is RunState.GEPUBLICEERD):
                assert resume_reason(before) in steps[after]


def test_a_failure_is_always_retried() -> None:
    assert TRANSITIONS[RunState.BEZIG][RunState.MISLUKT] == FAILURES
    assert RunState.BEZIG in TRANSITIONS[RunState.MISLUKT]


def test_the_docs_show_this_table() -> None:
    assert (DOCS / "verwerking-toestanden.md").read_text(encoding="utf-8") == render_states(), "run: make docs"
