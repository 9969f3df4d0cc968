"""Runs one reader under atheris: `python -m tests.fuzz.fuzzing GROUP READER FOLDER [options of libFuzzer]`.

In a process of its own, because atheris ends it. The folder holds what is found of use, and what went wrong.
"""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import atheris

from tests.fuzz.oracle import Target


def targets(group: str) -> dict[str, Target]:
    """Return the readers of a group; the product's code that they load tells from now on where it comes."""
    with atheris.instrument_imports(include=["shared"]):
        found: dict[str, Target] = importlib.import_module(f"tests.fuzz.{group}").TARGETS
    return found


def fuzz(target: Target, folder: Path, options: list[str]) -> None:
    """Begin with the seeds and go on until the number of runs in the options; ends the process."""
    corpus, seeds = folder / "invoer", list(target.seeds())
    corpus.mkdir(parents=True)
    for number, seed in enumerate(seeds):
        (corpus / f"zaad-{number:03}").write_bytes(seed)
    words = folder / "woorden.txt"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words), encoding="ascii")
    command = [
        sys.argv[0],
        f"-max_len={target.longest}",
        "-rss_limit_mb=512",
        "-keep_seed=1",
        f"-artifact_prefix={folder}/",
        *options,
    ]
    by_form = {}
    if target.change is not None:
        by_form["custom_mutator"] = _by_form(target.change, seeds)
        # by bytes an input loses its form: few such changes in a row, and a shorter input is no better one
        command += ["-mutate_depth=2", "-cross_over=0", "-reduce_inputs=0"]
    atheris.Setup([*command, *([f"-dict={words}"] if target.words else []), str(corpus)], target.one, **by_form)
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8"))


def _by_form(
    change: Callable[[bytes, random.Random], bytes | None], seeds: Sequence[bytes]
) -> Callable[[bytes, int, int], bytes]:
    def changed(data: bytes, longest: int, seed: int) -> bytes:
        """Change an input by its form nine times of ten, and else by its bytes; one without form begins anew."""
        turn = random.Random(seed)
        if turn.random() < 0.1:
            return bytes(atheris.Mutate(data, longest))
        other = change(bytes(data), turn)
        if other is None:
            other = change(turn.choice(seeds), turn)
        return data if other is None or len(other) > longest else other

    return changed


if __name__ == "__main__":
    fuzz(targets(sys.argv[1])[sys.argv[2]], Path(sys.argv[3]), sys.argv[4:])
