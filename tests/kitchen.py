"""A tutor that sits interviews about a kitchen, without a model: real documents, real events, real pages, and a judge that counts words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from corpus.parse import parse
from corpus.readers import read_paths
from corpus.types import KeyPoint, QAItem
from tests.browser import ScriptedTutor
from tests.sittings import Chosen, hint, probe, redirect, retrieve
from tutor.interview import Interview, Past
from tutor.interviewer import Interviewer
from tutor.journal import Journal
from tutor.offline import OfflineEngine
from tutor.plan import make_plan
from tutor.prepare import Prepared
from tutor.review_records import ReviewRecords
from tutor.reviews import Reviews
from tutor.sitting import utc_now
from tutor.types import Evidence, PointMark, Verdict

_QUESTIONS = {
    "Pans": ("What is a pan made of?", "What does a lid do?", "How is a pan cleaned?"),
    "Knives": ("How do you sharpen a knife?", "What is a paring knife for?"),
    "Garden tools and what they are good for": ("What does a spade do?", "What is a rake for?"),
}
POINTS = ("It has iron in it.", "It has wood at the handle.", "It has a rope to hang it by.")
ALL = "It has iron in it, wood at the handle, and a rope to hang it by."


def documents(folder: Path) -> Path:
    """Writes the documents: each answer says all of POINTS."""
    parts = [
        f"# {topic}\n\n" + "\n".join(f"## {question}\n\n{' '.join(POINTS)}\n" for question in questions)
        for topic, questions in _QUESTIONS.items()
    ]
    for number, part in enumerate(parts):
        (folder / f"tools{number}.md").write_text(part, encoding="utf-8")
    return folder


def judge(item: QAItem, answer: str) -> Verdict:
    """A point is covered by its word. What has no such word and no verb is no answer."""
    marks = tuple(_mark(point, answer) for point in item.key_points)
    covered = sum(mark.status == "covered" for mark in marks)
    score = 10.0 * covered / len(marks)
    flags = () if covered or "has" in answer else ("empty",)
    return Verdict(score, (max(score - 2, 0.0), min(score + 2, 10.0)), "fake", marks, flags, feedback="It has been read.")


def _mark(point: KeyPoint, answer: str) -> PointMark:
    word = next(word for word in ("iron", "wood", "rope") if word in point.text)
    at = answer.find(word)
    return PointMark(point.text, "covered", Evidence(word, at, at + len(word))) if at >= 0 else PointMark(point.text, "missed")


def choose(interview: Interview, items: Mapping[str, QAItem], past: Sequence[Past], _now: datetime) -> Chosen | None:
    """The items in their order, topic by topic of the plan; not what was asked before."""
    asked = {turn.item for turn in interview.turns} | {one.item for one in past}
    topics = {planned.topic for planned in interview.plan if planned.questions}
    item = next((item for item in items.values() if item.id not in asked and item.topic in topics), None)
    return Chosen(item.id, item.question, str(item.topic), item.level, "Not asked before.") if item else None


class KitchenTutor(ScriptedTutor):
    """Chats from a script and interviews about the kitchen."""

    def __init__(self, folder: Path, journal: Path | None = None, **scripted: Any) -> None:
        super().__init__(scripted.pop("script", {}), journal=Journal(journal), **scripted)
        (folder / "documents").mkdir(exist_ok=True)
        read = {document.file: document for document in read_paths([documents(folder / "documents")]).documents}
        points = tuple(KeyPoint(point) for point in POINTS)
        found = [item for document in read.values() for item in parse(document)]
        items = {item.id: replace(item, key_points=points, level="basic") for item in found}
        self._prepared = Prepared(OfflineEngine(items, read), retrieve, judge)
        self._interviewer = Interviewer(make_plan, choose, probe, redirect, hint)
        self.later = timedelta()
        """How far the clock of reviews is before the real one."""

    @cached_property
    def reviews(self) -> Reviews:
        clock = lambda: utc_now() + self.later  # noqa: E731
        return Reviews(ReviewRecords(self.journal), self.interviews, self._knowledge, self._documents, self.connection.judge, clock)

    def prepared(self, learner: str = "") -> Prepared:  # noqa: ARG002  # as Tutor has it
        """The kitchen, whoever asks."""
        self._ready.wait(60)
        assert self._prepared
        return self._prepared
