"""The app as it is deployed indexes in Microsoft's worker: six functions, each one call into bootstrap."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worker.calling import ROOT, ask_worker

BINDINGS = {
    "delivery_arrived": [
        {
            "direction": "IN",
            "type": "blobTrigger",
            "name": "blob",
            "path": "brievenbus/{dataset}/{levering}/datapackage.json",
            "connection": "BRIEVENBUS",
            "source": "EventGrid",
        }
    ],
    "poison": [
        {
            "direction": "IN",
            "type": "queueTrigger",
            "name": "message",
            "queueName": "webjobs-blobtrigger-poison",
            "connection": "BRIEVENBUS",
        }
    ],
    "nightly": [{"direction": "IN", "type": "timerTrigger", "name": "timer", "schedule": "0 30 3 * * *"}],
    "purge": [{"direction": "IN", "type": "timerTrigger", "name": "timer", "schedule": "0 15 2 * * *"}],
    "daytime": [{"direction": "IN", "type": "timerTrigger", "name": "timer", "schedule": "0 5-55/10 4-22 * * *"}],
    "http": [
        {
            "direction": "IN",
            "type": "httpTrigger",
            "name": "request",
            "methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
            "authLevel": "ANONYMOUS",
            "route": "{*route}",
        },
        {"direction": "OUT", "type": "http", "name": "$return"},
    ],
}


@pytest.mark.parametrize("placeholder", [False, True], ids=["at once", "after a placeholder"])
def test_the_app_has_six_functions_with_these_bindings(app: Path, tmp_path: Path, placeholder: bool) -> None:
    said = ask_worker(app, tmp_path / "opslag", placeholder=placeholder)
    assert said.told["bindings"] == BINDINGS
    assert said.told["code"] == str(app), "only what is deployed was imported"
    assert not (tmp_path / "opslag").exists(), "indexing does nothing yet"


def test_a_deployment_holds_the_app_the_models_and_nothing_else(app: Path) -> None:
    assert {path.name for path in app.iterdir()} - {".funcignore", "__pycache__", ".python_packages"} == {
        *("function_app.py", "host.json", "requirements.txt", "LICENSE", "models", "shared")
    }
    here = {path.relative_to(ROOT) for path in (ROOT / "shared").rglob("*") if path.is_file()}
    there = {path.relative_to(app) for path in (app / "shared").rglob("*") if path.is_file()}
    assert {path for path in here - there if path.suffix not in (".pyc", ".pyo")} == set()


def test_each_function_is_one_call_into_bootstrap() -> None:
    tree = ast.parse((ROOT / "function_app.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {function.name for function in functions} == set(BINDINGS)
    for function in functions:
        docstring, only = function.body
        assert isinstance(docstring, ast.Expr)
        calls = [node for node in ast.walk(only) if isinstance(node, ast.Call)]
        assert sum("bootstrap." in ast.unparse(call.func) for call in calls) >= 1
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.If | ast.For | ast.Try | ast.While)]


def test_importing_the_app_is_light() -> None:
    code = (
        "import sys, function_app; "
        "print([m for m in ('pandas', 'pyarrow', 'sqlalchemy', 'numpy', 'fastapi', 'jwt') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
