"""The good path and some faults on Azurite and PostgreSQL: their libraries log and quote in ways of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import pytest
import sqlalchemy as sa

from shared.adapters.azure.blobs import AzureStore
from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.ports import Container
from tests.canary.allowed import STORED, Allowance, found, leaks, told
from tests.canary.canaries import What
from tests.canary.places import Piece, in_folder, lines
from tests.canary.planting import delivery_of, groups_of, outcomes_of, planted, post
from tests.canary.rounds import Storage, secret_keys
from tests.canary.searching import Search
from tests.canary.test_faults import Quoting, quoted, with_faults
from tests.followup.posting import GROUPS, OUTCOMES
from tests.real.conftest import parts_running, real
from tests.real.worlds import Parts
from tests.reliability.failing import Fault
from tests.reliability.size import some
from tests.shell.workshop import Workshop, ledger_of

__all__ = ["parts_running", "real"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]
WAIT = timedelta(seconds=20)
SENT = Allowance(
    (What.AANVRAAG, What.WAARDE, What.MOMENT, What.KOLOM, What.BESTAND),
    r"call of http\.client\.send",
    "what is stored, on its way there",
)


@dataclass
class Elsewhere(Storage):
    """A storage account and a database; the folder is where deliveries are written before they are sent."""

    parts: Parts | None = None

    @cached_property
    def workshop(self) -> Workshop:
        """Return the shell on the account and the database."""
        assert self.parts is not None
        here = Storage(self.root, self.keys).workshop
        ledger_of(here).engine.dispose()
        store = AzureStore(dict.fromkeys(map(str, Container), self.parts.account()), self.parts.signs_in)
        ledger = SqlLedger(make_engine(self.parts.new_database(), WAIT))
        return here.with_(blobs=store, ledger=ledger)

    def send(self) -> None:
        """Send what was written, the descriptions last."""
        mailbox = self.root / "brievenbus"
        files = sorted(mailbox.rglob("*.*"), key=lambda path: (path.name == "datapackage.json", path))
        for path in files:
            name = path.relative_to(mailbox).as_posix()
            self.workshop.installation.blobs.write("brievenbus", name, path.read_bytes())

    def fetch(self, to: Path) -> Iterator[Piece]:
        """Yield everything that lies in the account, and every column of every table and view."""
        here = self.workshop.installation
        for container in Container:
            for name in here.blobs.names(container):
                path = to / container / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(here.blobs.read(container, name))
        yield from in_folder(to)
        engine = ledger_of(self.workshop).engine
        for table in (*sa.inspect(engine).get_table_names(), *sa.inspect(engine).get_view_names()):
            with engine.connect() as connection:
                rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings().all()
            for column in rows[0] if rows else ():
                yield f"administratie.sqlite:{table}.{column}", lines([row[column] for row in rows])


def test_on_azurite_and_postgresql_a_canary_stands_where_the_contract_says(real: Parts, tmp_path: Path) -> None:
    made = planted(2)
    storage = Elsewhere(tmp_path / "werk", secret_keys(made.aviary), parts=real)
    post(delivery_of(made, strange=True), storage.root)
    outcomes_of(storage.desk(OUTCOMES), made)
    groups_of(storage.desk(GROUPS), made)
    storage.send()
    for at, fault in some([(at, fault) for at in range(1, 120, 7) for fault in Fault], by_day=3, at_night=30):
        storage.round(**with_faults(storage, Quoting(fault, at, quoted=quoted(made.canaries))))
    storage.round()
    heard = [piece for one in storage.heard for piece in one.pieces()]
    pieces = [*storage.fetch(tmp_path / "opgehaald"), *heard]
    storage.let_go()
    assert "call of http.client.send" in {place for place, _ in heard}, "it was not sent anywhere"
    hits = found(pieces, Search(made.canaries))
    assert len({hit.place for hit in hits}) > 30
    wrong = leaks(hits, (*STORED, SENT))
    assert wrong == [], told(wrong)
