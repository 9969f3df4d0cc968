"""`explain`: shows what a case worker sees of one application, and the whole sum behind its score."""

from __future__ import annotations

import argparse
import sys

from shared import bootstrap
from shared.people.explanation import Explanation, Factor
from shared.people.figures import beside, percent, side_of

FROM_INPUT = "-"
_DECIMALS = 6  # of the terms of the sum


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `explain`."""
    parser = subparsers.add_parser("explain", help="explain the current result of one application")
    parser.add_argument(
        "aanvraagnummer",
        metavar="AANVRAAGNUMMER",
        help="- reads it from standard input, so that it stands in no list of processes and no history of commands",
    )
    parser.add_argument("--reden", required=True, help="why you look; kept in the audit log")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the explanation; return 0."""
    number = sys.stdin.readline() if args.aanvraagnummer == FROM_INPUT else args.aanvraagnummer
    print("\n".join(explanation_lines(bootstrap.explain_current(number, args.reden))))
    return 0


def explanation_lines(told: Explanation) -> list[str]:
    """Return the explanation in lines: first what a case worker sees, then the sum."""
    run = told.prediction.run
    lines = [
        f"Aanvraag {told.aanvraagnummer} · peilmoment {told.peilmoment}",
        *_result_lines(told),
    ]
    if told.score is not None and told.drempel is not None:
        lines += _score_lines(told, told.score, told.drempel)
    elif told.gescoord and not told.blind:
        lines.append("Het modelpakket is er niet meer; de drempel en de som zijn hier niet te geven.")
    elif told.gescoord:
        lines.append("De score blijft verborgen tot iemand deze aanvraag heeft beoordeeld.")
    if told.gescoord:
        lines.append(f"Onbekend: {', '.join(told.onbekend) or 'niets'}")
    lines += [
        f"Model {run.new.model} {run.new.model_version} van {told.model_datum or 'onbekend'} · verwerking {run.run_id}",
        told.signaal,
    ]
    if told.score is not None and told.drempel is not None and told.intercept is not None:
        lines += ["", *_sum_lines(told, told.score, told.drempel, told.intercept)]
    return lines


def _result_lines(told: Explanation) -> list[str]:
    if told.verborgen:
        return ["De uitkomst blijft verborgen tot iemand de nieuwste voorspelling van deze aanvraag heeft beoordeeld."]
    return [
        f"Resultaat {told.resultaattype}: {told.omschrijving} · eerst kijkt: {told.advies} · reden: {told.reden}",
        told.reden_zin,
    ]


def _score_lines(told: Explanation, score: float, threshold: float) -> list[str]:
    shown, border = beside(score, threshold)
    lines = [f"Score {shown}, {side_of(score, threshold)} de drempel van {border}", _sureness(told.zekerheid)]
    for title, factors in (("Verhoogt de score:", told.verhogend), ("Verlaagt de score:", told.verlagend)):
        lines += _factor_lines(title, factors)
    return lines


def _factor_lines(title: str, factors: tuple[Factor, ...]) -> list[str]:
    told = [f"  · {factor.zin} ({factor.bijdrage:+.3f})".replace(".", ",") for factor in factors]
    return [title if factors else f"{title} niets", *told]


def _sureness(share: float | None) -> str:
    if share is None:
        return "Hoe zeker het model is, is onbekend."
    return f"{percent(share)} van de herhalingen van het model komt aan dezelfde kant van de drempel uit."


def _sum_lines(told: Explanation, score: float, threshold: float, intercept: float) -> list[str]:
    total = intercept
    lines = ["De hele som (log-odds):", f"  {'begin':<42} {intercept:>+10.{_DECIMALS}f}"]
    for term in told.bijdragen:
        total += term.bijdrage
        lines.append(f"  {term.label:<42} {term.bijdrage:>+10.{_DECIMALS}f}   {term.in_woorden}")
    lines.append(f"  {'samen':<42} {total:>+10.{_DECIMALS}f}")
    exact, _ = beside(score, threshold, _DECIMALS)
    lines.append(f"  score = 1 / (1 + e^-({total:.{_DECIMALS}f})) = {exact.replace(',', '.')}")
    return lines
