"""`python -m bulk --reden …`: judges every delivery in the mailbox of a storage again, on a Spark cluster."""

from __future__ import annotations

import argparse
import os
import sys

from pyspark.sql import SparkSession

from bulk.cluster import run_on
from bulk.rescore import PART_SIZE, Request, rescore
from shared import bootstrap
from shared.failures import as_told
from shared.ports import ModelStopped
from shared.usecases import datasets


def main() -> int:
    """Run one job; an error is one sentence on stderr and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m bulk", description=__doc__)
    parser.add_argument("--dataset", default=datasets()[0], choices=datasets())
    parser.add_argument("--reden", required=True, help="why people are judged again; goes on record")
    parser.add_argument("--vrijgegeven", action="append", default=[], help="a held delivery to judge all the same")
    parser.add_argument("--aanvragen-per-deel", type=int, default=PART_SIZE)
    parser.add_argument("--master", help="address of the cluster; without it what the configuration of Spark says")
    asked = parser.parse_args()
    request = Request(asked.reden, frozenset(asked.vrijgegeven), asked.aanvragen_per_deel)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # the same Python on every machine, unless said otherwise
    builder = SparkSession.builder.appName("slimme-check bulk")
    try:
        installation = bootstrap.installation(bootstrap.person_here(), asked.dataset)
        with (builder.master(asked.master) if asked.master else builder).getOrCreate() as spark:
            manifest = rescore(installation, request, lambda job: run_on(spark, job))
    except ModelStopped:
        print("Het model is gestopt; er is niets gepubliceerd.", file=sys.stderr)
        return 1
    except Exception as cause:  # Spark quotes whole stack traces
        print(as_told(cause), file=sys.stderr)
        return 1
    finally:
        bootstrap.let_go()
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in manifest["per_oordeel"].items())
    print(f"Opdracht {manifest['opdracht']}: {manifest['aantal']} aanvragen beoordeeld; leveringen: {verdicts}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
