"""`python -m benchmarks.from_features_once WAY DELIVERY STORAGE`: from features to published results, one way.

In a process of its own. Reading, checking and computing features come first and are not in the time, which goes to the
file `seconds` in the storage. `SLIMME_CHECK_OPSLAG` is that storage.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import typical
from benchmarks.nights import DATASET, DAY
from shared import bootstrap, pipeline
from shared.adapters.chosen import engine_of
from shared.adapters.deliveryfolder import DeliveryFolder
from shared.adapters.sql.upgrade import upgrade
from shared.events import Action
from shared.installation import Installation, Steps
from shared.judging import judged
from shared.records import FeatureTable
from shared.runs import publish
from shared.stages.resultfiles import origin


def main(way: str, delivery: Path, storage: Path) -> None:
    """Do it, and write how long it took."""
    upgrade(engine_of(bootstrap.settings()))
    here = bootstrap.installation(bootstrap.person_here(), DATASET)
    checked = pipeline.check_delivery(DeliveryFolder(delivery), here.use_case, here.model.policy["bands"])
    key = here.keys.current()
    pseudonymised, _ = pipeline.pseudonymise_delivery(checked, here.use_case, key)
    table = pipeline.features(pseudonymised, here.use_case, key, here.keys.special_addresses())
    began = time.perf_counter()
    WAYS[way](here, table, storage)
    (storage / "seconds").write_text(f"{time.perf_counter() - began}", encoding="ascii")


def as_the_app_does(here: Installation, table: FeatureTable, _: Path) -> None:
    """Score, explain, write Parquet and JSON lines, publish with seal, state and event; no tail."""
    event = here.event(Action.CLAIMEN, f"levering {DAY}", "geclaimd")
    claim = here.ledger.claim(here.new_run(DAY, "meting"), here.terms(), event)
    steps = Steps(here, claim.run)
    results = judged(here, claim.run, table, here.keys.find(table.key_id), steps)
    publish(here, claim, results, steps, tuple, None)
    with here.ledger.settling():  # who writes as most people would pays for this with the last row
        pass


def as_most_people_would(here: Installation, table: FeatureTable, storage: Path) -> None:
    """Make and store the same results, as most people would."""
    claim = here.ledger.claim(here.new_run(DAY, "meting"), here.terms(), here.event(Action.CLAIMEN, "", "geclaimd"))
    found = typical.documents(table, here.use_case, here.model, origin(here.identity(claim.run)))
    typical.write(found, storage, engine_of(bootstrap.settings()))


WAYS: Mapping[str, Callable[[Installation, FeatureTable, Path], None]] = {
    "app": as_the_app_does,
    "typical": as_most_people_would,
}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
