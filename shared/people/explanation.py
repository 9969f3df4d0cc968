"""Everything there is to tell about one prediction; pure. What must stay blind before the assessment, stays empty."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.people.records import Assessment, StoredPrediction
from shared.usecase import UseCase

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage


@dataclass(frozen=True)
class Factor:
    """One reason that raised or lowered the score. `bijdrage`: log-odds."""

    kenmerk: str
    label: str
    bijdrage: float
    zin: str


@dataclass(frozen=True)
class Term:
    """One term of the sum behind a score: its contribution, and the value in words where it is a single feature."""

    kenmerk: str
    label: str
    bijdrage: float
    in_woorden: str


@dataclass(frozen=True)
class Fact:
    """One feature or flag that the model used; None is unknown."""

    kenmerk: str
    label: str
    waarde: float | None
    in_woorden: str


@dataclass(frozen=True)
class Explanation:
    """A prediction with its reasons and versions.

    `gescoord`: the model weighed the application. `blind`: there is a random sample and nobody assessed the application
    yet, so everything that would tell a score or a draw is empty: score, drempel, intercept, zekerheid, steekproef,
    bijdragen, verhogend, verlagend. `verborgen`: it is blind and no longer counts; its route would tell the side of the
    threshold, so type, omschrijving, advies, reden and the assessments of it are empty too. `zekerheid` is the share of
    the model's repeats on the same side of the threshold, None when unknown. `bewaarplicht`: an objection keeps the
    application from being removed. Without the package that made it, only what is stored can be told: drempel,
    kenmerken and model_datum are empty.
    """

    prediction: StoredPrediction
    aanvraagnummer: str
    peilmoment: str
    resultaattype: int | None
    omschrijving: str
    advies: str
    reden: str
    reden_zin: str
    gescoord: bool
    blind: bool
    verborgen: bool
    score: float | None
    drempel: float | None
    intercept: float | None
    zekerheid: float | None
    steekproef: bool | None
    verhogend: tuple[Factor, ...]
    verlagend: tuple[Factor, ...]
    bijdragen: tuple[Term, ...]
    kenmerken: tuple[Fact, ...]
    onbekend: tuple[str, ...]
    model_datum: str
    signaal: str
    beoordelingen: tuple[Assessment, ...]
    bewaarplicht: bool


def explain(
    prediction: StoredPrediction,
    package: ModelPackage | None,
    case: UseCase,
    assessments: Sequence[Assessment],
    *,
    blind: bool = False,
    under_hold: bool = False,
) -> Explanation:
    """Return the explanation of a prediction by the package that made it, None when that is not here any more.

    `blind` hides what tells score or draw. What was not scored has nothing to hide, and is never blind.
    """
    values = prediction.values
    told: dict[str, Any] = json.loads(str(values["uitleg"]))
    kind = int(str(values["resultaattype"]))
    scored = prediction.scored
    blind = blind and scored
    hidden = blind and not prediction.huidig
    shown = scored and not blind
    features: dict[str, float | None] = json.loads(str(values["kenmerken"])) if values["kenmerken"] else {}
    labels: Mapping[str, str] = package.policy.get("labels", {}) if package else {}
    return Explanation(
        prediction=prediction,
        aanvraagnummer=str(values["aanvraagnummer"]),
        peilmoment=str(values["peilmoment"]),
        resultaattype=None if hidden else kind,
        omschrijving="" if hidden else case.routes[kind].omschrijving,
        advies="" if hidden else str(values["advies"] or ""),
        reden="" if hidden else str(values["reden"]),
        reden_zin="" if hidden else str(told["reden"]),
        gescoord=scored,
        blind=blind,
        verborgen=hidden,
        score=_number(values["score"]) if shown else None,
        drempel=package.threshold if shown and package else None,
        intercept=_number(values["intercept"]) if shown else None,
        zekerheid=_number(values["zekerheid"]) if shown else None,
        steekproef=None if blind else bool(values["steekproef"]),
        verhogend=_factors(told["verhogend"]) if shown else (),
        verlagend=_factors(told["verlagend"]) if shown else (),
        bijdragen=_terms(str(values["bijdragen"]), labels, features, case) if shown else (),
        kenmerken=_facts(features, package.feature_names, labels, case) if package else (),
        onbekend=tuple(told["onbekend"]) if scored else (),
        model_datum=str(package.policy["date"]) if package else "",
        signaal=str(told["signaal"]),
        beoordelingen=() if hidden else tuple(assessments),
        bewaarplicht=under_hold,
    )


def _number(value: object) -> float | None:
    return None if value is None or value != value else float(str(value))


def _factors(told: Sequence[Mapping[str, Any]]) -> tuple[Factor, ...]:
    return tuple(Factor(one["kenmerk"], one["label"], float(one["bijdrage"]), one["zin"]) for one in told)


def _terms(
    text: str, labels: Mapping[str, str], features: Mapping[str, float | None], case: UseCase
) -> tuple[Term, ...]:
    contributions: dict[str, float] = json.loads(text)
    return tuple(
        Term(
            term,
            " × ".join(labels.get(name, name) for name in term.split("__")),
            float(contribution),
            case.value_in_words(term, features) if term in features else "",
        )
        for term, contribution in contributions.items()
    )


def _facts(
    features: Mapping[str, float | None], names: Sequence[str], labels: Mapping[str, str], case: UseCase
) -> tuple[Fact, ...]:
    """Return the features of the model in its order, then the flags that say what is unknown."""
    known = [name for name in names if name in features]
    facts = [Fact(name, labels.get(name, name), features[name], case.value_in_words(name, features)) for name in known]
    flags = [name for name in features if name not in names]
    return (*facts, *(Fact(name, _flag_label(name), features[name], _yes_no(features[name])) for name in flags))


def _flag_label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _yes_no(value: float | None) -> str:
    return "ja" if value else "nee"
