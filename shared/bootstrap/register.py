"""Writes what the public can read of every registered algorithm: its register entry, papers and pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.bootstrap.wiring import settings, versions
from shared.errors import NotKnown
from shared.usecases import datasets, register_folder, use_case

if TYPE_CHECKING:
    from shared.monitoring.register.facts import Algorithm

CARD = "card.md"
TESTS, EXAMPLE = "toetsen.json", "voorbeeld.json"
_WRITE = "Write `register/algoritme.toml` in the folder of the use case."


def write_register(output: Path) -> list[Path]:
    """Write everything below a folder; return the files, in order. Nothing is written where an entry is not valid."""
    from shared.monitoring.register.files import register_files

    written = []
    for name, content in register_files([algorithm(dataset) for dataset in registered()]).items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def registered() -> tuple[str, ...]:
    """Return the datasets of which people wrote about the algorithm; NotKnown where there is none."""
    found = tuple(dataset for dataset in datasets() if register_folder(dataset))
    if not found:
        raise NotKnown("No algorithm is registered.", next_step=_WRITE)
    return found


def algorithm(dataset: str) -> Algorithm:
    """Return all that is told of an algorithm, about the package that judges now."""
    config = settings()
    return told_of_package(dataset, config.models, _active(dataset), config.activity)


def told_of_package(dataset: str, models: Path, name: str, activity: str) -> Algorithm:
    """Return all that is told of an algorithm with a package in a folder of packages.

    An example of another package is left out. `activity`: the address of its processing activities.
    """
    from shared.adapters.packages import load_package, read_package_files
    from shared.monitoring.register.facts import gather
    from shared.monitoring.register.reweighing import place_of, read_reweighing
    from shared.monitoring.register.text import read_text

    folder = register_folder(dataset)
    if folder is None:
        raise NotKnown("This algorithm is not registered.", where=dataset, next_step=_WRITE)
    package = load_package(models / name)
    measured, example = _stored(models / place_of(package)), _stored(folder / EXAMPLE)
    return gather(
        use_case(dataset),
        package,
        read_text(folder, package.feature_names),
        _stored(folder / TESTS) or {},
        activity,
        page=read_package_files(models / name)[CARD].decode("utf-8"),
        reweighing=read_reweighing(measured, package.sha256) if measured else None,
        example=example if example and example["sha256"] == package.sha256 else None,
    )


def _active(dataset: str) -> str:
    """Return the folder of the package that judges; looking makes no administration."""
    from shared.adapters.chosen import has_ledger

    if not has_ledger(settings()):
        return use_case(dataset).package
    package = versions(settings(), dataset).would_judge()
    return f"{package.name}-{package.version}"


def _stored(path: Path) -> Any:
    """Return what a JSON file holds; None where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
