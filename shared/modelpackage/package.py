"""A packaged model: plain data that is verified to the last bit, and against its golden cases, before it is served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.errors import ModelPackageInvalid
from shared.modelpackage.canonical import sha256
from shared.modelpackage.ebm import Ebm, Term
from shared.modelpackage.evaluation import Columns, Evaluation, evaluate
from shared.modelpackage.imputation import Imputation
from shared.modelpackage.manifest import MANIFEST_FILE, parse, verify
from shared.modelpackage.plain import EBM_FILE, ebm_from_plain
from shared.modelpackage.tables import Tables, tables_of

POLICY_FILE = "policy.json"
REFERENCE_FILE = "reference.json"
GOLDEN_FILE = "golden.json"
CARD_FILE = "card.json"
GOLDEN_TOLERANCE = 1e-12  # processors differ in the last bit
MIN_GOLDEN_CASES = 50


@dataclass(frozen=True, eq=False)
class ModelPackage:
    """A model as it was approved. `sha256` is the digest of MANIFEST.json and so of everything in the package."""

    name: str
    version: str
    date: str
    sha256: str
    contract_version: str
    threshold: float
    sample_share: float
    ebm: Ebm
    imputation: Imputation | None
    policy: Mapping[str, Any]
    reference: Mapping[str, Any]
    card: Mapping[str, Any]
    unguarded_reason: str | None

    @property
    def intercept(self) -> float:
        """The log-odds that every row starts with."""
        return self.ebm.intercept

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms, in the order in which they are added."""
        return self.ebm.terms

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """The columns that a table must have, in package order."""
        return tuple(feature.name for feature in self.ebm.features)

    @cached_property
    def term_names(self) -> tuple[str, ...]:
        """The names of the terms, in package order: a feature, or `a__b` for two features together."""
        return tuple(term.name for term in self.ebm.terms)

    @cached_property
    def tables(self) -> Tables:
        """The scores of the model, as they are looked up."""
        return tables_of(self.ebm)

    def evaluate(self, columns: Columns, rows: int) -> Evaluation:
        """Return score, contributions and sureness of rows; fills in an unknown income. NotUsable as `evaluate`."""
        filled = self.imputation.apply(columns) if self.imputation else columns
        return evaluate(self.tables, filled, rows, self.threshold)


def read_package(files: Mapping[str, bytes]) -> ModelPackage:
    """Return the package in these files (name -> bytes), fully verified.

    Every digest, the contract version, all shapes and all golden cases are checked first; anything wrong raises
    ModelPackageInvalid, which names the file and what to do.
    """
    manifest = verify(files)
    policy = parse(files[POLICY_FILE], POLICY_FILE)
    ebm = ebm_from_plain(parse(files[EBM_FILE], EBM_FILE))
    try:
        package = ModelPackage(
            name=policy["name"],
            version=policy["version"],
            date=policy["date"],
            sha256=sha256(files[MANIFEST_FILE]),
            contract_version=manifest["contract_version"],
            threshold=float(policy["threshold"]),
            sample_share=float(policy["sample_share"]),
            ebm=ebm,
            imputation=_imputation(policy),
            policy=policy,
            reference=parse(files[REFERENCE_FILE], REFERENCE_FILE),
            card=parse(files[CARD_FILE], CARD_FILE),
            unguarded_reason=manifest["unguarded_reason"],
        )
    except (KeyError, TypeError, ValueError, OverflowError) as cause:
        raise _invalid(f"it lacks a member or one has the wrong type ({type(cause).__name__}).", POLICY_FILE) from None
    if not 0.0 < package.threshold < 1.0 or not 0.0 <= package.sample_share <= 1.0:
        raise _invalid("threshold or sample_share is outside its range.", POLICY_FILE)
    _check_imputation(package)
    check_golden(package, files[GOLDEN_FILE])
    return package


def _imputation(policy: Mapping[str, Any]) -> Imputation | None:
    if policy.get("income_feature") is None:
        return None
    feature, flag = policy["income_feature"], policy.get("income_unknown_flag")
    if not isinstance(feature, str) or not isinstance(flag, str | None):
        raise TypeError
    return Imputation(feature, flag, float(policy["income_mean"]))


def _check_imputation(package: ModelPackage) -> None:
    rule = package.imputation
    if rule is None:
        return
    continuous = {feature.name for feature in package.ebm.features if feature.continuous}
    flag_fits = rule.flag is None or rule.flag in package.feature_names
    if rule.feature not in continuous or not flag_fits or not np.isfinite(rule.value):
        raise _invalid("the income feature, its flag or its mean does not fit the model.", POLICY_FILE)


def check_golden(package: ModelPackage, golden_file: bytes) -> None:
    """Score the invented golden cases; ModelPackageInvalid unless each comes out as it was recorded."""
    golden = parse(golden_file, GOLDEN_FILE)
    try:
        cases = golden["cases"]
        columns = {
            feature.name: _golden_column([case["features"][feature.name] for case in cases], feature.continuous)
            for feature in package.ebm.features
        }
        found = package.evaluate(columns, len(cases))
        score = np.array([case["score"] for case in cases], dtype=np.float64)
        contributions = np.array(
            [[case["contributions"][name] for name in package.term_names] for case in cases], dtype=np.float64
        ).reshape(len(cases), len(package.term_names))
    except (KeyError, TypeError, ValueError, OverflowError) as cause:
        raise _invalid(f"the golden cases cannot be read ({type(cause).__name__}).", GOLDEN_FILE) from None
    if len(cases) < MIN_GOLDEN_CASES:
        raise _invalid(f"there are fewer than {MIN_GOLDEN_CASES} golden cases.", GOLDEN_FILE)
    # Written so that a NaN is a difference too.
    same_score = np.abs(found.score - score) <= GOLDEN_TOLERANCE
    same = same_score & (np.abs(found.contributions - contributions) <= GOLDEN_TOLERANCE).all(axis=1)
    if not same.all():
        raise _invalid(f"golden case {int(np.argmin(same)) + 1} gives another outcome than recorded.", GOLDEN_FILE)


def _golden_column(values: list[object], continuous: bool) -> npt.NDArray[np.generic]:
    if continuous:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return np.array([str(value) for value in values], dtype=np.str_)


def _invalid(what: str, name: str) -> ModelPackageInvalid:
    return ModelPackageInvalid(
        f"The model package cannot be used: {what}",
        where=name,
        next_step="Package the model again from its EBM export and policy.",
    )
