"""Says what Publicatiestandaard 1.0 asks of a register entry: every field of both official forms, as data.

The API form (v1_0.json) is the truth; `schema.json` has other names, is one shorter everywhere and asks more fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

VERSION, SCHEMA_VERSION, LANGUAGE = "1.0", "1.0.0", "nld"
STATUSES = ("In ontwikkeling", "In gebruik", "Buiten gebruik")
THEMES = (
    "Organisatie en bedrijfsvoering",
    "Cultuur en recreatie",
    "Economie",
    "Overheidsfinanciën",
    "Wonen",
    "Internationaal",
    "Migratie en integratie",
    "Natuur en milieu",
    "Onderwijs en wetenschap",
    "Openbare orde en veiligheid",
    "Recht",
    "Ruimte en infrastructuur",
    "Sociale zekerheid",
    "Verkeer",
    "Werk",
    "Zorg en gezondheid",
)
MOST_THEMES = 3
CATEGORIES: Mapping[str, str] = {
    "Hoog-risico AI-systeem": "Hoog-risico AI-systeem (Categorie A)",
    "Impactvolle algoritmes": "Impactvolle algoritmes (Categorie B)",
    "Overige algoritmes": "Overige algoritmes (Categorie C)",
}


class Form(StrEnum):
    """How a field is written."""

    TEXT = "text"
    HTML = "html"
    MONTH = "month"
    ADDRESS = "address"
    CONTACT = "contact"
    CHOICE = "choice"
    CHOICES = "choices"
    LINKS = "links"


@dataclass(frozen=True)
class Field:
    """One field of the API form. `longest`: of what a reader sees; of titles where it is a list of links.

    `shown`: stands on the site as "Veld niet ingevuld" when it is empty. `other`: its name in schema.json.
    """

    name: str
    form: Form
    longest: int
    required: bool = False
    shown: bool = False
    allowed: tuple[str, ...] = ()
    other: str = ""
    link_required: bool = True


FIELDS: tuple[Field, ...] = (
    Field("name", Form.TEXT, 100, True, True, other="name"),
    # the API takes 400; the handbook and its form ask for fewer than 350
    Field("description_short", Form.TEXT, 349, True, True, other="description_short"),
    Field("organization", Form.TEXT, 100, True, True, other="organization"),
    Field("category", Form.CHOICES, 100, False, True, THEMES, other="theme"),
    Field("status", Form.CHOICE, 100, True, True, STATUSES, other="status"),
    Field("begin_date", Form.MONTH, 7, False, True, other="start_date"),
    Field("end_date", Form.MONTH, 7, other="end_date"),
    Field("contact_email", Form.CONTACT, 500, True, True, other="contact"),
    Field("website", Form.ADDRESS, 500, other="link"),
    Field("publication_category", Form.CHOICE, 100, True, True, tuple(CATEGORIES), other="publication_category"),
    Field("url", Form.ADDRESS, 500, other="source_link"),
    Field("goal", Form.HTML, 2500, False, True, other="purpose_and_impact"),
    Field("proportionality", Form.HTML, 2500, False, True, other="considerations"),
    Field("human_intervention", Form.HTML, 2500, False, True, other="human_intervention"),
    Field("risks", Form.HTML, 2500, False, True, other="risk_management"),
    Field("lawful_basis", Form.HTML, 2500, other="legal_basis"),
    Field("lawful_basis_grouping", Form.LINKS, 100, other="legal_basis"),
    Field("process_index_url", Form.ADDRESS, 500, other="processing_register_link"),
    Field("impacttoetsen_grouping", Form.LINKS, 500, other="impact_assessment", link_required=False),
    Field("impacttoetsen", Form.HTML, 2500, other="impact_assessment_explanation"),
    Field("source_data", Form.HTML, 2500, False, True, other="data"),
    Field("source_data_grouping", Form.LINKS, 500, other="data_source"),
    Field("methods_and_models", Form.HTML, 5000, other="technical_operation"),
    Field("provider", Form.TEXT, 200, other="supplier"),
    Field("publiccode", Form.ADDRESS, 500, other="source_code_link"),
    Field("lang", Form.CHOICE, 3, True, allowed=(LANGUAGE,), other="language"),
    Field("standard_version", Form.CHOICE, 3, allowed=(VERSION,), other="schema"),
    Field("source_id", Form.TEXT, 100, other="source_id"),
    Field("tags", Form.TEXT, 2500, other="search_terms"),
)
BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}

# schema.json asks for all of these
SCHEMA_REQUIRED = (
    "name",
    "description_short",
    "organization",
    "theme",
    "status",
    "start_date",
    "contact",
    "publication_category",
    "purpose_and_impact",
    "considerations",
    "human_intervention",
    "risk_management",
    "impact_assessments",
    "data",
    "technical_operation",
    "supplier",
    "language",
    "schema",
)
