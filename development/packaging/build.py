"""Builds a model package: an exported EBM and a policy in, the files of the package out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from development.packaging.card import card_facts, card_page
from development.packaging.errors import PackagingRefused
from development.packaging.export import Export, read_export
from development.packaging.golden import golden_cases
from development.packaging.guard import GuardReport, Verdict, judge_export
from development.packaging.judge import JUDGE
from development.packaging.policy import fit_to_model, read_policy
from shared.modelpackage.canonical import canonical_json
from shared.modelpackage.imputation import Imputation
from shared.modelpackage.manifest import MANIFEST_FILE, seal
from shared.modelpackage.package import read_package

_UNKNOWN_DATA = "not known: the model was trained elsewhere"


def build_package(
    export_bytes: bytes,
    policy_bytes: bytes,
    *,
    facts: Mapping[str, Any] | None = None,
    accept_unguarded: str | None = None,
) -> dict[str, bytes]:
    """Return the files of a model package, by name; the same input gives the same bytes.

    `facts` is what training measured (card, reference distributions, digest of the training data). Raises
    PackagingRefused when the export or the policy is not right, or when the privacy guard refuses or cannot judge and
    no reason is given to package nonetheless.
    """
    known = dict(facts or {})
    export = read_export(export_bytes)
    names = tuple(feature.name for feature in export.ebm.features)
    policy, notes = fit_to_model(read_policy(policy_bytes, known.get("income_mean")), names)
    _check_positive_class(policy["positive_class"], export)
    guard = _guarded(judge_export(export), accept_unguarded)
    imputation = (
        None
        if policy["income_feature"] is None
        else Imputation(policy["income_feature"], policy["income_unknown_flag"], float(policy["income_mean"]))
    )
    card = card_facts(policy, export.ebm, guard, known, notes)
    files = {
        "ebm.json": canonical_json(export.plain),
        "policy.json": canonical_json(policy),
        "card.json": canonical_json(card),
        "card.md": card_page(card, policy["labels"]).encode(),
        "reference.json": canonical_json(known.get("reference") or {}),
        "golden.json": canonical_json(golden_cases(export.plain, export.ebm, imputation, policy["threshold"])),
    }
    files[MANIFEST_FILE] = seal(
        files,
        {
            "name": policy["name"],
            "version": policy["version"],
            "created": policy["date"],
            "interpret_version": known.get("interpret_version"),
            "judged_with": JUDGE,
            "training_data": known.get("training_data") or {"sha256": None, "reason": _UNKNOWN_DATA},
            "guard": guard,
            "unguarded_reason": guard["accepted_because"],
        },
    )
    read_package(files)  # what cannot be loaded is not a package
    return files


def package_files(
    export: Path, policy: Path, output: Path, accept_unguarded: str | None = None, facts: Path | None = None
) -> str:
    """Write a package folder and return a summary for a person; refuses a folder that already holds something."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise PackagingRefused(
            "The output folder already holds something.",
            where=str(output),
            next_step="Give a new folder: a package is never changed, a new version is a new package.",
        )
    known = None if facts is None else _facts(facts)
    files = build_package(_read(export), _read(policy), facts=known, accept_unguarded=accept_unguarded)
    output.mkdir(parents=True, exist_ok=True)
    for name, content in sorted(files.items()):
        (output / name).write_bytes(content)
    return _summary(output, files)


def _summary(output: Path, files: Mapping[str, bytes]) -> str:
    package = read_package(files)
    lines = [
        f"{package.name} {package.version} packaged in {output}",
        f"  {len(package.feature_names)} features, {len(package.term_names)} terms, threshold {package.threshold}",
        f"  sureness: {'known' if package.ebm.has_bags else 'unknown, because the export holds no bags'}",
        f"  privacy guard: {package.card['guard']['verdict']}",
        *(f"    {reason}" for reason in package.card["guard"]["reasons"]),
    ]
    if package.unguarded_reason:
        lines.append(f"  packaged nonetheless, because: {package.unguarded_reason}")
    return "\n".join([*lines, *(f"  note: {note}" for note in package.card["notes"])])


def _guarded(report: GuardReport, reason: str | None) -> dict[str, Any]:
    """Return the guard's outcome for card and manifest; without a reason only a model that passes goes on."""
    accepted = reason.strip() if reason else ""
    passed = report.verdict is Verdict.PASSED
    if not passed and not accepted:
        cannot = report.verdict is Verdict.CANNOT_JUDGE
        raise PackagingRefused(
            f"The privacy guard {'cannot judge this model' if cannot else 'refuses this model'}: "
            f"{'; '.join(report.reasons)}.",
            where="privacy guard",
            next_step=(
                "Export with detail 'all' and without sample weights, or give --accept-unguarded REASON."
                if cannot
                else "Train again with wider, rounded cuts chosen beforehand (development/training/cuts.py), "
                "or give --accept-unguarded REASON, which the card and the manifest then carry."
            ),
        )
    return {
        "verdict": str(report.verdict),
        "reasons": list(report.reasons),
        "accepted_because": None if passed else accepted,
    }


def _check_positive_class(expected: str | None, export: Export) -> None:
    if expected is not None and expected != export.ebm.classes[1]:
        raise PackagingRefused(
            "The second class of the model is not the policy's positive_class.",
            where="policy",
            next_step="Call reorder_classes on the EBM with the positive class last, and export it again.",
        )


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = dict(json.loads(_read(path)))
    except (ValueError, TypeError):
        raise PackagingRefused(
            "The facts are not the JSON that training writes.",
            where=str(path),
            next_step="Give the file that `python -m development train --card-facts` wrote, or leave --facts out.",
        ) from None
    return facts


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as cause:
        raise PackagingRefused(
            f"The file cannot be read ({type(cause).__name__}).", where=str(path), next_step="Check the path."
        ) from None
