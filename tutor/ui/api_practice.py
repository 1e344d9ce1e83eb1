"""Practice for programs: what is due, the next review, how the learner is getting on, and everything that is kept of them."""

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import TypeAdapter

from tutor.calls import CallRefused, Calls
from tutor.deck import Deck, Limits
from tutor.progress import Progress
from tutor.reviews import Outcome
from tutor.schedule import RATINGS, Card
from tutor.sitting import utc_now
from tutor.tutor import Tutor
from tutor.types import evidence_as_json
from tutor.ui.access import Access, learner_of
from tutor.ui.toolkit import gr

_PROGRESS = TypeAdapter(Progress)
Json = dict[str, object]


def practice_calls(tutor: Tutor, access: Access) -> Iterable[Callable[..., Any]]:
    """Each call by the name that programs know it by."""
    return (*_reviewing(tutor, access), *_scheduling(tutor), *_owning(tutor))


def _reviewing(tutor: Tutor, access: Access) -> Iterable[Callable[..., Any]]:
    def due(request: gr.Request, zone: str = "") -> Json:
        """How much waits to be reviewed, and the next question. `zone` says when a day begins, for example "Europe/Paris"."""
        return Calls(tutor, learner_of(request)).due(zone)

    def next_review(request: gr.Request) -> Json | None:
        """The next point to ask today: {"review", "card", "question", "topic", "reason", "left"}; null where nothing is left."""
        found = tutor.reviews.next(learner_of(request))
        if found is None:
            return None
        said = {"question": found.text, "topic": found.topic, "reason": found.reason, "left": found.left}
        return {"review": found.id, "card": found.card.id, **said}

    def answer_review(review: str, text: str, request: gr.Request) -> Json:
        """Judges the answer to a review, and says when its point comes again."""
        access.take_turn(learner_of(request))
        return _outcome(tutor.reviews.answer(review, text, learner_of(request)))

    def overrule_review(review: str, rating: str, request: gr.Request) -> Json:
        """Takes the learner's word for how well they knew it: again, hard, good or easy."""
        chosen = next((one for one in RATINGS if one == rating), None)
        if chosen is None:
            raise CallRefused(f"A rating cannot be {rating!r}. Choose one of: {', '.join(RATINGS)}.")
        return _outcome(tutor.reviews.overrule(review, chosen, learner_of(request)))

    return due, next_review, answer_review, overrule_review


def _scheduling(tutor: Tutor) -> Iterable[Callable[..., Any]]:
    def cards(request: gr.Request) -> list[Json]:
        """Every point that comes back, the one that is due first first."""
        found = tutor.reviews.deck(learner_of(request)).cards.values()
        return [_card(card) for card in sorted(found, key=lambda card: (not card.wanted, card.due))]

    def suspend_card(card: str, request: gr.Request) -> Json:
        """Lets a point rest until it is resumed."""
        return _counted(tutor.reviews.suspend(card, learner_of(request)))

    def resume_card(card: str, request: gr.Request) -> Json:
        """Ends a rest."""
        return _counted(tutor.reviews.resume(card, learner_of(request)))

    def want_card(card: str, request: gr.Request) -> Json:
        """Asks a point now, whatever its date."""
        return _counted(tutor.reviews.want(card, learner_of(request)))

    def forget_card(card: str, request: gr.Request) -> Json:
        """Throws a card away. The point gets a new one when it is missed again."""
        return _counted(tutor.reviews.forget(card, learner_of(request)))

    def limit_reviews(new: int, total: int, request: gr.Request) -> Json:
        """Sets how many points a day brings, and how many of them for the first time."""
        return _counted(tutor.reviews.limit(Limits(int(new), int(total)), learner_of(request)))

    return cards, suspend_card, resume_card, want_card, forget_card, limit_reviews


def _owning(tutor: Tutor) -> Iterable[Callable[..., Any]]:
    def progress(request: gr.Request, zone: str = "") -> Json:
        """How the learner is getting on: mastery by topic, days, streak, what was missed most, how it was spoken, what is due."""
        return dict(_PROGRESS.dump_python(tutor.progress(learner_of(request), zone), mode="json"))

    def everything(request: gr.Request) -> str:
        """Everything that is kept of the learner, as JSON."""
        return tutor.belongings(learner_of(request)).to_json(learner_of(request), utc_now())

    def delete_everything(name: str, request: gr.Request) -> None:
        """Deletes everything that is kept of the learner, for good. `name` is the learner's own, so that nothing is deleted unread."""
        learner = learner_of(request)
        if name != learner:
            raise CallRefused(f"That would delete everything of {learner or 'the learner without a name'}. Give that name to do so.")
        tutor.belongings(learner).delete(learner)

    return progress, everything, delete_everything


def _outcome(outcome: Outcome) -> Json:
    done, card = outcome.review, outcome.card
    return {
        "review": done.id,
        "status": done.mark.status,
        "evidence": evidence_as_json(done.mark.evidence),
        "source": done.mark.source,
        "rating": card.grades[-1].rating if card and card.grades else done.rating,
        "feedback": done.feedback,
        "engine": done.engine,
        "card": _card(card) if card else None,
    }


def _card(card: Card) -> Json:
    kept = {"id": card.id, "item": card.item, "point": card.point, "due": card.due.isoformat(), "reviews": len(card.grades)}
    return {**kept, "missed": card.missed, "wanted": card.wanted, "suspended": card.suspended}


def _counted(deck: Deck) -> Json:
    return {"cards": len(deck.cards), "new_a_day": deck.limits.new, "a_day": deck.limits.total}
