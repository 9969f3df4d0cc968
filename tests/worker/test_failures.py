"""What the platform hears of a failure, and that one failure does not keep other work from being done."""

import traceback

import pytest

from shared.errors import KeyUnavailable, LedgerUnavailable
from shared.runs import Outcome
from shared.triggers import TriggerFailed, one_after_another, told_to_platform


def _heard(cause: Exception) -> str:
    with pytest.raises(TriggerFailed) as heard, told_to_platform():
        raise cause
    return "".join(traceback.format_exception(heard.value))


def test_a_foreign_error_is_told_by_code_alone() -> None:
    told = _heard(ValueError("kanarie 123456782"))
    assert "TriggerFailed: SC-900: " in told
    assert "kanarie 123456782" not in told.replace('ValueError("kanarie 123456782")', "")


def test_a_foreign_error_is_logged_by_its_type_and_place_alone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"), pytest.raises(TriggerFailed), told_to_platform():
        raise ValueError("kanarie 123456782")
    assert "SC-900" in caplog.text and "ValueError" in caplog.text
    assert "kanarie" not in caplog.text


def test_an_error_of_ours_is_told_without_where_it_happened() -> None:
    told = _heard(KeyUnavailable("The key is gone.", where="/geheim/kanarie", next_step="Put it back."))
    assert told.splitlines()[-1].endswith("TriggerFailed: SC-300: Put it back.")


def test_an_error_without_a_next_step_points_to_the_log() -> None:
    assert _heard(LedgerUnavailable("Away.")).splitlines()[-1].endswith("SC-500: See the log.")


def test_all_work_is_done_and_the_first_failure_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    done = []

    def breaks() -> list[Outcome]:
        done.append("breaks")
        raise ValueError("kanarie")

    def fails() -> list[Outcome]:
        done.append("fails")
        return [Outcome("2026-11-20"), Outcome("2026-11-21", failure=KeyUnavailable("x", next_step="y"))]

    def works() -> list[Outcome]:
        done.append("works")
        return []

    with pytest.raises(TriggerFailed, match="SC-300: y"):
        one_after_another([fails, breaks, works])
    assert done == ["fails", "breaks", "works"]
    assert "kanarie" not in caplog.text
    one_after_another([works])
