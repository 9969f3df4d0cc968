"""`python -m development report`: the report of invented months, with drift and unequal treatment of a stated size."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from development.population.months import Plan, synthetic_months
from shared.adapters.packages import load_package
from shared.levensonderhoud.usecase import LEVENSONDERHOUD
from shared.modelpackage.canonical import canonical_json
from shared.modelpackage.package import ModelPackage
from shared.monitoring.facts import report_facts
from shared.monitoring.months import MonthTally
from shared.monitoring.register.reweighing import place_of, read_reweighing
from shared.monitoring.report.edition import Edition
from shared.monitoring.report.make import make_report, subject_of
from shared.monitoring.report.plain import facts_as_json
from shared.monitoring.reportfacts import ReportFacts

MODELS = Path(__file__).parents[1] / "models"
SEED, PER_MONTH = 7, 830
FROM = 4  # the month, counted from 0, in which the planted things begin
UNEQUAL = {("geslacht", "vrouw"): 0.10}  # the share flagged of women, 10 points more
DRIFT = {"total_vermogen": 0.3}  # of three in ten applications, to the highest value
PLANTED = Plan(months=12, per_month=PER_MONTH, unequal=UNEQUAL, drift=DRIFT, planted_from=FROM)
QUIET = Plan(months=12, per_month=PER_MONTH)
_FILES = {Edition.VOLLEDIG: "rapport.html", Edition.OPENBAAR: "openbaar.html"}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `report`."""
    parser = subparsers.add_parser("report", help="make the report of a year of invented months")
    parser.add_argument("-o", "--output", type=Path, default=Path("werk/rapport"))
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same report")
    parser.add_argument("--rustig", action="store_true", help="plant nothing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write both editions and the facts of the last month; return 0."""
    months = synthetic_months(QUIET if args.rustig else PLANTED, args.seed)
    package = load_package(MODELS / LEVENSONDERHOUD.package)
    facts = year_of_reports(months, package)[-1]
    args.output.mkdir(parents=True, exist_ok=True)
    for edition, content in editions(facts, package).items():
        (args.output / _FILES[edition]).write_bytes(content)
    (args.output / "feiten.json").write_bytes(canonical_json(facts_as_json(facts, public=False)))
    print(f"{args.output}: {len(facts.alarms)} alarm(en), stopadvies: {'ja' if facts.advice.stop else 'nee'}")
    return 0


def year_of_reports(months: Sequence[MonthTally], package: ModelPackage) -> list[ReportFacts]:
    """Return the facts of the report of every month, each after what the ones before it released."""
    found: list[ReportFacts] = []
    for number in range(1, len(months) + 1):
        earlier = found[-1].released if found else None
        rules = LEVENSONDERHOUD.group_rules
        found.append(report_facts(months[:number], package.reference, package.threshold, rules, earlier))
    return found


def editions(facts: ReportFacts, package: ModelPackage) -> dict[Edition, bytes]:
    """Return both editions of a report, made on the first day of the month after it."""
    year, month = (int(part) for part in facts.month.split("-"))
    made = date(year + month // 12, month % 12 + 1, 1)
    measured = json.loads((MODELS / place_of(package)).read_text(encoding="utf-8"))
    subject = subject_of(LEVENSONDERHOUD, package, read_reweighing(measured, package.sha256))
    return {edition: make_report(subject, facts, made, edition) for edition in Edition}
