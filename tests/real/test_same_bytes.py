"""The same night embedded and on Azure's parts: the same bytes, and nothing done twice."""

from __future__ import annotations

from pathlib import Path

from shared.adapters.folder import FolderStore
from shared.ports import Container
from tests.real.on_azure import azure_night, differing, embedded_night, everything, run_app, settings_on_azure
from tests.real.worlds import Parts


def test_azurite_and_postgresql_give_the_bytes_of_folder_and_sqlite(real: Parts, tmp_path: Path) -> None:
    told: list[str] = []
    at_home: FolderStore = embedded_night(tmp_path, told.append)
    settings = settings_on_azure(real, tmp_path / "geheim" / "sleutel.json")
    in_azure = azure_night(real, settings, told.append)
    left, right = everything(at_home), everything(in_azure)
    assert not differing(left, right)
    assert sum(name.endswith("resultaten.parquet") for name in right) == 3
    assert {name.partition("/")[0] for name in right} == {"terugkoppeling", "uitvoer", "quarantaine", "momentopname"}
    assert list(in_azure.names(Container.BRIEVENBUS)) == []
    again = run_app(settings, "shared", "run")
    assert "2026-11-17" not in again and everything(in_azure) == right, "a second round does nothing twice"
    assert real.identity.asked and not [text for text in told if "geheim" in text]
