"""What people type at a terminal, and what the clock does: a canary is shown to whoever asked for it and to nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared import bootstrap
from shared.adapters.clock import SystemClock
from shared.errors import SettingsInvalid
from shared.settings import SETTINGS
from tests.canary.allowed import DATABASE, STORED, Allowance, found, leaks, told
from tests.canary.canaries import Aviary, What
from tests.canary.listening import listening
from tests.canary.office import HELD, opened
from tests.canary.planting import delivery_of, post
from tests.canary.searching import Search

pytestmark = pytest.mark.slow

ASKED = (
    Allowance(
        (What.AANVRAAG, What.WAARDE, What.MOMENT),
        "printed",
        "`explain` shows one application to whoever asked for it by its number",
    ),
    Allowance(
        (What.AANVRAAG, What.WAARDE, What.MOMENT),
        r"kenmerken\.(parquet|csv).*|scores\.parquet.*",
        "`features` and `score` write what they were asked for, where they were told to",
    ),
    Allowance(
        (What.GETYPT,),
        rf"{DATABASE}:\w+\.(reden|details)",
        "why somebody looked or did something is on record",
    ),
    Allowance(
        (What.KOLOM, What.LEVERING),
        "printed",
        "findings are shown to whoever asked for them, and what was typed to whoever typed it",
    ),
)


def test_what_is_typed_and_what_the_clock_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = opened(tmp_path, monkeypatch)
    delivery = post(delivery_of(office.made, strange=True), tmp_path / "elders", "2026-11-21")
    features, scores = tmp_path / "kenmerken.parquet", tmp_path / "scores.parquet"
    model = "models/levensonderhoud-1.0.0"
    number = office.made.applications()[0]
    for arguments, code in (
        (["check", str(delivery)], 0),
        (["features", str(delivery), "-o", str(features), "--reden", office.type("features")], 0),
        (["features", str(delivery), "-o", str(features.with_suffix(".csv")), "--reden", office.type("features")], 0),
        (["score", str(features), "--model", model, "-o", str(scores), "--reden", office.type("score")], 0),
        (["explain", number, "--reden", office.type("explain")], 0),
        (["explain", office.made.aviary.bsn("the terminal"), "--reden", office.type("explain")], 1),
        (["release", HELD, "--reden", office.type("release")], 0),
        (["release", office.made.aviary.word(What.LEVERING, "the terminal"), "--reden", office.type("release")], 1),
        (["run"], 0),
        (["replay"], 0),
        (["verify-audit"], 0),
        (["report"], 1),  # no month is over yet
    ):
        assert office.command(*arguments) == code, (arguments[0], office.heard[-1].told["printed"])
    later = datetime.now(UTC) + timedelta(days=40)  # the months of these deliveries are over
    monkeypatch.setattr(SystemClock, "now", lambda _: later)
    with office.listening():
        bootstrap.nightly()
        bootstrap.daytime()
    bootstrap.let_go()
    assert office.command("report", "-o", str(tmp_path / "rapport.html")) == 0
    assert {path.name for path in (tmp_path / "rapportage").rglob("*.html")} == {"rapport.html", "openbaar.html"}
    assert list((tmp_path / "telling").rglob("*.json"))
    pieces = [piece for piece in office.pieces() if not piece[0].startswith(("elders/", "name of elders/"))]
    hits = found(pieces, Search(office.made.canaries))
    wrong = leaks(hits, (*STORED, *ASKED))
    assert wrong == [], told(wrong)
    assert {one for hit in hits for one in ASKED if one.covers(hit)} == set(ASKED)


def test_settings_that_are_wrong_are_told_without_their_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aviary = Aviary(seed=11)
    monkeypatch.chdir(tmp_path)
    bootstrap.let_go()
    for setting in SETTINGS:
        if setting.variable not in ("SLIMME_CHECK_OPSLAG", "SLIMME_CHECK_ONBEKEND"):
            word = aviary.word(What.GEHEIM, setting.variable)
            monkeypatch.setenv(setting.variable, f"postgresql://{word}:{word}@{word}.example/?sig={word}")
    with listening() as heard, pytest.raises(SettingsInvalid) as refused:
        bootstrap.settings()
    heard.failed(refused.value)
    bootstrap.let_go()
    assert str(refused.value).count("SLIMME_CHECK_") > 10
    pieces = [piece for piece in heard.pieces() if piece[0] != "environment"]
    assert leaks(found(pieces, Search(aviary.made)), ()) == []
