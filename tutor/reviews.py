"""What was answered before, question by question: what is due to be asked again, what was asked too lately, and how to say when it was.

A weak answer is asked again from the next day on, which is when recalling it does most; a good one rests for a month.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from corpus.types import QAItem
from tutor.bank import topic_of
from tutor.interview import Interview, Past

WEAK = 6.5
"""The score below which an answer left something to learn."""
_AGAIN = timedelta(hours=18)
_RESTS = timedelta(days=30)
_UNJUDGED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Record:
    """How often an item was asked, and how the last answer went: its score 0..10, None where it was not judged, and points missed."""

    times: int
    at: datetime
    score: float | None
    missed: int = 0

    def due(self, now: datetime) -> bool:
        """Whether something was missed that can be asked again."""
        return self.score is not None and self.score < WEAK and now - self.at >= _AGAIN

    def lately(self, now: datetime) -> bool:
        """Whether it was asked too short a time ago to be asked again."""
        rest = _UNJUDGED if self.score is None else _AGAIN if self.score < WEAK else _RESTS
        return now - self.at < rest

    def said(self, now: datetime) -> str:
        """How the last answer went and when that was, in words that give nothing of it away."""
        if not self.score:
            return f"you did not know it {ago(self.at, now)}"
        went = f"missed {counted(self.missed, 'point')} of it" if self.missed else f"got {self.score:.0f} of 10 for it"
        return f"you {went} {ago(self.at, now)}"


def records(past: Iterable[Past]) -> dict[str, Record]:
    """The record of each item that was asked."""
    found: dict[str, Record] = {}
    for one in sorted(past, key=lambda one: one.at):
        times = found[one.item].times if one.item in found else 0
        found[one.item] = Record(times + 1, one.at, one.score, len(one.missed))
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
