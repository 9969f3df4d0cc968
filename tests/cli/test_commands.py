"""Every command, as a person types it: what it says, its exit code, and what it leaves behind."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from development.population import write_mailbox
from shared.modelpackage.manifest import MANIFEST_FILE, OWN_DIGEST, seal
from tests.cli.conftest import ROOT, shared_in

DATASET = "levensonderhoud"
WHY = ("--reden", "proef")
PACKAGE = ROOT / "models" / "levensonderhoud-1.0.0"


def _numbers(storage: Path, kind: int) -> list[str]:
    lines = [
        json.loads(line)
        for current in sorted((storage / "uitvoer" / DATASET).rglob("actueel.jsonl"))
        for line in current.read_text(encoding="utf-8").splitlines()
    ]
    return [document["aanvraagnummer"] for document in lines if document["resultaattype"] == kind]


def test_check_says_what_would_happen_and_changes_nothing(mailbox: Path) -> None:
    before = sorted(mailbox.rglob("*"))
    for day, code, says in (("17", 0, "geaccepteerd"), ("20", 2, "aangehouden"), ("21", 2, "afgekeurd")):
        checked = shared_in(mailbox / "elders", "check", str(mailbox / "brievenbus" / DATASET / f"2026-11-{day}"))
        assert checked.returncode == code, checked.stdout + checked.stderr
        assert says in checked.stdout.splitlines()[0]
    assert sorted(path for path in mailbox.rglob("*") if "elders" not in path.parts) == before


def test_check_reports_a_gap_for_a_delivery_in_the_mailbox(mailbox: Path) -> None:
    post = mailbox / "brievenbus" / DATASET
    shutil.move(post / "2026-11-19", mailbox / "apart")
    for day in ("18", "20", "21"):
        shutil.rmtree(post / f"2026-11-{day}")
    assert shared_in(mailbox, "run").returncode == 0
    shutil.move(mailbox / "apart", post / "2026-11-19")
    in_mailbox = shared_in(mailbox, "check", str(post / "2026-11-19"))
    assert in_mailbox.returncode == 2
    assert "LEV-502" in in_mailbox.stdout
    shutil.copytree(post / "2026-11-19", mailbox / "elders")
    assert shared_in(mailbox, "check", str(mailbox / "elders")).returncode == 0


def test_run_a_second_time_does_nothing_again(nights: Path, tmp_path: Path) -> None:
    storage = shutil.copytree(nights, tmp_path / "werk")
    files = {path: path.read_bytes() for path in (storage / "uitvoer").rglob("*") if path.is_file()}
    again = shared_in(storage, "run")
    assert again.returncode == 0
    assert "Er wacht geen levering" in again.stdout
    assert {path: path.read_bytes() for path in (storage / "uitvoer").rglob("*") if path.is_file()} == files


def test_a_held_delivery_is_released_with_a_reason_and_can_be_judged_again(nights: Path, tmp_path: Path) -> None:
    storage = shutil.copytree(nights, tmp_path / "werk")
    assert shared_in(storage, "release", "2026-11-20", "--reden", " ").returncode == 1
    assert shared_in(storage, "release", "2026-11-20", "--reden", "Raak had een storing").returncode == 0
    ran = shared_in(storage, "run")
    assert ran.returncode == 0
    assert "2026-11-20: afgerond" in ran.stdout
    current = storage / "uitvoer" / DATASET / "2026-11-20" / "actueel.jsonl"
    first = [json.loads(line) for line in current.read_text(encoding="utf-8").splitlines()]
    # its table of appointments is empty, and a snapshot without rows must read back too
    code = (
        "from shared import bootstrap; r = bootstrap.request_run('2026-11-20', None, 'herverwerking'); print(r.run_id)"
    )
    assert _python(storage, code).returncode == 0
    assert shared_in(storage, "run").returncode == 0
    second = [json.loads(line) for line in current.read_text(encoding="utf-8").splitlines()]
    assert [{**document, "run": ""} for document in second] == [{**document, "run": ""} for document in first]
    assert {document["run"] for document in second}.isdisjoint(document["run"] for document in first)


def test_a_delivery_that_cannot_be_finished_goes_without_its_snapshot_with_a_reason(
    nights: Path, tmp_path: Path
) -> None:
    storage = shutil.copytree(nights, tmp_path / "werk")
    report = next((storage / "quarantaine" / DATASET).rglob("2026-11-20/*/levering"))
    digest = report.parent.name
    in_the_way = storage / "momentopname" / DATASET / digest / "manifest.json"
    in_the_way.mkdir(parents=True)
    refused = shared_in(storage, "finish", "2026-11-20", *WHY)
    assert refused.returncode == 1 and "does not wait to be finished" in refused.stderr
    shared_in(storage, "release", "2026-11-20", *WHY)
    assert shared_in(storage, "run").returncode == 1
    in_the_way.rmdir()
    finished = shared_in(storage, "finish", "2026-11-20", *WHY)
    assert finished.returncode == 0, finished.stderr
    assert "liet de momentopname los" in finished.stdout
    ran = shared_in(storage, "run")
    assert ran.returncode == 0 and "2026-11-20: afgerond" in ran.stdout
    assert not list((storage / "momentopname" / DATASET / digest).glob("*"))
    assert not list((storage / "quarantaine" / DATASET / "2026-11-20").rglob("*.csv"))


def _python(storage: Path, code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SLIMME_CHECK_OPSLAG": str(storage)}
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("kind", "says"),
    [(1, "eerst kijkt: handhaving"), (2, "inkomensconsulent"), (3, "IOAW/IOAZ"), (4, "geen voorspelling")],
)
def test_explain_tells_each_result_type_and_leaves_an_event(nights: Path, kind: int, says: str) -> None:
    number = _numbers(nights, kind)[0]
    explained = shared_in(nights, "explain", number, "--reden", "vraag van de burger")
    assert explained.returncode == 0, explained.stderr
    assert explained.stdout.startswith(f"Aanvraag {number}")
    assert says in explained.stdout
    assert "Dit is een signaal en geen besluit." in explained.stdout
    assert "99999" not in explained.stdout
    with closing(sqlite3.connect(nights / "administratie.sqlite")) as ledger:
        (last,) = ledger.execute("select details from gebeurtenissen order by volgnr desc limit 1").fetchone()
    assert "vraag van de burger" in last
    assert number not in last


@pytest.mark.parametrize("after", ["", "\n", "\r\n"])
def test_explain_takes_a_number_that_is_typed_and_so_no_argument(nights: Path, after: str) -> None:
    number = _numbers(nights, 1)[0]
    typed = shared_in(nights, "explain", "-", *WHY, typed=f"{number}{after}")
    assert typed.returncode == 0, typed.stderr
    assert typed.stdout == shared_in(nights, "explain", number, *WHY).stdout


@pytest.mark.parametrize("typed", ["", "\n", "0000000000\n"])
def test_explain_of_what_was_typed_and_is_not_there_is_one_sentence(nights: Path, typed: str) -> None:
    missing = shared_in(nights, "explain", "-", *WHY, typed=typed)
    assert missing.returncode == 1 and missing.stderr.startswith("SC-") and "Traceback" not in missing.stderr


def test_the_sum_that_explain_prints_adds_up(nights: Path) -> None:
    shown = shared_in(nights, "explain", _numbers(nights, 1)[0], "--reden", "controle").stdout
    amounts = [float(found) for found in re.findall(r"^  .{42} +([+-]\d+\.\d{6})", shown, re.MULTILINE)]
    assert len(amounts) == 17
    assert abs(sum(amounts[:-1]) - amounts[-1]) < 2e-5


def test_explain_rounds_no_score_onto_the_threshold(nights: Path, mailbox: Path) -> None:
    """The threshold of this package lies one bit above a score that the city's package gives."""
    number = _numbers(nights, 2)[-1]
    told = shared_in(nights, "explain", number, "--reden", "controle").stdout
    assert "onder de drempel van 0,63\n" in told
    with closing(sqlite3.connect(nights / "administratie.sqlite")) as ledger:
        query = "select score from resultaten where aanvraagnummer = ? and score is not null"
        (score,) = ledger.execute(query, (number,)).fetchone()
    policy = json.loads((PACKAGE / "policy.json").read_text(encoding="utf-8"))
    files = {path.name: path.read_bytes() for path in PACKAGE.iterdir()}
    files["policy.json"] = json.dumps(policy | {"threshold": math.nextafter(score, 1)}).encode()
    _reseal(files, mailbox / "modellen" / PACKAGE.name)
    settings = {"SLIMME_CHECK_MODELLEN": str(mailbox / "modellen")}
    assert shared_in(mailbox, "run", **settings).returncode == 0
    shown = shared_in(mailbox, "explain", number, "--reden", "controle", **settings).stdout
    (line,) = re.findall(r"^Score ([\d,]+), onder de drempel van ([\d,]+)$", shown, re.MULTILINE)
    under, threshold = (Decimal(each.replace(",", ".")) for each in line)
    assert under < threshold
    (sum_,) = re.findall(r"= (0\.\d+)$", shown, re.MULTILINE)
    assert Decimal(sum_) < threshold


