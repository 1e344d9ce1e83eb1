"""The course of an interview as values: what was set up, what was asked, what was answered, and the events that say so.

An interview is what its events make of it. Every event is kept in the journal before anything slow is done because of it, so whatever
happens to the process, the same interview comes back.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from corpus.types import Level
from tutor.delivery import Delivery
from tutor.types import Verdict

Style = Literal["friendly", "neutral", "strict"]
Origin = Literal["shipped", "own", "both"]
PromptKind = Literal["question", "probe", "redirect"]
Outcome = Literal["open", "answered", "passed", "skipped"]
"""What came of a question: "passed" is "I don't know", "skipped" is no answer at all."""
Phase = Literal["running", "paused", "ended"]
Ending = Literal["finished", "early", "out of time", "nothing left"]
"""Why an interview ended: all was asked, the learner ended it, the minutes were over, or there was nothing more to ask."""

HINT_COSTS = (0.5, 1.0, 1.5)
"""What the first, second and third hint to a question cost, in points of ten. Each is added to those before."""
MAX_PROBES = 2
"""To one question. Redirects are counted apart: never two in a row."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a learner chose. No topics: all. No level: by measured ability. With minutes, the clock ends it, else the number of questions.

    `job` and `resume` are pasted texts; their subjects choose and weigh the questions.
    """

    topics: tuple[str, ...] = ()
    level: Level | None = None
    questions: int = 6
    minutes: int | None = None
    style: Style = "neutral"
    spoken: bool = False
    origin: Origin = "both"
    job: str = ""
    resume: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A topic of the plan, how many questions it gets, and why. `items` are those that a job description names, best first.

    No questions: the topic was chosen and there is no room for it, or nothing to ask.
    """

    topic: str
    questions: int
    reason: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to a prompt, once the learner has confirmed it. `id` is the client's own: the same one twice counts once."""

    id: str
    text: str
    at: datetime
    spoken: bool = False
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the interviewer said: the question itself, a probe for one key point, or a redirect after a non-answer.

    `draft` is what the recogniser heard, or what was typed so far, before the learner has confirmed it; `spoken` and `delivery` say
    how that was said.
    """

    id: str
    kind: PromptKind
    text: str
    at: datetime
    point: str = ""
    draft: str = ""
    answer: Answer | None = None
    spoken: bool = False
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with all that belongs to it. `prompts[0]` is the question as asked; probes and redirects follow.

    One that is still open when the interview ends is closed if anything was answered, and else stays open: nobody answered it.
    `verdict` judges all its answers together, read one after another; None until it is judged. `problem` says why it could not be,
    and then it can be tried again. `hints` are those that were given, `cost` the points of ten that they cost. `paused_s` are the
    seconds that the clock stood still while it was open. `wanted` says that the learner wants to be asked it again soon.
    """

    id: str
    item: str
    topic: str
    level: Level | None
    reason: str
    prompts: tuple[Prompt, ...]
    outcome: Outcome = "open"
    hints: tuple[str, ...] = ()
    cost: float = 0.0
    verdict: Verdict | None = None
    problem: str | None = None
    paused_s: float = 0.0
    wanted: bool = False

    @property
    def question(self) -> str:
        """The question as it was asked."""
        return self.prompts[0].text

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All that was answered, oldest first."""
        return tuple(prompt.answer for prompt in self.prompts if prompt.answer)

    @property
    def said(self) -> str:
        """The answers as the one text that is judged."""
        return "\n\n".join(answer.text for answer in self.answers)

    @property
    def waiting(self) -> bool:
        """Whether it is still to be judged. "I don't know" is judged too: what it lacks is all that there is to say."""
        return self.outcome in {"answered", "passed"} and self.verdict is None and self.problem is None

    @property
    def taken_s(self) -> float:
        """Seconds from each prompt to its answer, without the pauses."""
        taken = sum((prompt.answer.at - prompt.at).total_seconds() for prompt in self.prompts if prompt.answer)
        return max(taken - self.paused_s, 0.0)

    @property
    def score(self) -> float | None:
        """0..10 after the cost of hints; None where nothing was judged."""
        if self.verdict is None or self.verdict.score is None:
            return None
        return max(self.verdict.score - self.cost, 0.0)


@dataclass(frozen=True, slots=True)
class Interview:
    """An interview so far. `paused_s` are the seconds that the clock stood still, `made_by` the ids of the events that it is made of."""

    id: str
    setup: Setup
    plan: tuple[Planned, ...]
    started_at: datetime
    turns: tuple[Turn, ...] = ()
    phase: Phase = "running"
    paused_at: datetime | None = None
    paused_s: float = 0.0
    ended_at: datetime | None = None
    ending: Ending | None = None
    made_by: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def turn(self) -> Turn | None:
        """The question that is open, if one is."""
        return self.turns[-1] if self.turns and self.turns[-1].outcome == "open" and self.phase != "ended" else None

    @property
    def prompt(self) -> Prompt | None:
        """What is waiting for an answer, if anything is."""
        turn = self.turn
        return turn.prompts[-1] if turn and turn.prompts[-1].answer is None else None

    @property
    def judged(self) -> bool:
        """Whether it has ended and nothing is still to be judged, so that its report stands."""
        return self.phase == "ended" and not any(turn.waiting for turn in self.turns)

    def elapsed_s(self, now: datetime) -> float:
        """Seconds that the clock has run, without pauses."""
        until = self.ended_at or self.paused_at or now
        return max((until - self.started_at).total_seconds() - self.paused_s, 0.0)

    def out_of_time(self, now: datetime) -> bool:
        """Whether the minutes are over. What is being asked may still be answered."""
        return self.setup.minutes is not None and self.elapsed_s(now) >= 60 * self.setup.minutes


@dataclass(frozen=True, slots=True)
class Past:
    """One question that a learner was asked before. `score` is 0..10, None where it was not judged, or not even answered.

    `missed` are the points that the answer left out or got wrong. `wanted` says that the learner wants to be asked it again soon, `due`
    when a point of it is to be reviewed, if any is. `share` is how much of a question it was: 1, or less for a single point.
    """

    item: str
    topic: str
    level: Level | None
    at: datetime
    score: float | None
    missed: tuple[str, ...] = ()
    wanted: bool = False
    due: datetime | None = None
    share: float = 1.0


def past_of(interview: Interview) -> tuple[Past, ...]:
    """What was asked in an interview, as later ones look back on it."""
    return tuple(
        Past(
            item=turn.item,
            topic=turn.topic,
            level=turn.level,
            at=turn.answers[-1].at if turn.answers else turn.prompts[0].at,
            score=turn.score,
            missed=tuple(point.text for point in turn.verdict.points if point.status in {"missed", "wrong"}) if turn.verdict else (),
            wanted=turn.wanted,
        )
        for turn in interview.turns
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """An interview as it is listed. `questions` were asked, and `waiting` of them are still to be judged.

    `score` is the mean of those that have one. `problem` says why the interview cannot be read, if so; then nothing else is known of it.
    """

    id: str
    started_at: datetime
    phase: Phase = "ended"
    questions: int = 0
    score: float | None = None
    waiting: int = 0
    topics: tuple[str, ...] = ()
    problem: str | None = None


def summary_of(interview: Interview) -> Summary:
    """An interview in short."""
    scores = [turn.score for turn in interview.turns if turn.score is not None]
    return Summary(
        id=interview.id,
        started_at=interview.started_at,
        phase=interview.phase,
        questions=len(interview.turns),
        score=sum(scores) / len(scores) if scores else None,
        waiting=sum(turn.waiting for turn in interview.turns),
        topics=tuple(dict.fromkeys(turn.topic for turn in interview.turns)),
    )
