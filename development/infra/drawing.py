"""Draws what there is and who may do what, from the files: a picture (SVG) and the same in words (Markdown)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

from development.infra.environments import Deployment
from development.infra.keeping import BY_LIFECYCLE, CONTAINER, IMMUTABLE
from development.infra.rights import granted
from development.infra.template import ROOT
from shared.retention.terms import TERMS

PICTURE, WORDS = "docs/architectuur/rechten.svg", "docs/architectuur/rechten.md"
SQL = "infra/database/identiteiten.sql"
# how a role reads to a person, and its colour in the picture
SAID: Mapping[str, tuple[str, str]] = {
    "bezorger": ("schrijft", "#ec0000"),
    "Storage Blob Data Reader": ("leest", "#004699"),
    "toevoeger": ("leest en voegt toe", "#00893c"),
    "Storage Blob Data Contributor": ("leest, schrijft, verwijdert", "#b34700"),
    "Storage Blob Data Owner": ("beheert de inhoud", "#6b2fa0"),
    "Storage Queue Data Contributor": ("leest en schrijft wachtrijen", "#6b2fa0"),
    "Storage Table Data Contributor": ("leest en schrijft tabellen", "#6b2fa0"),
    "Storage Account Contributor": ("beheert het account", "#6b2fa0"),
    "Key Vault Secrets User": ("leest de sleutels", "#ec0000"),
    "Monitoring Metrics Publisher": ("stuurt metingen", "#5a5a5a"),
    "Log Analytics Reader": ("leest logs", "#004699"),
    "Reader": ("ziet dat de server er is", "#5a5a5a"),
    "slimme_check_app": ("voegt toe, verwijdert niets", "#00893c"),
    "slimme_check_purge": ("verwijdert met bewijs", "#b34700"),
    "slimme_check_lezer": ("leest actuele resultaten", "#004699"),
    "eigenaar": ("eigenaar van de tabellen", "#6b2fa0"),
}
ORDER = ("leverancier", "dataverkenner", "procesbeheerder", "toezichthouder", "modelontwikkelaar")
MACHINES = ("app", "verwijder", "migratie", "event grid")
_LEFT, _RIGHT, _TOP, _STEP = 20, 560, 70, 44
_Line = tuple[str, str, str]


def rights_of(deployment: Deployment, root: Path = ROOT) -> list[_Line]:
    """Return who has which role where, in Azure and in the database."""
    found = {one.said for one in granted(deployment)}
    sql = (root / SQL).read_text(encoding="utf-8")
    found |= {(who, role, "database") for role, who in re.findall(r"(?m)^GRANT (\w+) TO \{(\w+)\};", sql)}
    for one in deployment.of("Microsoft.DBforPostgreSQL/flexibleServers/administrators"):
        known = re.search(r"id-slimme-check-([a-z]+)-", str(one.get("properties", "principalName")))
        found.add((known[1] if known else one.name, "eigenaar", "database"))
    return sorted(found, key=lambda line: ((*ORDER, *MACHINES).index(line[0]), line[2], line[1]))


def render_picture(deployment: Deployment, root: Path = ROOT) -> str:
    """Return the picture: people and identities on the left, what they reach on the right."""
    lines = rights_of(deployment, root)
    left = [who for who in (*ORDER, *MACHINES) if any(line[0] == who for line in lines)]
    right = sorted({line[2] for line in lines}, key=lambda place: (_rank(place), place))
    height = _TOP + max(len(left) * 2, len(right)) * _STEP + 150
    at_left = {who: _TOP + 10 + n * 2 * _STEP for n, who in enumerate(left)}
    at_right = {place: _TOP + n * _STEP for n, place in enumerate(right)}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 {height}" role="img" '
        'font-family="sans-serif" font-size="14">',
        "<title>Wie wat mag in Azure en in de database</title>",
        "<desc>Dezelfde gegevens staan als tabel in rechten.md.</desc>",
        f'<rect width="860" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="40" font-weight="bold">Mensen, systemen en identiteiten</text>',
        f'<text x="{_RIGHT}" y="40" font-weight="bold">Opslag, sleutels, database en logs</text>',
    ]
    for who, role, place in lines:
        start, end = at_left[who] + 16, at_right[place] + 16
        words = escape(f"{who} {SAID[role][0]}: {place}")
        parts.append(
            f'<path d="M{_LEFT + 190},{start} C{_LEFT + 360},{start} {_RIGHT - 160},{end} {_RIGHT},{end}" '
            f'fill="none" stroke="{SAID[role][1]}" stroke-width="1.6"><title>{words}</title></path>'
        )
    parts += [_box(_LEFT, y, 190, who, "#f5f5f5" if who in ORDER else "#e5f1fb") for who, y in at_left.items()]
    parts += [_box(_RIGHT, y, 280, place, "#fffbe6") for place, y in at_right.items()]
    colours = {colour: said for said, colour in reversed([*SAID.values()])}
    for n, (colour, said) in enumerate(sorted(colours.items())):
        x, y = _LEFT + (n % 2) * 420, height - 120 + (n // 2) * 26
        parts.append(f'<line x1="{x}" y1="{y}" x2="{x + 40}" y2="{y}" stroke="{colour}" stroke-width="3"/>')
        parts.append(f'<text x="{x + 50}" y="{y + 5}">{escape(_legend(colour, said))}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend(colour: str, said: str) -> str:
    same = sorted({words for words, other in SAID.values() if other == colour} - {said})
    return "; ".join([said, *same][:2])


def _rank(place: str) -> int:
    return 1 if place.startswith("opslag ") else 2 if place not in {*BY_LIFECYCLE, "uitvoer", "logboek"} else 0


def _box(x: int, y: int, width: int, text: str, fill: str) -> str:
    rectangle = f'<rect x="{x}" y="{y}" width="{width}" height="32" rx="4" fill="{fill}" stroke="#333333"/>'
    return f'{rectangle}<text x="{x + 10}" y="{y + 21}">{escape(text)}</text>'


def render_words(deployment: Deployment, root: Path = ROOT) -> str:
    """Return the same in words: who may do what, which containers there are and how long, which resources."""
    lines = [
        "# Wie wat mag, en wat er staat",
        "",
        "Gemaakt uit `infra/` (`make infra-draw`); wijzig dit bestand niet met de hand. Getekend is productie; de "
        "andere omgevingen verschillen alleen in omvang.",
        "",
        "![Wie wat mag](rechten.svg)",
        "",
        "Behandelaar en modelbeheerder hebben in Azure geen enkel recht: wat zij mogen staat in "
        "[de rollen van de app](../rollen.md). De modelontwikkelaar start de uitrol in Azure DevOps.",
        "",
        "| wie | mag | waar | rol in Azure of de database |",
        "|---|---|---|---|",
    ]
    lines += [f"| {who} | {SAID[role][0]} | {place} | {role} |" for who, role, place in rights_of(deployment, root)]
    lines += [
        "",
        "## Containers",
        "",
        "| container | account | platform verwijdert na | onveranderlijk |",
        "|---|---|---|---|",
    ]
    for container in sorted(deployment.of(CONTAINER), key=lambda each: (each.name, each.id)):
        service = container.parent
        account = service.parent.name if service is not None and service.parent is not None else ""
        name = re.sub(r"[0-9a-f]{13}$", "…", account)
        days = f"{TERMS[BY_LIFECYCLE[container.name]].default} dagen" if container.name in BY_LIFECYCLE else "nooit"
        still = f"{TERMS[IMMUTABLE[container.name]].default} dagen" if container.name in IMMUTABLE else "nee"
        lines.append(f"| {container.name} | `{name}` | {days} | {still} |")
    lines += ["", "## Alle soorten resources", "", "| soort | aantal |", "|---|---|"]
    kinds = sorted(resource.kind for made in (deployment.main, deployment.events) for resource in made.resources)
    lines += [f"| `{kind}` | {kinds.count(kind)} |" for kind in dict.fromkeys(kinds)]
    return "\n".join(lines) + "\n"
