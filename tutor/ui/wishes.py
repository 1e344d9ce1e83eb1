"""What a learner does on the interview's page, as interview.js sends it, and what the page shows then. There is no Gradio in here.

Nothing is remembered between two wishes: each names its interview, and the page is drawn from what the journal has. So a reload, a
second tab and a process that was started again all show the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from corpus.errors import UserError
from tutor.interview import Interview, Setup
from tutor.sitting import Sittings, utc_now
from tutor.tutor import Tutor
from tutor.ui.access import Access
from tutor.ui.interview_html import help_to_html, sitting_to_html
from tutor.ui.outcome_html import outcome_to_html
from tutor.ui.rehearsal_html import rehearsal_to_html
from tutor.ui.setup_html import lobby_to_html, no_plan_to_html, past_to_html, plan_to_html
from tutor.ui.speech_html import recordings_to_html

NOT_UNDERSTOOD = "The page sent something that Viva did not understand. Reload it and try again."
ELSEWHERE = "This interview went on in another tab. Here is where it stands now."
Text = Annotated[str, Field(max_length=100_000)]


class Form(BaseModel):
    """What is chosen before an interview. `level` is empty for "by ability"."""

    topics: list[str] = Field(default=[], max_length=1_000)
    amount: int = 6
    unit: Literal["questions", "minutes"] = "questions"
    level: Literal["", "basic", "intermediate", "advanced"] = ""
    style: Literal["friendly", "neutral", "strict"] = "neutral"
    way: Literal["typed", "spoken"] = "typed"
    origin: Literal["both", "shipped", "own"] = "both"
    job: Text = ""
    resume: Text = ""

    def setup(self) -> Setup:
        """As an interview takes it."""
        setup = Setup(
            topics=tuple(self.topics),
            level=self.level or None,
            style=self.style,
            spoken=self.way == "spoken",
            origin=self.origin,
            job=self.job,
            resume=self.resume,
        )
        return replace(setup, minutes=self.amount) if self.unit == "minutes" else replace(setup, questions=self.amount)


class Wish(BaseModel):
    """`id` is the interview, empty for none; `seen` says what the page shows already; `answer` is the client's own id of an answer."""

    do: Literal[
        "arrive", "look", "plan", "begin", "draft", "answer", "hint", "pass", "skip", "pause", "resume", "end",
        "rejudge", "later", "rehearse", "delete", "forget",
    ]  # fmt: skip
    id: str = ""
    seen: str = ""
    prompt: str = ""
    answer: str = ""
    text: Text = ""
    step: int = 0
    seconds: int = Field(default=60, ge=1, le=600)
    turn: str = ""
    item: str = ""
    form: Form = Form()


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the stage, what stands below it (the plan, or what can be done besides answering), past interviews, a note.

    None leaves a part as it is.
    """

    stage: str | None = None
    below: str | None = None
    past: str | None = None
    note: str | None = ""


_Act = Callable[[Sittings, Wish, str], Interview]
_ACTS: Mapping[str, _Act] = {
    "look": lambda all_of, wish, who: all_of.open(wish.id, who),
    "answer": lambda all_of, wish, who: all_of.answer(wish.id, wish.prompt, wish.answer, wish.text, learner=who),
    "hint": lambda all_of, wish, who: all_of.hint(wish.id, wish.prompt, wish.step, who),
    "pass": lambda all_of, wish, who: all_of.pass_(wish.id, wish.prompt, who),
    "skip": lambda all_of, wish, who: all_of.skip(wish.id, wish.prompt, who),
    "pause": lambda all_of, wish, who: all_of.pause(wish.id, who),
    "resume": lambda all_of, wish, who: all_of.resume(wish.id, who),
    "end": lambda all_of, wish, who: all_of.end(wish.id, who),
    "rejudge": lambda all_of, wish, who: all_of.judge_again(wish.id, wish.turn, who),
    "later": lambda all_of, wish, who: _ask_again(all_of, wish, who),
}


class Desk:
    """What is done with a learner's wishes."""

    def __init__(self, tutor: Tutor, access: Access) -> None:
        self._tutor, self._access = tutor, access

    def grant(self, wish: Wish, learner: str) -> View:
        """Does what is wished and shows what came of it. Where that is refused, the page says why, and shows how things stand."""
        try:
            return self._granted(wish, learner)
        except UserError as error:
            return self._refused(wish, learner, str(error))

    def lobby(self, learner: str, note: str = "") -> View:
        """The page before an interview."""
        sittings, ready = self._tutor.sittings, self._tutor.status().ready
        try:
            found, unfinished, problem = sittings.interviews(learner), sittings.unfinished(learner), ""
        except UserError as error:
            found, unfinished, problem = (), None, str(error)
        try:
            kept = self._tutor.recordings.of(learner) if self._tutor.recordings else ()
        except UserError as error:
            kept, problem = (), problem or str(error)
        spoken = self._tutor.speech is not None and self._tutor.speech.listens
        stage = lobby_to_html(self._tutor.topics(learner), unfinished, ready=ready, spoken=spoken)
        return View(stage, "", past_to_html(found, problem) + recordings_to_html(kept), self._tutor.status().problem or note)

    def _granted(self, wish: Wish, learner: str) -> View:
        sittings = self._tutor.sittings
        if wish.do == "plan":
            return self._plan(wish, learner)
        if wish.do == "draft":
            sittings.draft(wish.id, wish.prompt, wish.text, spoken=None, learner=learner)
            return View(note=None)
        if wish.do == "delete":
            sittings.delete(wish.id, learner)
            return replace(self.lobby(learner), below=None)
        if wish.do == "forget" and self._tutor.recordings:
            self._tutor.recordings.delete(wish.item, learner)
            return replace(self.lobby(learner), below=None)
        if wish.do in {"begin", "answer", "rehearse"}:
            self._access.take_turn(learner)
        if wish.do == "rehearse":
            rehearsal = self._tutor.rehearse(wish.id, wish.turn, wish.text, wish.seconds, learner)
            return View(below=rehearsal_to_html(rehearsal, wish.turn))
        if wish.do == "begin":
            outline = self._tutor.outline(wish.form.setup(), learner, wish.id)
            return self._show(sittings.begin(wish.form.setup(), learner, interview=wish.id, plan=outline.plan), wish, learner)
        if wish.do == "arrive":
            return self._show(sittings.open(wish.id, learner), wish, learner) if wish.id else self.lobby(learner)
        return self._show(_ACTS[wish.do](sittings, wish, learner), wish, learner)

    def _plan(self, wish: Wish, learner: str) -> View:
        try:
            outline = self._tutor.outline(wish.form.setup(), learner, wish.id)
        except UserError as error:
            return View(below=no_plan_to_html(str(error)), note=None)
        return View(below=plan_to_html(outline, second=self._tutor.sittings.unfinished(learner) is not None), note=None)

    def _show(self, interview: Interview, wish: Wish, learner: str, note: str = "") -> View:
        """The open question, or the report; nothing new where the page shows just that."""
        if interview.phase == "ended":
            stage, below = outcome_to_html(self._tutor.report(interview.id, learner)), ""
        else:
            stage, below = sitting_to_html(interview, utc_now(), aloud=self._tutor.speech is not None), help_to_html(interview)
        if wish.do == "look" and wish.seen and f'data-digest="{wish.seen}"' in stage:
            return View(note=None)
        moved = wish.do == "look" and wish.prompt and not (interview.prompt and interview.prompt.id == wish.prompt)
        return View(stage, below, "", note or (ELSEWHERE if moved else ""))

    def _refused(self, wish: Wish, learner: str, why: str) -> View:
        """Why, and the page as it is now: what was refused may have been out of date."""
        try:
            if wish.id and wish.do not in {"plan", "begin", "draft", "arrive", "rehearse"}:
                return self._show(self._tutor.sittings.open(wish.id, learner), wish, learner, why)
        except UserError as error:
            why = str(error)
        return self.lobby(learner, why) if wish.do in {"arrive", "look"} else View(note=why)


def _ask_again(sittings: Sittings, wish: Wish, learner: str) -> Interview:
    """Has the question asked again that an item is in. A report knows the item, an interview the question."""
    interview = sittings.open(wish.id, learner)
    turn = next((turn.id for turn in interview.turns if turn.item == wish.item), "")
    return sittings.ask_again(wish.id, turn, learner)
