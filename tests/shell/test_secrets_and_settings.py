"""The key file, who a worker is, the settings, and that each of them is documented."""

import json
import os
import stat
import subprocess
import sys
import threading
from datetime import UTC
from pathlib import Path

import pytest

from shared.adapters.clock import SystemClock
from shared.adapters.keyfile import KeyFile
from shared.adapters.owner import ProcessOwner
from shared.errors import KeyUnavailable, SettingsInvalid
from shared.settings import SETTINGS, read_settings, render_settings

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "geheim" / "sleutel.json", tmp_path / "geheim" / "adressen.json")


def test_a_key_is_made_at_first_use_for_its_owner_alone(keys: KeyFile, tmp_path: Path) -> None:
    key = keys.current()
    path = tmp_path / "geheim" / "sleutel.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(key.secret) >= 32
    assert keys.current() == key == keys.find(key.key_id)
    assert [p.name for p in path.parent.iterdir()] == ["sleutel.json"]


def test_two_first_uses_at_once_agree_on_one_key(keys: KeyFile) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(keys.current().secret)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_key_that_others_can_read_is_refused(keys: KeyFile, tmp_path: Path, mode: int) -> None:
    keys.current()
    (tmp_path / "geheim" / "sleutel.json").chmod(mode)
    with pytest.raises(KeyUnavailable, match="chmod 600"):
        keys.current()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "geen json",
        "[" * 200_000,
        "[]",
        '{"huidig": "k-1"}',
        '{"huidig": "k-1", "sleutels": {}}',
        '{"huidig": "K 1", "sleutels": {"K 1": "' + "A" * 44 + '"}}',
        '{"huidig": "k-1", "sleutels": {"k-1": "' + "A" * 20 + '"}}',
        '{"huidig": "k-1", "sleutels": {"k-1": "geheim!"}}',
    ],
    ids=["empty", "no JSON", "too deep", "a list", "no keys", "not the key", "no key id", "too short", "no base64"],
)
def test_a_key_file_that_is_not_right_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sleutel.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyUnavailable) as refused:
        KeyFile(path, tmp_path / "geen").current()
    assert "geheim!" not in str(refused.value) and "AAAA" not in str(refused.value)


def test_an_older_key_is_found_by_its_id(tmp_path: Path) -> None:
    path = tmp_path / "sleutel.json"
    secret = "A" * 43 + "="
    path.write_text(json.dumps({"huidig": "k-2", "sleutels": {"k-1": secret, "k-2": secret}}))
    path.chmod(0o600)
    keys = KeyFile(path, tmp_path / "geen")
    assert keys.current().key_id == "k-2" and keys.find("k-1").key_id == "k-1"
    with pytest.raises(KeyUnavailable):
        keys.find("k-3")


def test_the_secret_addresses_are_optional_and_guarded_like_the_key(keys: KeyFile, tmp_path: Path) -> None:
    assert keys.special_addresses() == ()
    path = tmp_path / "geheim" / "adressen.json"
    path.parent.mkdir()
    path.write_text('[{"postcode": "1011AA", "huisnr": "1"}]')
    path.chmod(0o644)
    with pytest.raises(KeyUnavailable):
        keys.special_addresses()
    path.chmod(0o600)
    assert keys.special_addresses() == ({"postcode": "1011AA", "huisnr": "1"},)
    path.write_text('{"postcode": "1011AA"}')
    with pytest.raises(KeyUnavailable) as refused:
        keys.special_addresses()
    assert "1011AA" not in str(refused.value)


def test_a_worker_that_ended_is_gone_and_one_elsewhere_cannot_be_seen() -> None:
    owner = ProcessOwner()
    assert not owner.is_gone(owner.me())
    code = "from shared.adapters.owner import ProcessOwner; print(ProcessOwner().me())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert owner.is_gone(done.stdout.strip())
    machine, namespace, number, started = owner.me().split("|")
    assert not owner.is_gone(f"elders|{namespace}|{number}0|{started}")
    assert owner.is_gone(f"{machine}|{namespace}|{number}|1"), "the number went to another process"
    assert not owner.is_gone("")


def test_a_killed_worker_is_gone_before_anybody_asked_about_it() -> None:
    owner = ProcessOwner()
    code = "from shared.adapters.owner import ProcessOwner; print(ProcessOwner().me(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        name = process.stdout.readline().decode().strip()
        assert not owner.is_gone(name)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it is a zombie now
        assert owner.is_gone(name)


def test_the_clock_tells_utc() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC and clock.stopwatch() <= clock.stopwatch()


def test_without_settings_everything_lies_in_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = read_settings({})
    assert found.storage == tmp_path / "werk"
    assert found.database == f"sqlite:///{tmp_path / 'werk' / 'administratie.sqlite'}"
    assert found.key_file.parent == tmp_path / "werk" / "geheim"
    assert found.lease == found.time_limit + (found.lease - found.time_limit) and found.lease.total_seconds() == 1860


