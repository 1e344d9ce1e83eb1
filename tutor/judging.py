"""A language model marks the points; code decides whether it is asked, holds its marks to the answer's own words, and makes the score.

A model alone is a bad judge: it praises, it obeys what it reads, and it invents words that nobody said. So a mark counts only with words
that stand in the answer, the offline verdict goes along as evidence, and where the two are far apart the model looks again, upwards as
downwards. Without marks that can be understood there is no score at all.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from corpus.sentences import sentence_spans
from index.lexical import STOPWORDS, words
from tutor.endpoint import Endpoint
from tutor.faults import ModelError
from tutor.feedback import feedback_for
from tutor.grading import Task, next_time
from tutor.guards import Guarded, guard
from tutor.prompting import ChatMessage, as_data, estimate_tokens
from tutor.prompts import render
from tutor.quotes import find_quote
from tutor.score import band_of, score_of_marks
from tutor.structured import ask_json
from tutor.types import Evidence, MetMisconception, PointMark, PointStatus, Verdict

_FAR = 4.0  # of 10: how far from the offline score the model's marks are looked at again
_FLOOR = 2  # words of its own that an answer needs for a model to be asked
_ANSWER_TOKENS = 4000  # some models think before they mark
_FORM_TOKENS = 450  # what asking for the form takes, see tutor/structured.py
_MARGIN = 1.05  # the estimate of tokens is not exact
_CODED = re.compile(r"[A-Za-z0-9+/=]{40,}")  # no word is that long: it would be text that only a model can read


class MarkedPoint(BaseModel):
    """What the model makes of one key point. The reason comes before the mark, so that the mark follows from it."""

    model_config = ConfigDict(strict=True, extra="forbid")

    point: int
    reason: str
    mark: PointStatus
    answer_quote: str
    source_quote: str


class MadeClaim(BaseModel):
    """A listed wrong claim that the answer makes, as the model has it."""

    model_config = ConfigDict(strict=True, extra="forbid")

    claim: int
    answer_quote: str


class Marking(BaseModel):
    """The form that the model fills in. It has no place for a score."""

    model_config = ConfigDict(strict=True, extra="forbid")

    points: list[MarkedPoint]
    misconceptions: list[MadeClaim]


def judge_with_model(endpoint: Endpoint, task: Task, answer: str, offline: Verdict) -> Verdict:
    """The verdict of a language model on an answer, of which `offline` is the offline verdict.

    Where a guard has already decided, or next to nothing is said, that is the offline verdict itself, and no model is asked. Where the
    model fails, the verdict has no score and its feedback says why.
    """
    if offline.score is None or not offline.points:
        return offline
    guarded = guard(task.question, task.references, answer)
    said = set(words(guarded.text)) - set(words(task.question)) - STOPWORDS
    if guarded.barred or len(said) < _FLOOR:
        return offline
    examiner = _Examiner(endpoint, task, answer, guarded, offline, offline.score)
    try:
        return examiner.verdict()
    except ModelError as error:
        feedback = f"Your answer is not graded yet. {error} It can be graded again later."
        return Verdict(None, None, examiner.name, flags=offline.flags, feedback=feedback)


@dataclass(frozen=True, slots=True)
class _Marks:
    """Marks that hold, the points for which they are the offline ones, numbered from 1, and what code makes of them."""

    points: tuple[PointMark, ...]
    met: tuple[MetMisconception, ...]
    unsupported: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True)
class _Examiner:
    """One answer before one model."""

    endpoint: Endpoint
    task: Task
    answer: str
    guarded: Guarded
    offline: Verdict
    expected: float

    @property
    def name(self) -> str:
        """One line that says who marked."""
        return f"{self.endpoint.model or 'The language model'} at {self.endpoint.host}, each mark held against your words"

    def verdict(self) -> Verdict:
        """The marks, looked at again where they are far from the offline ones. Raises ModelError."""
        marks = self._marks()
        difference = abs(marks.score - self.expected)
        if difference > _FAR:
            found = ", ".join(f"{n} {point.status}" for n, point in enumerate(marks.points, 1))
            marks = self._marks(render("judge/differs", marks=found, ours=f"{marks.score:.1f}", theirs=f"{self.expected:.1f}"))
        shown = [point.evidence for point in marks.points if point.evidence] + [one.evidence for one in marks.met]
        return Verdict(
            score=marks.score,
            band=band_of(marks.score, self.guarded, written=bool(self.task.key_points)),
            engine=self.name,
            points=marks.points,
            flags=self.offline.flags,
            feedback=feedback_for(marks.score, marks.points, self.offline.flags, marks.met),
            misconceptions=marks.met,
            beyond=tuple(one for one in self.offline.beyond if not any(one.start < other.end and other.start < one.end for other in shown)),
            next_time=next_time(marks.points),
            model_answer=self.offline.model_answer,
            notice=_notice(marks.unsupported, difference),
        )

    def _marks(self, note: str = "") -> _Marks:
        """The model's marks. Those without words of the answer are asked for once more; then the offline mark stands."""
        marking = self._ask(note)
        found = self._supported(marking)
        numbers = range(1, len(self.offline.points) + 1)
        lacking = [n for n in numbers if n not in found]
        if lacking:
            again = self._supported(self._ask(render("judge/unsupported", points=", ".join(map(str, lacking)))))
            found |= {n: mark for n, mark in again.items() if n in lacking}
        points = tuple(found.get(n, self.offline.points[n - 1]) for n in numbers)
        met = self._met(marking)
        mistakes = max(len(met) - sum(point.status == "wrong" for point in points), 0)
        unsupported = tuple(n for n in numbers if n not in found)
        return _Marks(points, met, unsupported, score_of_marks(points, mistakes, self.guarded))

    def _supported(self, marking: Marking) -> dict[int, PointMark]:
        """The marks that hold, by the number of their point: given once, and with words of the answer unless it misses the point."""
        given = Counter(one.point for one in marking.points)
        found = {}
        for one in marking.points:
            evidence = None if one.mark == "missed" else self._evidence(one.answer_quote)
            if given[one.point] == 1 and 1 <= one.point <= len(self.offline.points) and (evidence or one.mark == "missed"):
                point = self.offline.points[one.point - 1]
                found[one.point] = PointMark(point.text, one.mark, evidence, self._source(one.source_quote) or point.source)
        return found

    def _met(self, marking: Marking) -> tuple[MetMisconception, ...]:
        """The listed claims that the answer makes, with words of it."""
        found: dict[int, MetMisconception] = {}
        for one in marking.misconceptions:
            evidence = self._evidence(one.answer_quote)
            if evidence and 1 <= one.claim <= len(self.task.misconceptions):
                listed = self.task.misconceptions[one.claim - 1]
                found.setdefault(one.claim, MetMisconception(listed.claim, listed.truth, evidence))
        return tuple(found.values())

    def _evidence(self, quote: str) -> Evidence | None:
        """Where the answer says it. What a guard has cut out is not there to be quoted."""
        span = find_quote(self.guarded.text, quote)
        if span is None:
            return None
        start, end = span
        original = self.answer[start:end]
        cut = any(left.isspace() and not said.isspace() for left, said in zip(self.guarded.text[start:end], original, strict=True))
        return None if cut else Evidence(original, start, end)

    def _source(self, quote: str) -> str | None:
        """The source's own words, where it has them."""
        spans = ((text, find_quote(text, quote)) for text in self.task.references)
        return next((text[slice(*span)] for text, span in spans if span), None)

    def _ask(self, note: str) -> Marking:
        tokens = min(_ANSWER_TOKENS, self.endpoint.context_tokens // 3)
        room = int((self.endpoint.context_tokens - tokens) / _MARGIN) - _FORM_TOKENS
        return ask_json(self.endpoint, self._messages(note, room), Marking, tokens)

    def _messages(self, note: str, room: int) -> tuple[ChatMessage, ...]:
        """The prompt, no longer than `room` tokens: later sources go first, then the end of the first. Raises ModelError."""
        sources = [text for text in self.task.reference if text.strip()]
        while True:
            messages = (ChatMessage("system", render("judge")), ChatMessage("user", self._sheet(sources, note)))
            over = sum(estimate_tokens(message.content) for message in messages) - room
            if over <= 0:
                return messages
            if not sources:
                raise ModelError(f"The answer does not fit into the {self.endpoint.context_tokens:,} tokens that the model takes.")
            sources = sources[:-1] if len(sources) > 1 else _shorter(sources[0], over)

    def _sheet(self, sources: Sequence[str], note: str) -> str:
        """What the model is shown. The answer is shown without what was said to the grader, and all of it is data."""
        points = self.offline.points
        left = _CODED.sub("(unreadable)", re.sub(r"\s*\n\s*\n\s*", "\n\n", self.guarded.text))
        return render(
            "judge/task",
            question=as_data(self.task.question),
            sources=_tagged("source", sources),
            points=_tagged("point", [point.text for point in points]),
            claims=_tagged("claim", [f"Wrong: {one.claim}\nTrue: {one.truth}" for one in self.task.misconceptions]),
            answer=as_data(left),
            table="\n".join(f"{n}. {point.status}" for n, point in enumerate(points, 1)),
            score=f"{self.expected:.1f}",
            count=str(len(points)),
            note=note,
        ).strip()


def _tagged(tag: str, texts: Sequence[str]) -> str:
    return "\n\n".join(f'<{tag} n="{n}">\n{as_data(text)}\n</{tag}>' for n, text in enumerate(texts, 1)) or f"(There is no {tag}.)"


def _shorter(text: str, over: int) -> list[str]:
    """The text without its last sentences, by at least `over` tokens; nothing, where not even the first one may stay."""
    wanted = estimate_tokens(text) - over
    ends = [end for _start, end in sentence_spans(text)]
    kept = next((end for end in reversed(ends) if estimate_tokens(text[:end]) <= wanted), 0)
    return [text[:kept]] if kept else []


def _notice(unsupported: Sequence[int], difference: float) -> str:
    """What a learner should know of how the marks came about."""
    said = []
    if difference > _FAR:
        said.append(f"The model's first marks were {difference:.1f} of 10 away from the comparison by words, so it looked again.")
    if unsupported:
        which = f"point{'s' if len(unsupported) > 1 else ''} {', '.join(map(str, unsupported))}"
        said.append(f"For {which} the model showed no words of your answer, so the mark is that of the comparison by words.")
    return " ".join(said)
