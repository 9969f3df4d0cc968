"""What a person sees when something cannot be done: what happened, and what to do now. Never a value that was sent."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response

from shared.access import Person
from shared.api.problems import Problem
from shared.api.shield import trace_of
from shared.pages.route import show

type Words = tuple[str, str, tuple[str, ...]]  # title, what happened, what to do

_AGAIN = "Probeer het over een paar minuten opnieuw."
_TELL = "Lukt het dan nog niet? Meld het bij de beheerder, met de code hieronder en de tijd."
_BACK = "Ga terug en controleer wat u hebt ingevuld."
BY_STATUS: Mapping[int, Words] = {
    400: ("Dit verzoek klopt niet", "Wij konden niet lezen wat u stuurde.", (_BACK, _TELL)),
    401: ("U bent niet aangemeld", "Voor deze pagina moet u aangemeld zijn.", ("Meld u aan op de startpagina.",)),
    403: (
        "U mag dit niet",
        "Uw rol mag deze pagina niet gebruiken.",
        ("Hebt u dit nodig voor uw werk? Vraag de beheerder om een rol die dit mag.",),
    ),
    404: (
        "Niet gevonden",
        "Deze pagina, of wat u zoekt, is er niet of niet meer.",
        ("Controleer het adres.", "Zoekt u een aanvraag? Zoek haar dan op met het nummer."),
    ),
    405: ("Dit kan hier niet", "Deze pagina kan dit niet doen.", ("Open de pagina via het menu.",)),
    409: (
        "Dit kan nu niet",
        "Er is intussen iets veranderd, of iets anders moet eerst.",
        ("Ga terug en laad de pagina opnieuw. Kijk hoe het er nu voor staat.",),
    ),
    413: ("Te veel in één keer", "Wat u stuurde, is groter dan 1 MB.", ("Stuur minder in één keer.",)),
    415: ("Dit verzoek klopt niet", "Wij konden niet lezen wat u stuurde.", ("Gebruik de formulieren op de pagina.",)),
    500: ("Er ging iets mis", "Het ligt niet aan u. Er ging iets mis in de app.", (_AGAIN, _TELL)),
    503: ("Even niet bereikbaar", "Een deel van de app antwoordt nu niet.", (_AGAIN, _TELL)),
}
BY_CODE: Mapping[str, Words] = {
    "SC-520": (
        "Dit kan nu niet",
        "Dit past niet bij hoe het er nu voor staat. Misschien was een ander u voor.",
        ("Ga terug en laad de pagina opnieuw. Kijk hoe het er nu voor staat.",),
    ),
    "SC-560": (
        "Een ander moet dit doen",
        "Hier zijn vier ogen nodig. Wie iets voorstelt of besluit, mag de volgende stap niet zelf zetten.",
        ("Vraag een collega met dezelfde rol om dit te doen.",),
    ),
    "SC-590": (
        "Er loopt een bezwaar",
        "Van deze persoon loopt een bezwaar. Daarom verwijderen wij nu niets. Er is niets verwijderd.",
        ("Wacht tot het bezwaar is afgesloten. Voer het verzoek daarna opnieuw uit.",),
    ),
    "SC-565": (
        "Dit formulier is al verstuurd",
        "U hebt dit formulier al eerder verstuurd, met iets anders erin. Wat u toen stuurde, is vastgelegd.",
        (
            "Open de pagina opnieuw en kijk wat er staat.",
            "Wilt u nog iets vastleggen? Vul het formulier dan opnieuw in.",
        ),
    ),
    "SC-566": (
        "Te vaak een verkeerd nummer",
        "Bij dit verzoek is te vaak een nummer ingevuld dat er niet bij hoort. Er is niets getoond of verwijderd.",
        ("Zoek uit van wie het verzoek is.", "Probeer het morgen opnieuw."),
    ),
    "SC-580": (
        "Even wachten",
        "De app is nu bezig met gegevens van deze persoon.",
        ("Probeer het over een kwartier opnieuw.",),
    ),
    "SC-610": (
        "De gegevens zijn er niet meer",
        "De momentopname van deze levering is er niet meer, of is niet meer heel.",
        ("Is ze nog niet zo oud dat ze weg moest zijn? Meld het dan bij de beheerder, met de code hieronder.",),
    ),
    "SC-730": (
        "Open de pagina opnieuw",
        "Dit formulier stond te lang open, of het kwam niet van deze site. Er is niets gedaan.",
        ("Ga terug, laad de pagina opnieuw en vul het formulier nog eens in.",),
    ),
}


def words_for(problem: Problem) -> Words:
    """Return what a person is told about a problem."""
    return BY_CODE.get(problem.code) or BY_STATUS[problem.status]


def problem_page(request: Request, problem: Problem) -> Response:
    """Return a problem as a page."""
    title, what, steps = words_for(problem)
    person: Person | None = request.scope.get("slimme_check.person")
    trace = trace_of(request.scope).trace_id if problem.status >= 500 else ""
    answer = show(
        request,
        person,
        "problem.html",
        title,
        status=problem.status,
        what=what,
        steps=steps,
        code=problem.code,
        trace=trace,
        wrong=True,
    )
    answer.headers.update({name: value for name, value in problem.headers.items() if name != "WWW-Authenticate"})
    return answer