def test_everything_that_is_wrong_is_told_at_once_and_without_values() -> None:
    wrong = {
        "SLIMME_CHECK_DATABASE": "mysql://u:wachtwoord@h/d",
        "SLIMME_CHECK_TIJDSLIMIET": "nul",
        "SLIMME_CHECK_QUARANTAINE_DAGEN": "15",
        "SLIMME_CHECK_LOGNIVEAU": "ALLES",
        "SLIMME_CHECK_VERWERKINGSACTIVITEIT": "https://register.example/zonder-plaatsen",
        "SLIMME_CHECK_TELEMETRIE": "geheime-reeks",
        "SLIMME_CHECK_DATABASSE": "x",
    }
    with pytest.raises(SettingsInvalid) as refused:
        read_settings(wrong)
    for name in wrong:
        assert name in str(refused.value)
    assert "wachtwoord" not in str(refused.value) and "ALLES" not in str(refused.value)


def test_every_setting_is_read_and_documented() -> None:
    settings = [
        {"OPSLAG": "/x", "DATABASE": "sqlite:////x/y", "SLEUTEL_BESTAND": "/x/s", "DOELGROEPADRESSEN": "/x/d"},
        {"MODELLEN": "/x/m", "TIJDSLIMIET": "60", "DATABASE_WACHTTIJD": "5", "QUARANTAINE_DAGEN": "3"},
        {"LOGNIVEAU": "ERROR", "IDENTITEIT": "ontwikkelaar", "SLEUTELKLUIS": "https://x.vault.azure.net"},
        {"TELEMETRIE": f"InstrumentationKey={'0' * 8}-0000-0000-0000-{'0' * 12};IngestionEndpoint=https://x.invalid/"},
        {"VERWERKINGSACTIVITEIT": "https://register.example/{dataset}/{activiteit}/{versie}"},
        {"LEVERDAGEN": "ma,wo,feestdagen", "VRIJE_DAGEN": "2026-12-24"},
        {"BEWAAR_BRIEVENBUS_DAGEN": "5", "BEWAAR_TERUGKOPPELING_DAGEN": "30", "BEWAAR_MOMENTOPNAME_DAGEN": "300"},
        {"BEWAAR_RESULTATEN_DAGEN": "500", "BEWAAR_GROEPEN_DAGEN": "60", "BEWAAR_AUDIT_DAGEN": "800"},
        {"BEWAAR_SYSTEEMLOG_DAGEN": "365", "VERWIJDER_DATABASE": "sqlite:////x/y"},
        {"VERWIJDER_IDENTITEIT": f"{'0' * 8}-0000-0000-0000-{'0' * 12}", "STIJL": "/x/stijl"},
        {"INZAGE_DAGEN": "3", "BEWAAR_UITKOMSTEN_DAGEN": "300", "BEWAAR_TELLING_DAGEN": "500"},
        {"BEWAAR_RAPPORTAGE_DAGEN": "1500", "BEWAAR_VERZOEKSLEUTELS_DAGEN": "60"},
        {"OMGEVING": "test", "WEBADRES": "https://slimme-check.example.org", "CONTACT": "api@gemeente.example"},
    ]
    given = {name: value for part in settings for name, value in part.items()}
    on_azure = {"OPSLAG_PER_CONTAINER": "uitvoer=https://y.blob.core.windows.net", "DATABASE_ENTRA": "ja"}
    tenant = f"{'0' * 8}-0000-0000-0000-{'0' * 12}"
    signing_in = {"AANMELDING_TENANT": tenant, "AANMELDING_DOELGROEP": "api://slimme-check", "EASY_AUTH": "ja"}
    names = {*given, *on_azure, *signing_in, "ONBEKEND"}
    assert names == {setting.name for setting in SETTINGS}
    default = read_settings({})
    for name, value in given.items():
        assert read_settings({f"SLIMME_CHECK_{name}": value}) != default, name
    access = read_settings({f"SLIMME_CHECK_{name}": value for name, value in signing_in.items()}).access
    assert (access.tenant, access.audience, access.easy_auth) == (tenant, "api://slimme-check", True)
    account = {"OPSLAG": "https://x.blob.core.windows.net", "DATABASE": "postgresql+psycopg://app@x/y"}
    account = {f"SLIMME_CHECK_{name}": value for name, value in {**account, "SLEUTEL_BESTAND": "/x/s"}.items()}
    for name, value in on_azure.items():
        assert read_settings({**account, f"SLIMME_CHECK_{name}": value}) != read_settings(account), name
    assert (DOCS / "instellingen.md").read_text(encoding="utf-8") == render_settings(), "run: make docs"


def test_a_setting_that_nobody_knows_is_a_mistake_except_beside_newer_code() -> None:
    with pytest.raises(SettingsInvalid, match="SLIMME_CHECK_TIJDLIMIET is not a setting"):
        read_settings({"SLIMME_CHECK_TIJDLIMIET": "60"})
    newer = {"SLIMME_CHECK_TIJDLIMIET": "60", "SLIMME_CHECK_ONBEKEND": "overslaan"}
    assert read_settings(newer) == read_settings({})
    with pytest.raises(SettingsInvalid, match="SLIMME_CHECK_ONBEKEND must be weigeren or overslaan"):
        read_settings(newer | {"SLIMME_CHECK_ONBEKEND": "ja"})


def test_a_password_does_not_show(tmp_path: Path) -> None:
    found = read_settings({"SLIMME_CHECK_DATABASE": "postgresql+psycopg://u:wachtwoord@h/d"})
    assert "wachtwoord" not in repr(found) and "wachtwoord" not in found.digest()
