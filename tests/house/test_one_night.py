"""What one real night leaves behind: explanations that add up, origins that can be traced, and nobody in clear."""

from __future__ import annotations

import csv
import json
import math
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from shared.dataset import NUMBER_CLASSES, ColumnClass, DatasetSchema
from shared.levensonderhoud import LEVENSONDERHOUD
from tests.house.conftest import Night
from tests.house.repository import ROOT

pytestmark = pytest.mark.xdist_group("night")

SCHEMA: DatasetSchema = LEVENSONDERHOUD.schema
PSEUDONYM = re.compile(r"[a-z0-9-]{1,32}:[A-Za-z0-9_-]{43}")
IN_CLEAR = "aanvraagnummer"  # the Dataverkenner joins on it
QUARANTINE = "quarantaine"  # the named exception: a rejected or held raw delivery
SHORTEST = 6  # below this a text is found by chance everywhere


def test_two_are_told_of_and_three_published(night: Night) -> None:
    verdicts = [
        json.loads(path.read_text())["oordeel"] for path in sorted(night.root.glob("terugkoppeling/*/*/*.json"))
    ]
    assert verdicts == ["geaccepteerd", "geaccepteerd", "geaccepteerd", "aangehouden", "afgekeurd"]
    assert len(night.runs) == 3


def test_a_reader_can_recompute_every_score_from_what_is_stored(night: Night) -> None:
    scored = [line for line in night.lines() if line["score"] is not None]
    assert len(scored) > 50
    for line in scored:
        total = line["intercept"]
        for contribution in line["bijdragen"].values():
            total += contribution
        assert abs(line["score"] - 1 / (1 + math.exp(-total))) <= 1e-12


def test_factors_that_raise_and_that_lower_are_apart_and_at_most_three(night: Night) -> None:
    for line in night.lines():
        rising, falling = ([f["bijdrage"] for f in line["uitleg"][side]] for side in ("verhogend", "verlagend"))
        assert rising == sorted(rising, reverse=True) and all(one > 0 for one in rising)
        assert falling == sorted(falling) and all(one < 0 for one in falling)
        assert max(len(rising), len(falling)) <= 3


def test_no_sentinel_or_imputed_mean_is_told_as_a_value(night: Night) -> None:
    for line in night.lines():
        told = json.dumps(line["uitleg"], ensure_ascii=False)
        assert "99999" not in told and "99.999" not in told
        if line["kenmerken"] and line["kenmerken"]["inkomen_onbekend"]:
            assert line["kenmerken"]["sum_inkomen_bruto_value"] is None
            assert not re.search(r"bruto inkomen van", told)


def test_every_score_says_how_sure_it_is_beside_its_threshold(night: Night) -> None:
    for line in night.lines():
        if line["score"] is not None:
            assert 0 <= line["zekerheid"] <= 1
            assert line["drempel"] == 0.63
            assert (line["resultaattype"] == 1) == (line["score"] >= line["drempel"])


def test_every_result_says_from_what_and_by_what_it_was_made(night: Night) -> None:
    origin = ("run", "levering", "levering_digest", "model_naam", "model_versie", "model_sha256", "contractversie")
    for line in night.lines():
        assert all(line[name] for name in (*origin, "sleutel_id", "peilmoment"))


def test_every_application_gets_exactly_one_result(night: Night) -> None:
    for run in night.runs:
        lines = [json.loads(line) for line in (run / "resultaten.jsonl").read_text().splitlines()]
        numbers = [line["aanvraagnummer"] for line in lines]
        assert numbers == sorted(set(numbers))
        assert all((line["score"] is None) == (line["resultaattype"] > 2 or line["reden"] != "MODEL") for line in lines)


def test_every_event_answers_the_six_questions(night: Night) -> None:
    asked = ("handeling", "object", "resultaat", "herkomst", "actor", "tijdstip")
    for run in night.runs:
        events = [json.loads(line) for line in (run / "verwerking.jsonl").read_text().splitlines()]
        assert len(events) >= 5
        assert all(event[name] for event in events for name in asked)


# Nobody in clear -----------------------------------------------------------------------------------------------------


def _delivered(night: Night, *classes: ColumnClass) -> set[str]:
    """Every value of these classes in every delivery, trimmed; numbers of services only where they are persons' own."""
    found: set[str] = set()
    for path in sorted(night.delivered.glob("levensonderhoud/*/*.*")):
        if path.stem in SCHEMA.tables:
            names = [column.name for column in SCHEMA.tables[path.stem].columns if column.klasse in classes]
            for row in _rows(path):
                found |= {str(row[name]).strip() for name in names if row.get(name)}
    return {value for value in found if len(value) >= SHORTEST}


