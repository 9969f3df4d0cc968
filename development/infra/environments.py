"""The four environments as they will be: each parameter file filled into the templates."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from development.infra.places import Place, Problem, Properties
from development.infra.template import ROOT, Deployed, deploy

ENVIRONMENTS = ("ontwikkel", "test", "acceptatie", "productie")
# what the pipeline gives at deployment, because it differs by tenant; here a name between brackets stands for it
PEOPLE = ("leverancier", "dataverkenner", "procesbeheerder", "toezichthouder", "modelontwikkelaar")
OUTSIDE = ("people", "appRegistration", "alarmAddress", "webAddress")
MAIN, EVENTS, ROLES = "infra/main.bicep", "infra/events.bicep", "infra/roles.bicep"


@dataclass(frozen=True)
class Deployment:
    """One environment: what its three templates make, and its parameters with their places."""

    name: str
    file: str
    parameters: Properties
    roles: Deployed
    main: Deployed
    events: Deployed

    def of(self, kind: str) -> list[Any]:
        """Return the resources of a kind that the templates make."""
        return [resource for each in self.templates for resource in each.of(kind)]

    @property
    def problems(self) -> list[Problem]:
        """Return what is wrong with the files themselves."""
        return [problem for each in self.templates for problem in each.problems]

    @property
    def templates(self) -> tuple[Deployed, ...]:
        """Return what each template makes, in the order in which they are deployed."""
        return self.roles, self.main, self.events


def deployments(root: Path = ROOT) -> tuple[list[Deployment], list[Problem]]:
    """Return every environment that can be read, and what is wrong with those that cannot."""
    found, problems = [], []
    for name in ENVIRONMENTS:
        file = f"infra/parameters/{name}.json"
        parameters, wrong = read_parameters(root / file, file)
        problems += wrong
        if parameters is None:
            continue
        if parameters.get("omgeving") != name:
            sentence = f"The file of {name} must say so in 'omgeving'."
            problems.append(Problem(parameters.place("omgeving"), "parameters", sentence))
        found.append(_deployed(name, file, parameters, root))
    return found, problems


def _deployed(name: str, file: str, parameters: Properties, root: Path) -> Deployment:
    given = Properties(parameters.at)
    for key, value in parameters.items():
        given.put(key, value, parameters.places[key])
    people = Properties(parameters.at)
    for who in PEOPLE:
        people.put(who, f"<{who}>", parameters.at)
    outside = ("people", people), ("webAddress", f"https://slimme-check-{name}.example.org")
    for key, value in (*outside, ("appRegistration", "<app-registratie>"), ("alarmAddress", "<alarmadres>")):
        given.put(key, value, parameters.at)
    main = deploy(root / MAIN, given, Place(file, 1), root)
    second = Properties(parameters.at)
    told = {key: value for key, (value, _) in main.outputs.items()}
    for key, value in (
        ("omgeving", name),
        ("location", parameters.get("location", "")),
        ("appName", told.get(f"{MAIN} appName", "")),
        ("mailboxAccount", told.get(f"{MAIN} mailboxAccount", "")),
        ("hostAccount", told.get(f"{MAIN} hostAccount", "")),
    ):
        second.put(key, value, parameters.at)
    own = Properties(parameters.at)
    own.put("omgeving", name, parameters.at)
    roles = deploy(root / ROLES, own, Place(file, 1), root)
    return Deployment(name, file, parameters, roles, main, deploy(root / EVENTS, second, Place(file, 1), root))


def read_parameters(path: Path, file: str) -> tuple[Properties | None, list[Problem]]:
    """Return the values of a parameter file, with the line of each; None where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text)
        values = {name: each["value"] for name, each in document["parameters"].items()}
    except FileNotFoundError:
        return None, [Problem(Place(file, 1), "parameters", "This file does not exist.")]
    except json.JSONDecodeError as cause:
        return None, [Problem(Place(file, cause.lineno), "parameters", "This is no JSON.")]
    except (KeyError, TypeError, AttributeError):
        return None, [Problem(Place(file, 1), "parameters", "This is no parameter file: parameters.<name>.value.")]
    return _placed(values, text.splitlines(), file, 0)[0], []


def _placed(values: dict[str, Any], lines: list[str], file: str, start: int) -> tuple[Properties, int]:
    """Return the object with the line of each name, looking from a line on; and where the last one was."""
    made, line = Properties(Place(file, start + 1)), start
    for name, value in values.items():
        key = re.compile(rf'^\s*"{re.escape(name)}"\s*:')
        line = next((n for n in range(line, len(lines)) if key.match(lines[n])), line)
        at = Place(file, line + 1)
        if isinstance(value, dict):
            value, line = _placed(value, lines, file, line)
        made.put(name, value, at)
    return made, line
