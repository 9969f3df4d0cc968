"""How long a fresh process takes to be of use: the app, its model and one score; beside the import of interpret alone.

`python -m benchmarks.cold_start [ROUNDS]`
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping

from benchmarks.measuring import fresh, in_turns
from benchmarks.outcome import Goal, Outcome, share_of_memory, share_of_time
from benchmarks.running import alone

SIZE, SMALL = 7, 1  # rounds
_INTERPRET, _NUMBERS, _TABLE = (
    "import interpret.glassbox, and nothing else",
    "one application, by numbers",
    "in a table",
)
_APP = """
import function_app
from shared.bootstrap.wiring import loaded_package, settings
from shared.usecases import datasets, use_case
name, _, version = use_case(datasets()[0]).package.rpartition("-")
package = loaded_package(settings(), name, version)
"""
_BY_NUMBERS = f"""{_APP}
import numpy, sys
from shared.stages.score import score_columns
scored = score_columns(package, {{name: numpy.zeros(1) for name in package.feature_names}}, 1)
assert 0 < scored.score[0] < 1 and "pandas" not in sys.modules
"""
_BY_TABLE = f"""{_APP}
import pandas
from shared.stages.score import score_features
scored = score_features(package, pandas.DataFrame({{name: [0.0] for name in package.feature_names}}))
assert 0 < scored.score[0] < 1
"""
CLOCK = """
import function_app
function_app.bootstrap.daytime()
"""
_PAGE = """
import function_app
function_app.bootstrap.http_app()
"""
_ABOUT = """A fresh Python imports `function_app`, reads the model package, verifies it (every digest, every golden
case) and scores one application with all contributions and its uncertainty. Twice: by numbers, which is all that a
score takes, and in a table, which also pays for the import of pandas (as a run does, that reads files). Beside it a
process that does nothing but import the library that the model was trained with. Neither way is a function of the app
that judges a delivery: such a function also loads SQLAlchemy, jsonschema and what of pyarrow reads and writes files.
What to hold beside the memory of interpret is that of the smallest real night, the first line of *Cost of a night*.
Which libraries each function of the app loads is a test (`tests/worker/test_what_functions_load.py`)."""


def without_work(storage: str) -> Mapping[str, str]:
    """Return the environment of an app on this storage that expects no delivery today."""
    return {"SLIMME_CHECK_OPSLAG": storage, "SLIMME_CHECK_LEVERDAGEN": "geen"}


def measure(size: int) -> Outcome:
    """Measure fresh processes, `size` rounds."""
    with tempfile.TemporaryDirectory() as storage:
        here = without_work(storage)
        score = in_turns(
            size,
            {
                _INTERPRET: fresh("import interpret.glassbox"),
                _NUMBERS: fresh(_BY_NUMBERS, environment=here),
                _TABLE: fresh(_BY_TABLE, environment=here),
            },
        )
        others = in_turns(
            size,
            {
                "import function_app": fresh("import function_app", environment=here),
                "a clock by day with nothing to do": fresh(CLOCK, environment=here),
                "the site, ready to answer": fresh(_PAGE, environment=here),
            },
        )
    interpret, numbers, table = score
    goals: list[Goal] = []
    for one, where in ((numbers, ""), (table, ", in a table")):
        goals += [
            share_of_time(
                f"wall time of a cold start{where}: at most 0.4 × the import of interpret", one, interpret, 0.4
            ),
            share_of_memory(f"memory of a cold start{where}: at most 0.6 ×", one, interpret, 0.6),
        ]
    return Outcome("Cold start", _ABOUT, size, {"until one score": score, "until ready": others}, goals)


if __name__ == "__main__":
    alone("cold_start")
