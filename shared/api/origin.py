"""Says where a request comes from: a page of ours or another site, and from what network address. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PLATFORM = "slimme_check.platform"  # in the scope of a request that the platform handed over, and of no other


def from_here(headers: Mapping[str, str], address: str) -> bool:
    """Say whether a browser sent a request from one of our own pages; `headers` by name in lower case.

    Sec-Fetch-Site says so where the browser knows it. Origin counts otherwise; it is `null` where a page forbids the
    Referer, as ours do, so that it proves nothing then.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return headers.get("origin") == address


def address_of(connection: str, forwarded: str, *, platform: bool) -> str:
    """Return the network address of who asks: of the connection, or what the platform saw; "" where that is none.

    `forwarded`: X-Forwarded-For, which anybody may send. Only the platform adds to it, at the end, what it saw itself.
    """
    host = forwarded.rpartition(",")[2].strip() if platform else connection
    # either kind of address may carry a port; one of IPv6 stands between brackets then
    bare = host[1:].partition("]")[0] if host.startswith("[") else host
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ip_address(bare))
    except ValueError:
        return ""
