"""The section of every feature: what it is, why it is there, what it does to the score, and what its tests show."""

from __future__ import annotations

from shared.monitoring.register.facts import Algorithm, FeatureFacts
from shared.monitoring.register.text import PLACE
from shared.monitoring.report.about_model import scale_of, shape
from shared.monitoring.report.document import Block, Bullets, Part, Section, Table
from shared.monitoring.report.effects import Effect, effects_of


def features_chapter(algorithm: Algorithm) -> list[Section]:
    """Return one section per feature, in the order of the model, with the effect drawn on one scale."""
    effects = {each.name: each for each in effects_of(algorithm.package, algorithm.no_values)}
    lowest, highest = scale_of(tuple(effects.values()))
    return [
        _section(at, len(algorithm.features), each, effects.get(each.name), (lowest, highest))
        for at, each in enumerate(algorithm.features, start=1)
    ]


def _section(
    at: int, number_of: int, feature: FeatureFacts, effect: Effect | None, scale: tuple[float, float]
) -> Section:
    blocks: list[Block] = [feature.text.what, f"Waarom wij ernaar kijken: {feature.text.why}"]
    if feature.text.mind:
        blocks.append(f"Let op: {feature.text.mind}")
    parts = []
    if effect is not None:
        drawn = shape(effect, *scale)
        parts.append(Part("Wat het met de score doet", drawn.blocks))
    if feature.sentences:
        said = tuple(f"{PLACE.sub(r'‹\1›', sentence)}." for sentence in feature.sentences)
        parts.append(Part("Zo leest een medewerker het", (Bullets(said),)))
    if feature.columns:
        rows = tuple((table.title, column.description) for table, column in feature.columns)
        parts.append(Part("Uit welke gegevens", (Table(f"Gegevens van {feature.label}", ("Uit", "Wat"), rows),)))
    if feature.tests:
        parts.append(Part("Wat de tests laten zien", (Bullets(feature.tests),)))
    name = feature.name.replace("_", "-")
    return Section(name, f"Kenmerk {at} van {number_of}: {feature.label}", tuple(blocks), tuple(parts))
