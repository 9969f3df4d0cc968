"""The statuses of a model version and the steps between them, as data.

No other file decides which step may be taken; the diagram in docs/modelversie-toestanden.md is rendered from here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from shared.errors import TransitionRefused


class VersionStatus(StrEnum):
    """Where a model version is."""

    VOORGESTELD = "voorgesteld"
    GOEDGEKEURD = "goedgekeurd"
    SCHADUW = "schaduw"
    ACTIEF = "actief"
    UIT_GEBRUIK = "uit gebruik"
    AFGEWEZEN = "afgewezen"
    INGETROKKEN = "ingetrokken"


class VersionStep(StrEnum):
    """What brings a version from one status to another."""

    EERSTE_VERSIE = "eerste versie bij installatie"
    VOORSTELLEN = "voorstellen"
    GOEDKEUREN = "goedkeuren"
    AFWIJZEN = "afwijzen"
    INTREKKEN = "intrekken"
    SCHADUW_BEGINNEN = "schaduw beginnen"
    SCHADUW_STOPPEN = "schaduw stoppen"
    ACTIVEREN = "activeren"
    VERVANGEN = "vervangen"
    TERUGZETTEN = "terugzetten"


STATUS_SENTENCES: Mapping[VersionStatus, str] = {
    VersionStatus.VOORGESTELD: "Een modelbeheerder heeft deze versie voorgesteld; een ander moet haar beoordelen.",
    VersionStatus.GOEDGEKEURD: "Twee modelbeheerders staan voor deze versie; ze kan schaduw of actief worden.",
    VersionStatus.SCHADUW: "Deze versie scoort naast de actieve; haar uitkomsten worden bewaard en nooit getoond.",
    VersionStatus.ACTIEF: "Deze versie beoordeelt elke aanvraag die vanaf nu begint.",
    VersionStatus.UIT_GEBRUIK: "Een andere versie nam haar plaats in; haar resultaten blijven na te rekenen.",
    VersionStatus.AFGEWEZEN: "Een andere modelbeheerder keurde deze versie niet goed.",
    VersionStatus.INGETROKKEN: "Deze versie mag niet meer gebruikt worden zonder een nieuw voorstel.",
}

STEP_SENTENCES: Mapping[VersionStep, str] = {
    VersionStep.EERSTE_VERSIE: "Het register was leeg; het pakket van de installatie kwam erin als actieve versie.",
    VersionStep.VOORSTELLEN: "Voorgesteld, met een dossier en de redenen van drempel en steekproef.",
    VersionStep.GOEDKEUREN: "Goedgekeurd door een ander dan wie haar voorstelde.",
    VersionStep.AFWIJZEN: "Afgewezen door een ander dan wie haar voorstelde.",
    VersionStep.INTREKKEN: "Ingetrokken; wat ze al beoordeelde, blijft.",
    VersionStep.SCHADUW_BEGINNEN: "Vanaf nu wordt elke gepubliceerde levering ook door deze versie beoordeeld.",
    VersionStep.SCHADUW_STOPPEN: "Ze scoort niet meer mee; wat bewaard is, blijft.",
    VersionStep.ACTIVEREN: "In gebruik genomen.",
    VersionStep.VERVANGEN: "Vervangen doordat een andere versie actief werd.",
    VersionStep.TERUGZETTEN: "Weer in gebruik genomen: de versie die vlak voor de actieve werkte.",
}

_T, _D = VersionStatus, VersionStep

# None is "not in the register yet". A version that is active leaves that status only by the activation of another.
TRANSITIONS: Mapping[VersionStatus | None, Mapping[VersionStep, VersionStatus]] = {
    None: {_D.EERSTE_VERSIE: _T.ACTIEF, _D.VOORSTELLEN: _T.VOORGESTELD},
    _T.VOORGESTELD: {
        _D.GOEDKEUREN: _T.GOEDGEKEURD,
        _D.AFWIJZEN: _T.AFGEWEZEN,
        _D.INTREKKEN: _T.INGETROKKEN,
    },
    _T.GOEDGEKEURD: {
        _D.ACTIVEREN: _T.ACTIEF,
        _D.SCHADUW_BEGINNEN: _T.SCHADUW,
        _D.INTREKKEN: _T.INGETROKKEN,
    },
    _T.SCHADUW: {
        _D.ACTIVEREN: _T.ACTIEF,
        _D.SCHADUW_STOPPEN: _T.GOEDGEKEURD,
        _D.INTREKKEN: _T.INGETROKKEN,
    },
    _T.ACTIEF: {_D.VERVANGEN: _T.UIT_GEBRUIK},
    # one person may go back to `version_before`; any other version comes back as it came the first time, by two
    _T.UIT_GEBRUIK: {_D.TERUGZETTEN: _T.ACTIEF, _D.VOORSTELLEN: _T.VOORGESTELD, _D.INTREKKEN: _T.INGETROKKEN},
    _T.AFGEWEZEN: {_D.VOORSTELLEN: _T.VOORGESTELD},
    _T.INGETROKKEN: {_D.VOORSTELLEN: _T.VOORGESTELD},
}

STATUS_OF: Mapping[VersionStep, VersionStatus] = {  # a step always leads to the same status
    step: after for steps in TRANSITIONS.values() for step, after in steps.items()
}
_ONE_PERSON = (
    "Terugzetten doet één modelbeheerder, want een foute versie moet meteen weg kunnen. Het kan alleen naar de versie "
    "die vlak voor de actieve werkte. Elke andere versie die uit gebruik is, ook een waarvan werd teruggekeerd, vraagt "
    "een nieuw voorstel met een nieuw dossier, en de goedkeuring van een ander."
)
FOUR_EYES = frozenset({_D.GOEDKEUREN, _D.AFWIJZEN})  # steps that another must take than who proposed


def status_after(before: VersionStatus | None, step: VersionStep) -> VersionStatus:
    """Return the status that a step leads to; TransitionRefused when it cannot be taken from here."""
    after = TRANSITIONS[before].get(step)
    if after is None:
        raise TransitionRefused(
            f"This step ({step}) cannot be taken with a version that is {before or 'not in the register'}.",
            where="modelversie",
            next_step="Look at docs/modelversie-toestanden.md for what is possible from here.",
        )
    return after


def step_to_active(before: VersionStatus | None) -> VersionStep:
    """Return by which step a version in this status becomes active: anew, or again after another version."""
    again = VersionStep.TERUGZETTEN in TRANSITIONS[before]
    return VersionStep.TERUGZETTEN if again else VersionStep.ACTIVEREN


def version_before(activations: Iterable[tuple[VersionStep, str]], out_of_use: Collection[str]) -> str | None:
    """Return the version that was in use directly before the active one, if it can be put back; None without one.

    `activations`: every step by which a version became active, in order. What was rolled back from is never the one
    before: it was taken out for a reason. One that is out of use no more (withdrawn, proposed again) is passed over.
    """
    in_use: list[str] = []
    for step, version in activations:
        if step is VersionStep.TERUGZETTEN and version in in_use:
            while in_use[-1] != version:
                in_use.pop()
        else:
            in_use.append(version)
    return next((version for version in reversed(in_use[:-1]) if version in out_of_use), None)


def render_version_states() -> str:
    """Return docs/modelversie-toestanden.md: the diagram and the sentences of all statuses and steps."""
    lines = [
        "# Toestanden van een modelversie",
        "",
        "Gemaakt uit `shared/modelregister/states.py` (`make docs`); wijzig dit bestand niet met de hand.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *(f'    state "{status}" as {status.name.lower()}' for status in VersionStatus),
    ]
    for before, steps in TRANSITIONS.items():
        for step, after in steps.items():
            lines.append(f"    {before.name.lower() if before else '[*]'} --> {after.name.lower()}: {step}")
    lines += ["```", "", _ONE_PERSON, "", "| status | betekenis |", "|---|---|"]
    lines += [f"| {status} | {STATUS_SENTENCES[status]} |" for status in VersionStatus]
    lines += ["", "| stap | betekenis | vier ogen |", "|---|---|---|"]
    lines += [
        f"| {step} | {STEP_SENTENCES[step]} | {'een ander dan wie voorstelde' if step in FOUR_EYES else ''} |"
        for step in VersionStep
    ]
    return "\n".join(lines) + "\n"
