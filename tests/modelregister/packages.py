"""Other versions of the city's model, made as a package is made: its own files, sealed again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from development.packaging.golden import golden_cases
from shared.adapters.packages import read_package_files
from shared.modelpackage.canonical import canonical_json
from shared.modelpackage.imputation import Imputation
from shared.modelpackage.manifest import MANIFEST_FILE, OWN_DIGEST, seal
from shared.modelpackage.package import read_package
from shared.modelpackage.plain import ebm_from_plain

MODEL, FIRST = "levensonderhoud", "1.0.0"
CITY = Path(__file__).parents[2] / "models" / f"{MODEL}-{FIRST}"


def folder_of_models(root: Path) -> Path:
    """Return a folder of models that holds the city's package."""
    models = root / "models"
    shutil.copytree(CITY, models / CITY.name)
    return models


def make_version(models: Path, version: str, *, shift: float = 0.0, **policy: Any) -> Path:
    """Write another version beside the city's: with another policy, or log-odds that lie higher by `shift`."""
    files = read_package_files(CITY)
    manifest = json.loads(files.pop(MANIFEST_FILE))
    changed = {**json.loads(files["policy.json"]), "version": version, **policy}
    files["policy.json"] = canonical_json(changed)
    if shift:
        plain = json.loads(files["ebm.json"])
        plain["intercept"] += shift
        plain["bagged_intercept"] = [one + shift for one in plain["bagged_intercept"]]
        imputation = Imputation(changed["income_feature"], changed["income_unknown_flag"], changed["income_mean"])
        files["ebm.json"] = canonical_json(plain)
        golden = golden_cases(plain, ebm_from_plain(plain), imputation, changed["threshold"])
        files["golden.json"] = canonical_json(golden)
    facts = {name: value for name, value in manifest.items() if name not in (OWN_DIGEST, "files", "contract_version")}
    files[MANIFEST_FILE] = seal(files, {**facts, "version": version})
    read_package(files)
    folder = models / f"{MODEL}-{version}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder
