"""What came of an interview: marks with their bands, what was covered and what was not, each question whole, and the gaps that matter.

The report is computed from the interview each time and kept nowhere, so a verdict that comes late, or is tried again, is in it at once.
What was not judged has no mark and lowers none: not having answered is not the same as being weak.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from corpus.types import Document, QAItem
from tutor.delivery import Delivery
from tutor.draft import Draft
from tutor.gaps import Gap, gaps_of
from tutor.interview import Interview, Setup, Turn
from tutor.ladder import answer_of
from tutor.types import Citation, Verdict

State = Literal["judged", "waiting", "ungraded", "passed", "skipped", "unanswered"]
"""What became of a question: "waiting" is answered and not judged yet, "ungraded" is that it could not be judged and can be tried again,
"passed" is "I don't know" and nothing else, "unanswered" is that the interview ended before an answer."""

_SHARED = 1 / 3  # how far errors in grading one learner correlate: .34 within the kinds of answers in eval/data/grading.jsonl


@dataclass(frozen=True, slots=True)
class Mark:
    """A score of 0..10, after the cost of hints, and the band in which most people would put it."""

    score: float
    band: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the plan: how many questions were asked on it, how many of them are judged, and the mark of those. None: no mark."""

    topic: str
    asked: int
    judged: int
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an interview there is to judge: numbers of questions, one for each State. `cost` is in points, over all questions."""

    planned: int
    asked: int
    judged: int
    waiting: int
    ungraded: int
    passed: int
    skipped: int
    unanswered: int
    hints: int
    cost: float

    @property
    def answered(self) -> int:
        """Questions with an answer, whether it could be judged or not."""
        return self.judged + self.waiting + self.ungraded


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an interview, numbered from 1, and what became of it. `turn` has all that was said.

    `taken_s` are the seconds from each prompt to its answer, None where nothing was answered. `model_answer` is Markdown with the
    numbers of `citations`; both are empty where the item is not among the documents any more.
    """

    n: int
    turn: Turn
    state: State
    mark: Mark | None
    taken_s: float | None
    delivery: Delivery | None
    model_answer: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an interview. `mark` is over the judged questions, None where there are none; `delivery` over all spoken answers.

    `setup` is without the pasted job description and résumé: a report is handed on, and they are not its business. Times are UTC.
    """

    id: str
    setup: Setup
    started_at: datetime
    ended_at: datetime | None
    taken_s: float | None
    mark: Mark | None
    coverage: Coverage
    topics: tuple[Topic, ...]
    questions: tuple[Question, ...]
    gaps: tuple[Gap, ...]
    delivery: Delivery | None

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts that marks come from, in the order of the questions."""
        return tuple(question.turn.verdict for question in self.questions if question.mark and question.turn.verdict)

    @property
    def engines(self) -> tuple[str, ...]:
        """Who judged."""
        return tuple(dict.fromkeys(verdict.engine for verdict in self.verdicts))

    @property
    def notice(self) -> str:
        """What all verdicts say of what the engine cannot see, so that it need be said only once; empty where they differ."""
        notices = {verdict.notice for verdict in self.verdicts}
        return notices.pop() if len(notices) == 1 else ""


def report_of(interview: Interview, items: Mapping[str, QAItem], documents: Mapping[str, Document]) -> Report:
    """The report on an interview as it stands, over or not. `documents` are the texts that citations count in, by file."""
    questions = tuple(_question(n, turn, items, documents) for n, turn in enumerate(interview.turns, 1))
    ended = interview.ended_at
    return Report(
        id=interview.id,
        setup=dataclasses.replace(interview.setup, job="", resume=""),
        started_at=interview.started_at,
        ended_at=ended,
        taken_s=max((ended - interview.started_at).total_seconds() - interview.paused_s, 0.0) if ended else None,
        mark=mean_mark([question.mark for question in questions if question.mark]),
        coverage=_coverage(interview, questions),
        topics=_topics(interview, questions),
        questions=questions,
        gaps=gaps_of(interview.turns, items, documents),
        delivery=delivery_of([answer.delivery for turn in interview.turns for answer in turn.answers if answer.delivery]),
    )


