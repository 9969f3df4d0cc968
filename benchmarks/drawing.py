"""Draws cost against size and by stage: `python -m benchmarks.drawing OUTCOME.json PICTURE.svg`.

In the environment that has matplotlib (benchmarks/requirements.txt). The same outcome gives the same bytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

mpl.rcParams |= {"svg.hashsalt": "slimme-check", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10}
_COLOURS = ("#004699", "#ec0000", "#00893c", "#ffb612", "#7d3f98", "#00a0e6", "#bf6000", "#767676")
_HATCHES = ("", "//", "", "..", "", "\\\\", "", "xx")  # so that colour alone tells nothing


def main(outcome: Path, picture: Path) -> None:
    """Draw what was found."""
    found: dict[str, Any] = json.loads(outcome.read_text(encoding="utf-8"))
    (nights,) = found["groups"].values()
    sizes = [night["units"] for night in nights]
    stages = _stages(found["tables"])
    figure = Figure(figsize=(11, 8), layout="constrained")
    whole, memory, each = figure.subplot_mosaic([["whole", "memory"], ["each", "each"]]).values()
    _whole(whole, sizes, [min(night["seconds"]) for night in nights], stages)
    _memory(memory, sizes, [max(night["megabytes"]) for night in nights])
    _each(each, sizes, stages)
    figure.savefig(picture, metadata={"Date": None})


def _stages(tables: list[dict[str, Any]]) -> dict[str, list[float]]:
    """Return the seconds of each stage, a number for each size, from the table that tells them."""
    (told,) = [table for table in tables if table["title"] == "Seconds by stage"]
    return {name: [_seconds(row[place]) for row in told["rows"]] for place, name in enumerate(told["header"]) if place}


def _seconds(text: str) -> float:
    number, unit = text.split()
    return float(number) * {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[unit]


def _whole(axes: Axes, sizes: list[int], seconds: list[float], stages: dict[str, list[float]]) -> None:
    axes.set(title="Seconds of a night", xlabel="applications", ylabel="seconds", xscale="log", yscale="log")
    axes.plot(sizes, seconds, color="black", linewidth=2.5, marker="o", label="the whole night")
    for colour, (name, spent) in zip(_COLOURS, stages.items(), strict=False):
        axes.plot(sizes, spent, color=colour, marker=".", label=name)
    axes.grid(alpha=0.3)


def _memory(axes: Axes, sizes: list[int], megabytes: list[float]) -> None:
    axes.set(title="Most memory of the process", xlabel="applications", ylabel="MB", xscale="log")
    axes.plot(sizes, megabytes, color="black", linewidth=2.5, marker="o")
    axes.axhline(1_000, color="#ec0000", linestyle="--")
    axes.annotate("what was asked: at most 1,000 MB", (sizes[0], 1_000), xytext=(0, 4), textcoords="offset points")
    axes.set_ylim(0, max(1_150, *megabytes))
    axes.grid(alpha=0.3)


def _each(axes: Axes, sizes: list[int], stages: dict[str, list[float]]) -> None:
    """Draw what an application costs, without the smallest nights: there the start-up is nearly all."""
    shown = range(max(len(sizes) - 3, 0), len(sizes))
    names = [f"{sizes[place]:,} applications" for place in shown]
    reached = [0.0] * len(names)
    for colour, hatch, (name, spent) in zip(_COLOURS, _HATCHES, stages.items(), strict=False):
        cost = [1e3 * spent[place] / sizes[place] for place in shown]
        axes.barh(names, cost, left=reached, color=colour, hatch=hatch, edgecolor="white", label=name)
        reached = [so_far + more for so_far, more in zip(reached, cost, strict=True)]
    axes.set(title="What one application costs, by stage", xlabel="milliseconds an application")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=4, frameon=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
