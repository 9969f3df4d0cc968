"""Tells which rows were left out and why, each once, in however many parts of a delivery it came by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from shared.records import Finding, Need, Selection
from shared.stages.rules import finding

_CODES = {Need.OF_NOBODY: "LEV-601", Need.OTHER_KIND: "LEV-602", Need.OUT_OF_TIME: "LEV-603"}
_NOT_COUNTED = -1


class LeftOut:
    """Adds up the selections of the parts of a delivery. `counted`: per table, which rows of its file count at all."""

    def __init__(self, counted: Mapping[str, np.ndarray], everywhere: Collection[str] = ()) -> None:
        """Begin. `everywhere`: the tables that every part has whole."""
        self._needs = {
            name: np.where(counts, Need.OF_NOBODY, _NOT_COUNTED).astype(np.int8) for name, counts in counted.items()
        }
        self._everywhere = frozenset(everywhere)
        self._chosen_from: set[str] = set()
        self._of_applications: Counter[Finding] = Counter()
        self._parts = 0

    def add(self, selection: Selection, tables: Mapping[str, pd.DataFrame]) -> dict[str, np.ndarray]:
        """Count a part; returns per table which of the rows that it needs no part before it needed.

        `tables`: what was chosen from, with the position of each row in its file as index.
        """
        for found in selection.findings:
            self._of_applications[replace(found, aantal=0)] += found.aantal
        self._parts += 1
        fresh = {}
        for name, rows in selection.tables.items():
            if name in self._everywhere or (name not in selection.needs and self._parts == 1):
                fresh[name] = np.full(len(rows), self._parts == 1)
                continue
            self._chosen_from.add(name)
            need, positions = selection.needs[name], tables[name].index.to_numpy()
            before = self._needs[name][positions]
            fresh[name] = (before != Need.NEEDED)[need == Need.NEEDED]
            self._needs[name][positions] = np.maximum(before, need)
        return fresh

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings on all parts that were counted."""
        findings = [replace(kind, aantal=number) for kind, number in self._of_applications.items()]
        for name in self._chosen_from:
            for need, code in _CODES.items():
                number = int(np.count_nonzero(self._needs[name] == need))
                if number:
                    findings.append(finding(code, tabel=name, aantal=number))
        return tuple(sorted(findings))
