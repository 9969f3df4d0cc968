"""Serves an ASGI app in a function of the platform."""

from __future__ import annotations

from typing import Any

import azure.functions as func
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.api.origin import PLATFORM

_NOWHERE = "/onleesbaar-adres"


def handed_over(app: ASGIApp) -> ASGIApp:
    """Return the app as it stands behind the platform, which alone knows the address of who asks."""

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, PLATFORM: True}, receive, send)

    return behind


async def answer(app: ASGIApp, request: func.HttpRequest, context: Any) -> func.HttpResponse:
    """Return what the app answers; an address that is no text is one that the app does not know."""
    served = func.AsgiMiddleware(handed_over(app))  # type: ignore[no-untyped-call]
    try:
        found: func.HttpResponse = await served.handle_async(request, context)
    except UnicodeDecodeError:
        elsewhere = func.HttpRequest(
            method=request.method or "GET", url=f"https://localhost{_NOWHERE}", headers=dict(request.headers), body=b""
        )
        found = await served.handle_async(elsewhere, context)
    return found
