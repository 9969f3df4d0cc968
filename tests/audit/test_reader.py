"""What the reader's view tells of an application on PostgreSQL: by its content, and not by the names of its columns."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from shared.adapters.sql.engine import check_version
from shared.adapters.sql.ledger import SqlLedger
from shared.sweep import run_waiting
from tests.audit.databases import Server
from tests.shell import tinycore
from tests.shell.workshop import Workshop

pytestmark = pytest.mark.xdist_group("postgresql")
# the factors of two applications of type 1: one above the threshold, and one that was drawn below it
TOLD = {
    "1001": '{"reden":"gewogen","verhogend":[{"kenmerk":"a","label":"A","bijdrage":1.5,"zin":"veel"}],'
    '"verlagend":[],"onbekend":["inkomen"],"signaal":"een signaal"}',
    "1002": '{"reden":"gewogen","verhogend":[],'
    '"verlagend":[{"kenmerk":"a","label":"A","bijdrage":-1.5,"zin":"weinig"}],"onbekend":["inkomen"],'
    '"signaal":"een signaal"}',
}
_OWN = ("aanvraagnummer", "persoon")  # of the one application and the other


@pytest.fixture
def read(server: Server, workshop: Workshop) -> Iterator[list[dict[str, Any]]]:
    """What the reader finds of a night in which two applications were sent to the same people, one by lot."""

    def judge(*given: Any) -> Any:
        found = tinycore.judge(*given)
        told = found.results["aanvraagnummer"].map(TOLD)
        return replace(found, results=found.results.assign(resultaattype=1, advies="handhaving", uitleg=told))

    name = server.database()
    engine = server.engine(name, "proef_app")
    check_version(engine)
    at_server = workshop.with_(ledger=SqlLedger(engine), core=replace(tinycore.CORE, judge=judge))
    at_server.deliver(rows={"1001": 1, "1002": 2})
    assert not run_waiting(at_server.installation).failed
    with engine.begin() as connection:
        stored = connection.exec_driver_sql("SELECT uitleg FROM actuele_resultaten ORDER BY aanvraagnummer").scalars()
        assert list(stored) == list(TOLD.values()), "what is stored holds the factors"
    engine.dispose()
    reader = server.engine(name, "proef_lezer")
    with reader.begin() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM resultaten_dataverkenner ORDER BY aanvraagnummer").mappings()
        yield [dict(row) for row in rows]
    reader.dispose()


def test_the_reader_cannot_tell_who_was_drawn_from_who_was_not(read: list[dict[str, Any]]) -> None:
    one, other = ({name: value for name, value in row.items() if name not in _OWN} for row in read)
    assert one == other and len(read) == 2
    assert not [value for row in read for value in row.values() if isinstance(value, float)]


def test_the_reader_still_reads_why_what_is_unknown_and_that_it_is_a_signal(read: list[dict[str, Any]]) -> None:
    for row in read:
        assert json.loads(cast(str, row["uitleg"])) == {
            "reden": "gewogen",
            "verhogend": [],
            "verlagend": [],
            "onbekend": ["inkomen"],
            "signaal": "een signaal",
        }
