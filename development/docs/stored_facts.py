"""Stores, beside a use case, facts that only development knows: what the tests of its features show, and an example.

What is deployed imports no tests and no invented people. So these facts are written here and read there; `docs --check`
fails when they are out of date.
"""

from __future__ import annotations

import tempfile
import tomllib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from development.docs.errors import ROOT
from development.docs.specs import read_spec
from development.population import write_delivery
from shared import pipeline
from shared.adapters.deliveryfolder import DeliveryFolder
from shared.adapters.packages import load_package
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.levensonderhoud.features.frame import FEATURES
from shared.modelpackage.canonical import canonical_json
from shared.stages.explain import explain
from shared.stages.pseudonym import SHORTEST_SECRET, PseudonymKey
from shared.stages.score import score_applications

FOLDER = Path("shared") / "levensonderhoud" / "register"
DUTCH = ROOT / "tests" / "spec" / "nederlands.toml"
_PERIOD = (datetime(2026, 11, 16), datetime(2026, 11, 18))
_SEED = 1


@lru_cache(maxsize=1)
def stored_facts() -> dict[str, str]:
    """Return the text of every stored file, by its path in the project."""
    return {
        str(FOLDER / "toetsen.json"): _text({name: tests_in_dutch(name) for name in FEATURES}),
        str(FOLDER / "voorbeeld.json"): _text(example()),
    }


def tests_in_dutch(feature: str) -> list[str]:
    """Return what the tests of a feature show, each as a Dutch sentence; KeyError for a test that has none."""
    dutch = tomllib.loads(DUTCH.read_text(encoding="utf-8"))
    return [dutch[test.sentence] for test in read_spec(feature).tests]


def example() -> dict[str, Any]:
    """Return what is kept of the explanation of one invented application that the packaged model flags."""
    package = load_package(ROOT / "models" / LEVENSONDERHOUD.package)
    key = PseudonymKey("voorbeeld", bytes(SHORTEST_SECRET))
    with tempfile.TemporaryDirectory() as folder:
        delivery = write_delivery(Path(folder), applications=60, period=_PERIOD, seed=_SEED)
        checked = pipeline.check_delivery(DeliveryFolder(delivery.parent), LEVENSONDERHOUD, bands={})
        pseudonymised, _ = pipeline.pseudonymise_delivery(checked, LEVENSONDERHOUD, key)
        table = pipeline.features(pseudonymised, LEVENSONDERHOUD, key)
    found = explain(score_applications(package, table), table, LEVENSONDERHOUD, package)
    rising, falling = found.verhogend.to_pylist(), found.verlagend.to_pylist()
    row = max(
        (at for at, score in enumerate(found.scored.score) if score >= package.threshold),
        key=lambda at: (len(rising[at]) + len(falling[at]), float(found.scored.score[at])),
    )
    moment = table.frame["peilmoment"].iloc[int(found.scored.rows[row])]
    return {
        "sha256": package.sha256,
        "score": float(found.scored.score[row]),
        "peilmoment": date.fromisoformat(str(moment)[:10]).isoformat(),
        "verhogend": [factor["zin"] for factor in rising[row]],
        "verlagend": [factor["zin"] for factor in falling[row]],
        "onbekend": found.onbekend[row].as_py(),
    }


def write_facts(root: Path = ROOT) -> list[str]:
    """Write every stored file; returns the paths that changed."""
    changed = differing_facts(root)
    for name in changed:
        (root / name).write_text(stored_facts()[name], encoding="utf-8", newline="\n")
    return changed


def differing_facts(root: Path = ROOT) -> list[str]:
    """Return the stored files that are not what would be written now."""
    return [name for name, text in stored_facts().items() if _now(root / name) != text]


def _text(content: Any) -> str:
    return canonical_json(content).decode("utf-8")


def _now(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8") if path.is_file() else None
