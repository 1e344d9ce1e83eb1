"""Reviews: what was missed is asked again when it is due, in other words, judged as ever, and scheduled by how it went.

The deck is read from its events at each call, after whatever verdicts came since were added to them, so that interviews and quizzes feed
it without knowing of it.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from corpus.types import Document, QAItem
from tutor.attempts import ago
from tutor.bank import topic_of
from tutor.deck import (
    Deck,
    Forgotten,
    Limited,
    Limits,
    Note,
    Overruled,
    Replied,
    Resumed,
    Reviewed,
    ReviewError,
    Suspended,
    WantedNow,
    replay,
)
from tutor.due import Due, due_cards, due_of
from tutor.gaps import passage_of
from tutor.harvest import from_interviews, from_quizzes, in_order
from tutor.interview import Past
from tutor.journal import JournalError
from tutor.limits import told
from tutor.progress import Progress, progress_of
from tutor.quiz import Judge
from tutor.records import Records
from tutor.review_records import ReviewRecords
from tutor.schedule import Card, Rating, rating_of
from tutor.sitting import UNKNOWN, Knowledge, utc_now
from tutor.types import Citation, PointMark
from tutor.variants import narrowed, point_of, question_on

MAX_A_DAY = 500
_EARLIER = timedelta(hours=8)  # an interview knows no time zone, and what was missed in the evening may be asked the next morning
_SHARE = 0.3  # of a question that one of its points is, to the measure of ability
_SCORES: Mapping[Rating, float] = {"again": 0.0, "hard": 5.0, "good": 10.0, "easy": 10.0}


@dataclass(frozen=True, slots=True)
class Question:
    """A point that is asked. `id` is that of the review to be: the same until it is answered. `draft` was answered and not judged yet.

    `left` counts what is due today, this one included; `reason` says why it is asked, without giving anything away.
    """

    id: str
    card: Card
    text: str
    topic: str
    reason: str
    left: int
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a review: the event, with the rating that holds, the card after it (None: forgotten), and where the point stands."""

    review: Reviewed
    card: Card | None
    item: QAItem | None
    citation: Citation | None


