"""Renders the delivery specifications of what follows the judging: what is as for applications, is the same text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from development.docs.delivery_example import LEVERING
from development.docs.delivery_specification import (
    consequences_part,
    description_part,
    feedback_part,
    files_part,
    never_part,
    tables_part,
)
from development.docs.markdown import bullets, fenced, made_from, page
from shared.dataset import DatasetSchema
from shared.usecase import FollowUp, FollowUpKind

_PERIOD: Final = (
    "`van` hoort erbij, `tot` niet. Laat perioden precies op elkaar aansluiten: een gat houdt de levering aan."
)
_ASIDE: Final = "De rij telt niet mee. De rest van de levering gaat door."
_NO_FAULTS: Final = ("een datum na de periode", "een nummer dat nergens anders voorkomt", "een tabel zonder rijen")
_ROWS: Final[Mapping[FollowUpKind, tuple[str, ...]]] = {
    FollowUpKind.UITKOMSTEN: (
        "Eén rij per gebeurtenis bij een aanvraag: een onderzoek, een screening, een bezwaar, een beslissing daarop.",
        "De periode is die waarin de gebeurtenis bij u bekend werd, niet die van de aanvraag.",
        "Dezelfde rij nog eens leveren kan geen kwaad: zij telt één keer. Was een datum verkeerd, lever de rij dan met "
        "de goede datum: bij één aanvraag tellen dezelfde soort, resultaat en selectie één keer, ook een tweede "
        "bezwaar. Een resultaat dat verandert levert u opnieuw; het eerste is dan al geteld, en de verandering telt "
        "apart.",
        "Een uitkomst mag hier eerder zijn dan de uitslag van haar aanvraag. Zij telt dan zodra die is gepubliceerd.",
        "Een woord dat niet is afgesproken maakt de rij onbruikbaar (LEV-301); de andere rijen tellen gewoon mee.",
        "Een nummer waarvan wij geen aanvraag kennen is geen fout.",
    ),
    FollowUpKind.GROEPSKENMERKEN: (
        "Eén rij per aanvrager van wie de aanvraag in de periode ligt. De rij die als laatste binnenkomt geldt.",
        "Lever de kenmerken voordat de maand van de aanvraag om is: een afgesloten maand wordt niet opnieuw geteld, en "
        "wie dan ontbreekt telt als 'onbekend' en blijft dat, ook als de kenmerken later komen. Wordt een maand alsnog "
        "aangevuld, dan verschillen twee rapporten een paar mensen. Komen de kenmerken in een jaar bij 5 % of meer van "
        "de aanvragen te laat, dan staat dat als alarm in het rapport.",
        "Van nationaliteit en geboorteland bewaren wij alleen of het Nederlands en Nederland is. Een ander woord dan "
        "is afgesproken is geen fout en telt als onbekend.",
        "Staan er van één persoon rijen in die elkaar tegenspreken, dan telt wat verschilt als onbekend (LEV-606).",
        "Deze kolommen mogen alleen in deze dataset staan. In een levering van aanvragen zijn zij verboden.",
    ),
}


def render_follow_up(follow_up: FollowUp) -> str:
    """Return the page of one dataset."""
    schema = follow_up.schema
    lines = [
        f"# Leveringsspecificatie {schema.id}",
        "",
        *made_from("shared/levensonderhoud/dataset/", "shared/stages/rules.py"),
        f"Voor de leverancier. Schemaversie {schema.version}. {schema.title}.",
        "",
        schema.description,
        "",
        f"Doel: {schema.objective} Grondslag: {schema.legal_basis}.",
        "",
        *_folder(schema),
        "## Welke rijen",
        "",
        *bullets(_ROWS[follow_up.kind]),
        *description_part(schema, _PERIOD),
        *files_part(),
        *tables_part(schema),
        *never_part(schema),
        *consequences_part(_ASIDE, _NO_FAULTS),
        *feedback_part(schema),
    ]
    return page(lines)


def _folder(schema: DatasetSchema) -> list[str]:
    home = f"brievenbus/{schema.id}/{LEVERING}"
    tree = f"{home}/{schema.id}.csv\n{home}/datapackage.json        <- als laatste"
    return [
        "## Map en namen",
        "",
        *fenced(tree, "text"),
        *bullets(
            (
                "De naam van de map begint met een datum: `JJJJ-MM-DD`. Daarachter mag iets staan, zoals `-2`.",
                "U schrijft `datapackage.json` als laatste. Wij beginnen pas als dat er staat.",
                "Dezelfde levering nog een keer aanbieden kan geen kwaad: zij wordt niet twee keer verwerkt.",
                "Na het innemen verwijderen wij de levering. Wat wij bewaren staat onder pseudoniem, met dezelfde "
                "sleutel als de aanvragen.",
            )
        ),
    ]
