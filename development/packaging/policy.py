"""The policy of a model: every choice about it that is not a number that training found."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from development.packaging.errors import PackagingRefused

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
_BAND_KEYS = {"laag", "hoog", "vanaf"}


def read_policy(content: bytes, trained_mean: float | None = None) -> dict[str, Any]:
    """Return a valid policy with every key present; the policy.json of a package is one too.

    Required are name, version and threshold; an income_mean that is null is that of training. Raises PackagingRefused
    naming every key that is unknown or wrong.
    """
    try:
        given = json.loads(content)
    except (ValueError, RecursionError):
        raise _refused("it is not JSON.") from None
    if not isinstance(given, dict):
        raise _refused("it is not a JSON object.")
    unknown = sorted(given.keys() - _RULES.keys())
    if unknown:
        raise _refused(f"unknown keys: {', '.join(unknown)}.")
    policy = {key: given.get(key, default) for key, (default, _) in _RULES.items()}
    if policy["income_feature"] is not None and policy["income_mean"] is None:
        policy["income_mean"] = trained_mean
    wrong = sorted(key for key, (default, right) in _RULES.items() if not _holds(policy[key], default, right))
    if wrong:
        raise _refused(f"wrong or missing: {', '.join(f'{key} ({_NEEDS[key]})' for key in wrong)}.")
    if (policy["income_feature"] is None) != (policy["income_mean"] is None):
        raise _refused("income_feature and income_mean go together.")
    if policy["income_unknown_flag"] is not None and policy["income_feature"] is None:
        raise _refused("income_unknown_flag needs income_feature.")
    return policy


def fit_to_model(policy: Mapping[str, Any], feature_names: tuple[str, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the policy for a model with these features, and notes on what was left out or filled in.

    A feature without a label is called by its own name; what concerns features that the model does not have goes.
    """
    fitted = dict(policy)
    notes = []
    for key in ("labels", "units", "texts"):
        foreign = sorted(policy[key].keys() - set(feature_names))
        fitted[key] = {name: value for name, value in policy[key].items() if name in feature_names}
        if foreign:
            notes.append(f"left out of {key}, because the model has no such feature: {', '.join(foreign)}")
    unlabelled = [name for name in feature_names if name not in fitted["labels"]]
    fitted["labels"] |= {name: name for name in unlabelled}
    if unlabelled:
        notes.append(f"no label for: {', '.join(unlabelled)}; their own names are shown")
    if policy["income_feature"] is not None and policy["income_feature"] not in feature_names:
        notes.append(f"the model has no feature {policy['income_feature']}: nothing is filled in for an unknown income")
        fitted |= {"income_feature": None, "income_unknown_flag": None, "income_mean": None}
    elif policy["income_unknown_flag"] is not None and policy["income_unknown_flag"] not in feature_names:
        notes.append(f"the model has no feature {policy['income_unknown_flag']}: an unknown income is not flagged")
        fitted["income_unknown_flag"] = None
    notes += [f"the policy gives no {key}" for key in ("date", "threshold_reason") if policy[key] is None]
    return fitted, tuple(notes)


def _number(low: float, high: float, *, open_ends: bool = False) -> Callable[[Any], bool]:
    def right(value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return False
        return low < value < high if open_ends else low <= value <= high

    return right


def _pattern(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _texts_by_case(value: Any) -> bool:
    return isinstance(value, dict) and all(_texts(cases) for cases in value.values())


def _codes(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(code, int) and not isinstance(code, bool) for code in value)


def _bands(value: Any) -> bool:
    return isinstance(value, dict) and all(_band(band) for band in value.values())


def _band(band: Any) -> bool:
    if not isinstance(band, dict) or not band.keys() <= _BAND_KEYS:
        return False
    at_least_0 = _number(0, math.inf)
    return all(value is None or at_least_0(value) for value in band.values())


def _holds(value: Any, default: Any, right: Callable[[Any], bool]) -> bool:
    return (value is None and default is None) or right(value)


_REQUIRED = object()  # no value of a policy is this object, so a missing required key is always wrong
# key -> (default, what makes a value right, what a value must be); a key with default None may be null.
_TABLE: tuple[tuple[str, Any, Callable[[Any], bool], str], ...] = (
    ("name", _REQUIRED, _pattern(_NAME), "lower-case letters, digits and hyphens"),
    ("version", _REQUIRED, _pattern(_VERSION), "three numbers such as 1.0.0"),
    ("date", None, _pattern(_DATE), "YYYY-MM-DD"),
    ("threshold", _REQUIRED, _number(0, 1, open_ends=True), "a number between 0 and 1, both excluded"),
    ("threshold_reason", None, _text, "a sentence"),
    ("sample_share", 0.0, _number(0, 1), "a number from 0 to 1"),
    ("sample_share_reason", None, _text, "a sentence"),
    ("income_feature", None, _text, "the name of a feature"),
    ("income_unknown_flag", None, _text, "the name of a feature"),
    ("income_mean", None, _number(-math.inf, math.inf), "a number"),
    ("positive_class", None, _text, "the class that the score is the probability of"),
    ("product_codes", [], _codes, "a list of whole numbers"),
    ("bands", {}, _bands, "per table laag, hoog and vanaf, each null or at least 0"),
    ("labels", {}, _texts, "a text per feature"),
    ("units", {}, _texts, "a text per feature"),
    ("texts", {}, _texts_by_case, "per feature a text per case"),
    ("organisation", None, _text, "a name"),
    ("purpose", None, _text, "a sentence"),
    ("contact", None, _text, "where to ask questions"),
)
_RULES = {key: (default, right) for key, default, right, _ in _TABLE}
_NEEDS = {key: needs for key, _, _, needs in _TABLE}


def _refused(what: str) -> PackagingRefused:
    return PackagingRefused(
        f"The policy cannot be used: {what}",
        where="policy",
        next_step="Correct it; models/ holds the policy.json of a package to start from.",
    )
