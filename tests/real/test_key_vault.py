"""Keys from a key vault: over HTTPS with the app's own library and identity, from a small vault of our own."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator

import pytest
from azure.identity import ManagedIdentityCredential

from shared.adapters.azure.keys import ADDRESSES, CURRENT, CURRENT_HOLDS, KEY, KeyVault, addresses_in, key_id_in, key_in
from shared.errors import KeyUnavailable
from tests.real.identity import Vault, served
from tests.real.worlds import Parts

SECRET = bytes(range(32))
TEXT = base64.b64encode(SECRET).decode()


@pytest.fixture
def vault(real: Parts) -> Iterator[Vault]:
    real.vault.secrets = {CURRENT: "k-2\n", f"{KEY}k-1": TEXT, f"{KEY}k-2": TEXT[::-1][1:] + "="}
    real.vault.secrets[f"{KEY}k-2"] = base64.b64encode(SECRET[::-1]).decode()
    real.vault.asked.clear()
    yield real.vault
    real.vault.secrets, real.vault.allowed = {}, True


@pytest.fixture
def keys(vault: Vault) -> KeyVault:
    return KeyVault(vault.url, ManagedIdentityCredential())


def test_the_current_key_and_an_older_one_are_found_by_id(keys: KeyVault, real: Parts) -> None:
    assert (keys.current().key_id, keys.current().secret) == ("k-2", SECRET[::-1])
    assert keys.find("k-1").secret == SECRET
    assert real.identity.asked[-1][0].startswith("https://"), "with a token of the app's identity"


def test_each_secret_is_asked_for_once_in_the_life_of_a_process(keys: KeyVault, vault: Vault) -> None:
    for _ in range(3):
        assert (keys.current(), keys.find("k-1")) == (keys.find("k-2"), keys.find("k-1"))
    assert vault.asked == [CURRENT, f"{KEY}k-2", f"{KEY}k-1"]


def test_a_new_current_key_is_in_use_within_minutes_without_a_restart(vault: Vault) -> None:
    now = [0.0]
    keys = KeyVault(vault.url, ManagedIdentityCredential(), lambda: now[0])
    assert keys.current().key_id == "k-2"
    vault.secrets[CURRENT] = "k-1"
    now[0] = CURRENT_HOLDS - 1
    assert keys.current().key_id == "k-2"
    now[0] = CURRENT_HOLDS
    assert keys.current().key_id == "k-1"
    vault.allowed = False
    now[0] = 3 * CURRENT_HOLDS
    assert keys.current().key_id == "k-1", "what was current serves until the vault answers"


def test_addresses_of_special_groups_may_be_absent_and_may_come_later(keys: KeyVault, vault: Vault) -> None:
    assert keys.special_addresses() == ()
    vault.secrets[ADDRESSES] = '[{"postcode": "1011AA"}]'
    assert keys.special_addresses() == keys.special_addresses() == ({"postcode": "1011AA"},)
    assert vault.asked == [ADDRESSES, ADDRESSES]


@pytest.mark.parametrize("name", [CURRENT, f"{KEY}k-2"])
def test_a_missing_secret_is_named_with_what_to_do(keys: KeyVault, vault: Vault, name: str) -> None:
    kept = vault.secrets.pop(name)
    with pytest.raises(KeyUnavailable) as told:
        keys.current()
    assert name in told.value.where and "Restore" in told.value.next_step
    vault.secrets[name] = kept
    assert keys.current().key_id == "k-2", "what failed is asked for again"


def test_a_secret_that_is_off_or_a_vault_that_refuses_is_told_with_the_role(keys: KeyVault, vault: Vault) -> None:
    vault.secrets[f"{KEY}k-2"] = None
    with pytest.raises(KeyUnavailable, match="403") as told:
        keys.current()
    assert "Key Vault Secrets User" in told.value.next_step
    vault.allowed = False
    with pytest.raises(KeyUnavailable, match="403"):
        keys.special_addresses()


def test_without_identity_or_vault_there_is_no_key(real: Parts, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with pytest.raises(KeyUnavailable, match="ServiceRequestError"):
        KeyVault("https://127.0.0.1:9", ManagedIdentityCredential()).current()
    asked = len(real.identity.asked)
    stranger = Vault(poses_as="https://vault.azure.net")  # not who it is: no token is sent there
    with served(stranger, real.pair), pytest.raises(KeyUnavailable, match="ValueError"):
        KeyVault(stranger.url, ManagedIdentityCredential()).current()
    assert len(real.identity.asked) == asked
    real.identity.works = False
    try:
        with pytest.raises(KeyUnavailable) as told:
            KeyVault(vault.url, ManagedIdentityCredential()).current()
    finally:
        real.identity.works = True
    assert "identity" in told.value.next_step and TEXT not in str(told.value)


# --- what a secret holds ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["", "K-1", "k_1", "k" * 33, "k-1\nk-2", "é"])
def test_what_is_no_key_id_is_refused(text: str) -> None:
    with pytest.raises(KeyUnavailable, match="not a key id"):
        key_id_in("naam", text)


@pytest.mark.parametrize("text", ["", "geheim!", TEXT[:-8], base64.b64encode(SECRET[:31]).decode(), TEXT + "é"])
def test_what_is_no_key_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(KeyUnavailable) as told:
        key_in("naam", "k-1", text)
    assert not text or text not in str(told.value)


def test_a_key_may_be_longer_and_end_in_a_newline() -> None:
    assert key_in("naam", "k-1", TEXT + "\n").secret == SECRET
    assert len(key_in("naam", "k-1", base64.b64encode(SECRET * 2).decode()).secret) == 64


@pytest.mark.parametrize("text", ["", "geheim", "{}", '["geheim"]', '[{"huisnr": 1}]', "[" * 100_000])
def test_what_is_no_list_of_addresses_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(KeyUnavailable) as told:
        addresses_in("naam", text)
    assert "geheim" not in str(told.value)


def test_addresses_are_read_as_they_are() -> None:
    addresses = [{"postcode": "1011AA", "huisnr": "1"}, {}]
    assert addresses_in("naam", json.dumps(addresses)) == tuple(addresses)
