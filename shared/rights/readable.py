"""The overview of a person as plain Dutch text, made from the document alone, so that both say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def readable(document: Mapping[str, Any]) -> str:
    """Return the document of `export_person` as text for a person; every part of the document is in it."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield from ("WAT WIJ OVER U BEWAREN", "", f"Gemaakt op {document['gemaakt']}, verzoek {document['verzoek']}.", "")
    yield from _titled("Waarom wij uw gegevens gebruiken", document["doel"])
    yield from _titled("Op welke grond", document["grondslag"])
    yield from _titled("Waar de gegevens vandaan komen", document["herkomst"])
    yield from _titled("Hoe het werkt", document["logica"])
    yield from _titled(
        "Wie iets ontvangt", *(f"- {one['ontvanger']}: {one['ontvangt']}" for one in document["ontvangers"])
    )
    yield from _titled(
        "Hoe lang wij het bewaren",
        *(f"- {one['wat']}: {one['dagen']} dagen. {one['reden']}" for one in document["bewaartermijnen"]),
    )
    for application in document["aanvragen"]:
        yield from _application(application)
    if not document["aanvragen"]:
        yield from _titled("Uw aanvragen", "Over u is geen resultaat bewaard.")
    yield from _titled(
        "Opnieuw beoordeeld op verzoek",
        *(f"- {one['tijdstip']}, levering {one['levering']}" for one in document["herverwerkingen"]),
    )
    for delivery in document["invoer"]:
        yield from _delivery(delivery)
    alone = document["bezwaren_zonder_resultaat"]
    if alone:
        yield from _titled("Bezwaren bij aanvragen waarvan geen resultaat meer bewaard is", *_objections(alone))
    changed = document["aanvragen_ook_van_een_ander"]
    if changed["aantal"]:
        yield from _titled("Aanvragen die ook op naam van een ander stonden", str(changed["aantal"]), changed["waarom"])
    hidden = document["invoer_niet_getoond"]
    if hidden["rijen"]:
        yield from _titled("Niet getoond", f"{hidden['rijen']} rijen. {hidden['waarom']}")
    for kind, rows in document["bewaking"].items():
        lines = (", ".join(f"{name} {value}" for name, value in row.items() if value) for row in rows)
        yield from _titled(f"Voor de bewaking: {kind}", *(f"- {line}" for line in lines))
    yield from _titled(
        "Wie uw gegevens bekeek of iets vastlegde",
        *(f"- {one['tijdstip']}: {one['wat']} ({one['uitkomst']}), door {one['door']}" for one in document["bekeken"]),
    )
    yield from _titled("Wat wij niet kunnen zien", *(f"- {one}" for one in document["niet_zichtbaar"]))
    yield from _titled(
        "Leveringen die nog niet verwerkt zijn",
        *(f"- {one['levering']} ({one['ligt_in']})" for one in document["ruwe_leveringen"]),
    )
    yield from _titled("Uw rechten", document["rechten"])


def _titled(title: str, *lines: str) -> Iterator[str]:
    if any(lines):
        yield from (title, "-" * len(title), *lines, "")


def _application(application: Mapping[str, Any]) -> Iterator[str]:
    yield from _titled(f"Aanvraag {application['aanvraagnummer']}", f"Peilmoment: {application['peilmoment']}")
    for result in application["resultaten"]:
        current = "geldt nu" if result["huidig"] else "geldt niet meer"
        if result["alleen_ter_vergelijking"]:
            current = "alleen ter vergelijking van modellen; nooit getoond"
        model = result["model"]
        yield f"Resultaat van {result['gepubliceerd']} ({current}), model {model['naam']} {model['versie']}:"
        yield f"  {result['betekent']}; eerst kijkt: {result['advies']}; reden: {result['reden']}"
        if result["score"] is not None:
            yield f"  score {result['score']}, zekerheid {result['zekerheid']}, begin {result['intercept']}"
        yield f"  in de steekproef: {'ja' if result['in_steekproef'] else 'nee'}"
        for title, values in (("kenmerken", result["kenmerken"]), ("bijdragen", result["bijdragen"])):
            yield from (f"  {title}: {name} = {value}" for name, value in (values or {}).items())
        yield from (f"  uitleg: {sentence}" for sentence in _sentences(result["uitleg"]))
        for assessed in result["beoordelingen"]:
            yield f"  beoordeeld: {', '.join(f'{name} {value}' for name, value in assessed.items())}"
    yield from _objections(application["bezwaren"])
    yield ""


def _objections(steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        yield f"Bezwaar {step['bezwaar']}: {step['toestand']} op {step['tijdstip']}. {step['reden']}"


def _sentences(value: object) -> Iterator[str]:
    """Yield every text in an explanation, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _sentences(each)
    elif isinstance(value, list):
        for each in value:
            yield from _sentences(each)


def _delivery(delivery: Mapping[str, Any]) -> Iterator[str]:
    lines = [
        f"- {table}: {', '.join(f'{name} {value}' for name, value in row.items() if value is not None)}"
        for table, rows in delivery["tabellen"].items()
        for row in rows
    ]
    yield from _titled(f"Gegevens uit levering {delivery['levering']}", *lines)
