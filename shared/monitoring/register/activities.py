"""The processing activities of an algorithm, by the names that the Logboek writes in their address."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Activity:
    """One activity. `data`: which data of whom it is about, in words."""

    name: str
    title: str
    purpose: str
    data: str


ACTIVITIES = (
    Activity(
        "beoordelen",
        "Aanvragen beoordelen",
        "Bepalen wie een aanvraag als eerste bekijkt. Een mens beslist altijd.",
        "de rijen van de levering die de aanvraag nodig heeft, onder pseudoniem; de score en de redenen",
    ),
    Activity(
        "schaduw",
        "Een andere modelversie laten meedraaien",
        "Een nieuwe versie vergelijken voordat iemand haar goedkeurt. De uitkomst wordt nooit getoond.",
        "dezelfde rijen; de score van de andere versie",
    ),
    Activity(
        "inzage",
        "Een uitleg bekijken",
        "Een aanvraag beoordelen, een vraag of bezwaar beantwoorden, of toezicht houden. De kijker geeft een reden op.",
        "de uitleg van één aanvraag",
    ),
    Activity(
        "modelversie-nagaan",
        "De aanvragen van een modelversie nagaan",
        "Na een fout in een versie weten welke aanvragen het betreft.",
        "aanvraagnummers en de versie die de score gaf",
    ),
    Activity(
        "modelvergelijking",
        "Modelversies vergelijken",
        "Voor een voorstel zien voor wie de uitkomst verandert. Naar buiten komen alleen aantallen van tien of meer, "
        "afgerond op tientallen.",
        "bewaarde momentopnamen, opnieuw gescoord",
    ),
    Activity(
        "bewaken",
        "Uitkomsten en groepen bewaken",
        "Meten of het model goed en eerlijk werkt. Alleen tellingen verlaten dit deel, en geen onder de tien.",
        "uitkomsten van onderzoeken en bezwaren, en groepskenmerken, onder pseudoniem",
    ),
)
