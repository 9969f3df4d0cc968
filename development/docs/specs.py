"""Reads the spec tests of a feature as text: what the module promises, and each test as a sentence with its cases."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FunctionType, ModuleType

FOLDER = "tests.spec.features"
BOUNDS = "tests.spec.bounds"


@dataclass(frozen=True)
class Case:
    """One test as a sentence; `bounds`: shared lists of bounds it runs through; `cases`: its own named cases."""

    sentence: str
    bounds: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spec:
    """The specification of one feature. `promise` and `detail`: the first line of its module, and the rest."""

    promise: str
    detail: str
    tests: tuple[Case, ...]


@dataclass(frozen=True)
class Bounds:
    """A list of bounds that features share."""

    name: str
    sentences: tuple[str, ...]


def shared_bounds() -> tuple[str, tuple[Bounds, ...]]:
    """Return what the module of shared bounds says, and its lists that are not made of other lists."""
    module = importlib.import_module(BOUNDS)
    lists = [
        Bounds(name, tuple(bound[0] for bound in value)) for name, value in vars(module).items() if _is_list(value)
    ]
    own = [each for each in lists if not any(_made_of(each, other) for other in lists)]
    return inspect.getdoc(module) or "", tuple(own)


def _is_list(value: object) -> bool:
    return (
        isinstance(value, tuple)
        and bool(value)
        and all(isinstance(bound, tuple) and len(bound) == 4 for bound in value)
    )


def _made_of(each: Bounds, other: Bounds) -> bool:
    return each is not other and set(other.sentences) < set(each.sentences)


def read_spec(feature: str) -> Spec:
    """Return the specification of a feature from tests/spec/features."""
    module = importlib.import_module(f"{FOLDER}.test_{feature}")
    promise, _, detail = (inspect.getdoc(module) or "").partition("\n\n")
    bounds = shared_bounds()[1]
    return Spec(promise, detail, tuple(_case(test, bounds) for test in _tests(module)))


def _tests(module: ModuleType) -> Iterator[FunctionType]:
    for name, value in vars(module).items():
        if name.startswith("test_") and isinstance(value, FunctionType):
            yield value


def sentence_of(name: str) -> str:
    """Return the name of a test as a sentence."""
    words = name.removeprefix("test_").replace("_", " ")
    return words[0].upper() + words[1:] + "."


def _case(test: FunctionType, bounds: Sequence[Bounds]) -> Case:
    ids = [case for mark in getattr(test, "pytestmark", ()) for case in _ids(mark.args)]
    ran = tuple(each for each in bounds if set(each.sentences) <= set(ids))
    shared = {sentence for each in ran for sentence in each.sentences}
    return Case(
        sentence_of(test.__name__),
        tuple(each.name for each in ran),
        tuple(case for case in ids if case not in shared),
    )


def _ids(arguments: Sequence[object]) -> list[str]:
    """Return the names that a parametrized test gives to its cases; unnamed values tell a reader little."""
    values = arguments[1] if len(arguments) > 1 and isinstance(arguments[1], list | tuple) else ()
    return [case for case in (getattr(value, "id", None) for value in values) if isinstance(case, str)]
