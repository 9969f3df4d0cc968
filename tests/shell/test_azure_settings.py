"""Storage, database and keys are on Azure by settings alone; what would lose data or hold a secret is refused."""

import pytest
from azure.identity import ManagedIdentityCredential

from shared.adapters import measurements
from shared.adapters.chosen import telemetry_of
from shared.errors import SettingsInvalid
from shared.ports import Container
from shared.settings import CONTAINERS, Settings, read_settings

ACCOUNT = "https://slimmecheck.blob.core.windows.net"
VAULT = "https://slimmecheck.vault.azure.net"
DATABASE = "postgresql+psycopg://app-slimme-check@server.postgres.database.azure.com/slimmecheck"
AZURE = {"OPSLAG": ACCOUNT, "DATABASE": DATABASE, "DATABASE_ENTRA": "ja", "SLEUTELKLUIS": VAULT}


def read(**given: str) -> Settings:
    return read_settings({f"SLIMME_CHECK_{name}": value for name, value in given.items()})


def refused(**given: str) -> str:
    with pytest.raises(SettingsInvalid) as problem:
        read(**given)
    return str(problem.value)


def test_one_account_holds_every_container_unless_one_has_its_own() -> None:
    assert dict(read(**AZURE).accounts) == dict.fromkeys(CONTAINERS, ACCOUNT)
    post = "https://post.blob.core.windows.net"
    found = dict(read(**AZURE, OPSLAG_PER_CONTAINER=f"brievenbus={post}, terugkoppeling={post}").accounts)
    assert [name for name in CONTAINERS if found[name] == post] == ["brievenbus", "terugkoppeling"]
    assert found["uitvoer"] == ACCOUNT


def test_the_settings_know_every_container() -> None:
    assert {str(container) for container in Container} <= set(CONTAINERS)


def test_the_embedded_form_is_what_holds_without_settings() -> None:
    found = read()
    assert found.accounts == () and found.key_vault == "" and not found.database_entra
    assert found.output_place.endswith("/werk/uitvoer")


def test_an_account_without_database_or_keys_is_refused() -> None:
    told = refused(OPSLAG=ACCOUNT)
    assert "SLIMME_CHECK_DATABASE" in told and "SLIMME_CHECK_SLEUTELKLUIS" in told
    assert read(OPSLAG=ACCOUNT, DATABASE="sqlite:////x/y", SLEUTEL_BESTAND="/x/s").accounts


@pytest.mark.parametrize(
    "changed",
    [
        {"OPSLAG": "http://slimmecheck.blob.core.windows.net"},
        {"OPSLAG": ACCOUNT + "?sv=2024&sig=geheim"},
        {"OPSLAG": "https://naam:geheim@slimmecheck.blob.core.windows.net"},
        {"OPSLAG_PER_CONTAINER": f"uitvoer={ACCOUNT}?sig=geheim"},
        {"OPSLAG_PER_CONTAINER": f"geheim={ACCOUNT}"},
        {"OPSLAG_PER_CONTAINER": "uitvoer"},
        {"DATABASE": "postgresql+psycopg://app:geheim@server/db"},
        {"DATABASE": "postgresql+psycopg://server/db"},
        {"DATABASE": "sqlite:////geheim"},
        {"DATABASE_ENTRA": "misschien"},
        {"SLEUTELKLUIS": "http://geheim.vault.azure.net"},
        {"IDENTITEIT": "geheim"},
    ],
    ids=lambda changed: str(*changed.items()),
)
def test_what_is_no_plain_address_or_name_is_refused_without_showing_it(changed: dict[str, str]) -> None:
    told = refused(**{**AZURE, **changed})
    (name,) = changed
    assert f"SLIMME_CHECK_{name}" in told and "geheim" not in told


def test_containers_of_their_own_need_an_account() -> None:
    assert "OPSLAG_PER_CONTAINER" in refused(OPSLAG_PER_CONTAINER=f"uitvoer={ACCOUNT}")


@pytest.mark.parametrize("identity", ["beheerd", "ontwikkelaar", "0f8fad5b-d9cb-469f-a165-70867728950e"])
def test_the_identity_is_the_apps_own_an_assigned_one_or_a_developers(identity: str) -> None:
    assert read(**AZURE, IDENTITEIT=identity).identity == identity


def test_a_person_is_told_where_results_are() -> None:
    assert read(**AZURE).output_place == f"{ACCOUNT}/uitvoer"


def test_measurements_are_sent_as_the_identity_of_the_app_and_on_a_laptop_as_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Application Insights in Azure takes nothing from who merely knows its address (infra/modules/logs.bicep)."""
    sent: list[object] = []
    monkeypatch.setattr(measurements, "to_azure_monitor", lambda _, signs_in=None: sent.append(signs_in))
    place = {"TELEMETRIE": "InstrumentationKey=00000000-0000-0000-0000-000000000000"}
    telemetry_of(read(**AZURE, **place))
    telemetry_of(read(**place))
    assert isinstance(sent[0], ManagedIdentityCredential)
    assert sent[1] is None
