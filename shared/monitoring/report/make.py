"""Makes a report in one of its editions. Of people it takes released facts alone: nothing that was not suppressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from shared.monitoring.disclosure import DisclosureRefused
from shared.monitoring.register.aboutreweighing import reweighing_section
from shared.monitoring.register.reweighing import Reweighing
from shared.monitoring.report.about_drift import drift_section
from shared.monitoring.report.about_fairness import fairness_section, month_fairness_section, sequential_section
from shared.monitoring.report.about_model import ModelFacts, model_section
from shared.monitoring.report.about_month import month_section, quality_section, score_section
from shared.monitoring.report.about_work import RunningMonth, work_section
from shared.monitoring.report.document import Bullets, Document, Section
from shared.monitoring.report.edition import Edition
from shared.monitoring.report.effects import NoValues, effects_of
from shared.monitoring.report.page import page
from shared.monitoring.report.summary import summary_section
from shared.monitoring.report.vocabulary import Vocabulary
from shared.monitoring.report.words import day, listed, month
from shared.monitoring.reportfacts import MEASURE_TITLES, Measure, Operation, ReportFacts
from shared.usecase import UseCase

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage


@dataclass(frozen=True)
class Subject:
    """What a report is about: the title of the use case, its model, and its words for flags, reasons and signals.

    `reweighing`: what an evaluation of this package measured of it; None where there is none.
    """

    title: str
    package: ModelPackage
    no_values: NoValues
    words: Mapping[str, str] = field(default_factory=dict)
    reweighing: Reweighing | None = None


def subject_of(case: UseCase, package: ModelPackage, reweighing: Reweighing | None = None) -> Subject:
    """Return what a report on a use case is about, with the package that judges."""
    words = {flag: f"{label} onbekend" for flag, label in case.unknown_labels.items()}
    words |= case.reasons
    words |= {f"Signaal {kind}": f"Signaal ‘{route.omschrijving}’" for kind, route in case.routes.items()}
    return Subject(case.title, package, case.no_values, words, reweighing)


def make_report(
    subject: Subject, facts: ReportFacts, made: date, edition: Edition, running: RunningMonth | None = None
) -> bytes:
    """Return a report as one HTML file. `running`: the month that is not over, in the full edition alone.

    DisclosureRefused for anything but released facts.
    """
    if not isinstance(facts, ReportFacts):
        raise DisclosureRefused(
            "A report was asked of numbers that were not released.",
            where=type(facts).__name__,
            next_step="Make the facts with `report_facts` and hand these over.",
        )
    if edition is Edition.OPENBAAR:
        facts, running = without_operation(facts), None
    return page(_document(subject, facts, made, edition, running))


def without_operation(facts: ReportFacts) -> ReportFacts:
    """Return the facts as everybody may have them: without deliveries, findings, stops and alarms about the work."""
    return replace(facts, operation=Operation((), (), (), ()), alarms=(), released={})


def _document(
    subject: Subject, facts: ReportFacts, made: date, edition: Edition, running: RunningMonth | None
) -> Document:
    package = subject.package
    labels: Mapping[str, str] = package.policy.get("labels", {})
    vocabulary = Vocabulary(labels, subject.words)
    inside = edition is Edition.VOLLEDIG
    sections = (
        summary_section(facts, vocabulary),
        month_section(facts, vocabulary),
        score_section(facts.score, package.threshold),
        fairness_section(facts),
        sequential_section(facts),
        month_fairness_section(facts),
        *([reweighing_section(subject.reweighing)] if subject.reweighing else []),
        quality_section(facts.quality, facts.following),
        drift_section(facts.score, facts.features, labels),
        model_section(_model(package, facts), effects_of(package, subject.no_values)),
        *([work_section(facts.operation, running)] if inside else []),
        _explanation(),
    )
    return Document(
        f"Rapport over het model: {subject.title}, {month(facts.month)}",
        (
            ("Organisatie", str(package.policy.get("organisation", ""))),
            ("Model", f"{package.name}, versie {package.version} van {day(date.fromisoformat(package.date))}"),
            *((("Versies die oordeelden", versions_words(facts.versions)),) if facts.versions else ()),
            ("Gaat over", f"{month(facts.first_month)} tot en met {month(facts.month)}"),
            ("Gemaakt op", day(made)),
            ("Uitgave", "volledig, voor de toezichthouder" if inside else "openbaar"),
        ),
        sections,
    )


def versions_words(versions: Mapping[str, tuple[str, ...]]) -> str:
    """Return which versions judged in which months: 1.0.0 (mei 2026); 1.0.0 en 1.1.0 (juni 2026)."""
    said = []
    for names, months in groupby(versions, key=lambda each: versions[each]):
        first, *later = list(months)
        until = f" tot en met {month(later[-1])}" if later else ""
        said.append(f"{listed(list(names)) or 'geen'} ({month(first)}{until})")
    return "; ".join(said)


def _model(package: ModelPackage, facts: ReportFacts) -> ModelFacts:
    card = package.card
    intercepts = package.ebm.bagged_intercept
    return ModelFacts(
        purpose=str(package.policy.get("purpose", "")),
        threshold=package.threshold,
        bags=0 if intercepts is None else len(intercepts),
        limits=tuple(str(each) for each in card.get("limits", ())),
        origin=str(card.get("origin", "")),
        version=package.version,
        beside=tuple(each for each in facts.versions.get(facts.month, ()) if each != package.version),
    )


def _explanation() -> Section:
    terms = tuple(f"{title}: {_MEANINGS[name]}" for name, title in MEASURE_TITLES.items())
    return Section(
        "uitleg",
        "Uitleg van de woorden",
        (
            Bullets(
                (
                    "Signaal, gemarkeerd, gekozen: de score ligt op of boven de drempel, of een mens koos de "
                    "aanvraag voor onderzoek. Dat is een last, geen voordeel.",
                    "Marge: waar de echte waarde met 95 % zekerheid tussen ligt (Wilson).",
                    "Procentpunt: het verschil tussen twee percentages. Van 10 % naar 14 % is 4 procentpunten.",
                    "Steekproef: aanvragen die het lot kiest, wat de score ook is.",
                    "TP: terecht gekozen. FP: ten onrechte gekozen.",
                    "TN: terecht niet gekozen. FN: ten onrechte niet gekozen.",
                    *terms,
                )
            ),
        ),
    )


_MEANINGS = {
    Measure.SHARE_FLAGGED: "gekozen ÷ alle aanvragen",
    Measure.FPR: "FP ÷ (FP + TN)",
    Measure.PPV: "TP ÷ (TP + FP)",
    Measure.FDR: "FP ÷ (FP + TP)",
    Measure.TPR: "TP ÷ (TP + FN)",
    Measure.WRONGLY_FLAGGED: "FP ÷ alle uitslagen",
    Measure.ERROR: "(FP + FN) ÷ alle uitslagen",
}
