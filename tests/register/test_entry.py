"""The register entry keeps the rules of both official forms; a broken one is refused; every figure is the package's."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from shared import __version__
from shared.monitoring.register.entry import api_form, schema_form
from shared.monitoring.register.facts import Algorithm, StatusNotAllowed, gather
from shared.monitoring.register.files import entries
from shared.monitoring.register.judge import EntryInvalid, api_faults, check, schema_faults
from shared.monitoring.register.plainhtml import as_html, faults_in, visible
from shared.monitoring.register.standard import CATEGORIES, FIELDS, SCHEMA_REQUIRED, Form
from shared.retention.terms import TERMS, Kept
from tests.house.repository import ROOT, document

# by hand from standards.md §2.1, apart from the code: name -> longest, required by the API
TABLE: dict[str, tuple[int | None, bool]] = {
    "name": (100, True),
    "description_short": (350, True),
    "organization": (100, True),
    "category": (None, False),
    "status": (None, True),
    "begin_date": (7, False),
    "end_date": (7, False),
    "contact_email": (500, True),
    "website": (500, False),
    "publication_category": (None, True),
    "url": (500, False),
    "goal": (2500, False),
    "proportionality": (2500, False),
    "human_intervention": (2500, False),
    "risks": (2500, False),
    "lawful_basis": (2500, False),
    "lawful_basis_grouping": (None, False),
    "process_index_url": (500, False),
    "impacttoetsen_grouping": (None, False),
    "impacttoetsen": (2500, False),
    "source_data": (2500, False),
    "source_data_grouping": (None, False),
    "methods_and_models": (5000, False),
    "provider": (200, False),
    "publiccode": (500, False),
    "lang": (None, True),
    "standard_version": (None, False),
    "source_id": (100, False),
    "tags": (2500, False),
}


@pytest.fixture(scope="module")
def entry(algorithm: Algorithm) -> dict[str, Any]:
    """The entry in the API form."""
    return api_form(algorithm)


def test_the_fields_are_those_of_the_standard() -> None:
    assert [field.name for field in FIELDS] == list(TABLE)
    for field in FIELDS:
        longest, required = TABLE[field.name]
        assert longest is None or field.longest <= longest, field.name
        assert field.required == required, field.name


def test_the_entry_keeps_the_rules_of_both_forms(entry: dict[str, Any]) -> None:
    assert api_faults(entry) == []
    assert schema_faults(schema_form(entry)) == []


def test_the_entry_by_the_limits_alone(entry: dict[str, Any]) -> None:
    for name, value in entry.items():
        longest, _ = TABLE[name]
        if longest is not None:
            assert len(re.sub(r"<[^>]*>", "", value)) <= longest, name
        if "<" in str(value):
            assert set(re.findall(r"</?(\w+)", str(value))) <= {"div", "br", "p", "ul", "ol", "li"}, name
    assert {name for name, (_, required) in TABLE.items() if required} <= entry.keys()
    assert all(entry[name] for name in ("category", "begin_date", "goal", "proportionality", "risks", "source_data"))


def test_the_other_form_has_every_required_field_and_its_category_with_a_suffix(entry: dict[str, Any]) -> None:
    other = schema_form(entry)
    assert set(SCHEMA_REQUIRED) <= other.keys()
    assert other["publication_category"] == "Hoog-risico AI-systeem (Categorie A)"
    assert other["schema"] == "1.0.0"
    assert other["language"] == "nld"
    assert re.fullmatch(r"[0-9]{4}-[0-9]{2}", other["start_date"])
    assert {category[-13:] for category in CATEGORIES.values()} == {"(Categorie A)", "(Categorie B)", "(Categorie C)"}
    same = {
        "purpose_and_impact": "goal",
        "considerations": "proportionality",
        "technical_operation": "methods_and_models",
    }
    assert all(other[theirs] == entry[ours] for theirs, ours in same.items())


BROKEN: list[tuple[str, Any]] = [
    ("name", "n" * 101),
    ("name", ""),
    ("name", "<b>vet</b>"),
    ("description_short", "n" * 350),
    ("organization", None),
    ("category", ["Sociale zekerheid", "Iets anders"]),
    ("category", ["Werk", "Werk"]),
    ("category", "Werk"),
    ("category", ["Werk", "Wonen", "Recht", "Economie"]),
    ("status", "in gebruik"),
    ("begin_date", "2026-13"),
    ("begin_date", "11-2026"),
    ("end_date", "2026-12"),
    ("contact_email", "iemand"),
    ("contact_email", "http://gemeente.example"),
    ("website", "http://gemeente.example"),
    ("url", "https://"),
    ("publication_category", "Hoog-risico AI-systemen"),
    ("goal", "<p>" + "n" * 2501 + "</p>"),
    ("goal", "<p>niet gesloten"),
    ("goal", '<p class="a">tekst</p>'),
    ("goal", "<script>x</script>"),
    ("goal", "<p><!-- weg -->tekst</p>"),
    ("goal", "<li>los</li>"),
    ("goal", "<p></p>"),
    ("risks", ""),
    ("lawful_basis_grouping", [{"title": "Wet"}]),
    ("lawful_basis_grouping", [{"title": "n" * 101, "link": "https://wet.example"}]),
    ("lawful_basis_grouping", [{"link": "https://wet.example"}]),
    ("impacttoetsen_grouping", [{"title": "DPIA", "link": "geen"}]),
    ("methods_and_models", "n" * 5001),
    ("provider", "n" * 201),
    ("lang", "nl"),
    ("standard_version", "1.0.0"),
    ("tags", "n" * 2501),
    ("onbekend_veld", "iets"),
]


@pytest.mark.parametrize(("name", "value"), BROKEN, ids=[f"{name} {str(value)[:24]}" for name, value in BROKEN])
def test_a_broken_field_is_refused_by_its_name_and_never_quoted(entry: dict[str, Any], name: str, value: Any) -> None:
    broken = {**entry, name: value}
    faults = api_faults(broken)
    assert faults
    assert any(name in fault or "end" in fault for fault in faults)
    with pytest.raises(EntryInvalid) as refused:
        check(broken, schema_form(entry))
    assert "nnn" not in str(refused.value)


@pytest.mark.parametrize("name", SCHEMA_REQUIRED)
def test_the_other_form_is_refused_without_a_required_field(entry: dict[str, Any], name: str) -> None:
    other = schema_form(entry)
    del other[name]
    assert f"{name} is required" in schema_faults(other)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("publication_category", "Hoog-risico AI-systeem"),
        ("start_date", "2026-1"),
        ("name", "n" * 100),
        ("purpose_and_impact", "n" * 2500),
        ("language", "NLD"),
        ("schema", "1.0"),
        ("goal", "iets"),
    ],
)
def test_the_other_form_has_its_own_limits(entry: dict[str, Any], name: str, value: str) -> None:
    assert schema_faults({**schema_form(entry), name: value})


def test_an_assessment_may_have_no_link_and_is_told_in_both_forms(entry: dict[str, Any]) -> None:
    done = {**entry, "impacttoetsen_grouping": [{"title": "IAMA", "link": None}]}
    assert api_faults(done) == []
    other = schema_form(done)
    assert other["impact_assessments"] == ["IAMA"]
    assert schema_faults(other) == []


def test_only_the_html_of_the_register_is_written_and_read() -> None:
    html = as_html("Een <b>alinea</b>\nover twee regels.\n\nLijst:\n\n* een & twee\n* drie")
    assert html == (
        "<p>Een &lt;b&gt;alinea&lt;/b&gt; over twee regels.</p><p>Lijst:</p>"
        "<ul><li>een &amp; twee</li><li>drie</li></ul>"
    )
    assert faults_in(html) == []
    assert visible(html) == "Een <b>alinea</b> over twee regels.Lijst:een & tweedrie"


# Figures -------------------------------------------------------------------------------------------------------------


def _figures(algorithm: Algorithm) -> set[str]:
    """Every figure that the package, the code and the terms know, read apart from the register."""
    folder = ROOT / "models" / algorithm.case.package
    policy, card = document(folder / "policy.json"), document(folder / "card.json")
    ebm = document(folder / "ebm.json")
    told = [
        policy["date"],
        policy["version"],
        str(policy["threshold"]).replace(".", ","),
        policy["threshold_reason"],
        policy["sample_share_reason"],
        f"{100 * policy['sample_share']:.0f}",
        card["quality"]["AUC"],
        card["quality"]["Boven de drempel"],
        card["quality"]["Daarvan terecht"],
        card["training"]["Geleerd van"],
        card["training"]["Getoetst op"],
        card["origin"],
        str(card["bags"]),
        str(len(ebm["features"])),
        str(len(ebm["terms"])),
        document(folder / "MANIFEST.json")["contract_version"],
        __version__,
        str(TERMS[Kept.RESULTATEN].default),
    ]
    return {figure for text in told for figure in re.findall(r"[0-9]+", text)}


def test_every_figure_in_the_entry_is_the_packages(algorithm: Algorithm, entry: dict[str, Any]) -> None:
    known = _figures(algorithm)
    for name, value in entry.items():
        if name in ("lawful_basis_grouping", "source_data_grouping", "standard_version", "source_id") or "http" in str(
            value
        ):
            continue
        text = visible(str(value)).replace("sha256", "").replace(algorithm.package.sha256, "")
        text = re.sub(r"artikel(en)? [0-9]+[0-9a-z:]*((,| en) [0-9]+[0-9a-z:]*)*", "", text)
        assert set(re.findall(r"[0-9]+", text)) <= known, name
    assert algorithm.package.sha256 in entry["methods_and_models"]
    for figure in ("0,63", "0,60 tot 0,65", "30%", "70%"):
        assert figure in entry["methods_and_models"]
    assert entry["begin_date"] == algorithm.package.date[:7]


def test_another_package_gives_other_figures(algorithm: Algorithm) -> None:
    card = {**algorithm.package.card, "quality": {"AUC": "0,99", "Boven de drempel": "1%", "Daarvan terecht": "2%"}}
    other = replace(algorithm.package, threshold=0.5, sample_share=0.1, card=card)
    told = api_form(gather(algorithm.case, other, algorithm.text, {}, algorithm.activity))
    assert "AUC 0,99" in told["methods_and_models"]
    assert "0,5 of hoger" in told["methods_and_models"]
    assert "10 procent" in told["human_intervention"]


def test_a_model_of_invented_people_cannot_be_in_use(algorithm: Algorithm) -> None:
    in_use = replace(algorithm.text, fields={**algorithm.text.fields, "status": "In gebruik"})
    with pytest.raises(StatusNotAllowed):
        gather(algorithm.case, algorithm.package, in_use, {}, algorithm.activity)
    real = replace(algorithm.package, card={**algorithm.package.card, "invented_people": False})
    assert api_form(gather(algorithm.case, real, in_use, {}, algorithm.activity))["status"] == "In gebruik"


def test_nothing_is_written_where_an_entry_is_wrong(algorithm: Algorithm) -> None:
    wrong = replace(algorithm.text, fields={**algorithm.text.fields, "website": "http://onveilig.example"})
    with pytest.raises(EntryInvalid, match="website"):
        entries(replace(algorithm, text=wrong))


def test_every_form_of_a_field_has_its_rule() -> None:
    assert {field.form for field in FIELDS} == set(Form)
