"""What the tutor and the screen say to each other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Role = Literal["user", "assistant"]
Depth = Literal["simple", "interview", "deep"]
DEPTHS: tuple[Depth, ...] = get_args(Depth)
Move = Literal["ask", "why", "how", "what_if", "compare", "example", "simpler", "brief", "deeper", "quiz", "reply", "appeal", "general"]
"""What a learner does with a message: asks something new, goes on with the current subject in one of these ways, replies to a quiz, or
disagrees with the verdict on that reply."""
PointStatus = Literal["covered", "partial", "missed", "wrong"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation. `graded` is what it judged, where it did and that is known."""

    role: Role
    content: str
    graded: "Graded | None" = None


@dataclass(frozen=True, slots=True)
class Citation:
    """The place behind a number in a reply.

    `quote` is the source's own text, `document.text[start:end]` to the character. `passage` is the whole answer that it stands
    in, made readable, as Markdown; `passage[passage_start:passage_end]` is the cited sentence in it.
    """

    n: int
    file: str
    question: str
    quote: str
    start: int
    end: int
    passage: str
    passage_start: int
    passage_end: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a reply took of a language model: tokens as the server counted them, and money where a price is set. None: not known."""

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    money: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whole or so far. `answer` is Markdown in which [1], [2] ... are the numbers of its citations.

    A sentence that no passage supports is followed by [?]. `answerable` is false where the documents do not answer; `follow_ups` are
    then the nearest questions that they do answer. `general` marks an answer from a model's general knowledge. `notice` is one
    sentence on how the answer came about ("The model did not answer: ... This is the offline answer."). `interrupted` is what a model
    had written when it broke off: shown as such, never taken for an answer. `graded` is what it judges, if anything; `answer` says the
    same in words.
    """

    answer: str
    answerable: bool
    engine: str
    citations: tuple[Citation, ...] = ()
    follow_ups: tuple[str, ...] = ()
    complete: bool = True
    general: bool = False
    notice: str | None = None
    interrupted: str = ""
    cost: Cost | None = None
    graded: "Graded | None" = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it: a reply, whole or so far, or a notice that says why there is none, or both."""

    question: str
    reply: Reply | None = None
    notice: str | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing more will come."""
        return self.notice is not None or (self.reply is not None and self.reply.complete)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is listed. `snippet` is the text around what was searched for, if anything was. Times are UTC."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    exchanges: int
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of an answer that show a mark: `answer[start:end] == quote`."""

    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PointMark:
    """One key point of an item and what an answer made of it. `source` is the source's own sentence that says it, where one was found."""

    text: str
    status: PointStatus
    evidence: Evidence | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class MetMisconception:
    """A wrong claim that an answer makes, and the truth. `evidence` is where it makes it."""

    claim: str
    truth: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is worth. `score` is 0..10 with its band, None where it could not be judged; code computes it, never a model.

    `flags` name what is odd about the answer ("empty", "instruction", "copied question", "gibberish", "keywords", "long"); `feedback`
    is a few sentences for the learner. `beyond` is what the source neither says nor denies, which is not held against the answer.
    `next_time` are the points to say next time, `model_answer` the source's own answer, and `notice` what the engine cannot see.
    """

    score: float | None
    band: tuple[float, float] | None
    engine: str
    points: tuple[PointMark, ...] = ()
    flags: tuple[str, ...] = ()
    feedback: str = ""
    misconceptions: tuple[MetMisconception, ...] = ()
    beyond: tuple[Evidence, ...] = ()
    next_time: tuple[str, ...] = ()
    model_answer: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Appeal:
    """Why a learner disagreed, and the verdict that they disagreed with."""

    reason: str
    before: Verdict


@dataclass(frozen=True, slots=True)
class Graded:
    """An answer to a question and its verdict, whose evidence counts in `answer`. After an appeal the answer ends with its reason.

    `shown` is the model answer as a reply shows it: Markdown with the numbers of the reply's citations.
    """

    question: str
    answer: str
    verdict: Verdict
    shown: str = ""
    appeal: Appeal | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How far the tutor has come in getting ready. `share` is 0..1; `problem` says what went wrong and what to do, if anything did."""

    ready: bool
    text: str
    share: float = 0.0
    problem: str | None = None


def reply_as_json(reply: Reply) -> dict[str, object]:
    """A reply as the shell contract has it, and what is special about it where something is."""
    verdict = verdict_as_json(reply.graded.verdict) if reply.graded else None
    special = {"general": reply.general, "notice": reply.notice, "interrupted": reply.interrupted, "verdict": verdict}
    return {
        "answer": reply.answer,
        "answerable": reply.answerable,
        "engine": reply.engine,
        "citations": [
            {"n": c.n, "file": c.file, "question": c.question, "quote": c.quote, "start": c.start, "end": c.end} for c in reply.citations
        ],
        "follow_ups": list(reply.follow_ups),
    } | {name: value for name, value in special.items() if value}


def verdict_as_json(verdict: Verdict) -> dict[str, object]:
    """A verdict as the shell contract has it, and the rest of it where there is any."""
    special = {
        "misconceptions": [{"claim": m.claim, "truth": m.truth, "evidence": evidence_as_json(m.evidence)} for m in verdict.misconceptions],
        "beyond": [evidence_as_json(evidence) for evidence in verdict.beyond],
        "next_time": list(verdict.next_time),
        "notice": verdict.notice,
    }
    return {
        "score": verdict.score,
        "band": None if verdict.band is None else list(verdict.band),
        "engine": verdict.engine,
        "points": [
            {"text": point.text, "status": point.status, "evidence": evidence_as_json(point.evidence), "source": point.source}
            for point in verdict.points
        ],
        "flags": list(verdict.flags),
        "feedback": verdict.feedback,
    } | {name: value for name, value in special.items() if value}


def evidence_as_json(evidence: Evidence | None) -> dict[str, object] | None:
    """The words of an answer, with their place in it."""
    return None if evidence is None else {"quote": evidence.quote, "start": evidence.start, "end": evidence.end}