def test_explain_of_what_is_not_there_is_one_sentence(nights: Path) -> None:
    missing = shared_in(nights, "explain", "0000000000", "--reden", "zoek")
    assert missing.returncode == 1
    assert missing.stderr.count("\n") == 1
    assert "0000000000" not in missing.stderr


def test_explain_does_not_tell_who_was_drawn_for_a_random_sample(mailbox: Path) -> None:
    models = mailbox / "modellen"
    policy = json.loads((PACKAGE / "policy.json").read_text(encoding="utf-8")) | {
        "sample_share": 0.5,
        "threshold": 0.99,
    }
    files = {path.name: path.read_bytes() for path in PACKAGE.iterdir()}
    files["policy.json"] = json.dumps(policy).encode()
    _reseal(files, models / PACKAGE.name)
    settings = {"SLIMME_CHECK_MODELLEN": str(models)}
    assert shared_in(mailbox, "run", **settings).returncode == 0
    shown = shared_in(mailbox, "explain", _numbers(mailbox, 1)[0], "--reden", "kijken", **settings)
    assert shown.returncode == 0, shown.stderr
    assert not re.search(r"[Ss]core \d|drempel|Verhoogt|Verlaagt|som", shown.stdout)


def _reseal(files: dict[str, bytes], folder: Path) -> None:
    """Write a changed package with a manifest that fits it, as its makers would."""
    manifest = json.loads(files.pop(MANIFEST_FILE))
    facts = {name: value for name, value in manifest.items() if name not in ("files", OWN_DIGEST)}
    folder.mkdir(parents=True)
    for name, content in {**files, MANIFEST_FILE: seal(files, facts)}.items():
        (folder / name).write_bytes(content)


