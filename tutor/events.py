"""What happens in an interview, and what each thing makes of it. The interview is nothing but its events, one after another.

An event says what it is about: an interview, a question, what the interviewer said. Where that is past, or was never so, the event changes
nothing, so one that comes twice, late or out of order does no harm. No event raises an error or looks at the clock.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from corpus.errors import UserError
from corpus.types import Level
from tutor.changes import answered, asking, given_up, resumed, with_last, with_prompt, with_turn, with_unjudged
from tutor.delivery import Delivery
from tutor.interview import HINT_COSTS, MAX_PROBES, Answer, Ending, Interview, Planned, Prompt, Setup, Turn
from tutor.types import Verdict


class InterviewError(UserError):
    """An interview that cannot be read or gone on with."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened, once, at a time in UTC."""

    id: str
    at: datetime

    def on(self, interview: Interview) -> Interview:
        """The interview after this; the very same one where this no longer applies."""
        return interview


@dataclass(frozen=True, slots=True)
class Started(Happened):
    """The interview began. Its id is the interview's."""

    setup: Setup
    plan: tuple[Planned, ...]
    kind: Literal["started"] = "started"


@dataclass(frozen=True, slots=True)
class Asked(Happened):
    """The interviewer asked a new question. `item` is the id of the item that it comes from."""

    turn: str
    prompt: str
    item: str
    topic: str
    level: Level | None
    reason: str
    text: str
    kind: Literal["asked"] = "asked"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        if interview.phase != "running" or interview.turn or self.turn in {turn.id for turn in interview.turns}:
            return interview
        question = Prompt(self.prompt, "question", self.text, self.at)
        turn = Turn(self.turn, self.item, self.topic, self.level, self.reason, (question,))
        return replace(interview, turns=(*interview.turns, turn))


