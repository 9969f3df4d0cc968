"""The model's own log: apart from everything else, without anybody's data, and telling of failures of the model."""

import json
import re
from typing import Any

import pytest

from shared.administration import RunCounts
from shared.errors import ExplanationBroken
from shared.interventions import request_run
from shared.modellog import write_model_log
from shared.records import ResultSet
from shared.runstates import RunState
from shared.sweep import run_waiting
from tests.shell.workshop import DATASET, Workshop


def log(workshop: Workshop) -> dict[str, dict[str, Any]]:
    return {name: json.loads(data) for name, data in workshop.files("modellog").items()}


def test_a_run_leaves_one_line_about_its_model_and_none_about_people(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    ((name, line),) = log(workshop).items()
    (run,) = workshop.installation.ledger.runs(DATASET, list(RunState))
    assert name.endswith(f"{run.new.model}-{run.new.model_version}/{run.new.datum}/{run.run_id}.jsonl")
    assert (line["modeldigest"], line["fout"]) == (run.new.model_sha256, None)
    assert set(line["seconden"]) == {"kenmerken berekend", "aanvragen beoordeeld en uitgelegd"}
    text = json.dumps(line)
    assert not re.search(r":[A-Za-z0-9_-]{43}", text), "a pseudonym"
    for aanvraagnummer, persoon in workshop.sql("SELECT aanvraagnummer, persoon FROM resultaten"):
        assert aanvraagnummer not in text and (not persoon or persoon not in text)


LARGE = RunCounts(40, {"1": 12, "2": 28}, {"MODEL": 40})


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        (LARGE, ({"1": 12, "2": 28}, {"MODEL": 40})),
        (RunCounts(40, {"1": 12, "2": 28}, {"MODEL": 31, "IOAW_IOAZ": 9}), ("verborgen", "verborgen")),
        (RunCounts(40, {"1": 1, "2": 39}, {"MODEL": 40}), ("verborgen", "verborgen")),
    ],
    ids=["large", "a small reason", "one of a type"],
)
def test_with_a_small_count_no_count_by_kind_is_told(workshop: Workshop, counts: RunCounts, shown: Any) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    (run,) = workshop.installation.ledger.runs(DATASET, list(RunState))
    write_model_log(workshop.installation, run, counts)
    (line,) = log(workshop).values()
    assert line["aantal"] == 40
    assert (line["per_resultaattype"], line["per_reden"]) == shown


def test_of_a_run_again_only_the_total_is_told_and_the_first_line_stays_as_it_was(workshop: Workshop) -> None:
    """One with somebody fewer would tell, beside the first, what that person's result was."""
    workshop.deliver()
    run_waiting(workshop.installation)
    (first,) = workshop.installation.ledger.runs(DATASET, list(RunState))
    request_run(workshop.installation, "2026-11-20", None, "nagekeken")
    run_waiting(workshop.installation)
    second = next(run for run in workshop.installation.ledger.runs(DATASET, list(RunState)) if run != first)
    for run in (second, first):
        write_model_log(workshop.installation, run, LARGE)
    lines = {line["verwerking"]: line["per_resultaattype"] for line in log(workshop).values()}
    assert lines == {first.run_id: {"1": 12, "2": 28}, second.run_id: "verborgen"}


def test_an_explanation_that_does_not_add_up_is_told_to_whoever_builds_the_model(workshop: Workshop) -> None:
    workshop.deliver()

    def judge(*_: object) -> ResultSet:
        raise ExplanationBroken("The contributions do not add up.", where="rij 1")

    core = workshop.installation.core
    broken = workshop.with_(core=type(core)(**{**vars(core), "judge": judge})).installation
    assert run_waiting(broken).failed
    ((name, line),) = log(workshop).items()
    assert name.endswith("-poging-1-mislukt.jsonl") and line["fout"] == ExplanationBroken.code
    run_waiting(workshop.installation)
    assert [line["fout"] for line in log(workshop).values()].count(None) == 1


@pytest.mark.parametrize("again", [1, 2])
def test_writing_it_again_gives_the_same_bytes(workshop: Workshop, again: int) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    before = workshop.files("modellog")
    (run,) = workshop.installation.ledger.runs(DATASET, list(RunState))
    for _ in range(again):
        write_model_log(workshop.installation, run, workshop.installation.ledger.counts(run.run_id))
    assert workshop.files("modellog") == before
