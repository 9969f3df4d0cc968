"""The settings of an app, as a person uses them who is called at night: the same places, but signed in as oneself.

Nothing is borrowed but addresses: who runs a command needs the rights for it, for an hour (docs/runbook.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.engine import make_url

from shared.environment import PREFIX

# who signs in to the app, and what it measures, is of the app alone
_OWN = frozenset({"EASY_AUTH", "TELEMETRIE", "AANMELDING_TENANT", "AANMELDING_DOELGROEP", "WEBADRES"})
_DATABASES = frozenset({"DATABASE", "VERWIJDER_DATABASE"})
_IDENTITIES = frozenset({"IDENTITEIT", "VERWIJDER_IDENTITEIT"})


def borrow(listed: Iterable[Mapping[str, str]], name: str) -> dict[str, str]:
    """Return our settings from a list of `az functionapp config appsettings`, for somebody with `az login`.

    `name`: who that is in the database.
    """
    found = {}
    for each in listed:
        setting, value = each["name"].removeprefix(PREFIX), each["value"]
        if setting == each["name"] or setting in _OWN:
            continue
        if setting in _DATABASES:
            value = make_url(value).set(username=name).render_as_string(hide_password=False)
        found[each["name"]] = "ontwikkelaar" if setting in _IDENTITIES else value
    return found
