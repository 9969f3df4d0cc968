"""Forms as data: what is asked, with a label and a hint, and what is wrong with an answer, in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shared.interventions import REASON_LENGTH
from shared.pages.csrf import FIELD
from shared.pages.words import day_entered

LONGEST_NUMBER = 128
LONGEST_LIST = 1_000  # numbers in one field
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Kind(StrEnum):
    """How a field looks."""

    LINE = "regel"
    DATE = "datum"
    WORDS = "tekst"
    CHOICE = "keuze"
    LIST = "lijst"  # a choice from many
    HIDDEN = "verborgen"


@dataclass(frozen=True)
class Option:
    """One answer of a choice."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One question. `missing`: what to do when it is not answered, in words; "" where it may stay empty."""

    name: str
    label: str
    kind: Kind = Kind.LINE
    hint: str = ""
    missing: str = ""
    options: tuple[Option, ...] = ()
    longest: int = LONGEST_NUMBER

    def wrong(self, answer: str) -> str:
        """Return what is wrong with an answer and what to do; "" when nothing is."""
        if not answer:
            return self.missing
        if len(answer) > self.longest:
            return f"{self.label}: gebruik niet meer dan {self.longest} tekens."
        if _CONTROLS.search(answer):
            return f"{self.label}: er staat een teken in dat niet kan. Typ de tekst opnieuw."
        if self.options and answer not in {option.value for option in self.options}:
            return f"{self.label}: kies een van de mogelijkheden."
        if self.kind is Kind.DATE and day_entered(answer) is None:
            return f"{self.label}: vul een datum in, zoals 3-11-2026."
        return ""


@dataclass(frozen=True)
class Form:
    """Questions that go to one address. `id` tells the forms of one page apart; `danger` marks what hurts."""

    id: str
    action: str
    button: str
    fields: tuple[Field, ...] = ()
    danger: bool = False
    intro: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def place(self, name: str) -> str:
        """Return the id of a field on the page, to which its error links."""
        found = next(each for each in self.fields if each.name == name)
        own = f"{self.id}-{name}"
        return f"{own}-1" if found.kind is Kind.CHOICE else own

    def read(self, posted: Sequence[tuple[str, str]]) -> Form:
        """Return the form with what was sent, and what is wrong with it; ValueError for fields that are not ours."""
        names = [name for name, _ in posted]
        known = {FIELD, *(each.name for each in self.fields)}
        if len(set(names)) != len(names) or not set(names) <= known:
            raise ValueError("a field that is unknown or sent twice")
        sent = dict(posted)
        answers = {each.name: _tidied(sent.get(each.name, "")) for each in self.fields}
        errors = {each.name: wrong for each in self.fields if (wrong := each.wrong(answers[each.name]))}
        return replace(self, answers=answers, errors=errors)

    def refuse(self, name: str, why: str) -> Form:
        """Return the form with one more thing that is wrong with it."""
        return replace(self, errors={**self.errors, name: why})

    def checked(self, name: str, check: Callable[[str], str]) -> Form:
        """Return the form with what a further check finds wrong with one answer; "" is nothing."""
        wrong = "" if name in self.errors else check(self.answers[name])
        return self.refuse(name, wrong) if wrong else self


def _tidied(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def reason_field(why: str, name: str = "reden") -> Field:
    """Return the question for a reason; `why` is the label."""
    return Field(
        name,
        why,
        Kind.WORDS,
        "Schrijf het in uw eigen woorden. Zet er geen namen of nummers van mensen in.",
        "Vul een reden in. Zonder reden kunnen wij dit niet doen.",
        longest=REASON_LENGTH,
    )
