"""Fills in a template and its modules for one environment, and returns every resource that Azure would make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from development.infra.expressions import Local, Names, evaluate, loop, place_of, unless
from development.infra.grammar import Node, line_of, named, parse, text_of
from development.infra.places import Place, Problem, Properties, Unreadable

ROOT = Path(__file__).resolve().parents[2]


@dataclass(eq=False)
class Resource:
    """One resource as it will be. `new`: it is made here; otherwise the template only names it."""

    kind: str
    properties: Properties
    place: Place
    new: bool
    origin: Place  # the row of the list that asked for it, where a loop made it; else its own place
    parent: Resource | None = None
    version: str = ""  # of the interface of Azure that the template speaks
    on: Resource | None = None  # what an extension resource (a role, a diagnostic setting) stands on

    @property
    def name(self) -> str:
        """Return the name, without those of its parents."""
        return str(self.properties.get("name", ""))

    @property
    def id(self) -> str:
        """Return what tells this resource from every other."""
        if self.parent is not None:
            return f"{self.parent.id[:-1]}/{self.name}>"
        return f"<{self.kind}/{self.name}>"

    def get(self, *path: str) -> Any:
        """Return a member inside members; None where there is none."""
        here: Any = self.properties
        for name in path:
            if not isinstance(here, Mapping) or name not in here:
                return None
            here = here[name]
        return here

    def member(self, name: str) -> Any:
        """Return what an expression gets when it asks this of the resource."""
        if name == "id":
            return self.id
        if name == "name":
            return self.name
        return AtRunTime(self.id, ()).member(name)


@dataclass(frozen=True)
class AtRunTime:
    """Something that Azure only knows once the resource is there, such as the id of an identity."""

    of: str
    path: tuple[str, ...]

    def member(self, name: str) -> AtRunTime:
        """Return what is further inside."""
        return AtRunTime(self.of, (*self.path, str(name)))

    def __str__(self) -> str:
        """Return a text that stands for the value."""
        return f"{self.of[:-1]} {'.'.join(self.path)}>"


@dataclass
class Deployed:
    """Everything that a template makes, and what is wrong with it."""

    resources: list[Resource] = field(default_factory=list)
    outputs: dict[str, tuple[Any, Place]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rows: list[Place] = field(default_factory=list)  # of the loops that we are in

    def of_any(self) -> list[Resource]:
        """Return every resource that is made here."""
        return [resource for resource in self.resources if resource.new]

    def of(self, kind: str) -> list[Resource]:
        """Return the resources of a kind that are made here."""
        return [resource for resource in self.resources if resource.kind == kind and resource.new]


class File:
    """One file with its parameters filled in; names are worked out when they are asked for."""

    def __init__(self, path: Path, given: Mapping[str, Any], into: Deployed, called_at: Place, root: Path) -> None:
        """Read a file; `given`: its parameters by name."""
        self.path, self.file, self._root = path, str(path.relative_to(root)), root
        self._into, self._known = into, dict[str, Any]()
        self._declared: dict[str, Node] = {}
        self._used: set[str] = set()
        self.outputs: dict[str, Any] = {}
        tree = parse(path, self.file)
        self._nodes = [node for node in named(tree) if node.type.endswith("_declaration")]
        for node in self._nodes:
            if node.type != "output_declaration":
                self._declared[text_of(_identifier(node))] = node
        self._take(given, called_at)

    def _take(self, given: Mapping[str, Any], called_at: Place) -> None:
        asked = {text_of(_identifier(n)): n for n in self._nodes if n.type == "parameter_declaration"}
        for name in sorted(given.keys() - asked.keys()):
            raise Unreadable(_inside(given, name, called_at), f"{self.file} takes no parameter {name!r}.")
        for name, node in asked.items():
            if name in given:
                self._known[name] = given[name]
                continue
            default = [child for child in named(node) if child.type not in ("identifier", "type", "decorators")]
            if not default:
                raise Unreadable(called_at, f"The parameter {name!r} of {self.file} is not given.")
            self._known[name] = evaluate(default[-1], self)

    def value(self, name: str, at: Place) -> Any:
        """Return what a name stands for; Unreadable when the file declares no such name."""
        self._used.add(name)
        if name not in self._declared:
            raise Unreadable(at, f"Nothing here is called {name!r}.")
        if name not in self._known:
            self._known[name] = self._make(self._declared[name])
        return self._known[name]

    def run(self) -> None:
        """Make everything that the file declares, and its outputs."""
        for name, node in self._declared.items():
            if name not in self._known:
                self._known[name] = self._make(node)
        for node in self._nodes:
            if node.type == "output_declaration":
                name = text_of(_identifier(node))
                self.outputs[name] = evaluate(named(node)[-1], self)
                self._into.outputs[f"{self.file} {name}"] = (self.outputs[name], place_of(node, self))
        for name, node in self._declared.items():
            if name not in self._used and node.type in ("parameter_declaration", "variable_declaration"):
                unused = Problem(place_of(node, self), "ongebruikt", f"Nothing uses {name!r}.")
                self._into.problems.append(unused)

    def _make(self, node: Node) -> Any:
        if node.type == "variable_declaration":
            return evaluate(named(node)[-1], self)
        what = [child for child in named(node) if child.type != "decorators"]
        body = what[-1]
        make = self._resource if node.type == "resource_declaration" else self._module
        kind = str(evaluate(what[1], self))
        exists = any(child.type == "existing" for child in node.children)
        if body.type == "for_statement":
            return [self._row(make, kind, inside, names, not exists) for inside, names in loop(body, self)]
        found = unless(body, self)
        if found is None:
            return make(kind, named(body)[1], self, False)
        return make(kind, found, self, not exists)

    def _row(self, make: Callable[..., Any], kind: str, body: Node, names: Names, new: bool) -> Any:
        row = names.row if isinstance(names, Local) else None
        self._into.rows.append(row or Place(self.file, line_of(body)))
        made = make(kind, body, names, new)
        self._into.rows.pop()
        return made

    def _resource(self, kind: str, body: Node, names: Names, new: bool) -> Resource:
        properties = evaluate(body, names)
        parent, on = properties.get("parent"), properties.get("scope")
        kind, _, version = kind.partition("@")
        at = Place(self.file, line_of(body))
        made = Resource(kind, properties, at, new, self._into.rows[-1] if self._into.rows else at, parent, version, on)
        if new:
            self._into.resources.append(made)
        return made

    def _module(self, path: str, body: Node, names: Names, new: bool) -> Any:
        told = evaluate(body, names)
        at = Place(self.file, line_of(body))
        if not new:  # its condition fails: nothing is made
            return {}
        file = File(self.path.parent / path, told.get("params", Properties(at)), self._into, at, self._root)
        file.run()
        return {"outputs": file.outputs}


def _identifier(node: Node) -> Node:
    return next(child for child in named(node) if child.type == "identifier")


def _inside(given: Mapping[str, Any], name: str, otherwise: Place) -> Place:
    return given.places[name] if isinstance(given, Properties) else otherwise


def deploy(template: Path, parameters: Mapping[str, Any], at: Place, root: Path = ROOT) -> Deployed:
    """Return what a template makes with these parameters; a file that cannot be read is a problem of its own."""
    made = Deployed()
    try:
        File(template, parameters, made, at, root).run()
    except Unreadable as cause:
        made.problems.append(cause.problem)
    return made
