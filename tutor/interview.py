"""The course of an interview as values: what was set up, what was asked, what was answered, and the events that say so.

An interview is what its events make of it. Every event is kept in the journal before anything slow is done because of it, so whatever
happens to the process, the same interview comes back.
"""

from dataclasses import dataclass
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

    `draft` is what the recogniser heard, or what was typed so far, before the learner has confirmed it.
    """

    id: str
    kind: PromptKind
    text: str
    at: datetime
    point: str = ""
    draft: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with all that belongs to it. `prompts[0]` is the question as asked; probes and redirects follow.

    `verdict` judges all its answers together, read one after another; None until it is judged. `problem` says why it could not be,
    and then it can be tried again. `hints` are those that were given, `cost` the points of ten that they cost.
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
    def score(self) -> float | None:
        """0..10 after the cost of hints; None where nothing was judged."""
        if self.verdict is None or self.verdict.score is None:
            return None
        return max(self.verdict.score - self.cost, 0.0)


@dataclass(frozen=True, slots=True)
class Interview:
    """An interview so far. `paused_s` are the seconds that the clock stood still."""

    id: str
    setup: Setup
    plan: tuple[Planned, ...]
    started_at: datetime
    turns: tuple[Turn, ...] = ()
    phase: Phase = "running"
    paused_at: datetime | None = None
    paused_s: float = 0.0
    ended_at: datetime | None = None

    @property
    def turn(self) -> Turn | None:
        """The question that is open, if one is."""
        return self.turns[-1] if self.turns and self.turns[-1].outcome == "open" and self.phase != "ended" else None

    @property
    def prompt(self) -> Prompt | None:
        """What is waiting for an answer, if anything is."""
        turn = self.turn
        return turn.prompts[-1] if turn and turn.prompts[-1].answer is None else None


@dataclass(frozen=True, slots=True)
class Past:
    """One question that a learner answered before, here or in another interview. `score` is 0..10, None where it was not judged."""

    item: str
    topic: str
    level: Level | None
    at: datetime
    score: float | None
    missed: tuple[str, ...] = ()
