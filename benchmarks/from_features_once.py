"""`python -m benchmarks.from_features_once WAY DELIVERY STORAGE`: from features to published results, one way.

In a process of its own. Reading, checking and computing features come first and are not in the time, which goes to the
file `seconds` in the storage. `SLIMME_CHECK_OPSLAG` is that storage.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.nights import DATASET, DAY
from benchmarks.rivals import interpret_model
from shared import bootstrap, pipeline
from shared.adapters.deliveryfolder import DeliveryFolder
from shared.events import Action
from shared.installation import Installation, Steps
from shared.records import FeatureTable
from shared.runs import publish

_AT_ONCE = 10_000  # applications: as shared/judging.py takes them
_FACTORS = 3


def main(way: str, delivery: Path, storage: Path) -> None:
    """Do it, and write how long it took."""
    here = bootstrap.installation(bootstrap.person_here(), DATASET)
    checked = pipeline.check_delivery(DeliveryFolder(delivery), here.use_case, here.model.policy["bands"])
    key = here.keys.current()
    pseudonymised, _ = pipeline.pseudonymise_delivery(checked, here.use_case, key)
    table = pipeline.features(pseudonymised, here.use_case, key, here.keys.special_addresses())
    began = time.perf_counter()
    WAYS[way](here, table, storage)
    (storage / "seconds").write_text(f"{time.perf_counter() - began}", encoding="ascii")


def as_the_app_does(here: Installation, table: FeatureTable, _: Path) -> None:
    """Score, explain, write Parquet and JSON lines, publish with seal, state and event."""
    event = here.event(Action.CLAIMEN, f"levering {DAY}", "geclaimd")
    claim = here.ledger.claim(here.new_run(DAY, "meting"), here.terms(), event)
    key, identity, rows = here.keys.find(table.key_id), here.identity(claim.run), len(table.frame)
    parts = (table.frame.iloc[at : at + _AT_ONCE].reset_index(drop=True) for at in range(0, rows, _AT_ONCE))
    judged = (here.core.judge(replace(table, frame=part), here.use_case, identity, key) for part in parts)
    publish(here, claim, judged, Steps(here, claim.run), tuple, None)


def as_most_people_would(here: Installation, table: FeatureTable, storage: Path) -> None:
    """Let the library predict and explain, make a dictionary of every application, and store these."""
    model, features = interpret_model(here.model), list(table.feature_names)
    scored = table.frame[table.frame["resultaattype"] == 0]
    inputs = scored[features].astype(float)
    scores = model.predict_proba(inputs)[:, 1]
    explained = model.explain_local(inputs)
    documents = []
    for place, row in enumerate(scored.to_dict("records")):
        told = explained.data(place)
        contributions = dict(zip(told["names"], map(float, told["scores"]), strict=True))
        largest = sorted(contributions, key=lambda name: abs(contributions[name]), reverse=True)[:_FACTORS]
        documents.append(
            {
                "aanvraagnummer": row["aanvraagnummer"],
                "dienst": row["dienst"],
                "persoon": row["persoon"],
                "peilmoment": str(row["peilmoment"]),
                "score": float(scores[place]),
                "resultaattype": 1 if scores[place] >= here.model.threshold else 2,
                "kenmerken": {name: float(row[name]) for name in features},
                "bijdragen": contributions,
                "uitleg": [{"kenmerk": name, "bijdrage": contributions[name]} for name in largest],
            }
        )
    _written(documents, storage)


def _written(documents: list[dict[str, Any]], storage: Path) -> None:
    with (storage / "resultaten.jsonl").open("w", encoding="utf-8") as lines:
        for document in documents:
            lines.write(json.dumps(document) + "\n")
    texts = [
        {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in document.items()}
        for document in documents
    ]
    pd.DataFrame(texts).to_parquet(storage / "resultaten.parquet")
    with closing(sqlite3.connect(storage / "resultaten.sqlite")) as connection:
        names = list(texts[0])
        connection.execute(f"CREATE TABLE resultaten ({', '.join(names)}, PRIMARY KEY (aanvraagnummer))")
        marks = ", ".join(f":{name}" for name in names)
        connection.executemany(f"INSERT INTO resultaten VALUES ({marks})", texts)
        connection.commit()


WAYS: Mapping[str, Callable[[Installation, FeatureTable, Path], None]] = {
    "app": as_the_app_does,
    "typical": as_most_people_would,
}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