def mean_mark(marks: Sequence[Mark]) -> Mark | None:
    """The mean of some marks with its band; None where there are no marks.

    A band reaches as far as the grader is commonly wrong. Over several answers such errors cancel each other out in part only: those of
    one learner's answers are correlated, since a manner that is marked too low once is marked too low again. So with r for that
    correlation, the mean of n bands that reach d each way reaches d * sqrt(r + (1 - r) / n): all of d for one answer, 0.75 of it for
    three, and never less than 0.58. The band says how sure the marks are, and not how other questions of the topic would go, which is why
    the number of questions is shown beside it.
    """
    if not marks:
        return None
    n, mean = len(marks), sum(mark.score for mark in marks) / len(marks)
    down, up = ([mark.score - mark.band[0] for mark in marks], [mark.band[1] - mark.score for mark in marks])
    low, high = (((1 - _SHARED) * sum(x * x for x in reach) + _SHARED * sum(reach) ** 2) ** 0.5 / n for reach in (down, up))
    return Mark(round(mean, 1), (round(max(mean - low, 0.0), 1), round(min(mean + high, 10.0), 1)))


def state_of(turn: Turn) -> State:
    """What became of a question."""
    if not turn.answers:
        return turn.outcome if turn.outcome in ("passed", "skipped") else "unanswered"
    if turn.score is not None:
        return "judged"
    if turn.outcome == "skipped":
        return "skipped"
    return "ungraded" if turn.problem or turn.verdict else "waiting"


def delivery_of(parts: Sequence[Delivery]) -> Delivery | None:
    """Several spoken answers taken together; None where nothing was spoken.

    Rates are means over the answers for which they were assessed, by how long each was spoken where that is known of all. Fillers are
    counted only if they were counted in every answer.
    """
    if not parts:
        return None
    fillers = [part.fillers for part in parts]
    return Delivery(
        words_per_minute=_mean([(part.words_per_minute, part.spoken_s) for part in parts]),
        pause_share=_mean([(part.pause_share, part.spoken_s) for part in parts]),
        longest_pause_s=max((part.longest_pause_s for part in parts if part.longest_pause_s is not None), default=None),
        first_word_s=_mean([(part.first_word_s, None) for part in parts]),
        fillers=None if None in fillers else sum(filter(None, fillers)),
        spoken_s=None if any(part.spoken_s is None for part in parts) else sum(part.spoken_s or 0.0 for part in parts),
    )


def _mean(pairs: Sequence[tuple[float | None, float | None]]) -> float | None:
    """The mean of the values that there are, by their weights where all of them have one."""
    known = [(value, weight) for value, weight in pairs if value is not None]
    weights = [weight if all(other for _, other in known) and weight else 1.0 for _, weight in known]
    return sum(value * weight for (value, _), weight in zip(known, weights, strict=True)) / sum(weights) if known else None


def _question(n: int, turn: Turn, items: Mapping[str, QAItem], documents: Mapping[str, Document]) -> Question:
    state = state_of(turn)
    draft = Draft(documents)
    if item := items.get(turn.item):
        draft.add_all(answer_of(item.sources[0], "interview"))
    return Question(
        n=n,
        turn=turn,
        state=state,
        mark=_mark(turn) if state == "judged" else None,
        taken_s=_taken_s(turn),
        delivery=delivery_of([answer.delivery for answer in turn.answers if answer.delivery]),
        model_answer=draft.text.strip(),
        citations=tuple(draft.citations),
    )


def _mark(turn: Turn) -> Mark | None:
    """A question's mark: what hints cost moves the score and both ends of its band, none of them below 0."""
    if turn.verdict is None or turn.score is None:
        return None
    low, high = turn.verdict.band or (turn.verdict.score or 0.0,) * 2
    return Mark(turn.score, (max(low - turn.cost, 0.0), max(high - turn.cost, 0.0)))


def _taken_s(turn: Turn) -> float | None:
    return turn.taken_s if turn.answers else None


def _coverage(interview: Interview, questions: Sequence[Question]) -> Coverage:
    states = Counter(question.state for question in questions)
    return Coverage(
        planned=max(sum(planned.questions for planned in interview.plan), len(questions)),
        asked=len(questions),
        judged=states["judged"],
        waiting=states["waiting"],
        ungraded=states["ungraded"],
        passed=states["passed"],
        skipped=states["skipped"],
        unanswered=states["unanswered"],
        hints=sum(len(turn.hints) for turn in interview.turns),
        cost=sum(turn.cost for turn in interview.turns),
    )


def _topics(interview: Interview, questions: Sequence[Question]) -> tuple[Topic, ...]:
    """In the order of the plan, those too that were never reached."""
    asked: dict[str, list[Question]] = {planned.topic: [] for planned in interview.plan}
    for question in questions:
        asked.setdefault(question.turn.topic, []).append(question)
    marks = {topic: [question.mark for question in those if question.mark] for topic, those in asked.items()}
    return tuple(Topic(topic, len(those), len(marks[topic]), mean_mark(marks[topic])) for topic, those in asked.items())
