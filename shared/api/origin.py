"""Says where a browser's request comes from: a page of ours, or another site. Pure."""

from __future__ import annotations

from collections.abc import Mapping

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def from_here(headers: Mapping[str, str], address: str) -> bool:
    """Say whether a browser sent a request from one of our own pages; `headers` by name in lower case.

    Sec-Fetch-Site says so where the browser knows it. Origin counts otherwise; it is `null` where a page forbids the
    Referer, as ours do, so that it proves nothing then.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return headers.get("origin") == address
