"""Which adapters the settings choose: a folder, SQLite and a key file, or Azure storage, PostgreSQL and a key vault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from shared.errors import SettingsInvalid
from shared.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from shared.closing.port import MonthRecords
    from shared.measurement import Telemetry
    from shared.modelregister.port import ModelRegister
    from shared.people.port import Oversight
    from shared.ports import BlobStore, KeySource, Ledger
    from shared.retention.port import Due, Remover
    from shared.rights.port import PersonRecords


def blobs_of(config: Settings) -> BlobStore:
    """Return the storage: accounts in Azure, or a folder."""
    if config.accounts:
        from shared.adapters.azure.blobs import AzureStore
        from shared.adapters.azure.identity import credential

        return AzureStore(dict(config.accounts), credential(config.identity))
    from shared.adapters.folder import FolderStore

    return FolderStore(config.storage)


def keys_of(config: Settings, first_use: Callable[[], bool], ledger: Callable[[], Ledger]) -> KeySource:
    """Return where the keys are: a key vault, or a file; `first_use` says whether one may still be made.

    A key is used only when it is the one that the results in the ledger were made with.
    """
    from shared.adapters.provenkeys import ProvenKeys
    from shared.adapters.sql.kept_names import kept_name
    from shared.adapters.sql.ledger import SqlLedger

    return ProvenKeys(
        key_source_of(config, first_use), lambda key_id: kept_name(cast(SqlLedger, ledger()).engine, key_id)
    )


def key_source_of(config: Settings, first_use: Callable[[], bool]) -> KeySource:
    """Return where the keys are, without a proof that they are the right ones."""
    if config.key_vault:
        from shared.adapters.azure.identity import credential
        from shared.adapters.azure.keys import KeyVault

        return KeyVault(config.key_vault, credential(config.identity))
    from shared.adapters.keyfile import KeyFile

    return KeyFile(config.key_file, config.special_addresses, first_use)


def engine_of(config: Settings) -> Engine:
    """Return the connections to the database, by token where the settings say so."""
    from shared.adapters.sql.engine import make_engine

    password = None
    if config.database_entra:
        from shared.adapters.azure.identity import credential, database_password

        password = database_password(credential(config.identity))
    return make_engine(config.database, config.database_wait, password)


def ledger_of(config: Settings) -> Ledger:
    """Return the administration; makes an embedded one on first use, refuses one of another version."""
    from shared.adapters.sql.engine import check_version
    from shared.adapters.sql.ledger import SqlLedger
    from shared.adapters.sql.upgrade import open_embedded

    engine = engine_of(config)
    with _closed_on_failure(engine):
        if engine.dialect.name == "sqlite":
            open_embedded(engine)
        else:
            check_version(engine)
    return SqlLedger(engine)


def close(opened: Ledger | Remover) -> None:
    """Close the connections to the database of an administration; the next use opens new ones."""
    from shared.adapters.sql.ledger import SqlLedger

    cast(SqlLedger, opened).engine.dispose()


@contextmanager
def _closed_on_failure(engine: Engine) -> Iterator[None]:
    """Close the connections of an engine that turns out not to be of use."""
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


def remover_of(config: Settings, ledger: Ledger) -> Remover:
    """Return who may remove: an identity of its own on PostgreSQL; SettingsInvalid where nobody may."""
    from shared.adapters.sql.engine import check_version, make_engine
    from shared.adapters.sql.ledger import SqlLedger
    from shared.adapters.sql.purge import SqlPurge

    if config.retention.database == config.database:
        return SqlPurge(cast(SqlLedger, ledger).engine)
    if not config.retention.database:
        raise SettingsInvalid(
            "Nobody may remove anything from this database.",
            where="SLIMME_CHECK_VERWIJDER_DATABASE",
            next_step="Set it to the address of the database with the user that is a member of slimme_check_purge.",
        )
    password = None
    if config.database_entra:
        from shared.adapters.azure.identity import credential, database_password

        password = database_password(credential(config.retention.identity or config.identity))
    engine = make_engine(config.retention.database, config.database_wait, password)
    with _closed_on_failure(engine):
        check_version(engine)
    return SqlPurge(engine)


def due_of(ledger: Ledger) -> Due:
    """Return what may go and what may not, as the app itself sees it."""
    from shared.adapters.sql.due_rows import SqlDue
    from shared.adapters.sql.ledger import SqlLedger

    return SqlDue(cast(SqlLedger, ledger).engine)


def person_records_of(ledger: Ledger) -> PersonRecords:
    """Return the requests of persons and what is held on one."""
    from shared.adapters.sql.ledger import SqlLedger
    from shared.adapters.sql.person_requests import SqlPersonRecords

    return SqlPersonRecords(cast(SqlLedger, ledger).engine)


def has_ledger(config: Settings) -> bool:
    """Say whether there is an administration already; an embedded one is made on first use."""
    from sqlalchemy.engine import make_url

    url = make_url(config.database)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


def oversight_of(ledger: Ledger) -> Oversight:
    """Return what people who look back need, on the connections of the administration."""
    from shared.adapters.sql.ledger import SqlLedger
    from shared.adapters.sql.oversight import SqlOversight

    assert isinstance(ledger, SqlLedger)
    return SqlOversight(ledger.engine)


def register_of(ledger: Ledger) -> ModelRegister:
    """Return the register of model versions, which lies in the database of the administration."""
    from shared.adapters.sql.ledger import SqlLedger
    from shared.adapters.sql.model_register import SqlModelRegister

    return SqlModelRegister(cast(SqlLedger, ledger).engine)


def month_records_of(ledger: Ledger) -> MonthRecords:
    """Return what is read to close a month, on the connections of the administration."""
    from shared.adapters.sql.ledger import SqlLedger
    from shared.adapters.sql.months import SqlMonthRecords

    return SqlMonthRecords(cast(SqlLedger, ledger).engine)


def telemetry_of(config: Settings) -> Telemetry | None:
    """Return where measurements go; None, and nothing imported, where the settings name no place."""
    if not config.telemetry:
        return None
    from shared.adapters.measurements import to_azure_monitor

    if not config.accounts:  # a machine without an identity in Azure
        return to_azure_monitor(config.telemetry)
    from shared.adapters.azure.identity import credential

    return to_azure_monitor(config.telemetry, credential(config.identity))
