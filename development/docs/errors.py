"""Renders docs/fouten.md: every error that is raised on purpose, read from the source and not by importing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from development.docs.markdown import made_from, page, table

ROOT = Path(__file__).resolve().parents[2]
BASE = "SlimmeCheckError"


@dataclass(frozen=True, order=True)
class KnownError:
    """One error as the source states it. `place`: file in the repository."""

    code: str
    name: str
    promise: str
    retry: bool
    place: str


def sources(*parts: str) -> list[Path]:
    """Return the Python files of these top folders, in order."""
    return sorted(path for part in parts for path in (ROOT / part).rglob("*.py"))


def known_errors(root: Path = ROOT) -> list[KnownError]:
    """Return every error class of the product and every code given at a single place, sorted by code."""
    trees = [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sources("shared", "development", "bulk")]
    return sorted(error for path, tree in trees for error in _in_file(tree, path.relative_to(root).as_posix()))


def _in_file(tree: ast.Module, place: str) -> Iterator[KnownError]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and _code_of(node):
            promise = (ast.get_docstring(node) or "").split("\n\n")[0]
            yield KnownError(_code_of(node), node.name, promise, _attribute(node, "retry") is True, place)
        elif isinstance(node, ast.Call):
            yield from _given_code(node, place)


def _attribute(node: ast.ClassDef, name: str) -> object:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            targets = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            if name in targets:
                return statement.value.value
    return None


def _code_of(node: ast.ClassDef) -> str:
    code = _attribute(node, "code")
    return code if isinstance(code, str) and code.startswith("SC-") else ""


def _given_code(call: ast.Call, place: str) -> Iterator[KnownError]:
    """Yield the error of a call that names its own code; what it says is its first argument."""
    for keyword in call.keywords:
        value = keyword.value.value if keyword.arg == "code" and isinstance(keyword.value, ast.Constant) else None
        if isinstance(value, str) and value.startswith("SC-") and isinstance(call.func, ast.Name) and call.args:
            said = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
            yield KnownError(value, call.func.id, str(said), False, place)


def render_errors() -> str:
    """Return the page."""
    lines = [
        "# Fouten",
        "",
        *made_from("shared/errors.py", "shared/", "development/", "bulk/"),
        "Elke fout heeft een code en zegt wat er gebeurde, waar, en wat u nu kunt doen. Een fout noemt nooit een",
        "waarde uit een rij. Bij 'ja' onder opnieuw kan dezelfde opdracht later wel slagen. De belofte staat in het",
        "Engels, zoals in de code.",
        "",
        *table(
            ("code", "naam", "belofte", "opnieuw", "waar"),
            (
                (error.code, f"`{error.name}`", error.promise, "ja" if error.retry else "nee", f"`{error.place}`")
                for error in known_errors()
            ),
        ),
    ]
    return page(lines)
