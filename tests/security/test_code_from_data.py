"""Nothing that we wrote runs data as code, or hands a line to a shell: seen in the source, and planted to be found."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.repository import name_of, python_files, tree_of

WRITTEN = [
    *python_files(),
    *python_files("shared", "development", "benchmarks", "bulk", "tools", "infra"),
]
# loading what these wrote runs what it says
MODULES = {
    *("pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "jsonpickle", "builtins"),
    *("code", "codeop", "imp", "runpy", "pty", "commands"),
}
NAMES = {
    *("eval", "exec", "read_pickle", "to_pickle", "allow_pickle", "exec_module", "load_module", "unsafe_load"),
    *("full_load", "FullLoader", "UnsafeLoader", "create_subprocess_shell", "getoutput", "getstatusoutput"),
    *("popen", "startfile", "from_string"),
}
CALLED = {"eval", "exec", "compile", "__import__"}
SAFE_YAML = {"safe_load", "safe_load_all", "safe_dump", "YAMLError"}


def runs_data(tree: ast.Module) -> Iterator[str]:
    """Whatever in a file runs data as code, or a text by a shell."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom):
            told = {alias.name for alias in node.names}
            yield from told & (NAMES | {"system"})
            if (node.module or "").split(".")[0] in MODULES or (node.module == "yaml" and told - SAFE_YAML):
                yield str(node.module)
        elif isinstance(node, ast.Attribute):
            if node.attr in NAMES or node.attr.startswith(("execv", "execl", "spawnv", "spawnl")):
                yield node.attr
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            if (owner == "yaml" and node.attr not in SAFE_YAML) or (owner == "os" and node.attr == "system"):
                yield f"{owner}.{node.attr}"
        elif isinstance(node, ast.Call):
            yield from _called(node)


def _called(call: ast.Call) -> Iterator[str]:
    if isinstance(call.func, ast.Name) and call.func.id in CALLED:
        yield call.func.id
    named = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0] if call.args else None
    if named == "import_module" and isinstance(first, ast.Constant) and str(first.value).split(".")[0] in MODULES:
        yield f"import_module of {first.value}"
    if named == "getattr" and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
        yield from {str(call.args[1].value)} & NAMES
    for keyword in call.keywords:
        if keyword.arg in ("shell", "allow_pickle") and not _is_false(keyword.value):
            yield f"{keyword.arg}="


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def test_nothing_that_we_wrote_runs_data_as_code() -> None:
    assert len(WRITTEN) > 300
    assert not {name_of(path): found for path in WRITTEN if (found := sorted(set(runs_data(tree_of(path)))))}


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from marshal import loads",
        "import joblib.numpy_pickle",
        "import builtins",
        "eval('1')",
        "exec(text)",
        "compile(text, '', 'exec')",
        "__import__(name)",
        "frame.eval('a + b')",
        "pd.read_pickle(path)",
        "np.load(path, allow_pickle=True)",
        "np.load(path, allow_pickle=said)",
        "importlib.import_module('pickle')",
        "getattr(pd, 'read_pickle')",
        "yaml.load(text, Loader=yaml.Loader)",
        "from yaml import load",
        "subprocess.run(line, shell=True)",
        "subprocess.run(line, shell=said)",
        "os.system(line)",
        "os.execvp(name, given)",
        "from os import system",
        "asyncio.create_subprocess_shell(line)",
        "environment.from_string(text)",
    ],
)
def test_each_way_to_run_data_is_found(line: str, tmp_path: Path) -> None:
    assert list(runs_data(ast.parse(f"def f():\n    {line}\n")))


def test_what_only_looks_like_it_is_not_found() -> None:
    fine = "import re\nre.compile('a')\nsubprocess.run(['a'], shell=False)\nyaml.safe_load(a)\nconnection.execute(b)\n"
    assert not list(runs_data(ast.parse(fine)))
