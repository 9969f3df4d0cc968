"""A key from its first use to its destruction: who was found under it is found, until nothing is left under it."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from shared.adapters.keyfile import KeyFile
from shared.adapters.provenkeys import ProvenKeys
from shared.adapters.sql.kept_names import kept_name
from shared.errors import KeyChanged, KeyGone, KeyUnavailable
from shared.people.predictions import find_predictions
from shared.people.records import NumberKind
from shared.sweep import run_waiting
from tests.people.conftest import desk_of
from tests.rights.persons import ANNA, CORE, Office
from tests.rights.removing import Scene
from tests.shell.workshop import DATASET, Keys

pytestmark = pytest.mark.xdist_group("postgresql")
NEW = "k-nieuw"


class Safe:
    """The key file of an installation, and what an operator does with it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def document(self) -> dict[str, dict[str, str]]:
        return dict(json.loads(self.path.read_text(encoding="ascii")))

    def put(self, key_id: str, *, current: bool = False) -> None:
        """Give this id a new secret."""
        said = self.document()
        said["sleutels"][key_id] = base64.b64encode(secrets.token_bytes(32)).decode()
        self.path.write_text(json.dumps(said | ({"huidig": key_id} if current else {})), encoding="ascii")

    def destroy(self, key_id: str) -> None:
        said = self.document()
        del said["sleutels"][key_id]
        self.path.write_text(json.dumps(said), encoding="ascii")


@pytest.fixture
def safe(tmp_path: Path) -> Safe:
    return Safe(tmp_path / "geheim" / "sleutel.json")


@pytest.fixture
def rotating(either: Scene, safe: Safe) -> Scene:
    """A scene with a real key file, of which every key is proven before it is used."""
    keys = ProvenKeys(KeyFile(safe.path, safe.path.with_name("geen")), partial(kept_name, either.app))
    return replace(either, workshop=either.workshop.with_(keys=keys, core=CORE))


def found(scene: Scene) -> list[str]:
    """The applications under which Anna is found, by her number."""
    hits = find_predictions(desk_of(scene.workshop), NumberKind.PERSOON, ANNA, "vraag van de burger")
    return sorted(hit.aanvraagnummer for hit in hits)


def current(scene: Scene) -> str:
    return scene.installation.keys.current().key_id


def test_rotated_kept_and_destroyed(rotating: Scene, safe: Safe) -> None:
    rotating.night("2026-11-20", {"zaak1001-anna": 1, "zaak1002-ben": 2})
    old = current(rotating)
    safe.put(NEW, current=True)
    rotating.later(200)
    rotating.night("2026-11-21", {"zaak1004-anna": 2})
    assert rotating.sql("SELECT sleutel FROM verwerkingen ORDER BY nr") == [(old,), (NEW,)]
    assert found(rotating) == ["zaak1001-anna", "zaak1004-anna"], "an older key is kept for reading"
    where = "aanvraagnummer IN ('zaak1001-anna', 'zaak1004-anna')"
    names = {name.partition(":")[2] for (name,) in rotating.sql(f"SELECT persoon FROM resultaten WHERE {where}")}
    assert len(names) == 2, "one person, another pseudonym under every key"
    rotating.later(201)
    assert not rotating.purge().failures
    assert kept_name(rotating.app, old) is None and kept_name(rotating.app, NEW) is not None
    left = {place.partition("/")[0] for place in rotating.found([f"{old}:"])}
    assert left == {"gebeurtenissen", "logboek"}, "who read what keeps its own term, and needs no key to be shown"
    safe.destroy(old)
    assert found(rotating) == ["zaak1004-anna"]
    rotating.night("2026-11-22", {"zaak1005-anna": 1})
    assert found(rotating) == ["zaak1004-anna", "zaak1005-anna"]
    assert rotating.holds()