def _rows(path: Path) -> Iterator[dict[str, object]]:
    if path.suffix == ".parquet":
        yield from pq.read_table(path).to_pylist()
    else:
        with path.open(newline="", encoding="utf-8") as stream:
            delimiter = ";" if ";" in stream.readline() else ","
            stream.seek(0)
            yield from csv.DictReader(stream, delimiter=delimiter)


def _kept(night: Night) -> dict[str, str]:
    """All text that the app keeps or told, by where it lies; quarantine and the key left out."""
    kept = {"what the command said": night.told}
    for path in sorted(night.root.rglob("*")):
        name = path.relative_to(night.root).as_posix()
        if path.is_dir() or name.startswith((QUARANTINE, "geheim/")):
            continue
        kept[f"name of {name}"] = name
        if path.suffix == ".parquet":
            rows = pq.read_table(path).to_pylist()
            kept[name] = json.dumps([_without_number(row) for row in rows], default=str, ensure_ascii=False)
        elif path.suffix == ".jsonl":
            lines = path.read_text(encoding="utf-8").splitlines()
            kept[name] = json.dumps([_without_number(json.loads(line)) for line in lines], ensure_ascii=False)
        elif path.suffix == ".json":
            kept[name] = path.read_text(encoding="utf-8")
        elif path.suffix == ".sqlite":
            kept[name] = _database(path)
    return kept


def _without_number(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != IN_CLEAR}


def _database(path: Path) -> str:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        parts = []
        for table in tables:
            cursor = connection.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            rows = (_without_number(dict(zip(names, row, strict=True))) for row in cursor)
            parts += [json.dumps(row, default=str, ensure_ascii=False) for row in rows]
    connection.close()
    return "\n".join(parts)


def _found(values: set[str], night: Night) -> dict[str, int]:
    words = {place: set(re.findall(r"[^\s\"\\/:,;={}\[\]()]+", text)) for place, text in _kept(night).items()}
    return {place: len(hits) for place, present in words.items() if (hits := values & present)}


@pytest.mark.parametrize("klasse", [ColumnClass.PERSOON, ColumnClass.PARTIJ, ColumnClass.ADRES], ids=str)
def test_no_number_or_address_of_anybody_is_kept_in_clear(night: Night, klasse: ColumnClass) -> None:
    values = _delivered(night, klasse)
    assert len(values) > 50
    assert not _found(values, night)


def test_no_service_number_is_kept_in_clear_but_that_of_the_application(night: Night) -> None:
    values = _delivered(night, ColumnClass.DIENST)
    assert len(values) > 100
    assert not _found(values, night)


def test_no_free_text_is_kept(night: Night) -> None:
    ours = (ROOT / "models" / LEVENSONDERHOUD.package / "policy.json").read_text(encoding="utf-8")
    delivered = _delivered(night, ColumnClass.VRIJE_TEKST)
    texts = {text for text in delivered if " " in text and len(text) > 12 and text not in ours}
    assert len(texts) > 10
    for place, kept in _kept(night).items():
        assert not [len(text) for text in texts if text in kept], place


def test_a_planted_number_would_be_found(night: Night, tmp_path: Path) -> None:
    number = next(iter(_delivered(night, ColumnClass.PERSOON)))
    (tmp_path / "log.json").write_text(json.dumps({"fout": f"persoon {number} niet gevonden"}))
    assert _found({number}, Night(tmp_path, night.delivered, "")) == {"log.json": 1}


def test_what_is_kept_of_a_person_is_a_keyed_pseudonym(night: Night) -> None:
    for line in night.lines():
        assert PSEUDONYM.fullmatch(line["dienst"])
        assert line["persoon"] is None or PSEUDONYM.fullmatch(line["persoon"])
    snapshots = sorted((night.root / "momentopname").rglob("*.parquet"))
    assert snapshots
    for path in snapshots:
        table = pq.read_table(path)
        for name in {str(klasse) for klasse in NUMBER_CLASSES} & set(table.column_names):
            assert all(not value or PSEUDONYM.fullmatch(value) for value in table[name].to_pylist()), path.name


def test_the_mailbox_is_empty_afterwards(night: Night) -> None:
    assert not [path for path in (night.root / "brievenbus").rglob("*") if path.is_file()]
