"""A database from before the register gets one, with the package that was in use; nothing else of it changes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config

from shared.adapters.sql.engine import make_engine, transaction
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.upgrade import MIGRATIONS, upgrade
from shared.administration import NewRun
from shared.sweep import run_waiting
from tests.modelregister.offices import make_office
from tests.shell.workshop import Workshop, make_installation

OLD = NewRun("proef", "2026-10-01", "d", "levensonderhoud", "1.0.0", "x", "1", "k-1", "0", "0")
WHEN = "2026-10-01T04:00:00.000000Z"
ROWS = (
    "INSERT INTO leveringen (dataset, levering, digest, plaats, bestanden, aangekomen) "
    f"VALUES ('proef', '2026-10-01', 'd', 'verwijderd', '{{}}', '{WHEN}')",
    "INSERT INTO verwerkingen (run, dataset, levering, digest, datum, verzoek, toestand, reden, poging, eigenaar, "
    "vrijgegeven, model, modelversie, modeldigest, modelstatus, contractversie, sleutel, codeversie, instellingen, "
    f"publicatie, gepubliceerd, gewijzigd) VALUES ('{OLD.run_id}', 'proef', '2026-10-01', 'd', '2026-10-01', '', "
    "'afgerond', 'afgerond', 1, '', 0, 'levensonderhoud', '1.0.0', 'x', 'actief', '1', 'k-1', '0', '0', 1, "
    f"'{WHEN}', '{WHEN}')",
)


def test_the_package_in_use_is_entered_at_the_first_round_after_the_upgrade(tmp_path: Path, models: Path) -> None:
    root = tmp_path / "oud"
    root.mkdir()
    engine = make_engine(f"sqlite:///{root / 'administratie.sqlite'}", timedelta(seconds=20))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with transaction(engine, writes=True) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for row in ROWS:
            connection.exec_driver_sql(row)
    upgrade(engine)
    engine.dispose()
    workshop = Workshop(make_installation(root), root)
    office = make_office(workshop, models)
    office.workshop.deliver("2026-11-19")
    assert not run_waiting(office.workshop.installation).failed
    assert office.statuses() == {"1.0.0": "actief"}
    runs = office.workshop.sql("SELECT run, publicatie FROM verwerkingen ORDER BY nr")
    assert runs[0] == (OLD.run_id, 1) and runs[1][1] == 2
    told = office.workshop.sql("SELECT handeling, resultaat FROM gebeurtenissen ORDER BY volgnr LIMIT 1")
    assert told == [("eerste modelversie ingevoerd", "eerste versie bij installatie")]
    cast(SqlLedger, workshop.installation.ledger).engine.dispose()
