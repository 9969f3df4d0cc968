"""Reports on models: a list, and each one as it was written, as a page of its own with its own style."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from shared.api.forms import PageNumber, page_of
from shared.api.resources.reports import ReportId, parts_of, report_id
from shared.monitoring.report.edition import Edition
from shared.monitoring.report.page import content_policy
from shared.monitoring.report.words import month
from shared.pages.route import Page, PageRoute

router = APIRouter(route_class=PageRoute)

PER_PAGE = 25
DatasetName = Annotated[str, Path(alias="naam", pattern="^[a-z_]{1,64}$")]
# the report brings its own style, known by its hash; nothing else of it may do anything
_HEADERS = {"Content-Security-Policy": f"{content_policy()}; frame-ancestors 'none'"}


@router.get("/rapportages")
def reports(page: Page, pagina: PageNumber = 1) -> Response:
    """Show which reports there are, the newest first."""
    known = page.services.reports.known()
    shown = [(report_id(each), each) for each in page_of(known, pagina, PER_PAGE)]
    return page.show(
        "reports.html",
        "Rapportages",
        reports=shown,
        month=month,
        datasets=sorted({each.dataset for each in known}),
        number=pagina,
        more=len(known) > pagina * PER_PAGE,
    )


@router.get("/rapportages/{id}")
def report(page: Page, id_: ReportId) -> Response:
    """Show a report as it was written."""
    return _as_written(page.services.reports.page(page.caller, *parts_of(id_), Edition.VOLLEDIG))


@router.get("/rapportages/{id}/openbaar")
def public_report(page: Page, id_: ReportId) -> Response:
    """Show the public edition of a report."""
    return _as_written(page.services.reports.page(page.caller, *parts_of(id_), Edition.OPENBAAR))


@router.get("/rapportages/vandaag/{naam}")
def report_until_today(page: Page, naam: DatasetName) -> Response:
    """Make a report on a dataset up to today."""
    return _as_written(page.services.reports.until_today(page.caller, naam))


def _as_written(content: bytes) -> Response:
    return Response(content, media_type="text/html; charset=utf-8", headers=_HEADERS)
