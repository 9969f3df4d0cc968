"""Gathers what the code and the model package know of an algorithm, once, for its entry, its papers and its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from shared import __version__
from shared.dataset import Column, TableSchema
from shared.errors import SlimmeCheckError
from shared.monitoring.register.applicant import Explanation, read_explanation
from shared.monitoring.register.columns import columns_of_feature
from shared.monitoring.register.reweighing import Reweighing
from shared.monitoring.register.text import FeatureText, RegisterText, fill
from shared.monitoring.report.effects import NoValues
from shared.monitoring.report.words import day, number
from shared.retention.terms import TERMS, Kept
from shared.usecase import UseCase

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage

UNKNOWN = "niet bekend"


class StatusNotAllowed(SlimmeCheckError):
    """The text says that an algorithm is in use, while its model was trained on invented people."""

    code = "SC-653"


@dataclass(frozen=True)
class FeatureFacts:
    """One feature: what people wrote, what the package says, where it comes from, and what its tests show."""

    name: str
    label: str
    unit: str
    text: FeatureText
    sentences: tuple[str, ...]
    columns: tuple[tuple[TableSchema, Column], ...]
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Algorithm:
    """Everything that is told of one algorithm. `words`: what fills the places in a text, all from package and code.

    `activity`: the address of its processing activities, as the Logboek writes it. `page`: the package's own card.
    `reweighing`: what was measured with and without it. `example`: a stored explanation of somebody invented.
    """

    case: UseCase
    package: ModelPackage
    text: RegisterText
    words: Mapping[str, str]
    features: tuple[FeatureFacts, ...]
    activity: str
    page: str
    reweighing: Reweighing | None = None
    example: Explanation | None = None
    no_values: NoValues = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return what a person calls it."""
        return self.case.title

    def filled(self, text: str) -> str:
        """Return a text that people wrote, with the facts in its places."""
        filled: str = fill(text, self.words)
        return filled


def gather(
    case: UseCase,
    package: ModelPackage,
    text: RegisterText,
    tests: Mapping[str, Sequence[str]],
    activity: str,
    page: str = "",
    reweighing: Reweighing | None = None,
    example: Mapping[str, Any] | None = None,
) -> Algorithm:
    """Return the facts of an algorithm; StatusNotAllowed where the text says more than the model allows.

    `tests`: per feature, what its tests show, each as a sentence in Dutch.
    """
    if package.card.get("invented_people") and text.fields.get("status") == "In gebruik":
        raise StatusNotAllowed(
            "A model of invented people cannot be in use.",
            where=f"{package.name} {package.version}",
            next_step="Replace the model, or keep the status at 'In ontwikkeling'.",
        )
    features = tuple(
        FeatureFacts(
            name=name,
            label=package.policy.get("labels", {}).get(name, name),
            unit=package.policy.get("units", {}).get(name, ""),
            text=text.features[name],
            sentences=tuple(sentence for _, sentence in sorted(package.policy.get("texts", {}).get(name, {}).items())),
            columns=columns_of_feature(package, position, case.schema),
            tests=tuple(tests.get(name, ())),
        )
        for position, name in enumerate(package.feature_names, start=1)
    )
    told = None if example is None else read_explanation(example)
    words = _words(package, case, features) | {"contact": text.fields.get("contact_email", "")}
    return Algorithm(case, package, text, words, features, activity, page, reweighing, told, case.no_values)


def _words(package: ModelPackage, case: UseCase, features: Sequence[FeatureFacts]) -> dict[str, str]:
    card = package.card
    quality, training = card.get("quality") or {}, card.get("training") or {}
    days = {f"bewaar_{kept.name.lower()}": str(term.default) for kept, term in TERMS.items()}
    return {
        "model": package.name,
        "titel": case.title,
        "versie": package.version,
        "datum": package.date or UNKNOWN,
        "dag": day(date.fromisoformat(package.date)) if package.date else UNKNOWN,
        "maand": (package.date or "")[:7],
        "sha256": package.sha256,
        "contract": package.contract_version,
        "code": __version__,
        "organisatie": package.policy.get("organisation") or UNKNOWN,
        "doel": package.policy.get("purpose") or UNKNOWN,
        "drempel": _plain(package.threshold),
        "drempel_reden": package.policy.get("threshold_reason") or "",
        "steekproef": f"{_plain(100 * package.sample_share)} procent",
        "steekproef_reden": package.policy.get("sample_share_reason") or "",
        "aantal_kenmerken": str(len(features)),
        "aantal_termen": str(len(package.terms)),
        "deelmodellen": str(card.get("bags") or 0),
        "auc": str(quality.get("AUC", UNKNOWN)),
        "boven_drempel": str(quality.get("Boven de drempel", UNKNOWN)),
        "daarvan_terecht": str(quality.get("Daarvan terecht", UNKNOWN)),
        "geleerd_van": str(training.get("Geleerd van", UNKNOWN)),
        "getoetst_op": str(training.get("Getoetst op", UNKNOWN)),
        "herwogen": str(training.get("Herwogen naar", UNKNOWN)),
        "herkomst": str(card.get("origin") or ""),
        "kenmerken": "\n".join(f"* {each.label}" for each in features),
        "bronnen": "\n".join(f"* {table.title}" for table in case.schema.tables.values()),
        "grondslag": case.schema.legal_basis,
        **days,
    }


def term_days(kept: Kept) -> int:
    """Return how many days something is kept unless a setting says otherwise."""
    return TERMS[kept].default


def _plain(value: float) -> str:
    """Return a number without more decimals than it has: 0,63."""
    text = f"{value:.10f}".rstrip("0")
    return number(value, len(text.partition(".")[2]))
