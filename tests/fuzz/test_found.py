"""What was found by changing inputs at random, each once and for all: refused with a code, where it fell before."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.access import Role
from shared.adapters.identity.keyset import KeySet
from shared.api import PREFIX
from shared.cli.tablefiles import TableUnusable, read_arrow
from shared.errors import IdentityUnavailable, ModelPackageInvalid
from shared.modelpackage.canonical import canonical_json, sha256
from shared.modelpackage.manifest import MANIFEST_FILE, OWN_DIGEST, seal
from shared.modelpackage.package import read_package
from tests.api.conftest import Site
from tests.fuzz.packages import POLICY, small_package
from tests.pages.forms import send

HUGE = 10**400  # JSON has it, a double has not
WHY = {"reden": "Vraag van de aanvrager"}


# --- HTTP -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59-12:00", "1899-12-31T23:59:59Z"])
def test_a_moment_at_the_end_of_the_calendar_is_no_answer_to_when(empty: Site, moment: str) -> None:
    someone, version = empty.as_(*Role), f"{PREFIX}/modellen/levensonderhoud/versies/1.0.0/aanvragen/_zoek"
    for name in ("van", "tot"):
        said = someone.post(f"{PREFIX}/gebeurtenissen/_zoek", {**WHY, name: moment})
        assert (said.status, said.document["errors"][0]["location"]) == (400, f"#/{name}")
        period = {"van": "2026-11-01T00:00:00Z", "tot": "2026-11-02T00:00:00Z"}
        assert someone.post(version, {**WHY, **period, name: moment}).status == 400
    right = {**WHY, "van": "1900-01-01T00:00:00+12:00", "tot": "2199-12-31T23:59:59-12:00"}
    assert someone.post(f"{PREFIX}/gebeurtenissen/_zoek", right).status == 200


@pytest.mark.parametrize("day", ["0001-01-01", "1-1-0001", "31-12-9999", "31-12-1899"])
def test_a_day_at_the_end_of_the_calendar_is_told_as_no_day(empty: Site, day: str) -> None:
    someone = empty.as_(*Role)
    for name in ("van", "tot"):
        said = send(someone, "/audit", "/audit", reden="Vraag", **{name: day})
        assert said.status == 400 and "vul een datum in" in said.body.decode()
    said = send(someone, "/audit", "/audit", reden="Vraag", van="1-1-1900", tot="31-12-2199")
    assert said.status == 200


@pytest.mark.parametrize("number", ["9" * 20, "9" * 128, str(2**53 + 1), "٣", "0", "-1"])
def test_a_place_in_a_list_that_no_list_has_is_refused(empty: Site, number: str) -> None:
    said = send(empty.as_(*Role), "/audit", "/audit", reden="Vraag", voor=number)
    assert said.status == 400
    scored = {"reden": "Vraag", "van": "1-11-2026", "tot": "2-11-2026", "pagina": number}
    path = "/modellen/levensonderhoud/versies/1.0.0"
    assert send(empty.as_(*Role), f"{path}/aanvragen", path, **scored).status == 400


def test_a_length_of_very_many_digits_is_too_large(empty: Site) -> None:
    for length in ("9" * 5_000, "9" * 11, "²"):
        headers = {"content_type": "application/json", "content_length": length}
        said = empty.as_(*Role).call("POST", f"{PREFIX}/bezwaren", raw=b"{}", **headers)
        assert said.status == 413


def test_keys_that_are_too_deep_are_no_keys() -> None:
    keys = KeySet(lambda: b'{"keys": ' + b"[" * 100_000, lambda: 0.0)
    with pytest.raises(IdentityUnavailable):
        keys.find("een")


# --- a model package --------------------------------------------------------------------------------------------------
def sealed(manifest: dict[str, Any]) -> bytes:
    """A manifest whose own digest is right."""
    manifest.pop(OWN_DIGEST, None)
    return canonical_json({**manifest, OWN_DIGEST: sha256(canonical_json(manifest))})


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.pop("files"),
        lambda manifest: manifest.update(files=[]),
        lambda manifest: manifest.update(files=5),
        lambda manifest: manifest["files"].update({"ebm.json": None}),
        lambda manifest: manifest["files"].update({"ebm.json": 5}),
        lambda manifest: manifest["files"].update({"ebm.json": {}}),
    ],
)
def test_a_manifest_that_lists_nothing_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    manifest = json.loads(small_package()[MANIFEST_FILE])
    change(manifest)
    with pytest.raises(ModelPackageInvalid, match="does not list its files"):
        read_package({**small_package(), MANIFEST_FILE: sealed(manifest)})


@pytest.mark.parametrize("odd", [b"NaN", b"1e999", b'"\\ud800"', b"[" * 990 + b"]" * 990], ids=str)
def test_a_manifest_that_we_never_write_is_refused(odd: bytes) -> None:
    manifest = json.loads(small_package()[MANIFEST_FILE])
    for name in ("x", OWN_DIGEST):
        raw = json.dumps({**manifest, name: "HIER"}).encode().replace(b'"HIER"', odd)
        with pytest.raises(ModelPackageInvalid, match=MANIFEST_FILE):
            read_package({**small_package(), MANIFEST_FILE: raw})


def _packaged(**files: bytes) -> dict[str, bytes]:
    changed = {**small_package(), **{name.replace("_", "."): content for name, content in files.items()}}
    del changed[MANIFEST_FILE]
    return {**changed, MANIFEST_FILE: seal(changed, {"unguarded_reason": None})}


@pytest.mark.parametrize(
    "change",
    [
        {"threshold": HUGE},
        {"sample_share": HUGE},
        {"income_mean": HUGE},
        {"income_feature": ["inkomen"]},
        {"income_feature": 5},
        {"income_unknown_flag": ["onbekend"]},
    ],
    ids=str,
)
def test_a_policy_that_says_something_else_than_asked_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ModelPackageInvalid, match=r"policy\.json"):
        read_package(_packaged(policy_json=json.dumps({**POLICY, **change}).encode()))


@pytest.mark.parametrize(
    "change",
    [
        lambda case: case.update(score=HUGE),
        lambda case: case["features"].update(inkomen=HUGE),
        lambda case: case["contributions"].update(soort=HUGE),
    ],
)
def test_a_golden_case_that_is_no_number_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    golden = json.loads(small_package()["golden.json"])
    change(golden["cases"][3])
    with pytest.raises(ModelPackageInvalid, match=r"golden\.json"):
        read_package(_packaged(golden_json=json.dumps(golden).encode()))


# --- a table ----------------------------------------------------------------------------------------------------------
def test_of_a_table_without_header_no_value_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("9182736455,a,9182736455\n1,b,2\n", encoding="utf-8")
    with pytest.raises(TableUnusable) as told:
        read_arrow(tmp_path / "t.csv")
    assert "columns 1, 3" in str(told.value.where) and "9182736455" not in f"{told.value!r} {told.value}"