def test_when_the_only_key_is_destroyed_a_lookup_says_so_and_numbers_of_applications_still_lead_there(
    rotating: Scene, safe: Safe
) -> None:
    rotating.night("2026-11-20", {"zaak1001-anna": 1})
    old = current(rotating)
    safe.put(NEW, current=True)
    safe.destroy(old)
    with pytest.raises(KeyGone, match="does not hold the key that is needed"):
        found(rotating)
    by_number = find_predictions(desk_of(rotating.workshop), NumberKind.AANVRAAG, "zaak1001-anna", "vraag")
    assert [hit.aanvraagnummer for hit in by_number] == ["zaak1001-anna"]


def test_an_older_key_that_cannot_be_read_now_gives_no_half_answer(rotating: Scene, safe: Safe) -> None:
    rotating.night("2026-11-20", {"zaak1001-anna": 1})
    old = current(rotating)
    safe.put(NEW, current=True)
    rotating.night("2026-11-21", {"zaak1004-anna": 2})

    class OldOneUnreachable(Keys):
        def find(self, key_id: str):  # type: ignore[no-untyped-def]
            if key_id == old:
                raise KeyUnavailable("The secret was not given (503).")
            return rotating.installation.keys.find(key_id)

    reachable = find_predictions(desk_of(rotating.workshop), NumberKind.PERSOON, ANNA, "vraag")
    assert len(reachable) == 2
    with pytest.raises(KeyUnavailable):
        find_predictions(desk_of(rotating.workshop, keys=OldOneUnreachable()), NumberKind.PERSOON, ANNA, "vraag")


def test_a_removal_is_not_taken_in_while_an_older_key_cannot_be_read(rotating: Scene, safe: Safe) -> None:
    """Under a key without results something else may lie: only a key that is gone for good is passed over."""
    rotating.night("2026-11-20", {"zaak1001-anna": 1})
    old = current(rotating)
    safe.put(NEW, current=True)
    rotating.later(401)
    rotating.night("2026-11-21", {"zaak1004-anna": 2})
    assert not rotating.purge().failures
    real = rotating.installation.keys

    class Down(Keys):
        refusal: type[KeyUnavailable] = KeyUnavailable

        def current(self):  # type: ignore[no-untyped-def]
            return real.current()

        def find(self, key_id: str):  # type: ignore[no-untyped-def]
            if key_id == old:
                raise self.refusal("The secret was not given (503).")
            return real.find(key_id)

    class Destroyed(Down):
        refusal = KeyGone

    def accepted(keys: Keys) -> None:
        desk = Office(replace(rotating, workshop=rotating.workshop.with_(keys=keys, core=CORE)))
        desk.remove()

    with pytest.raises(KeyUnavailable):
        accepted(Down())
    assert rotating.count("resultaten") == 1
    accepted(Destroyed())
    assert rotating.count("resultaten") == 0


def test_another_secret_under_the_same_id_is_noticed_and_nothing_is_processed(rotating: Scene, safe: Safe) -> None:
    rotating.night("2026-11-20", {"zaak1001-anna": 1})
    key_id, right = current(rotating), safe.path.read_bytes()
    safe.put(key_id)
    rotating.workshop.deliver("2026-11-21", {"zaak1004-anna": 2})
    before = rotating.count("gebeurtenissen"), rotating.count("verwerkingen")
    failed = run_waiting(rotating.installation).failed
    assert failed
    with pytest.raises(KeyChanged):
        current(rotating)
    with pytest.raises(KeyChanged):
        found(rotating)
    assert (rotating.count("gebeurtenissen"), rotating.count("verwerkingen")) == before
    assert f"brievenbus/{DATASET}/2026-11-21/datapackage.json" in rotating.workshop.everything()
    safe.path.write_bytes(right)
    assert not run_waiting(rotating.installation).failed
    assert found(rotating) == ["zaak1001-anna", "zaak1004-anna"]


def test_a_secret_may_be_chosen_freely_as_long_as_nothing_lies_under_its_id(rotating: Scene, safe: Safe) -> None:
    first = current(rotating)
    safe.put(first)
    rotating.night("2026-11-20", {"zaak1001-anna": 1})
    assert found(rotating) == ["zaak1001-anna"]
    assert kept_name(rotating.app, first) == ("zaak1001-anna", rotating.pseudonyms("zaak1001-anna")[0])
    assert kept_name(rotating.app, "k-onbekend") is None
