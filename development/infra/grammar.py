"""Reads a Bicep file into a syntax tree by tree-sitter; what is no Bicep is told with its line."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from development.infra.places import Place, Unreadable

Node = Any  # tree_sitter.Node: installed for these checks alone (infra/requirements.txt), not where types are checked


@lru_cache(maxsize=1)
def _parser() -> Any:
    tree_sitter = importlib.import_module("tree_sitter")
    language = importlib.import_module("tree_sitter_bicep").language()
    return tree_sitter.Parser(tree_sitter.Language(language))


def parse(path: Path, name: str) -> Node:
    """Return the root of the tree of a file; Unreadable where it is no Bicep. `name`: what problems call it."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise Unreadable(Place(name, 1), "This file does not exist.") from None
    root = _parser().parse(text).root_node
    if root.has_error:
        wrong = next(_errors(root))
        line = wrong.start_point.row + 1
        what = f"{wrong.type!r} is missing" if wrong.is_missing else "this is no Bicep, or something before it is open"
        raise Unreadable(Place(name, line), f"{what}.")
    return root


def _errors(node: Node) -> Iterator[Node]:
    if node.is_error or node.is_missing:
        yield node
    for child in node.children:
        if child.has_error or child.is_missing:
            yield from _errors(child)


def text_of(node: Node) -> str:
    """Return the source of a node."""
    return str(node.text.decode("utf-8"))


def line_of(node: Node) -> int:
    """Return the line on which a node begins, from 1."""
    return int(node.start_point.row) + 1


def named(node: Node) -> list[Node]:
    """Return the children that mean something, without comments."""
    return [child for child in node.named_children if child.type != "comment"]
