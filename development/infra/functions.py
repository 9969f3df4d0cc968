"""The functions of Bicep that our files call, as far as their answer matters here.

What only Azure knows (ids, addresses, keys) becomes a text in angle brackets that says what it is: two of the same are
equal, and a person recognises it in a message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from development.infra.places import Place, Properties

GROUP, SUBSCRIPTION, TENANT = "<groep>", "<abonnement>", "<tenant>"


def short_hash(*parts: Any) -> str:
    """Return thirteen letters and digits that are the same for the same parts, as uniqueString gives."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:13]


def _items(found: Mapping[str, Any]) -> list[Any]:
    pairs = []
    for key in sorted(found):
        at = found.places[key] if isinstance(found, Properties) else Place("", 0)
        pair = Properties(at)
        pair.put("key", key, at)
        pair.put("value", found[key], at)
        pairs.append(pair)
    return pairs


def _union(*found: Any) -> Any:
    if isinstance(found[0], list):
        return [each for one in found for each in one]
    together = Properties(found[-1].at)
    for one in found:
        for name, value in one.items():
            together.put(name, value, one.places[name])
    return together


def _environment() -> dict[str, Any]:
    return {
        "suffixes": {"storage": "core.windows.net", "keyvaultDns": ".vault.azure.net"},
        "authentication": {"loginEndpoint": "https://login.microsoftonline.com/"},
    }


def _resource_id(kind: str, *names: str) -> str:
    return f"<{kind}/{'/'.join(names)}>"


def _list_keys(*of: Any) -> Any:
    return Secret()


class Secret(dict[str, Any]):
    """A key that Azure gives at deployment; whatever is asked of it is a secret too."""

    def __missing__(self, name: str) -> Secret:
        return Secret()

    def __str__(self) -> str:
        """Return how a message shows it."""
        return "<geheim>"


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "contains": lambda where, what: what in where,
    "concat": lambda *parts: (
        [each for part in parts for each in part] if isinstance(parts[0], list) else "".join(parts)
    ),
    "empty": lambda what: not what,
    "environment": _environment,
    "guid": lambda *parts: f"<guid {short_hash(*parts)}>",
    "int": int,
    "items": _items,
    "join": lambda parts, between: between.join(parts),
    "length": len,
    "listKeys": _list_keys,
    "resourceGroup": lambda: {"id": GROUP, "location": "westeurope", "name": GROUP},
    "resourceId": _resource_id,
    "string": str,
    "subscription": lambda: {"id": SUBSCRIPTION, "subscriptionId": SUBSCRIPTION, "tenantId": TENANT},
    "subscriptionResourceId": lambda kind, *names: "/".join(names),
    "substring": lambda text, start, length=None: text[start:] if length is None else text[start : start + length],
    "toLower": str.lower,
    "union": _union,
    "uniqueString": short_hash,
}