@dataclass(frozen=True, slots=True)
class Drafted(Happened):
    """So much was typed, or heard by the recogniser; nothing is confirmed."""

    prompt: str
    text: str
    spoken: bool = False
    delivery: Delivery | None = None
    kind: Literal["drafted"] = "drafted"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on. A pause does not throw away what was typed."""
        prompt = interview.prompt
        if prompt is None or prompt.id != self.prompt:
            return interview
        return with_prompt(interview, replace(prompt, draft=self.text, spoken=self.spoken, delivery=self.delivery))


@dataclass(frozen=True, slots=True)
class Answered(Happened):
    """The learner confirmed an answer to what was said last. `answer` is the client's own id."""

    prompt: str
    answer: str
    text: str
    spoken: bool = False
    delivery: Delivery | None = None
    kind: Literal["answered"] = "answered"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on. A pause does not lose an answer."""
        prompt = interview.prompt
        known = {answer.id for turn in interview.turns for answer in turn.answers}
        if prompt is None or prompt.id != self.prompt or self.answer in known:
            return interview
        return with_prompt(interview, replace(prompt, answer=Answer(self.answer, self.text, self.at, self.spoken, self.delivery)))


@dataclass(frozen=True, slots=True)
class Probed(Happened):
    """The interviewer asked on, for one key point."""

    turn: str
    prompt: str
    point: str
    text: str
    kind: Literal["probed"] = "probed"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        turn = answered(interview, self.turn)
        if turn is None or sum(prompt.kind == "probe" for prompt in turn.prompts) >= MAX_PROBES:
            return interview
        return with_last(interview, replace(turn, prompts=(*turn.prompts, Prompt(self.prompt, "probe", self.text, self.at, self.point))))


@dataclass(frozen=True, slots=True)
class Redirected(Happened):
    """The interviewer brought the learner back to the question after something that is no answer."""

    turn: str
    prompt: str
    text: str
    kind: Literal["redirected"] = "redirected"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        turn = answered(interview, self.turn)
        if turn is None or turn.prompts[-1].kind == "redirect":
            return interview
        return with_last(interview, replace(turn, prompts=(*turn.prompts, Prompt(self.prompt, "redirect", self.text, self.at))))


@dataclass(frozen=True, slots=True)
class Hinted(Happened):
    """A hint was given. `step` counts from 1, `cost` is in points of ten."""

    prompt: str
    step: int
    text: str
    cost: float
    kind: Literal["hinted"] = "hinted"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        turn = asking(interview, self.prompt)
        if turn is None or self.step != len(turn.hints) + 1 or self.step > len(HINT_COSTS):
            return interview
        return with_last(interview, replace(turn, hints=(*turn.hints, self.text), cost=turn.cost + self.cost))


@dataclass(frozen=True, slots=True)
class Passed(Happened):
    """The learner does not know. After a probe the question is closed with what was answered before."""

    prompt: str
    kind: Literal["passed"] = "passed"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        return given_up(interview, self.prompt, "passed")


@dataclass(frozen=True, slots=True)
class Skipped(Happened):
    """The learner goes on without an answer. After a probe the question is closed with what was answered before."""

    prompt: str
    kind: Literal["skipped"] = "skipped"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        return given_up(interview, self.prompt, "skipped")


@dataclass(frozen=True, slots=True)
class Closed(Happened):
    """The interviewer has heard enough; what was said can be judged."""

    turn: str
    kind: Literal["closed"] = "closed"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        turn = answered(interview, self.turn)
        return with_last(interview, replace(turn, outcome="answered")) if turn else interview


@dataclass(frozen=True, slots=True)
class Paused(Happened):
    """The clock stands still."""

    kind: Literal["paused"] = "paused"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        return replace(interview, phase="paused", paused_at=self.at) if interview.phase == "running" else interview


@dataclass(frozen=True, slots=True)
class Resumed(Happened):
    """The clock runs again."""

    kind: Literal["resumed"] = "resumed"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        return resumed(interview, self.at)


@dataclass(frozen=True, slots=True)
class Judged(Happened):
    """A question has its verdict."""

    turn: str
    verdict: Verdict
    kind: Literal["judged"] = "judged"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on. A question has one verdict, and one without a score is none."""
        if self.verdict.score is None:
            return interview
        return with_unjudged(interview, self.turn, lambda turn: replace(turn, verdict=self.verdict, problem=None))


@dataclass(frozen=True, slots=True)
class Unjudged(Happened):
    """A question could not be judged, for a reason that the learner is told."""

    turn: str
    reason: str
    kind: Literal["unjudged"] = "unjudged"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        return with_unjudged(interview, self.turn, lambda turn: replace(turn, problem=self.reason) if turn.waiting else turn)


@dataclass(frozen=True, slots=True)
class Retried(Happened):
    """What could not be judged is to be judged again."""

    turn: str
    kind: Literal["retried"] = "retried"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        return with_unjudged(interview, self.turn, lambda turn: replace(turn, problem=None))


@dataclass(frozen=True, slots=True)
class Wanted(Happened):
    """The learner wants to be asked this question again soon, here or in another interview."""

    turn: str
    kind: Literal["wanted"] = "wanted"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        return with_turn(interview, self.turn, lambda turn: replace(turn, wanted=True))


@dataclass(frozen=True, slots=True)
class Ended(Happened):
    """Nothing more is asked. What is closed is still judged."""

    reason: Ending
    kind: Literal["ended"] = "ended"

    def on(self, interview: Interview) -> Interview:
        """As Happened.on."""
        if interview.phase == "ended":
            return interview
        turn = interview.turn
        if turn and turn.answers:
            interview = with_last(interview, replace(turn, outcome="answered"))
        return replace(resumed(interview, self.at), phase="ended", ended_at=self.at, ending=self.reason)


Event = (
    Started | Asked | Drafted | Answered | Probed | Redirected | Hinted | Passed | Skipped
    | Closed | Paused | Resumed | Judged | Unjudged | Retried | Wanted | Ended
)  # fmt: skip
