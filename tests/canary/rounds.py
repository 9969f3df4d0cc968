"""A storage with planted deliveries, and rounds on it as the clock does them, listened to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from shared.installation import Installation
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.stages.pseudonymise import PseudonymKey
from shared.sweep import run_waiting
from shared.triggers import TriggerFailed, one_after_another, told_to_platform
from shared.usecase import FollowUp
from tests.canary.allowed import found
from tests.canary.canaries import Aviary, Canary, What
from tests.canary.listening import Heard, listening
from tests.canary.places import Piece, in_folder
from tests.canary.searching import Hit, Search
from tests.followup.posting import GROUPS, OUTCOMES, Desk, desk_of
from tests.reliability.looking import rows
from tests.reliability.workers import PACKAGE, REAL_CORE
from tests.shell.workshop import Workshop, ledger_of, make_installation


@dataclass(frozen=True)
class SecretKeys:
    """A key, and addresses of special groups, that are canaries themselves."""

    key: bytes
    addresses: tuple[Mapping[str, str], ...]

    def current(self) -> PseudonymKey:
        return PseudonymKey("k-1", self.key)

    def find(self, key_id: str) -> PseudonymKey:
        return PseudonymKey(key_id, self.key)

    def special_addresses(self) -> tuple[Mapping[str, str], ...]:
        return self.addresses


def secret_keys(aviary: Aviary) -> SecretKeys:
    """Return keys whose every secret is a canary."""
    key = b"".join(aviary.word(What.GEHEIM, "the key").encode() for _ in range(3)) + bytes(range(200, 232))
    aviary.keep(What.GEHEIM, key, "the key")
    address = {part: aviary.word(What.GEHEIM, "an address of a special group") for part in ("straat", "huisnr")}
    return SecretKeys(key, (address | {"plaats": "Amsterdam"},))


@dataclass
class Storage:
    """A folder with everything of an installation in it. `heard`: what was let out while it worked."""

    root: Path
    keys: SecretKeys
    heard: list[Heard] = field(default_factory=list)

    @cached_property
    def workshop(self) -> Workshop:
        """Return the shell on this folder, with the real stages and model and these keys."""
        made = make_installation(self.root)
        real = replace(made, use_case=LEVENSONDERHOUD, model=PACKAGE, core=REAL_CORE, keys=self.keys)
        return Workshop(real, self.root)

    def desk(self, follow_up: FollowUp) -> Desk:
        """Return the mailbox of outcomes or groups."""
        return desk_of(self.workshop, follow_up)

    def do(self, work: Callable[[Installation], object], follow_up: FollowUp | None = None, **changed: Any) -> None:
        """Do something on a mailbox as a trigger does, and listen; what fails is told to the platform."""
        workshop = self.workshop if follow_up is None else self.desk(follow_up).workshop
        with listening() as heard:
            self.heard.append(heard)
            try:
                with told_to_platform():
                    work(replace(workshop.installation, telemetry=heard.telemetry.telemetry, **changed))
            except TriggerFailed as failure:
                heard.failed(failure)
            finally:
                self.let_go()

    def round(self, **changed: Any) -> None:
        """Do on every mailbox what the clock does at night."""
        for follow_up in (None, OUTCOMES, GROUPS):
            self.do(_round, follow_up, **changed)

    def let_go(self) -> None:
        """Leave no connection open."""
        ledger_of(self.workshop).engine.dispose()

    def states(self) -> Counter[str]:
        """Return how many runs are in which state."""
        return Counter(state for (state,) in rows(self.root, "SELECT toestand FROM verwerkingen"))

    def pieces(self) -> list[Piece]:
        """Return everything that was stored and that was let out."""
        return [*in_folder(self.root), *(piece for heard in self.heard for piece in heard.pieces())]

    def hits(self, canaries: list[Canary]) -> list[Hit]:
        """Return every place where a canary stands, whether it may or not."""
        return found(self.pieces(), Search(canaries))


def _round(installation: Installation) -> None:
    one_after_another([lambda: run_waiting(installation).outcomes])
