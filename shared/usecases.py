"""Finds the use cases: every folder beside this file with a module `usecase`. No other file knows their names."""

from __future__ import annotations

import importlib
import json
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from shared.errors import NotKnown
from shared.usecase import UseCase, at_mailbox


@lru_cache(maxsize=1)
def datasets() -> tuple[str, ...]:
    """Return the datasets that have a use case: every folder beside this file with a module `usecase`."""
    return tuple(sorted(path.parent.name for path in Path(__file__).parent.glob("*/usecase.py")))


@lru_cache(maxsize=1)
def mailboxes() -> tuple[str, ...]:
    """Return the names of all mailboxes: of every use case, and of what follows its judging.

    ValueError when two have the same name: nobody could say whose a delivery is.
    """
    follow_ups = [follow_up.dataset for dataset in datasets() for follow_up in use_case(dataset).follow_ups]
    names = (*datasets(), *sorted(follow_ups))
    if len(set(names)) < len(names):
        raise ValueError("two mailboxes have the same name")
    return names


@lru_cache(maxsize=16)
def use_case(dataset: str) -> UseCase:
    """Return the use case of a dataset, or of what follows its judging; NotKnown when there is none."""
    if dataset in datasets():
        module = importlib.import_module(f"shared.{dataset}.usecase")
        (found,) = (member for member in vars(module).values() if isinstance(member, UseCase))
        return found
    for case in map(use_case, datasets()):
        for follow_up in case.follow_ups:
            if follow_up.dataset == dataset:
                return at_mailbox(case, follow_up)
    raise NotKnown("There is no use case for this dataset.", next_step=f"Choose from: {', '.join(datasets())}.")


def use_case_of(folder: Path) -> UseCase:
    """Return the use case that a delivery in a folder says it is for; the check itself tells what is wrong with it."""
    named = None
    with suppress(OSError, ValueError, AttributeError):
        named = json.loads((folder / "datapackage.json").read_text(encoding="utf-8")).get("dataset")
    return use_case(named if named in mailboxes() else datasets()[0])


def register_folder(dataset: str) -> Path | None:
    """Return where people wrote about a use case for the algorithm register; None where it is not registered."""
    folder = Path(__file__).parent / dataset / "register"
    return folder if (folder / "algoritme.toml").is_file() else None
