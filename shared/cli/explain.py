"""`explain`: shows what a case worker sees of one application, and the whole sum behind its score."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from shared import bootstrap
from shared.administration import CurrentResult
from shared.usecase import UseCase
from shared.usecases import use_case


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `explain`."""
    parser = subparsers.add_parser("explain", help="explain the current result of one application")
    parser.add_argument("aanvraagnummer", metavar="AANVRAAGNUMMER")
    parser.add_argument("--reden", required=True, help="why you look; kept in the audit log")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the explanation; return 0."""
    found = bootstrap.current_result(args.aanvraagnummer, args.reden)
    policy = bootstrap.model_policy(found.run)
    print("\n".join(explanation_lines(found, policy, use_case(found.run.new.dataset))))
    return 0


def explanation_lines(found: CurrentResult, policy: Mapping[str, Any], case: UseCase) -> list[str]:
    """Return the explanation in lines: first what a case worker sees, then the sum."""
    values, run = found.values, found.run
    told = json.loads(str(values["uitleg"]))
    kind = int(str(values["resultaattype"]))
    meaning = case.routes[kind].omschrijving
    lines = [
        f"Aanvraag {values['aanvraagnummer']} · peilmoment {values['peilmoment']}",
        f"Resultaat {kind}: {meaning} · eerst kijkt: {values['advies']} · reden: {values['reden']}",
        told["reden"],
    ]
    # with a random sample the score would tell which applications were drawn, before anybody assessed them
    shown = values["bijdragen"] is not None and not policy.get("sample_share")
    if shown:
        lines += _score_lines(values, told, policy)
    if values["bijdragen"] is not None:
        lines.append(f"Onbekend: {', '.join(told['onbekend']) or 'niets'}")
    lines += [
        f"Model {run.new.model} {run.new.model_version} van {policy['date']} · verwerking {run.run_id}",
        told["signaal"],
    ]
    if shown:
        lines += ["", *_sum_lines(values, policy, case)]
    return lines


def _score_lines(values: Mapping[str, object], told: Mapping[str, Any], policy: Mapping[str, Any]) -> list[str]:
    score, threshold = float(str(values["score"])), float(policy["threshold"])
    side = "op of boven" if score >= threshold else "onder"
    lines = [f"Score {_decimal(score)}, {side} de drempel van {_decimal(threshold)}", _sureness(values["zekerheid"])]
    for title, factors in (("Verhoogt de score:", told["verhogend"]), ("Verlaagt de score:", told["verlagend"])):
        lines.append(title if factors else f"{title} niets")
        lines += [f"  · {factor['zin']} ({factor['bijdrage']:+.3f})".replace(".", ",") for factor in factors]
    return lines


def _sureness(share: object) -> str:
    if share is None or share != share:
        return "Hoe zeker het model is, is onbekend."
    return f"{float(str(share)):.0%} van de herhalingen van het model komt aan dezelfde kant van de drempel uit."


def _sum_lines(values: Mapping[str, object], policy: Mapping[str, Any], case: UseCase) -> list[str]:
    contributions: dict[str, float] = json.loads(str(values["bijdragen"]))
    features: dict[str, float | None] = json.loads(str(values["kenmerken"]))
    labels = policy.get("labels", {})
    total = intercept = float(str(values["intercept"]))
    lines = ["De hele som (log-odds):", f"  {'begin':<42} {intercept:>+10.6f}"]
    for term, contribution in contributions.items():
        total += contribution
        label = " × ".join(labels.get(name, name) for name in term.split("__"))
        shown = case.value_in_words(term, features) if term in features else ""
        lines.append(f"  {label:<42} {contribution:>+10.6f}   {shown}")
    lines.append(f"  {'samen':<42} {total:>+10.6f}")
    lines.append(f"  score = 1 / (1 + e^-({total:.6f})) = {float(str(values['score'])):.6f}")
    return lines


def _decimal(number: float) -> str:
    return f"{number:.2f}".replace(".", ",")
