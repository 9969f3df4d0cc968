"""What must be known before a deployment begins: lists that make resources, their names, and whether they are made.

The compiler of Bicep refuses there what only a module or a resource gives (BCP120, BCP178, BCP182); so do these checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from development.infra.grammar import Node, line_of, named, parse, text_of
from development.infra.places import Place, Problem, Unreadable
from development.infra.template import ROOT

_KNOWN = frozenset({"id", "name", "type", "apiVersion"})  # of a resource, from its declaration alone


def check_beforehand(root: Path = ROOT) -> Iterator[Problem]:
    """Yield every place that needs a value at the start and names one that comes later."""
    for path in sorted((root / "infra").rglob("*.bicep")):
        name = str(path.relative_to(root))
        try:
            tree = parse(path, name)
        except Unreadable:  # told by who reads it first
            continue
        declared = {
            text_of(next(c for c in named(node) if c.type == "identifier")): node
            for node in named(tree)
            if node.type.endswith("_declaration") and node.type != "output_declaration"
        }
        for node in declared.values():
            for part in _needed_early(node):
                for late in _late(part, declared, frozenset()):
                    sentence = f"{text_of(late)} is only known during the deployment, and here it is needed before."
                    yield Problem(Place(name, line_of(part)), "vooraf", sentence)


def _needed_early(declaration: Node) -> Iterator[Node]:
    """Yield what must be known at the start: of a variable with a loop all of it."""
    value = named(declaration)[-1]
    if declaration.type == "variable_declaration":
        if any(child.type == "for_statement" for child in _inside(value)):
            yield value
        return
    if declaration.type not in ("resource_declaration", "module_declaration"):
        return
    if value.type == "for_statement":
        *_, over, value = named(value)
        yield over
    if value.type == "if_statement":
        condition, value = named(value)
        yield condition
    for member in named(value):
        if text_of(named(member)[0]) == "name":
            yield named(member)[1]


def _late(node: Node, declared: Mapping[str, Node], seen: frozenset[str]) -> Iterator[Node]:
    """Yield the expressions inside that only a module or a resource gives, also by way of variables."""
    for each in _inside(node):
        if each.type != "identifier" or (each.parent.type == "object_property" and each == named(each.parent)[0]):
            continue
        name = text_of(each)
        target = declared.get(name)
        if target is None or name in seen:
            continue
        if target.type == "variable_declaration":
            yield from _late(named(target)[-1], declared, seen | {name})
        elif target.type == "module_declaration" or (
            target.type == "resource_declaration" and not _from_declaration(each)
        ):
            yield each.parent


def _from_declaration(identifier: Node) -> bool:
    """Say whether what is asked of a resource stands in its declaration: its name, its id."""
    parent = identifier.parent
    if parent.type == "subscript_expression":
        parent = parent.parent
    if parent.type != "member_expression":
        return True
    return text_of(named(parent)[1]) in _KNOWN


def _inside(node: Node) -> Iterator[Node]:
    yield node
    for child in named(node):
        yield from _inside(child)