def test_a_lost_key_is_never_replaced_by_a_new_one(nights: Path, tmp_path: Path) -> None:
    storage = shutil.copytree(nights, tmp_path / "werk")
    (storage / "geheim" / "sleutel.json").unlink()
    write_mailbox(storage, seed=2, day=date(2026, 11, 23))
    ran = shared_in(storage, "run")
    assert ran.returncode == 1
    assert "SC-300" in ran.stdout + ran.stderr
    assert not (storage / "geheim" / "sleutel.json").exists()


@pytest.mark.parametrize(
    "addresses",
    ['[{"postcode": "1012JS", "huisnummer": "1"}]', '[{"Postcode": "1012JS"}]', "[{}]", '[{"huisnr": "1"}]'],
)
def test_a_special_address_that_could_protect_nobody_stops_the_run(mailbox: Path, addresses: str) -> None:
    secret = mailbox / "geheim" / "doelgroepadressen.json"
    secret.parent.mkdir()
    secret.write_text(addresses)
    secret.chmod(0o600)
    ran = shared_in(mailbox, "run")
    assert ran.returncode == 1
    assert "SC-100" in ran.stdout + ran.stderr
    assert "1012JS" not in ran.stdout + ran.stderr
    assert not list((mailbox / "uitvoer").rglob("resultaten.*"))


def test_bytes_that_are_no_text_are_refused_in_one_sentence(nights: Path) -> None:
    for arguments in ((b"explain", b"\xff", b"--reden", b"x"), (b"explain", b"1", b"--reden", b"\xff")):
        refused = shared_in(nights, *arguments)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr


def test_what_nobody_foresaw_is_told_by_type_and_place(nights: Path, tmp_path: Path) -> None:
    features = tmp_path / "f.parquet"
    write_mailbox(tmp_path, seed=1, day=date(2026, 11, 17))
    delivery = tmp_path / "brievenbus" / DATASET / "2026-11-17"
    assert shared_in(tmp_path, "features", str(delivery), "-o", str(features), *WHY).returncode == 0
    table = pq.read_table(features)
    pq.write_table(table.append_column("lijst", pa.array([["KANARIE"]] * table.num_rows)), features)
    scored = shared_in(tmp_path, "score", str(features), "--model", str(PACKAGE), "-o", str(tmp_path / "s.csv"), *WHY)
    assert scored.returncode == 1
    assert "Traceback" not in scored.stderr
    assert "KANARIE" not in scored.stderr
