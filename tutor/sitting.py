"""Interviews as they are sat: what the learner does is kept first, then the interviewer goes on, and verdicts come when they come.

Nothing of an interview is held here. Every call reads it anew from its events, adds its own and decides what follows, so any number of
tabs, threads and processes may sit the same one, and each sees what the others did.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from corpus.types import QAItem
from tutor.chat import Retrieve
from tutor.course import advance, begun
from tutor.delivery import Delivery
from tutor.events import (
    Answered,
    Asked,
    Drafted,
    Ended,
    Event,
    InterviewError,
    Judged,
    Passed,
    Paused,
    Resumed,
    Retried,
    Skipped,
    Started,
    Unjudged,
    Wanted,
)
from tutor.interview import Interview, Past, Planned, Setup, Summary
from tutor.interviewer import Interviewer, Room, hint, next_event
from tutor.limits import check_setup, checked_name, told
from tutor.marking import Job, Marking
from tutor.quiz import Judge
from tutor.records import Records
from tutor.types import Verdict

UNKNOWN = "I don't know."
"""What is judged where the learner passes."""
_LOOKED = 64  # offline verdicts that are remembered: the same answer is looked at for a probe, for a hint and for its score


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What interviews are about. `judge` is the offline one: it takes no time to speak of, and decides how an interview goes on."""

    items: Mapping[str, QAItem]
    retrieve: Retrieve
    judge: Judge


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class Sittings:
    """All interviews. Learners, interviews, questions and prompts go by their ids; "" is the one learner of a Viva without accounts.

    Every method raises JournalError, and InterviewError where an interview cannot go on as asked. What comes twice or too late changes
    nothing: the interview is returned as it is.
    """

    def __init__(
        self,
        records: Records,
        knowledge: Callable[[str], Knowledge],
        judge: Callable[[Judge], Judge],
        interviewer: Interviewer,
        clock: Callable[[], datetime] = utc_now,
        look_back: Callable[[str, str], tuple[Past, ...]] | None = None,
    ) -> None:
        """`knowledge` is what a learner's interviews are about, and may take its time until the documents are read.

        `judge` makes the one that verdicts come from of the offline one. `look_back` is what a learner was asked before, besides in one
        interview; else what their other interviews asked.
        """
        self._records, self._knowledge, self._judge = records, knowledge, judge
        self._interviewer, self._clock, self._look_back = interviewer, clock, look_back or records.past
        self._first_look: Judge = lru_cache(_LOOKED)(lambda item, answer: self._knowledge("").judge(item, answer))
        self._marking = Marking(self._left, self._verdict, self._settle)

    def start(self) -> None:
        """Has judged what an earlier process left, in the background."""
        self._marking.start()

    def plan(self, setup: Setup, learner: str = "") -> tuple[Planned, ...]:
        """What an interview so set up would ask about, to show before it begins."""
        check_setup(setup)
        known, past = self._knowledge(learner), self._look_back(learner, "")
        return self._interviewer.plan(setup, known.items, past, self._clock(), known.retrieve)

    def begin(self, setup: Setup, learner: str = "", *, interview: str = "", plan: tuple[Planned, ...] = ()) -> Interview:
        """Begins an interview and asks its first question. `interview` is the client's own id for it: the same one twice begins one.

        `plan` is the one that was shown, if one was.
        """
        check_setup(setup)
        name = checked_name(interview or uuid.uuid4().hex)
        started = Started(name, self._clock(), setup, plan or self.plan(setup, learner))
        first = next_event(begun(started), self._room(begun(started), learner), started.at)
        if not (started.plan and isinstance(first, Asked)):
            raise InterviewError("My documents have no question for that. Choose other topics, another level or other documents.")
        self._records.begin(started, learner)
        return self._go_on(name, learner)

    def open(self, interview: str, learner: str = "") -> Interview:
        """An interview as it is now. Whatever was broken off goes on: the interviewer's next words, and verdicts that are missing."""
        return self._go_on(interview, learner)

    def interviews(self, learner: str = "") -> tuple[Summary, ...]:
        """The learner's interviews, newest first."""
        return self._records.interviews(learner)

    def unfinished(self, learner: str = "") -> Interview | None:
        """The newest interview that has not ended, if there is one."""
        return self._records.unfinished(learner)

    def past(self, learner: str = "") -> tuple[Past, ...]:
        """What the learner was asked before, oldest first, and when of that is to be reviewed."""
        return self._look_back(learner, "")

    def delete(self, interview: str, learner: str = "") -> None:
        """Deletes an interview for good."""
        self._records.delete(interview, learner)

    def draft(
        self, interview: str, prompt: str, text: str, *, spoken: bool | None = None, delivery: Delivery | None = None, learner: str = ""
    ) -> Interview:
        """Keeps what was typed so far, or what the recogniser heard, so that a reload brings it back. Nothing is confirmed by it.

        `spoken` None: it was typed, which leaves what was spoken before as it was spoken, as long as there is any text.
        """
        text = told(text)

        def drafted(now: Interview) -> Event | None:
            how = _how(now, prompt, text, spoken, delivery)
            changed = now.prompt and (now.prompt.draft, now.prompt.spoken, now.prompt.delivery) != (text, *how)
            return Drafted(uuid.uuid4().hex, self._clock(), prompt, text, *how) if changed else None

        return self._add(interview, learner, drafted)

    def answer(
        self,
        interview: str,
        prompt: str,
        answer: str,
        text: str,
        *,
        spoken: bool | None = None,
        delivery: Delivery | None = None,
        learner: str = "",
    ) -> Interview:
        """Takes an answer, which is on the disk when anything else begins, and goes on. `answer` is the client's own id for it.

        `spoken` None: it was, and with what delivery, as its draft says.

        Raises InterviewError where it is empty, and where it came too late to count.
        """
        text = told(text, empty=False)
        event = f"{interview}/{checked_name(answer)}"
        now = self._act(
            interview, learner, lambda now, at: Answered(event, at, prompt, answer, text, *_how(now, prompt, text, spoken, delivery))
        )
        if event not in now.made_by:
            where = "The interview has ended" if now.phase == "ended" else "That question has been answered already"
            raise InterviewError(f"{where}, perhaps in another tab, so this answer does not count. Reload the page.")
        return self._go_on(interview, learner)

    def pass_(self, interview: str, prompt: str, learner: str = "") -> Interview:
        """The learner says "I don't know", and the interviewer goes on. It is judged for what it is."""
        self._act(interview, learner, lambda _now, at: Passed(f"{prompt}.passed", at, prompt))
        return self._go_on(interview, learner)

    def skip(self, interview: str, prompt: str, learner: str = "") -> Interview:
        """Goes on to the next question; this one is not judged, unless something was answered."""
        self._act(interview, learner, lambda _now, at: Skipped(f"{prompt}.skipped", at, prompt))
        return self._go_on(interview, learner)

    def hint(self, interview: str, prompt: str, step: int, learner: str = "") -> Interview:
        """Gives the hint of this step, from 1 to 3, at its cost. The same step twice costs once."""
        self._resume(interview, learner)
        return self._add(interview, learner, lambda now: hint(now, prompt, step, self._room(now, learner), self._clock()))

    def pause(self, interview: str, learner: str = "") -> Interview:
        """Stops the clock."""
        return self._add(interview, learner, lambda now: Paused(uuid.uuid4().hex, self._clock()) if now.phase == "running" else None)

    def resume(self, interview: str, learner: str = "") -> Interview:
        """Lets the clock run again."""
        self._resume(interview, learner)
        return self._go_on(interview, learner)

    def end(self, interview: str, learner: str = "") -> Interview:
        """Ends an interview early. What was answered is judged."""
        self._add(interview, learner, lambda now: Ended(f"{now.id}.ended", self._clock(), "early"))
        return self._go_on(interview, learner)

    def judge_again(self, interview: str, turn: str, learner: str = "") -> Interview:
        """Has a question judged again that could not be judged."""
        self._add(interview, learner, lambda _now: Retried(uuid.uuid4().hex, self._clock(), turn))
        return self._go_on(interview, learner)

    def ask_again(self, interview: str, turn: str, learner: str = "") -> Interview:
        """Notes that the learner wants to be asked this question again, so that it is due at once."""
        return self._add(interview, learner, lambda _now: Wanted(f"{turn}.wanted", self._clock(), turn))

    def wait(self, interview: str, learner: str = "", timeout_s: float = 10.0) -> Interview:
        """The interview when all that is closed has its verdict, or a reason why it has none; as it is then, if that takes too long."""
        self._marking.wait(lambda: not any(turn.waiting for turn in self._records.read(interview, learner)[0].turns), timeout_s)
        return self._records.read(interview, learner)[0]

    def _act(self, interview: str, learner: str, event: Callable[[Interview, datetime], Event]) -> Interview:
        """Adds what a learner does, which ends a pause."""
        self._resume(interview, learner)
        return self._add(interview, learner, lambda now: event(now, self._clock()))

    def _resume(self, interview: str, learner: str) -> None:
        self._add(interview, learner, lambda now: Resumed(uuid.uuid4().hex, self._clock()) if now.phase == "paused" else None)

    def _go_on(self, interview: str, learner: str) -> Interview:
        """Lets the interviewer speak until it is the learner's turn, and has judged what is closed."""
        while True:
            before, _ = self._records.read(interview, learner)
            after = self._add(interview, learner, lambda now: next_event(now, self._room(now, learner), self._clock()))
            if after == before:
                self._marking.put(Job(interview, turn.id, learner) for turn in after.turns if turn.waiting)
                return after

    def _add(self, interview: str, learner: str, decide: Callable[[Interview], Event | None]) -> Interview:
        """Adds what is decided in view of the interview as it is. Where another tab came between, it is decided anew."""
        while True:
            now, position = self._records.read(interview, learner)
            event = decide(now)
            after = advance(now, event) if event else now
            if event is None or after is now:
                return now
            kept = self._records.add(interview, event, position, learner)
            if kept != "overtaken":
                return after if kept == "kept" else self._records.read(interview, learner)[0]

    def _room(self, interview: Interview, learner: str) -> Room:
        known = self._knowledge(learner)
        return Room(self._interviewer, known.items, lambda: self._look_back(learner, interview.id), self._first_look)

    def _left(self) -> tuple[Job, ...]:
        found = ((self._records.read(interview, learner)[0], learner) for interview, learner in self._records.waiting())
        return tuple(Job(interview.id, turn.id, learner) for interview, learner in found for turn in interview.turns if turn.waiting)

    def _verdict(self, job: Job) -> Verdict | None:
        interview, _ = self._records.read(job.interview, job.learner)
        turn = next((turn for turn in interview.turns if turn.id == job.turn and turn.waiting), None)
        if turn is None:
            return None
        item = self._knowledge(job.learner).items.get(turn.item)
        if item is None:
            raise InterviewError("The documents do not have this question any more, so it cannot be judged. Add them again and try again.")
        return self._judge(self._first_look)(item, turn.said or UNKNOWN)

    def _settle(self, job: Job, outcome: Verdict | str) -> None:
        name, at = uuid.uuid4().hex, self._clock()
        event: Event
        if isinstance(outcome, Verdict) and outcome.score is not None:
            event = Judged(name, at, job.turn, outcome)
        else:
            event = Unjudged(name, at, job.turn, outcome if isinstance(outcome, str) else outcome.feedback)
        self._add(job.interview, job.learner, lambda _now: event)


def _how(interview: Interview, prompt: str, text: str, spoken: bool | None, delivery: Delivery | None) -> tuple[bool, Delivery | None]:
    """Whether a text was spoken, and how. Where that is not said, it is as what it was made of: the draft to the same prompt."""
    now = interview.prompt
    if spoken is not None or not text or now is None or now.id != prompt:
        return bool(spoken), delivery
    return now.spoken, now.delivery
