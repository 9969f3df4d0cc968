"""Sends a form of a page as a browser does, to the app itself: with the cookie and the token of the page it is on."""

from __future__ import annotations

from urllib.parse import urlencode

from shared import bootstrap
from shared.pages.csrf import FIELD
from tests.api.calling import Client, Said


def send(client: Client, path: str, page: str, **answers: str) -> Said:
    """Open a page, and send the answers to a form on it."""
    opened = client.get(page)
    token = opened.body.decode().split(f'name="{FIELD}" value="')[1].split('"')[0]
    headers = {
        "cookie": opened.headers["set-cookie"].partition(";")[0],
        "origin": bootstrap.settings().access.address,
        "content_type": "application/x-www-form-urlencoded",
    }
    return client.call("POST", path, raw=urlencode({FIELD: token, **answers}).encode(), **headers)
