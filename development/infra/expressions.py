"""Works out an expression of Bicep: what a resource will look like once every name is filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from development.infra.functions import FUNCTIONS, Secret
from development.infra.grammar import Node, line_of, named, text_of
from development.infra.places import Place, Properties, Unreadable

_ESCAPES = {"\\n": "\n", "\\r": "\r", "\\t": "\t", "\\'": "'", "\\\\": "\\", "\\$": "$"}


class Names(Protocol):
    """What the names in a file stand for."""

    file: str

    def value(self, name: str, at: Place) -> Any:
        """Return what a name stands for; Unreadable when the file declares no such name."""


class Local:
    """The names of a file, and those of the loop that we are in."""

    def __init__(self, around: Names, bound: Mapping[str, Any]) -> None:
        """Add these names to those around."""
        self.file, self._around, self._bound = around.file, around, bound
        first = next(iter(bound.values()), None)
        self.row = first.at if isinstance(first, Properties) else None

    def value(self, name: str, at: Place) -> Any:
        """Return what a name stands for, the loop's own first."""
        return self._bound[name] if name in self._bound else self._around.value(name, at)


def place_of(node: Node, names: Names) -> Place:
    """Return where a node stands."""
    return Place(names.file, line_of(node))


def evaluate(node: Node, names: Names) -> Any:
    """Return the value of an expression; Unreadable, with the line, for a name or function that does not exist."""
    how = _KINDS.get(node.type)
    if how is None:
        raise Unreadable(place_of(node, names), f"These checks do not know {node.type!r}; write it more plainly.")
    return how(node, names)


def loop(node: Node, names: Names) -> Iterator[tuple[Node, Names]]:
    """Yield the body of a `for` once for every round whose `if` holds, with the names of that round."""
    *variables, over, body = named(node)
    bound = [text_of(each) for each in _flat(variables)]
    for number, each in enumerate(evaluate(over, names)):
        inside = Local(names, dict(zip(bound, (each, number), strict=False)))
        found = unless(body, inside)
        if found is not None:
            yield found, inside


def _flat(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.type in ("identifier", "loop_variable", "loop_enumerator"):
            yield node
        else:
            yield from _flat(named(node))


def unless(body: Node, names: Names) -> Node | None:
    """Return what an `if` holds; None where its condition fails; the body itself where there is no `if`."""
    if body.type != "if_statement":
        return body
    condition, inside = named(body)
    return inside if evaluate(condition, names) else None


def _string(node: Node, names: Names) -> Any:
    parts = named(node)
    if len(parts) == 1 and parts[0].type == "string_content":
        return text_of(parts[0])
    made = []
    for part in parts:
        if part.type == "interpolation":
            made.append(str(evaluate(named(part)[0], names)))
        else:
            text = text_of(part)
            made.append(_ESCAPES.get(text, text))
    return "".join(made)


def _object(node: Node, names: Names) -> Properties:
    found = Properties(place_of(node, names))
    for member in named(node):
        key, value = named(member)
        name = text_of(key) if key.type == "identifier" else str(evaluate(key, names))
        found.put(name, evaluate(value, names), place_of(member, names))
    return found


def _array(node: Node, names: Names) -> list[Any]:
    return [evaluate(each, names) for each in named(node)]


def _for(node: Node, names: Names) -> list[Any]:
    return [evaluate(body, inside) for body, inside in loop(node, names)]


def _member(node: Node, names: Names) -> Any:
    of, name = named(node)
    return _taken(evaluate(of, names), text_of(name), place_of(name, names))


def _subscript(node: Node, names: Names) -> Any:
    of, index = named(node)
    return _taken(evaluate(of, names), evaluate(index, names), place_of(index, names))


def _taken(of: Any, name: Any, at: Place) -> Any:
    if isinstance(of, Secret):
        return of[name]
    member: Callable[[str], Any] | None = getattr(of, "member", None)
    if member is not None:
        return member(name)
    try:
        return of[name]
    except (KeyError, IndexError, TypeError):
        raise Unreadable(at, f"There is no {name!r} in what stands before it.") from None


def _call(node: Node, names: Names) -> Any:
    function, arguments = named(node)
    name = text_of(function)
    if name not in FUNCTIONS:
        raise Unreadable(place_of(node, names), f"There is no function {name!r} (or these checks do not know it).")
    try:
        return FUNCTIONS[name](*(evaluate(each, names) for each in named(arguments)))
    except (TypeError, AttributeError, ValueError):
        raise Unreadable(place_of(node, names), f"{name} cannot be called like this.") from None


def _binary(node: Node, names: Names) -> Any:
    left, right = named(node)
    operator = text_of(node.children[1])
    one = evaluate(left, names)
    if operator == "&&":
        return bool(one) and bool(evaluate(right, names))
    if operator == "||":
        return bool(one) or bool(evaluate(right, names))
    return _OPERATORS[operator](one, evaluate(right, names))


def _ternary(node: Node, names: Names) -> Any:
    condition, yes, no = named(node)
    return evaluate(yes if evaluate(condition, names) else no, names)


def _unary(node: Node, names: Names) -> Any:
    value = evaluate(named(node)[0], names)
    return not value if text_of(node).startswith("!") else -value


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
}
_KINDS: Mapping[str, Callable[[Node, Names], Any]] = {
    "array": _array,
    "binary_expression": _binary,
    "boolean": lambda node, _: text_of(node) == "true",
    "call_expression": _call,
    "for_statement": _for,
    "identifier": lambda node, names: names.value(text_of(node), place_of(node, names)),
    "member_expression": _member,
    "null": lambda *_: None,
    "number": lambda node, _: int(text_of(node)),
    "object": _object,
    "parenthesized_expression": lambda node, names: evaluate(named(node)[0], names),
    "string": _string,
    "subscript_expression": _subscript,
    "ternary_expression": _ternary,
    "unary_expression": _unary,
}
