"""How fast an index is built and asked, against a LangChain pipeline with the same model on the same documents in the same run.

A machine that others use is never the same twice, so the two take turns, each in a new process. How many times faster Viva is, is told
of two turns side by side, and the middle of those counts: the best turn of one may have met a quiet moment that the other did not. The
shipped documents come with their vectors and would
be built in no time, so the documents measured are theirs with every question asked otherwise: no vector of these is known.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from corpus.errors import UserError
from corpus.parse import parse
from corpus.types import Document
from eval.cases import RetrievalCase
from eval.metrics import quantile
from eval.pipelines import PIPELINES, Measurement
from eval.scorecard import Scorecard

GOAL, GOAL_BFLOAT16 = 1.3, 3.5  # times the speed of the other's build; the second where the processor has bfloat16
QUERIES = 100
_FILES, _FILE = 4, 24_000  # files, and characters in each: near what four people's real notes have
_MEASUREMENT = TypeAdapter(Measurement)


class MeasurementFailed(UserError):
    """A pipeline that was to be measured did not run to its end."""


@dataclass(frozen=True, slots=True)
class Run:
    """One turn of one pipeline. `cold_s` is from the start of its process to the last of its queries."""

    measurement: Measurement
    cold_s: float


def evaluate_speed(run: Callable[[str], Run], rounds: int) -> Scorecard:
    """A row for each pipeline, best and middle of its turns, and one for how many times better Viva's figures are in the same round."""
    turns: dict[str, list[dict[str, float]]] = {name: [] for name in PIPELINES}
    for turn in range(rounds):
        for name in PIPELINES if turn % 2 == 0 else reversed(list(PIPELINES)):
            turns[name].append(_figures(run(name)))
    rows = {f"{name} {which}": _over(turns[name], share) for which, share in (("best", 0.0), ("middle", 0.5)) for name in PIPELINES}
    rows["times"] = _over([_times(ours, other) for ours, other in zip(turns["viva"], turns["langchain"], strict=True)], 0.5)
    return Scorecard("speed", rows, {"build": rows["times"]["build_s"]})


def run_in_process(documents: Path, queries: Sequence[str]) -> Callable[[str], Run]:
    """Runs a pipeline by name in a process of its own. Raises MeasurementFailed."""

    def run(name: str) -> Run:
        started = time.time()
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "eval.pipelines", name, str(documents.resolve())],
            input=json.dumps(list(queries)),
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parent.parent,
        )
        if done.returncode:
            raise MeasurementFailed(f"The pipeline {name} stopped with an error. Its last words: {done.stderr.strip()[-500:]}")
        measurement = _MEASUREMENT.validate_json(done.stdout)
        return Run(measurement, measurement.finished - started)

    return run


def queries_from(cases: Sequence[RetrievalCase]) -> list[str]:
    """Questions of all kinds that stand alone, evenly drawn."""
    alone = [case.query for case in cases if not case.history]
    return alone[:: max(1, len(alone) // QUERIES)][:QUERIES]


def write_documents(documents: Sequence[Document], folder: Path) -> None:
    """Files of questions and answers from the longest documents, each question asked in words that no shipped vector is known for."""
    for document in sorted(documents, key=lambda document: -len(document.text))[:_FILES]:
        topic = Path(document.file).stem.replace("-", " ")
        page = ""
        for item in parse(document):
            if item.parent is None and len(page) < _FILE:
                page += f"## On {topic}: {item.question[0].lower()}{item.question[1:]}\n\n{item.answer}\n\n"
        (folder / Path(document.file).name).write_text(page, encoding="utf-8")


def _figures(run: Run) -> dict[str, float]:
    measured = run.measurement
    return {
        "chunks": measured.chunks,
        "build_s": measured.build_s,
        "cpu_s": measured.build_cpu_s,
        "open_s": measured.open_s,
        "p50_ms": quantile(measured.query_ms, 0.5),
        "p95_ms": quantile(measured.query_ms, 0.95),
        "cold_s": run.cold_s,
        "peak_mb": measured.peak_mb,
    }


def _over(turns: Sequence[Mapping[str, float]], share: float) -> dict[str, float]:
    """The figures of some turns, each taken by itself: 0 is the best, 0.5 the middle one."""
    return {name: quantile([figures[name] for figures in turns], share) for name in turns[0]}


def _times(ours: Mapping[str, float], others: Mapping[str, float]) -> dict[str, float]:
    """How many times better ours are. More chunks are not worse, and what is in memory needs no opening."""
    return {name: others[name] / ours[name] for name in ours if name not in {"chunks", "open_s"}}
