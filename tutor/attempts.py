"""What was answered before, question by question: what is due to be asked again, what was asked too lately, and how to say when it was.

What is due is what the schedule of its points says (tutor/schedule.py); what nothing was missed of rests for a month.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from corpus.types import QAItem
from tutor.bank import topic_of
from tutor.interview import Interview, Past

WEAK = 6.5
"""The score below which an answer left something to learn."""
_RESTS = timedelta(days=30)
_UNJUDGED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Record:
    """How often an item was asked, and how the last answer went: its score 0..10, None where it was not judged, and points missed.

    `due_at` is when a point of it is to be reviewed, None where none is.
    """

    times: int
    at: datetime
    score: float | None
    missed: int = 0
    due_at: datetime | None = None

    def due(self, now: datetime) -> bool:
        """Whether a point of it is to be reviewed."""
        return self.due_at is not None and self.due_at <= now

    def lately(self, now: datetime) -> bool:
        """Whether it was asked too short a time ago to be asked again."""
        return not self.due(now) and now - self.at < (_UNJUDGED if self.score is None else _RESTS)

    def said(self, now: datetime) -> str:
        """How the last answer went and when that was, in words that give nothing of it away."""
        if not self.score:
            return f"you did not know it {ago(self.at, now)}"
        if not self.missed and self.score >= WEAK:
            return f"it is time to recall it, and you got {self.score:.0f} of 10 for it {ago(self.at, now)}"
        went = f"missed {counted(self.missed, 'point')} of it" if self.missed else f"got {self.score:.0f} of 10 for it"
        return f"you {went} {ago(self.at, now)}"


def records(past: Iterable[Past]) -> dict[str, Record]:
    """The record of each item that was asked."""
    found: dict[str, Record] = {}
    for one in sorted(past, key=lambda one: one.at):
        times = found[one.item].times if one.item in found else 0
        found[one.item] = Record(times + 1, one.at, one.score, len(one.missed), one.due)
    return found


def placed(past: Iterable[Past], items: Mapping[str, QAItem]) -> tuple[Past, ...]:
    """What was answered, under the topics that the documents have now."""
    return tuple(replace(one, topic=topic_of(items[one.item])) if one.item in items else one for one in past)


def due(past: Mapping[str, Record], now: datetime) -> list[str]:
    """The items that are due, the worst first, then the oldest."""
    rows = [(record.score or 0.0, record.at, item) for item, record in past.items() if record.due(now)]
    return [item for _, _, item in sorted(rows)]


def answered_in(interview: Interview) -> tuple[Past, ...]:
    """The questions of an interview so far as what they are for the next one: "I don't know" is 0, a skipped one tells nothing."""
    return tuple(
        Past(
            turn.item,
            turn.topic,
            turn.level,
            turn.prompts[0].at,
            0.0 if turn.outcome == "passed" and turn.score is None else turn.score,
            tuple(mark.text for mark in turn.verdict.points if mark.status in {"missed", "wrong"}) if turn.verdict else (),
        )
        for turn in interview.turns
        if turn.outcome in {"answered", "passed"} or turn.verdict
    )


def ago(then: datetime, now: datetime) -> str:
    """How long ago something was, as people say it."""
    days = (now.date() - then.astimezone(now.tzinfo).date()).days
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    if days < 7:
        return f"{days} days ago"
    if days < 14:
        return "last week"
    if days < 56:
        return f"{days // 7} weeks ago"
    return f"{days // 30} months ago"


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
