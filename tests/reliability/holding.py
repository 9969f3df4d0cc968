"""Who held a run when it was brought further: every worker has a name of its own in the events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shared.events import Action
from tests.reliability.looking import rows

_ENDS = {Action.AFRONDEN, Action.AFKEUREN, Action.AANHOUDEN, Action.MISLUKKEN}


def not_held(root: Path) -> Iterator[str]:
    """Yield the steps of runs by a worker that did not claim the run last, or had given it up already."""
    holder: dict[str, str] = {}
    query = "SELECT run, handeling, resultaat, herkomst FROM gebeurtenissen WHERE run <> '' ORDER BY volgnr"
    for run, action, outcome, worker in rows(root, query):
        if action == Action.CLAIMEN:
            holder[run] = worker if outcome == "geclaimd" else ""
        elif action == Action.PUBLICEREN or action in _ENDS:
            if holder.get(run) != worker:
                yield f"'{action}' of {run} by {worker}, which did not hold it: {holder.get(run) or 'nobody'} did"
            if action in _ENDS:
                holder[run] = ""
