"""What a learner does on the pages of progress and review, as practice.js sends it, and what the page shows then. No Gradio in here.

Nothing is remembered between two wishes: each names its review or its card, and the page is drawn from what the journal has. What is
refused is told, and leaves on the page what was typed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from corpus.errors import UserError
from tutor.deck import Limits
from tutor.due import zone_of
from tutor.reviews import Reviews
from tutor.schedule import Rating
from tutor.tutor import Tutor
from tutor.ui.access import Access
from tutor.ui.progress_html import CONFIRM, progress_to_html
from tutor.ui.review_html import nothing_to_html, outcome_to_html, question_to_html

ERASED = "Everything is deleted."
SAVED = "Saved."


class Wish(BaseModel):
    """`page` is the one that it comes from, `zone` the browser's time zone; the rest is what it is about."""

    do: Literal["arrive", "next", "answer", "pass", "overrule", "suspend", "resume", "forget", "want", "limit", "erase"]
    page: Literal["review", "progress"]
    zone: str = Field(default="", max_length=100)
    review: str = Field(default="", max_length=100)
    card: str = Field(default="", max_length=100)
    text: Annotated[str, Field(max_length=100_000)] = ""
    rating: Rating = "good"
    new: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the stage (None leaves it as it is), a note, and how many points are due (None where that is not known)."""

    stage: str | None
    note: str = ""
    due: int | None = None


class Practice:
    """Does what is wished on both pages."""

    def __init__(self, tutor: Tutor, access: Access) -> None:
        self._tutor, self._access = tutor, access

    def grant(self, wish: Wish, learner: str) -> View:
        """Does it and shows what came of it; where it is refused, the note says why."""
        zone = zone_of(wish.zone)
        try:
            stage, note = self._granted(wish, learner, zone)
        except UserError as error:
            return View(None, str(error), self.due(learner, zone))
        return View(stage, note, self.due(learner, zone))

    def due(self, learner: str, zone: tzinfo) -> int | None:
        """How many points are due; None where the journal or the documents cannot say."""
        try:
            return self._tutor.reviews.due(learner, zone).now
        except UserError:
            return None  # whoever opens the page of reviews is told why

    def _granted(self, wish: Wish, learner: str, zone: tzinfo) -> tuple[str, str]:
        reviews = self._tutor.reviews
        if wish.do in {"answer", "pass"}:
            self._access.take_turn(learner)
            done = reviews.pass_(wish.review, learner) if wish.do == "pass" else reviews.answer(wish.review, wish.text, learner)
            return outcome_to_html(done, self._now(zone)), ""
        if wish.do == "overrule":
            return outcome_to_html(reviews.overrule(wish.review, wish.rating, learner), self._now(zone)), ""
        if wish.do == "erase":
            if wish.text.strip() != CONFIRM:
                raise UserError(f"Nothing was deleted. Type {CONFIRM}, in capitals, to delete everything.")
            self._tutor.belongings(learner).delete(learner)
        if wish.do == "limit":
            reviews.limit(Limits(wish.new, wish.total), learner)
        if act := _ACTS.get(wish.do):
            act(reviews, wish.card, learner)
        return self._shown(wish, learner, zone), {"erase": ERASED, "limit": SAVED}.get(wish.do, "")

    def _shown(self, wish: Wish, learner: str, zone: tzinfo) -> str:
        reviews = self._tutor.reviews
        if wish.page == "progress":
            return progress_to_html(reviews.progress(learner, zone), self._now(zone))
        if wish.review and wish.do in {"suspend", "resume"}:
            return outcome_to_html(reviews.outcome(wish.review, learner), self._now(zone))
        question = reviews.next(learner, zone)
        if question:
            return question_to_html(question)
        return nothing_to_html(reviews.due(learner, zone), new=not reviews.deck(learner).cards)

    def _now(self, zone: tzinfo) -> datetime:
        return self._tutor.reviews.now().astimezone(zone)


_ACTS: Mapping[str, Callable[[Reviews, str, str], object]] = {
    "suspend": Reviews.suspend,
    "resume": Reviews.resume,
    "forget": Reviews.forget,
    "want": Reviews.want,
}
