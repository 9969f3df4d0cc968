"""What a request is recognised by goes at its own term, with tombstone and proof; after that it counts as new."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import cast

import pytest

from shared.api.app import make_api
from shared.api.guard import SignIn
from shared.api.once import once_of
from shared.api.openapi import description_of
from shared.api.services import Services
from shared.interventions import request_run
from shared.pages.csrf import HOLDS
from shared.retention.terms import DEFAULT, TERMS, Kept
from tests.rights.removing import Scene, terms

pytestmark = pytest.mark.xdist_group("postgresql")
ADDRESS = "https://slimme-check.example.org"
KEY = "0b7e2f6c-5a0d-4c57-9d0e-6f1f7a8b9c0d"
OTHER = "5d1cf3c8-1f5e-4d4a-8d0c-0d1c6a3f2b11"
TERM = TERMS[Kept.VERZOEKSLEUTELS]


def ask(scene: Scene, key: str = KEY, number: str = "zaak1001") -> str:
    """Ask for a run with a key, as the API does; return its id."""
    caller = replace(scene.installation.caller, once=once_of("beheerder", "api", key, number.encode()))
    return request_run(replace(scene.installation, caller=caller), "2026-11-20", [number], "bezwaar").run_id


def test_what_is_sent_again_counts_once_until_the_term_and_as_new_after_it(either: Scene) -> None:
    either.night("2026-11-20", {"zaak1001": 1, "zaak1002": 2})
    first = ask(either)
    either.later(TERM.default - 0.1)
    assert "verzoeksleutels" not in either.purge().counts
    assert ask(either) == first and either.count("verzoeken") == 1
    ask(either, OTHER, "zaak1002")
    either.later(0.2)
    done = either.purge()
    assert done.counts["verzoeksleutels"] == 1 and not done.failures
    assert either.count("eenmalig") == 1, "the other one is not a day old"
    assert ask(either) != first and either.count("verzoeken") == 3
    assert either.holds()


def test_a_tombstone_and_a_proof_tell_how_many_went_and_nothing_of_what_went(either: Scene) -> None:
    either.night("2026-11-20", {"zaak1001": 1})
    ask(either)
    ((key, content, made),) = either.sql("SELECT sleutel, inhoud, gemaakt FROM eenmalig")
    either.later(TERM.default + 1)
    done = either.purge()
    told = [one for proof in either.proofs() for one in proof["verwijderd"] if one["soort"] == "verzoeksleutels"]
    stones = "SELECT aantal, hash, gebeurtenis FROM verwijderbewijzen WHERE soort = 'verzoeksleutels'"
    assert [(one["aantal"], one["hash"], one["gebeurtenis"]) for one in told] == either.sql(stones)
    assert told[0]["aantal"] == 1 and done.proof
    assert either.found([key, content]) == [] and made not in json.dumps(either.proofs())
    assert "verzoeksleutels" not in either.purge().counts, "a second round finds nothing"


def test_the_hash_is_of_what_went_and_the_same_on_both_databases(either: Scene) -> None:
    either.night("2026-11-20", {"zaak1001": 1})
    for key in (KEY, OTHER):
        ask(either, key)
    lines = ["\x1f".join(row) for row in either.sql("SELECT sleutel, inhoud, gemaakt, tijdstip FROM eenmalig")]
    each = sorted(hashlib.sha256(line.encode()).hexdigest() for line in lines)
    either.later(TERM.default + 1)
    either.purge()
    told = either.sql("SELECT aantal, hash FROM verwijderbewijzen WHERE soort = 'verzoeksleutels'")
    assert told == [(2, hashlib.sha256("".join(each).encode()).hexdigest())]


def test_it_goes_when_a_setting_says_so_and_never_sooner_than_a_form_holds(either: Scene) -> None:
    either.night("2026-11-20", {"zaak1001": 1})
    ask(either)
    either.later(8)
    assert "verzoeksleutels" not in either.purge(DEFAULT).counts
    assert either.purge(terms(verzoeksleutels=TERM.least)).counts["verzoeksleutels"] == 1
    assert TERM.least > HOLDS.days + 1


def test_it_is_never_kept_longer_than_what_the_request_made() -> None:
    assert TERM.most <= min(TERMS[kept].least for kept in (Kept.RESULTATEN, Kept.AUDIT))


def test_who_sends_again_is_told_how_long_a_key_is_known() -> None:
    document = description_of(make_api(cast(Services, None), cast(SignIn, None), ADDRESS), ADDRESS)
    said = [
        parameter["description"]
        for operations in document["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if parameter.get("name") == "Idempotency-Key"
    ]
    assert len(said) == 4 and len(set(said)) == 1
    assert f"minstens {TERM.least} dagen" in said[0] and "als een nieuw verzoek" in said[0]
