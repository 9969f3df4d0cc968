"""Serves the stylesheets: our own, and those of the city where a setting says that they are here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from shared.errors import NotKnown
from shared.pages.route import PageRoute, settings_of

router = APIRouter(route_class=PageRoute)

_OWN = Path(__file__).resolve().parent / "style"
_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
_KEEP = {"Cache-Control": "public, max-age=3600"}  # nothing in here is about anybody
# by the name under which we serve it, the name of the file in the city's folder; the city's tokens win from ours
_CITY = {"stad.css": "index.css", "stad-thema.css": "theme.css"}
OWN_NAMES = frozenset(path.name for path in _OWN.iterdir())


def city_styles(folder: Path | None) -> Mapping[str, Path]:
    """Return the stylesheets of the city that lie in a folder, by the name under which they are served."""
    if folder is None:
        return {}
    return {name: folder / file for name, file in _CITY.items() if (folder / file).is_file()}


@router.get("/stijl/{naam}")
def style(request: Request, naam: str) -> Response:
    """Return a stylesheet or picture; NotKnown for any other name."""
    path = settings_of(request).styles.get(naam) or (_OWN / naam if naam in OWN_NAMES else None)
    if path is None:
        raise NotKnown("There is no such stylesheet.", next_step="Open the start page.")
    return Response(path.read_bytes(), media_type=_TYPES[path.suffix], headers=_KEEP)
