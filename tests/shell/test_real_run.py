"""The whole job with the real stages, model and adapters, by way of bootstrap: what a person has after a night."""

import csv
import io
import json
import math
import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from development.population.mailbox import write_mailbox
from shared import bootstrap
from shared.bootstrap import people
from shared.errors import NotKnown, RequestRefused
from shared.people.records import Hit, NumberKind
from shared.people.replay import Verdict
from shared.runstates import RunState
from shared.stages.pseudonym import Pseudonymiser
from shared.sweep import Round

pytestmark = pytest.mark.xdist_group("nacht")  # one night serves all
DAYS = [f"2026-11-{day}" for day in range(16, 21)]
HOME = "uitvoer/levensonderhoud"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Round, set[str]]]:
    """A night of five deliveries; with what they held that may not be kept: the numbers of people."""
    root = tmp_path_factory.mktemp("nacht")
    write_mailbox(root, seed=11, day=date(2026, 11, 16))
    numbers = numbers_of_people(root / "brievenbus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLIMME_CHECK_OPSLAG", str(root))
        bootstrap.let_go()
        round_, *_ = bootstrap.run_waiting()
        yield root, round_, numbers
    bootstrap.let_go()


def numbers_of_people(mailbox: Path) -> set[str]:
    """The person numbers in every table of every delivery, those that cannot be mistaken for something else."""
    columns = ("subjectnrklant", "persoonnr", "subjectnr", "subjectnrrelatie", "administratienummer")
    found: set[str] = set()
    for path in mailbox.rglob("*.*"):
        if path.suffix == ".parquet":
            for name, values in pq.read_table(path).to_pydict().items():
                found |= {str(value) for value in values if name in columns}
        elif path.suffix == ".csv":
            text = path.read_text(encoding="utf-8")
            delimiter = ";" if ";" in text.partition("\n")[0] else ","
            for row in csv.DictReader(io.StringIO(text), delimiter=delimiter):
                found |= {value for name, value in row.items() if name in columns and value}
    return {number for number in found if re.fullmatch(r"\d{7,}", number)}


def readable(path: Path) -> str:
    """The content of a file as text, also of Parquet."""
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pydict())
    return path.read_bytes().decode("utf-8", "replace")


def test_every_delivery_ends_where_it_should(night: tuple[Path, Round, set[str]]) -> None:
    _, round_, _ = night
    ended = {outcome.levering: outcome.run.state for outcome in round_.outcomes if outcome.run}
    expected = [RunState.AFGEROND] * 3 + [RunState.AANGEHOUDEN, RunState.AFGEKEURD]
    assert ended == dict(zip(DAYS, expected, strict=True))
    assert not round_.failed and round_.outcomes[0].counts.aantal > 20


def test_no_number_of_a_person_is_kept_anywhere_but_in_quarantine(night: tuple[Path, Round, set[str]]) -> None:
    root, _, numbers = night
    assert len(numbers) > 100
    kept = [path for path in root.rglob("*") if path.is_file() and "quarantaine" not in path.parts]
    assert len(kept) > 60
    any_number = re.compile(r"\d{7,}")
    for path in kept:
        assert not numbers & set(any_number.findall(readable(path))), path


def test_the_same_night_again_does_nothing(night: tuple[Path, Round, set[str]]) -> None:
    root, _, _ = night
    before = {path: path.read_bytes() for path in (root / "uitvoer").rglob("*") if path.is_file()}
    round_, *_ = bootstrap.run_waiting()
    assert round_.outcomes == ()
    assert before == {path: path.read_bytes() for path in (root / "uitvoer").rglob("*") if path.is_file()}


def test_a_delivery_judged_again_from_its_snapshot_gives_the_same_bytes(night: tuple[Path, Round, set[str]]) -> None:
    root, round_, _ = night
    first = round_.outcomes[1].run
    assert first is not None
    asked = bootstrap.request_run(DAYS[1], None, "proef op de som")
    bootstrap.run_waiting()
    for name in ("resultaten.jsonl",):
        old = (root / HOME / DAYS[1] / "runs" / first.run_id / name).read_bytes()
        new = (root / HOME / DAYS[1] / "runs" / asked.run_id / name).read_bytes()
        assert new.replace(asked.run_id.encode(), first.run_id.encode()) == old
    assert (root / HOME / DAYS[1] / "actueel.jsonl").read_bytes() == new


