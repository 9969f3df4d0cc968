"""Where the files of the project lie, and what a Python file holds."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DATASETS = ROOT / "shared" / "levensonderhoud" / "dataset"
DOCS = ROOT / "docs"
_WRITTEN = {".py", ".css", ".html", ".js", ".mjs", ".sh", ".bicep", ".mako"}
_MADE = {"node_modules", "__pycache__", "werk", "build", "dist"}  # by machines, or by others


def python_files(*folders: str) -> list[Path]:
    """The Python files of these folders, and those beside them when no folder is named."""
    if not folders:
        return sorted(ROOT.glob("*.py"))
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def written_files(root: Path = ROOT) -> list[Path]:
    """Every file of code, style or page that somebody of this project wrote, wherever it lies; tests too."""
    found = []
    for folder, below, names in root.walk():
        below[:] = [name for name in below if name not in _MADE and not name.startswith(".")]
        found += [folder / name for name in names if Path(name).suffix in _WRITTEN]
    return sorted(found)


def name_of(path: Path) -> str:
    """The path of a file inside the project."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    """What a Python file holds."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[str]:
    """The modules that a Python file imports, wherever in the file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def document(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))
