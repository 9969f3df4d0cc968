"""Every rule fires on something, says what it means in a sentence, and tells no value."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from shared import pipeline
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.records import Finding, Severity, Verdict
from shared.stages.pseudonym import PseudonymKey
from shared.stages.rules import RULES, finding, row_finding, verdict
from shared.sweep import run_waiting
from tests.shell.workshop import DATASET, Workshop, make_installation
from tests.stages import crowds
from tests.stages.deliveries import SCHEMA, Delivery, check, leaks, parquet_bytes, texts_of, valid_rows

type Spoil = Callable[[Delivery], object]
FOLDER_NAME = "LEV-111"
# elsewhere: the name of a folder, events that keep failing, a delivery that does not come or ends every worker, and
# what follows judging
SHELL_RULES = {FOLDER_NAME, "LEV-112", "LEV-113", "LEV-504", "LEV-606"}


def described(**members: object) -> Spoil:
    return lambda delivery: delivery.package.update(members)


def content(change: Callable[[bytes], bytes]) -> Spoil:
    return lambda delivery: delivery.put("adressen", change(delivery.content("adressen")))


def rows(table: str, row: int, **cells: str) -> Spoil:
    return lambda delivery: delivery.change(table, row, **cells)


def _columns(delivery: Delivery, header: str) -> None:
    lines = delivery.content("partijen").decode().splitlines()
    delivery.put("partijen", "\n".join([header, *(f"{line},x" for line in lines[1:])]).encode())


def _parquet(delivery: Delivery, **columns: pa.Array) -> None:
    delivery.put("werkopdrachten", parquet_bytes(pa.table(columns)), 1, format="parquet")


def _blown_up(delivery: Delivery, table: str, rows: int) -> None:
    nothing = pa.table({name: pa.nulls(rows, pa.string()) for name in ("partijnr", "persoonnr")})
    delivery.put(table, parquet_bytes(nothing), rows, format="parquet")


def _each_as_the_one_before(delivery: Delivery) -> None:
    texts = pa.table({"dienstnr": pa.array(["KANARIE-D1"]), "dtopvoer": _TIMES})
    raw = parquet_bytes(texts, use_dictionary=False, column_encoding={"dienstnr": "DELTA_BYTE_ARRAY"})
    delivery.put("werkopdrachten", raw, 1, format="parquet")


def _in_pieces(delivery: Delivery) -> None:
    numbers = pa.table({"dienstnr": pa.array([f"KANARIE-D{n}" for n in range(2_100)]), "dtopvoer": pa.nulls(2_100)})
    delivery.put("werkopdrachten", parquet_bytes(numbers, row_group_size=2), 2_100, format="parquet")


def _twice(delivery: Delivery, table: str, **cells: str) -> None:
    delivery.write(table, [*delivery.rows[table], delivery.rows[table][0] | cells])


_TIMES = pa.array([datetime(2026, 11, 19, 10)], pa.timestamp("us"))

FILE_RULES: dict[str, Spoil] = {
    "LEV-101": lambda d: setattr(d, "raw", b"kanarie"),
    "LEV-102": described(name=["kanarie"]),
    "LEV-103": described(dataset="kanarie"),
    "LEV-104": described(schemaversie="kanarie"),
    "LEV-105": described(periode={"van": "kanarie", "tot": "kanarie"}),
    "LEV-106": lambda d: d.package["resources"].pop(),
    "LEV-107": lambda d: d.package["resources"].append(d.package["resources"][0]),
    "LEV-108": lambda d: d.package["resources"][0].update(path="../kanarie.csv"),
    "LEV-109": lambda d: d.files.update({"kanarie.csv": b""}),
    "LEV-110": lambda d: d.files.pop("adressen.csv"),
    "LEV-114": lambda d: setattr(d, "raw", json.dumps(d.package | {"kanarie": "x" * 10**6}).encode()),
    "LEV-201": lambda d: d.resource("adressen").update(bytes=1),
    "LEV-202": lambda d: d.resource("adressen").update(hash="sha256:" + "0" * 64),
    "LEV-203": content(gzip.compress),
    "LEV-204": content(lambda raw: b"\xef\xbb\xbf" + raw),
    "LEV-205": content(lambda raw: raw.replace(b"Kanarie", b"Kanari\xeb", 1)),
    "LEV-206": content(lambda raw: raw.replace(b"Kanarie", b"Kanarie\x00", 1)),
    "LEV-207": content(lambda raw: raw.replace(b"Kanarie", b'Kan"arie', 1)),
    "LEV-208": content(lambda raw: raw.replace(b"\n", b"\r")),
    "LEV-209": content(lambda raw: b"\n" + raw),
    "LEV-210": content(lambda raw: raw.replace(b",", b";")),
    "LEV-211": content(lambda raw: raw.replace(b"straat", b"Straat", 1)),
    "LEV-212": lambda d: _columns(d, "partijnr,persoonnr,partijnr"),
    "LEV-213": content(lambda raw: raw.replace(b"Kanariedam", b"Kanarie,dam", 1)),
    "LEV-214": lambda d: d.resource("adressen").update(rijen=99),
    "LEV-215": lambda d: d.put("adressen", b"PAR1kanarie", format="parquet"),
    "LEV-216": lambda d: _parquet(d, dienstnr=pa.array([7]), dtopvoer=_TIMES),
    "LEV-217": content(lambda raw: raw.replace(b"Kanarie", b"kanarie" * 150_000, 1)),
    "LEV-218": content(lambda raw: raw.replace(b"straat", b"straat" + b",kanarie" * 500, 1)),
    "LEV-219": lambda d: _blown_up(d, "partijen", 10**6),
    "LEV-220": lambda d: _each_as_the_one_before(d),
    "LEV-221": lambda d: d.resource("adressen").update(bytes=10**9 + 1),
    "LEV-222": lambda d: _in_pieces(d),
}
ROW_RULES: dict[str, Spoil] = {
    "LEV-301": rows("vermogens", 1, bedrag="91827,36"),
    "LEV-302": rows("inkomens", 1, soort=""),
    "LEV-303": rows("adressen", 1, subjectnr=""),
    "LEV-304": rows("werkopdrachten", 1, dtopvoer="kanarie"),
    "LEV-305": lambda d: _twice(d, "soorteninkomen", categorie="6"),
    "LEV-401": lambda d: _columns(d, "partijnr,persoonnr,bron"),
    "LEV-402": lambda d: _columns(d, "partijnr,persoonnr,bsn"),
    "LEV-403": rows("afspraken", 1, afspraakresultaat="kanarie 123456782"),
    "LEV-404": lambda d: _twice(d, "partijen"),
    "LEV-501": lambda d: d.write("afspraken", []),
    "LEV-502": described(periode={"van": "2026-11-18T00:00:01", "tot": "2026-11-20T00:00:00"}),
    "LEV-503": described(periode={"van": "2026-11-17T23:59:59", "tot": "2026-11-20T00:00:00"}),
    "LEV-505": described(periode={"van": "2026-11-18T00:00:00", "tot": "2062-11-20T00:00:00"}),
}
SELECTION_RULES: dict[str, Spoil] = {
    "LEV-601": lambda d: _twice(d, "adressen", subjectnr="KANARIE-BUURMAN"),
    "LEV-602": rows("relaties", 1, categorie="4"),
    "LEV-603": rows("adressen", 1, geldig="0"),
    "LEV-604": lambda d: _twice(d, "diensten", subjectnrklant="KANARIE-P2"),
    "LEV-605": rows("vermogens", 1, bedrag="91827,36"),
    "LEV-607": lambda d: crowds.applications(d, 700),
}
BANDS = {"afspraken": {"laag": 0.5, "hoog": None, "vanaf": 20}}
PREVIOUS = datetime(2026, 11, 18)


def found_on(spoil: Spoil) -> tuple[Finding, ...]:
    """Return all findings of check and selection on a valid delivery of twenty people with one thing wrong."""
    delivery = Delivery(valid_rows(20))
    delivery.package["periode"]["van"] = "2026-11-18T00:00:00"
    spoil(delivery)
    checked = check(delivery, BANDS, PREVIOUS)
    if checked.verdict is Verdict.AFGEKEURD:
        return checked.findings
    key = PseudonymKey("test-1", bytes(range(32)))
    return checked.findings + pipeline.pseudonymise_delivery(checked, LEVENSONDERHOUD, key)[1]


def test_every_rule_has_a_delivery_here_that_breaks_it() -> None:
    assert {*FILE_RULES, *ROW_RULES, *SELECTION_RULES} == set(RULES) - SHELL_RULES


def test_every_rule_of_the_shell_is_tried_by_a_test_of_the_shell() -> None:
    elsewhere = [path for path in Path(__file__).parents[1].rglob("test_*.py") if path.parent != Path(__file__).parent]
    texts = "".join(path.read_text(encoding="utf-8") for path in elsewhere)
    assert [code for code in sorted(SHELL_RULES & set(RULES)) if code not in texts] == []


def test_without_anything_wrong_no_rule_fires() -> None:
    assert found_on(lambda delivery: None) == ()


@pytest.mark.parametrize("code", [*FILE_RULES, *ROW_RULES, *SELECTION_RULES])
def test_a_delivery_that_breaks_a_rule_is_told_so_without_a_value(code: str) -> None:
    findings = found_on((FILE_RULES | ROW_RULES | SELECTION_RULES)[code])
    told = [found for found in findings if found.code == code]
    assert told
    assert all(found.ernst is RULES[code].ernst for found in told)
    assert leaks(texts_of(findings)) == []
    if code in FILE_RULES:  # and nothing else is blamed for it
        assert {found.code for found in findings} <= {code, "LEV-202"}
        assert verdict(findings) is Verdict.AFGEKEURD


def test_a_folder_whose_name_is_no_date_is_told_by_the_shell(tmp_path: Path) -> None:
    workshop = Workshop(make_installation(tmp_path), tmp_path)
    workshop.deliver("2026-11-20", dataset=DATASET)
    mailbox = tmp_path / "brievenbus" / DATASET
    (mailbox / "2026-11-20").rename(mailbox / "kanarie")
    run_waiting(workshop.installation)
    message = workshop.message("kanarie")
    workshop.installation.ledger.engine.dispose()  # type: ignore[attr-defined]
    assert [found["code"] for found in message["bevindingen"]] == [FOLDER_NAME]


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_a_sentence_and_says_what_to_do(code: str) -> None:
    rule = RULES[code]
    assert re.fullmatch(r"LEV-[1-6][0-9]{2}", code)
    assert rule.zin.endswith(".")
    assert rule.zin[0].isupper() or rule.zin.startswith("datapackage.json")
    assert rule.advies.endswith(".") or (code == "LEV-603" and rule.advies == "")


def test_rules_name_places_and_counts_only() -> None:
    places = {"plaats", "versie", "aantal", "soort", "groep", "gemeten", "laag", "hoog"}
    used = set(re.findall(r"\{(\w*)", "".join(rule.zin + rule.advies for rule in RULES.values())))
    assert used == places


def test_rows_are_counted_from_one_in_order_and_only_the_first_are_shown() -> None:
    found = row_finding("LEV-404", np.array([41, 3, 0, *range(100, 130)]), tabel="adressen")
    assert found.rijen == (1, 4, 42, *range(101, 108))
    assert found.aantal == 33


def test_a_finding_is_plain_json_without_empty_members() -> None:
    found = finding("LEV-211", tabel="adressen", kolom="straat")
    plain = json.loads(json.dumps(found.as_dict()))
    assert plain == {
        "code": "LEV-211",
        "ernst": "afkeuren",
        "zin": RULES["LEV-211"].zin,
        "advies": RULES["LEV-211"].advies,
        "tabel": "adressen",
        "kolom": "straat",
        "aantal": 1,
    }


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], Verdict.GEACCEPTEERD),
        (["LEV-401", "LEV-402", "LEV-301"], Verdict.GEACCEPTEERD),
        (["LEV-502", "LEV-402"], Verdict.AANGEHOUDEN),
        (["LEV-502", "LEV-202"], Verdict.AFGEKEURD),
    ],
)
def test_the_heaviest_finding_decides(codes: list[str], expected: Verdict) -> None:
    plain = {"plaats": "x", "groep": "x", "soort": "x"}
    assert verdict(finding(code, **plain) for code in codes) is expected


def test_findings_are_sorted_whatever_the_order_of_the_files() -> None:
    def spoilt() -> Delivery:
        delivery = Delivery()
        for table in SCHEMA.tables:
            delivery.resource(table)["rijen"] = 77
        return delivery

    turned = spoilt()
    turned.package["resources"].reverse()
    assert check(spoilt()).findings == check(turned).findings == tuple(sorted(check(turned).findings))
    assert all(found.ernst is Severity.AFKEUREN for found in check(turned).findings)
