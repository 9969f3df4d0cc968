"""All checks of the infrastructure that need no Azure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from development.infra.alarms import check_alarms
from development.infra.appsettings import check_settings
from development.infra.beforehand import check_beforehand
from development.infra.closed import check_closed
from development.infra.drawing import PICTURE, WORDS, render_picture, render_words
from development.infra.entra import REGISTRATION, check_registration, render_registration
from development.infra.environments import Deployment, deployments
from development.infra.events import check_events
from development.infra.holders import check_holders, check_members
from development.infra.keeping import check_keeping
from development.infra.kinds import check_kinds
from development.infra.places import Place, Problem
from development.infra.rights import check_rights
from development.infra.roads import check_roads
from development.infra.scan import check_second_parser
from development.infra.sizes import check_sizes
from development.infra.template import ROOT

CHECKS: tuple[Callable[[Deployment], Iterable[Problem]], ...] = (
    check_rights,
    check_settings,
    check_keeping,
    check_closed,
    check_alarms,
    check_events,
    check_kinds,
    check_holders,
    check_roads,
    check_sizes,
)
DRAWN = "productie"


def problems(root: Path = ROOT) -> list[Problem]:
    """Return everything that is wrong, by place, the same thing in four environments once; [] when all is well."""
    environments, found = deployments(root)
    broken = [problem for each in environments for problem in each.problems]
    if not broken:  # of what cannot be read nothing more can be said
        for each in environments:
            for check in CHECKS:
                found += check(each)
        found += _drawn(environments, root)
    found += [
        *broken,
        *check_beforehand(root),
        *check_second_parser(root),
        *check_registration(root),
        *check_members(root),
    ]
    return sorted(set(found))


def drawings(environments: Iterable[Deployment], root: Path = ROOT) -> dict[str, str]:
    """Return the files that are made from the others, by path."""
    made = {REGISTRATION: render_registration()}
    for each in environments:
        if each.name == DRAWN:
            made |= {PICTURE: render_picture(each, root), WORDS: render_words(each, root)}
    return made


def _drawn(environments: Iterable[Deployment], root: Path) -> Iterator[Problem]:
    for name, text in drawings(environments, root).items():
        path = root / name
        if name != REGISTRATION and (not path.is_file() or path.read_text(encoding="utf-8") != text):
            yield Problem(Place(name, 1), "tekening", "This is not what infra/ says now; run: make infra-draw.")
