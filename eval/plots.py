"""Scorecards as pictures: bars with their figures written on them, in colors that can be read on a light and on a dark page."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UserError
from eval.extras import require
from eval.scorecard import Scorecard

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK = "#7a828b"  # as far from white as from the black of a dark page
_COLORS = ("#3f87d2", "#d9822b")
_BAR, _WIDTH = 0.36, 7.5  # height of a bar, where its label has 1; inches
_INCH_A_LABEL, _INCH_A_TITLE = 0.34, 0.75


class PlotError(UserError):
    """A picture that could not be written."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Bars under a title: a group for each label, in it a bar for each series. Values that are no number are left out."""

    title: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[float]]


def plot(scorecard: Scorecard, path: Path) -> None:
    """Writes a scorecard's picture, in the format that the name ends in (.svg, .png). Raises MissingPackage and PlotError."""
    require("matplotlib", "A plot is drawn by")
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    panels = PANELS.get(scorecard.name, _columns)(scorecard.rows)
    heights = [_INCH_A_TITLE + _INCH_A_LABEL * len(panel.labels) * (0.5 + 0.5 * len(panel.series)) for panel in panels]
    with mpl.rc_context(
        {
            "text.color": _INK,
            "axes.edgecolor": _INK,
            "xtick.color": _INK,
            "ytick.color": _INK,
            "font.size": 9,
            "svg.fonttype": "none",
            "svg.hashsalt": "viva",
        }
    ):
        figure, axes = pyplot.subplots(
            len(panels), 1, figsize=(_WIDTH, sum(heights)), height_ratios=heights, squeeze=False, layout="constrained"
        )
        for panel, axis in zip(panels, axes[:, 0], strict=True):
            _draw(axis, panel)
        if len(panels[0].series) > 1:
            figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower left", ncols=2, frameon=False)
        try:
            figure.savefig(path, transparent=True, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)
        except (OSError, ValueError) as error:
            raise PlotError(f"The plot could not be written to {path}: {error}. Name a file that ends in .svg or .png.") from error
        finally:
            pyplot.close(figure)


def _draw(axis: "Axes", panel: Panel) -> None:
    top = max((value for values in panel.series.values() for value in values if not math.isnan(value)), default=1.0)
    height = 2 * _BAR / len(panel.series)
    for at, (name, values) in enumerate(panel.series.items()):
        known = [(row, value) for row, value in enumerate(values) if not math.isnan(value)]
        places = [row + (at - (len(panel.series) - 1) / 2) * height for row, _ in known]
        bars = axis.barh(places, [value for _, value in known], height * 0.9, label=name, color=_COLORS[at % len(_COLORS)])
        axis.bar_label(bars, labels=[_figure(value, top) for _, value in known], padding=3, fontsize=8)
    axis.set_title(panel.title, loc="left", fontweight="bold")
    axis.set_yticks(range(len(panel.labels)), panel.labels)
    axis.set_ylim(len(panel.labels) - 0.5, -0.5)
    axis.set_xlim(0, 1.12 * top)
    axis.set_xticks([])
    axis.tick_params(length=0)
    for side in ("top", "right", "bottom"):
        axis.spines[side].set_visible(False)


def _figure(value: float, top: float) -> str:
    """A share with three decimals, a larger figure with as many as tell something."""
    return f"{value:.3f}" if top <= 1 else f"{value:.1f}" if top < 100 else f"{value:,.0f}"


Rows = Mapping[str, Mapping[str, float]]


def _retrieval(rows: Rows) -> list[Panel]:
    kinds = [name for name, row in rows.items() if "hit@1" in row]
    series = {"first": [rows[kind]["hit@1"] for kind in kinds], "in the first three": [rows[kind]["hit@3"] for kind in kinds]}
    return [Panel("Share of questions whose passage is found, by how they are put", kinds, series)]


def _grounding(rows: Rows) -> list[Panel]:
    figures = {
        "sentences supported": rows["all"]["supported"],
        "sentences word for word": rows["all"]["quoted"],
        "citations exact": rows["all"]["exact"],
        "sentences said once": 1 - rows["all"]["repeated"],
    }
    kinds = [name for name, row in rows.items() if "answered" in row and name != "refusals"]
    meant = [kind for kind in kinds if not kind.startswith("unanswerable")]
    other = [kind for kind in kinds if kind.startswith("unanswerable")]
    panels = [Panel("What is said in replies", list(figures), {"share": list(figures.values())})]
    if meant:
        panels.append(Panel("Questions that the documents answer: answered", meant, {"share": [rows[kind]["answered"] for kind in meant]}))
    if other:
        panels.append(Panel("Questions that they do not answer: refused", other, {"share": [1 - rows[kind]["answered"] for kind in other]}))
    return panels


def _speed(rows: Rows) -> list[Panel]:
    figures = {
        "Building the index": ("s", {"by the clock": "build_s", "of the processor": "cpu_s"}),
        "A query": ("ms", {"middle": "p50_ms", "95th percentile": "p95_ms"}),
        "A new process, to the last of 100 queries": ("s", {"": "cold_s"}),
        "Memory at its highest": ("MB", {"": "peak_mb"}),
    }
    names = {"Viva": "viva middle", "LangChain": "langchain middle"}
    return [
        Panel(
            f"{title}, {unit}",
            list(columns),
            {name: [rows[row][column] for column in columns.values()] for name, row in names.items()},
        )
        for title, (unit, columns) in figures.items()
    ]


def _columns(rows: Rows) -> list[Panel]:
    """A panel for each column that several rows have, and one for each row with columns of its own."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    having = {column: [name for name, row in rows.items() if column in row] for column in columns}
    panels = [Panel(column, names, {"": [rows[name][column] for name in names]}) for column, names in having.items() if len(names) > 1]
    for name, row in rows.items():
        own = [column for column in row if having[column] == [name]]
        if own:
            panels.append(Panel(name, own, {"": [row[column] for column in own]}))
    return panels


PANELS = {"retrieval": _retrieval, "grounding": _grounding, "speed": _speed}
"""What a scorecard's picture shows, where that is not simply its columns."""
