"""Verdicts that were given in interviews and conversations, read as events of reviews.

Nothing is written twice for the reviews' sake where a verdict is made: it is read from where it is kept. Each event has its id from what
it is about, so the same verdict read again is the same event.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256

from corpus.types import QAItem
from tutor.deck import Corrected, Deck, Marked, Note, WantedNow
from tutor.interview import Interview, Turn
from tutor.review_records import Quizzed
from tutor.schedule import EASY
from tutor.types import PointStatus, Verdict

Marks = tuple[tuple[str, PointStatus], ...]


def from_interviews(interviews: Iterable[Interview], deck: Deck, now: datetime) -> Iterator[Marked | Corrected | WantedNow]:
    """What the deck does not know of some interviews. A question has a verdict, which may change, and may be wanted again."""
    for interview in interviews:
        for turn in interview.turns:
            verdict, known = turn.verdict, deck.marked.get(turn.id)
            if verdict is None or turn.score is None or not verdict.points:
                continue
            marks, easy = _marks(verdict), verdict.score is not None and verdict.score >= EASY and not turn.hints
            if known is None and turn.id not in deck.known:
                yield Marked(turn.id, _answered_at(turn), turn.item, turn.score, marks, "interview", easy)
            elif known and known.marks != marks:
                yield Corrected(_name(turn.id, repr(marks)), now, turn.id, turn.score, marks, easy)
            if turn.wanted and f"{turn.id}.wanted" not in deck.known:
                yield WantedNow(f"{turn.id}.wanted", now, turn.item, wanted_points(marks))


def from_quizzes(quizzes: Iterable[Quizzed], items: Mapping[str, QAItem]) -> Iterator[Marked | Corrected]:
    """Quizzes that were judged, and appeals, which correct what they appealed against. What is not among the documents is left out."""
    named = {item.question: item.id for item in items.values()}
    for quiz in quizzes:
        graded = quiz.graded
        verdict, item = graded.verdict, named.get(graded.question)
        if item is None or verdict.score is None or not verdict.points:
            continue
        marks, easy = _marks(verdict), verdict.score >= EASY
        if graded.appeal is None:
            yield Marked(_name(quiz.conversation, item, graded.answer), quiz.at, item, verdict.score, marks, "quiz", easy)
        else:
            answer = graded.answer.removesuffix(f"\n\n{graded.appeal.reason}")
            first, appealed = _name(quiz.conversation, item, answer), _name(quiz.conversation, item, graded.answer)
            yield Corrected(appealed, quiz.at, first, verdict.score, marks, easy)


def in_order(notes: Iterable[Note]) -> list[Note]:
    """As they happened; a wish to be asked again comes after the verdict that it is about."""
    return sorted(notes, key=lambda note: (note.at, note.kind == "wanted"))


def wanted_points(marks: Marks) -> tuple[str, ...]:
    """The points to ask again: those that were lacking, or all of them where none was."""
    return tuple(point for point, status in marks if status != "covered") or tuple(point for point, _ in marks)


def _marks(verdict: Verdict) -> Marks:
    return tuple({mark.text: mark.status for mark in verdict.points}.items())


def _answered_at(turn: Turn) -> datetime:
    return turn.answers[-1].at if turn.answers else turn.prompts[0].at


def _name(*parts: str) -> str:
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:24]