def test_named_applications_judged_again_give_the_same_rows(night: tuple[Path, Round, set[str]]) -> None:
    root, _, _ = night
    lines = (root / HOME / DAYS[0] / "actueel.jsonl").read_text(encoding="utf-8").splitlines()
    numbers = [json.loads(line)["aanvraagnummer"] for line in lines]
    old_run = json.loads((root / "uitvoer" / "levensonderhoud" / "actueel.json").read_bytes())
    (old_run_id,) = old_run["datums"][DAYS[0]]["verwerkingen"]
    asked = bootstrap.request_run(DAYS[0], [numbers[3], numbers[8]], "bezwaar")
    bootstrap.run_waiting()
    after = (root / HOME / DAYS[0] / "actueel.jsonl").read_text(encoding="utf-8").splitlines()
    changed = [position for position, (old, new) in enumerate(zip(lines, after, strict=True)) if old != new]
    assert changed == [3, 8]
    assert [line.replace(asked.run_id, old_run_id) for line in after] == lines
    table = pq.read_table(root / HOME / DAYS[0] / "actueel.parquet")
    assert table.column("aanvraagnummer").to_pylist() == numbers


def test_looking_at_a_result_leaves_an_event_with_the_reason_and_without_the_number(
    night: tuple[Path, Round, set[str]],
) -> None:
    root, _, _ = night
    number = json.loads((root / HOME / DAYS[2] / "actueel.jsonl").read_bytes().splitlines()[0])["aanvraagnummer"]
    found = bootstrap.explain_current(f" {number} ", "vraag van de burger")
    assert found.aanvraagnummer == number and found.prediction.run.new.levering == DAYS[2]
    with pytest.raises(NotKnown):
        bootstrap.explain_current("bestaat niet", "vraag")
    with pytest.raises(RequestRefused):
        bootstrap.explain_current(number, "")
    rows = sqlite3.connect(root / "administratie.sqlite")
    told = rows.execute("SELECT object, resultaat, details FROM gebeurtenissen WHERE handeling = 'uitleg bekeken'")
    (seen, result, details), (unknown, not_found, _), *_ = told.fetchall()
    rows.close()
    assert seen == f"aanvraag {found.prediction.values['dienst']}" and result == "getoond"
    assert json.loads(details) == {"reden": "vraag van de burger", "regel": found.prediction.id.regel}
    assert (unknown, not_found) == ("aanvraag onbekend", "niet gevonden")


def test_every_prediction_of_the_ledger_is_computed_again_to_the_same_bit(night: tuple[Path, Round, set[str]]) -> None:
    root, _, _ = night
    done = list(bootstrap.replay_everything())
    rows = sqlite3.connect(root / "administratie.sqlite")
    ((published,),) = rows.execute("SELECT count(*) FROM resultaten").fetchall()
    rows.close()
    assert len(done) >= 3 and [one.oordeel for one in done] == [Verdict.GELIJK] * len(done)
    assert sum(one.gelijk for one in done) == sum(len(one.voorspellingen) for one in done) == published > 60


def test_a_person_is_found_by_number_and_the_inputs_are_of_nobody_else(night: tuple[Path, Round, set[str]]) -> None:
    *_, numbers = night
    found: list[Hit] = []
    for number in sorted(numbers):
        found = people.find_predictions(NumberKind.PERSOON, number, "vraag van de burger")
        if any(hit.reden == "MODEL" for hit in found):
            break
    hit = next(hit for hit in found if hit.reden == "MODEL")
    assert hit.persoon == Pseudonymiser(people.desk().keys.find(hit.run.new.key_id)).pseudonym("persoon", number)
    told = people.explain_prediction(str(hit.id), "vraag van de burger")
    assert told.aanvraagnummer == hit.aanvraagnummer and told.score is not None and told.drempel is not None
    assert {term.kenmerk for term in told.bijdragen} <= {fact.kenmerk for fact in told.kenmerken}
    total = (told.intercept or 0.0) + sum(term.bijdrage for term in told.bijdragen)
    assert told.score == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-12)
    assert all(fact.in_woorden and "99999" not in fact.in_woorden for fact in told.kenmerken)
    rows = people.inputs_of(str(hit.id), "vraag van de burger")
    assert "deze aanvraag" in {row["dienst"] for row in rows["diensten"]}
    assert not re.findall(r"[a-z0-9-]+:[\w-]{43}", json.dumps(rows)), "a pseudonym of nobody, also not of the person"
    assert people.replay_prediction(str(hit.id), "controle").oordeel is Verdict.GELIJK


def test_a_chain_without_its_end_is_found_by_the_run_logs(night: tuple[Path, Round, set[str]]) -> None:
    root, _, _ = night
    assert bootstrap.verify_audit().holds
    raw = sqlite3.connect(root / "administratie.sqlite", isolation_level=None)
    raw.execute("BEGIN")
    raw.execute("DROP TRIGGER gebeurtenissen_geen_delete")  # as somebody would who owns the file
    (half,) = raw.execute("SELECT max(volgnr) / 2 FROM gebeurtenissen").fetchone()
    raw.execute("DELETE FROM gebeurtenissen WHERE volgnr > ?", (half,))
    raw.execute("COMMIT")
    raw.close()
    broken = bootstrap.verify_audit().chain.broken
    assert broken is not None and broken.volgnr > half
