"""An interviewer, a judge and documents that need no model, so that interviews can be sat in milliseconds, here or in another process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from corpus.types import KeyPoint, Level, QAItem, Source
from index.types import Retrieval
from tutor.chat import Retrieve
from tutor.interview import Interview, Past, Planned, Setup, Style, Turn
from tutor.interviewer import Interviewer
from tutor.journal import Journal
from tutor.quiz import Judge
from tutor.records import Records
from tutor.sitting import Knowledge, Sittings, utc_now
from tutor.types import PointMark, Verdict

TOOLS = ("pan", "kettle", "knife", "spade", "rake", "oven", "sieve", "ladle", "whisk", "grater", "hoe", "scythe")


def item_of(name: str) -> QAItem:
    points = tuple(KeyPoint(f"The {name} has {part}.") for part in ("iron", "wood", "rope"))
    source = Source("tools.md", f"What is a {name}?", f"A {name} has iron, wood and rope.", 0, 1)
    return QAItem(name, source.question, (source,), "basic", "Tools", key_points=points)


ITEMS = {name: item_of(name) for name in TOOLS}


def judge(item: QAItem, answer: str) -> Verdict:
    """A point is covered by its last word. What has none of the three and no verb is no answer."""
    parts = ("iron", "wood", "rope")
    marks = tuple(
        PointMark(point.text, "covered" if part in answer else "missed") for point, part in zip(item.key_points, parts, strict=True)
    )
    covered = sum(mark.status == "covered" for mark in marks)
    flags = () if covered or "has" in answer else ("empty",)
    return Verdict(10.0 * covered / 3, (0.0, 10.0), "fake", marks, flags)


@dataclass(frozen=True, slots=True)
class Chosen:
    item: str
    text: str
    topic: str
    level: Level | None
    reason: str


@dataclass(frozen=True, slots=True)
class Probe:
    point: str
    text: str


def plan(setup: Setup, items: Mapping[str, QAItem], _past: Sequence[Past], _now: datetime, _retrieve: Retrieve) -> tuple[Planned, ...]:
    return (Planned("Tools", setup.questions, "There is nothing else."),) if items else ()


def choose(interview: Interview, items: Mapping[str, QAItem], past: Sequence[Past], _now: datetime) -> Chosen | None:
    asked = {turn.item for turn in interview.turns} | {one.item for one in past}
    item = next((item for item in items.values() if item.id not in asked), None)
    return Chosen(item.id, item.question, "Tools", item.level, "It is the next one.") if item else None


def probe(_item: QAItem, _follow_ups: Sequence[QAItem], verdict: Verdict, turn: Turn, _style: Style) -> Probe | None:
    done = {prompt.point for prompt in turn.prompts}
    point = next((mark.text for mark in verdict.points if mark.status == "missed" and mark.text not in done), None)
    return Probe(point, f"What else, number {len(turn.prompts)}?") if point else None


def redirect(_item: QAItem, _turn: Turn, verdict: Verdict, style: Style) -> str | None:
    return f"Try once more ({style})." if "empty" in verdict.flags else None


def hint(item: QAItem, step: int, verdict: Verdict | None) -> str:
    return f"Hint {step} to {item.id}{' after an answer' if verdict else ''}"


INTERVIEWER = Interviewer(plan, choose, probe, redirect, hint)


def retrieve(query: str, _earlier: Sequence[str] = ()) -> Retrieval:
    return Retrieval(query, (), answerable=False, confidence=0.0)


def sittings_of(
    path: Path | None,
    *,
    items: Mapping[str, QAItem] = ITEMS,
    real_judge: Callable[[Judge], Judge] = lambda offline: offline,
    interviewer: Interviewer = INTERVIEWER,
    clock: Callable[[], datetime] = utc_now,
) -> Sittings:
    return Sittings(Records(Journal(path)), lambda _learner: Knowledge(items, retrieve, judge), real_judge, interviewer, clock)
