"""What each function of the app imports in a fresh process: a path pays for what it uses and for nothing else.

Every line of the table is a process of Microsoft's worker with the app as it is deployed, on a folder and SQLite.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.worker.calling import arrived, ask_worker, event, gave_up, get, minutes, tick
from tests.worker.test_deliveries import FIRST
from tests.worker.test_http import API, LOGIN, as_

pytestmark = pytest.mark.slow
# what takes tens of megabytes, or tenths of a second
HEAVY = {
    *("numpy", "pandas", "pyarrow", "sqlalchemy", "alembic", "jsonschema"),
    *("fastapi", "pydantic", "jinja2", "jwt", "opentelemetry"),
    *("azure.core", "azure.storage", "azure.identity", "azure.keyvault", "azure.monitor", "psycopg"),
    *("interpret", "sklearn", "scipy"),
}
RECORDS, MODEL, TABLES = "sqlalchemy", "numpy", "jsonschema numpy pandas pyarrow"
WEB = "fastapi jinja2 jwt opentelemetry pydantic"  # fastapi tells of itself to opentelemetry when that is installed

# the function, what comes in, and which of these libraries are loaded after it
PATHS: dict[str, tuple[dict[str, Any] | None, str]] = {
    "nothing was called yet": (None, ""),
    "delivery_arrived: a delivery": (arrived(FIRST), f"{RECORDS} {TABLES}"),
    "delivery_arrived: that was done": (arrived("2026-11-01"), f"{RECORDS} {MODEL}"),
    "delivery_arrived: something else": (event("brievenbus/iets/anders.csv"), RECORDS),
    "poison": (gave_up("{}"), RECORDS),
    "nightly: nothing waits": (tick(), f"{RECORDS} {MODEL}"),
    "purge: nothing is due": ({"function": "purge"}, RECORDS),
    "daytime: nothing waits": (minutes(), f"{RECORDS} {MODEL}"),
    "http: refused": (get(f"{API}/leveringen"), WEB),
    "http: the list of deliveries": (get(f"{API}/leveringen", **as_("procesbeheerder")), f"{RECORDS} {WEB}"),
    "http: the page of deliveries": (get("/leveringen", **as_("procesbeheerder")), f"{RECORDS} {WEB}"),
    "http: the page of requests": (get("/verzoeken", **as_("toezichthouder")), f"{RECORDS} {WEB}"),
    "http: the page to look somebody up": (get("/aanvragen", **as_("behandelaar")), f"{RECORDS} {WEB}"),
    "http: the page of the model": (get("/modellen", **as_("toezichthouder")), f"{RECORDS} {WEB} {MODEL}"),
    "http: the page of reports": (get("/rapportages", **as_("toezichthouder")), f"{RECORDS} {WEB} {MODEL}"),
    "http: whether every part works": (get(f"{API}/gezondheid"), f"{RECORDS} {WEB} {MODEL}"),
}


@pytest.fixture(scope="module")
def begun(app: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A storage whose administration was made, because that is done once."""
    storage = tmp_path_factory.mktemp("begonnen")
    assert ask_worker(app, storage, tick()).outcomes == [{"ok": True}]
    return storage


@pytest.mark.parametrize("path", PATHS)
def test_a_function_loads_what_it_uses(path: str, app: Path, begun: Path, delivered: Path, tmp_path: Path) -> None:
    call, libraries = PATHS[path]
    storage = tmp_path / "opslag"
    shutil.copytree(begun, storage)
    if call == arrived(FIRST):
        place = Path("brievenbus") / "levensonderhoud" / FIRST
        shutil.copytree(delivered.parent / place, storage / place)
    said = ask_worker(app, storage, *([call] if call else []), **LOGIN)
    assert all(outcome["ok"] and outcome.get("status", 200) in (200, 401) for outcome in said.outcomes)
    assert sorted(HEAVY & set(said.told["imported"])) == sorted(libraries.split())