class Reviews:
    """The reviews of all learners; "" is the one learner of a Viva without accounts. Every method raises JournalError and ReviewError."""

    def __init__(
        self,
        records: ReviewRecords,
        interviews: Records,
        knowledge: Callable[[str], Knowledge],
        documents: Callable[[str], Mapping[str, Document]],
        judge: Callable[[Judge], Judge],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """`knowledge` may take its time until the documents are read. `judge` makes the one that verdicts come from of the offline one."""
        self.records, self._interviews, self._knowledge = records, interviews, knowledge
        self._documents, self._judge, self._clock = documents, judge, clock

    def now(self) -> datetime:
        """The time that things are due by."""
        return self._clock()

    def deck(self, learner: str = "") -> Deck:
        """All cards of a learner, with what interviews and conversations have brought since."""
        now, deck = self._clock(), self.records.deck(learner)
        notes: list[Note] = [
            *from_interviews(self._interviews.readable(learner), deck, now),
            *from_quizzes(self.records.quizzed(learner), self._knowledge(learner).items),
        ]
        new = [note for note in in_order(notes) if note.id not in deck.known]
        if not new:
            return deck
        try:
            return self.records.add(new, learner)
        except JournalError:  # what cannot be written can still be read; whoever reviews is told
            self.records.read_again(learner)
            return replay(deck, new)

    def due(self, learner: str = "", zone: tzinfo = UTC) -> Due:
        """How much waits, now and in the next days, as days are in a time zone."""
        return due_of(self.deck(learner), self._clock(), zone, self.askable(learner))

    def progress(self, learner: str = "", zone: tzinfo = UTC) -> Progress:
        """How the learner is getting on, with days as they are in a time zone."""
        past, items = self.past(learner), self._knowledge(learner).items
        deck, interviews = self.records.deck(learner), self._interviews.readable(learner)
        return progress_of(past, deck, interviews, items, self._clock(), zone, self.askable(learner))

    def next(self, learner: str = "", zone: tzinfo = UTC) -> Question | None:
        """The next point to ask today; None where nothing is left."""
        deck, now = self.deck(learner), self._clock()
        cards = due_cards(deck, now, zone, self.askable(learner))
        return self._question(cards[0], deck, len(cards), now, learner) if cards else None

    def answer(self, review: str, text: str, learner: str = "") -> Outcome:
        """Judges an answer on its point and schedules it. The answer is kept first; the same review again changes nothing.

        Raises UserError where it could not be judged: then the schedule is as it was, and the answer is there to be sent again.
        """
        answer, deck = told(text, empty=False), self.deck(learner)
        if review in deck.reviewed:
            return self._outcome(review, deck, learner)
        question = self._asked(review, deck, learner)
        card, item = question.card, self._knowledge(learner).items.get(question.card.item)
        point = point_of(item, card.point)
        if item is None or point is None:
            raise ReviewError("The documents do not have this point any more, so it cannot be judged. Add them again, or forget it.")
        name = f"{review}.{hashlib.sha256(answer.encode('utf-8', 'replace')).hexdigest()[:12]}"
        self.records.add([Replied(name, self._clock(), review, card.item, card.point, question.text, answer)], learner)
        verdict = self._judge(self._knowledge(learner).judge)(narrowed(item, point, question.text), answer)
        if verdict.score is None:
            raise ReviewError(
                f"{verdict.feedback or 'This could not be judged.'} Your answer is kept, and nothing was scheduled. Try again."
            )
        mark = next((mark for mark in verdict.points if mark.text == point.text), PointMark(point.text, "missed"))
        done = Reviewed(
            review, self._clock(), card.item, question.text, answer, mark, rating_of(mark.status), verdict.feedback, verdict.engine
        )
        return self._outcome(review, self.records.add([done], learner), learner)

    def pass_(self, review: str, learner: str = "") -> Outcome:
        """The learner says "I don't know"."""
        return self.answer(review, UNKNOWN, learner)

    def outcome(self, review: str, learner: str = "") -> Outcome:
        """What came of a review."""
        return self._outcome(review, self.deck(learner), learner)

    def overrule(self, review: str, rating: Rating, learner: str = "") -> Outcome:
        """Takes the learner's word for how well they knew it."""
        deck = self.deck(learner)
        known = deck.reviewed.get(review)
        if known and known.rating != rating:
            deck = self.records.add([Overruled(uuid.uuid4().hex, self._clock(), review, rating)], learner)
        return self._outcome(review, deck, learner)

    def suspend(self, card: str, learner: str = "") -> Deck:
        """Lets a point rest until it is resumed."""
        return self._change(card, learner, lambda one, at: None if one.suspended else Suspended(uuid.uuid4().hex, at, one.item, one.point))

    def resume(self, card: str, learner: str = "") -> Deck:
        """Ends a rest."""
        return self._change(card, learner, lambda one, at: Resumed(uuid.uuid4().hex, at, one.item, one.point) if one.suspended else None)

    def forget(self, card: str, learner: str = "") -> Deck:
        """Throws a card away. The point gets a new one when it is missed again."""
        return self._change(card, learner, lambda one, at: Forgotten(uuid.uuid4().hex, at, one.item, one.point))

    def want(self, card: str, learner: str = "") -> Deck:
        """Asks a point now, whatever its date and the day's limits say."""
        return self._change(card, learner, lambda one, at: None if one.wanted else WantedNow(uuid.uuid4().hex, at, one.item, (one.point,)))

    def limit(self, limits: Limits, learner: str = "") -> Deck:
        """Sets how much a day brings."""
        if not (0 <= limits.new <= MAX_A_DAY and 1 <= limits.total <= MAX_A_DAY):
            raise ReviewError(f"A day brings 1 to {MAX_A_DAY} reviews, and of them 0 to {MAX_A_DAY} new ones. Choose other numbers.")
        deck = self.deck(learner)
        return self.records.add([Limited(uuid.uuid4().hex, self._clock(), limits)], learner) if deck.limits != limits else deck

    def past(self, learner: str = "", besides: str = "") -> tuple[Past, ...]:
        """What the learner was asked, oldest first: in interviews but one, in quizzes and in reviews. Each knows when its item is due."""
        deck = self.deck(learner)
        due: dict[str, datetime] = {}
        for card in deck.cards.values():
            if not card.suspended:
                at = datetime.min.replace(tzinfo=UTC) if card.wanted else card.due - _EARLIER
                due[card.item] = min(at, due.get(card.item, at))
        found = (*self._interviews.past(learner, besides), *_past(deck, self._knowledge(learner).items))
        return tuple(replace(one, due=due.get(one.item)) for one in sorted(found, key=lambda one: one.at))

    def askable(self, learner: str = "") -> Callable[[Card], bool]:
        """Whether the documents still have the point of a card."""
        items = self._knowledge(learner).items
        return lambda card: point_of(items.get(card.item), card.point) is not None

    def _change(self, name: str, learner: str, note: Callable[[Card, datetime], Note | None]) -> Deck:
        deck = self.deck(learner)
        made = note(deck.card(name), self._clock())
        return self.records.add([made], learner) if made else deck

    def _asked(self, review: str, deck: Deck, learner: str) -> Question:
        """The question of a review that is to be. Raises ReviewError where it is past."""
        card = deck.card(review.partition(".")[0])
        question = self._question(card, deck, 0, self._clock(), learner)
        if question.id != review:
            raise ReviewError("This point went on elsewhere, perhaps in another tab or in an interview. Reload the page.")
        return question

    def _question(self, card: Card, deck: Deck, left: int, now: datetime, learner: str) -> Question:
        items, review = self._knowledge(learner).items, f"{card.id}.{len(card.grades)}"
        item, reply = items.get(card.item), deck.replies.get(review)
        point = point_of(item, card.point)
        text = question_on(item, point, items, max(len(card.grades) - 1, 0)) if item and point else ""
        reason = "You asked for it." if card.wanted or card.last is None else f"You {_went(card)} {ago(card.last, now)}."
        return Question(review, card, text, topic_of(item) if item else "", reason, left, reply.answer if reply else "")

    def _outcome(self, review: str, deck: Deck, learner: str) -> Outcome:
        done = deck.reviewed.get(review)
        if done is None:
            raise ReviewError("That review is not there any more. Reload the page.")
        item = self._knowledge(learner).items.get(done.item)
        citation = passage_of(done.mark, item, self._documents(learner)) if item else None
        return Outcome(done, deck.cards.get((done.item, done.mark.text)), item, citation)


def _went(card: Card) -> str:
    return {"again": "missed a point here", "hard": "had half of a point here"}.get(card.grades[-1].rating, "knew a point here")


def _past(deck: Deck, items: Mapping[str, QAItem]) -> list[Past]:
    """Quizzes and reviews as later questions look back on them."""
    levels = {name: item.level for name, item in items.items()}
    topics = {name: topic_of(item) for name, item in items.items()}
    quizzes = [
        Past(one.item, topics.get(one.item, ""), levels.get(one.item), one.at, one.score, _missed(one.marks))
        for one in deck.marked.values()
        if one.origin == "quiz"
    ]
    reviews = [
        Past(
            one.item,
            topics.get(one.item, ""),
            levels.get(one.item),
            one.at,
            _SCORES[one.rating],
            (one.mark.text,) if one.rating == "again" else (),
            share=_SHARE,
        )
        for one in deck.reviewed.values()
    ]
    return [*quizzes, *reviews]


def _missed(marks: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(point for point, status in marks if status in ("missed", "wrong"))
