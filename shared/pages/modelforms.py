"""The forms about models: stopping and resuming one, proposing a version, and every step with a version. Pure."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from shared.modelregister.port import ModelVersion
from shared.modelregister.states import TRANSITIONS, VersionStep
from shared.pages.forms import Field, Form, Kind, reason_field

# by the last part of the address: the step, what its button says, and what it means
STEPS = {
    "goedkeuren": (VersionStep.GOEDKEUREN, "Goedkeuren", "Daarna kan deze versie in gebruik worden genomen."),
    "afwijzen": (VersionStep.AFWIJZEN, "Afwijzen", "Deze versie wordt dan niet gebruikt."),
    "schaduw-beginnen": (
        VersionStep.SCHADUW_BEGINNEN,
        "Laten meelopen als schaduw",
        "De versie rekent mee. Niemand ziet haar uitkomsten; wij bewaren ze om te vergelijken.",
    ),
    "schaduw-stoppen": (VersionStep.SCHADUW_STOPPEN, "Stoppen met meelopen", "Wat bewaard is, blijft bewaard."),
    "activeren": (VersionStep.ACTIVEREN, "In gebruik nemen", "Vanaf nu beoordeelt deze versie elke nieuwe aanvraag."),
    "terugzetten": (
        VersionStep.TERUGZETTEN,
        "Weer in gebruik nemen",
        "Deze versie komt terug, in plaats van de versie die nu werkt.",
    ),
    "intrekken": (VersionStep.INTREKKEN, "Intrekken", "Deze versie kan daarna alleen met een nieuw voorstel terug."),
}
_HURTS = {"afwijzen", "intrekken"}
_WHY = {
    "goedkeuren": "Waarom keurt u deze versie goed?",
    "afwijzen": "Waarom wijst u deze versie af?",
    "schaduw-beginnen": "Waarom laat u deze versie meelopen?",
    "schaduw-stoppen": "Waarom stopt u het meelopen?",
    "activeren": "Waarom neemt u deze versie in gebruik?",
    "terugzetten": "Waarom neemt u deze versie weer in gebruik?",
    "intrekken": "Waarom trekt u deze versie in?",
}


def stop_form(model: str, *, stopped: bool) -> Form:
    """Return the form of the stop switch: to turn it off when it is on, and the other way round."""
    if stopped:
        return Form(
            "hervatten",
            f"/modellen/{model}/hervatting",
            "Model weer aanzetten",
            (reason_field("Waarom mag het model weer aan?"),),
            intro="Wat wachtte, gaat daarna verder.",
        )
    return Form(
        "stoppen",
        f"/modellen/{model}/stop",
        "Model stoppen",
        (reason_field("Waarom stopt u het model?"),),
        danger=True,
        intro="Zolang het model stilstaat, komt er geen nieuwe uitkomst naar buiten. Iedereen die de uitkomsten leest, "
        "ziet sinds wanneer en waarom.",
    )


def proposal_form(model: str) -> Form:
    """Return the form to propose a version."""
    return Form(
        "voorstellen",
        f"/modellen/{model}/versies",
        "Versie voorstellen",
        (
            Field("versie", "Welke versie?", hint="Zoals in de naam van het modelpakket, bijvoorbeeld 1.1.0.",
                  missing="Vul de versie in.", longest=64),
            reason_field("Waarom is deze versie nodig?"),
            reason_field("Waarom deze drempel?", "redendrempel"),
            reason_field("Waarom wel of geen steekproef?", "redensteekproef"),
        ),
        intro="De app maakt een dossier bij uw voorstel: wat er zou veranderen, gemeten over de laatste twaalf hele "
        "maanden. De maand van nu telt niet mee. Een andere modelbeheerder beoordeelt het.",
    )  # fmt: skip


def step_form(model: str, version: str, name: str) -> Form:
    """Return the form of one step with a version; NotKnown is the caller's when there is no such step."""
    _, button, meaning = STEPS[name]
    fields: tuple[Field, ...] = (reason_field(_WHY[name]),)
    if name == "goedkeuren":
        share = Field(
            "steekproef",
            "Hoeveel procent van de aanvragen mag het lot aanwijzen?",
            hint="Neem het over uit het dossier als u het ermee eens bent. Vul 0 in voor geen steekproef.",
            missing="Vul een percentage in. Dit is een keuze die bij de goedkeuring hoort.",
            longest=10,
        )
        fields = (share, *fields)
    return Form(name, f"/modellen/{model}/versies/{version}/{name}", button, fields, name in _HURTS, meaning)


def scored_form(model: str, version: str) -> Form:
    """Return the form that asks which applications a version judged."""
    return Form(
        "beoordeeld",
        f"/modellen/{model}/versies/{version}/aanvragen",
        "Aanvragen tonen",
        (
            Field("van", "Vanaf welke dag?", Kind.DATE, "Bijvoorbeeld 3-11-2026.", "Vul de eerste dag in."),
            Field("tot", "Tot en met welke dag?", Kind.DATE, "Bijvoorbeeld 10-11-2026.", "Vul de laatste dag in."),
            reason_field("Waarom wilt u dit weten?"),
        ),
        intro="U ziet dan welke aanvragen deze versie beoordeelde. Wij leggen vast dat u dit opvraagt.",
    )


PAGE = Field("pagina", "Bladzijde", Kind.HIDDEN, longest=6)  # of what a version judged; the first when empty


def next_form(model: str, version: str, asked: Form, page: int) -> Form:
    """Return the form that asks for another page of what a version judged, for the reason that was given before."""
    hidden = tuple(Field(field.name, field.label, Kind.HIDDEN, longest=field.longest) for field in asked.fields)
    answers = {**asked.answers, PAGE.name: str(page)}
    return Form("verder", scored_form(model, version).action, "Volgende aanvragen", hidden, answers=answers)


def possible_steps(version: ModelVersion) -> list[str]:
    """Return which steps can be taken with a version now, by their names in an address."""
    names = [name for name, (step, _, _) in STEPS.items() if step in TRANSITIONS[version.status]]
    return [name for name in names if name != "terugzetten" or version.directly_before]


def share_of(text: str) -> float | None:
    """Return the share that a percentage stands for, such as 0.05 for `5 %`; None when it is no percentage."""
    try:
        percent = Decimal(text.replace("%", "").replace(",", ".").strip())
    except InvalidOperation:
        return None
    return float(percent / 100) if percent.is_finite() and 0 <= percent <= 100 else None
