"""Quiz me: a question on the current subject, and a fair word on the reply, with the answer to compare it with.

Code chooses the question and says what the marks mean; whoever judges only marks the points.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from corpus.types import Document, QAItem
from tutor.draft import Draft
from tutor.feedback import credited, outcome
from tutor.ladder import Ladder, Part, answer_of
from tutor.moves import QUIZ_MARK
from tutor.types import Appeal, Graded, PointMark, PointStatus, Reply, Verdict

Judge = Callable[[QAItem, str], Verdict]
"""An item and a learner's answer to it -> what the answer is worth."""

INSTRUCTION = "Answer in your own words, as you would in an interview. Say “I don't know” to see the answer."
AGAIN = "Quiz me on this"
GRADE = "Grade my answer again"
_HEADINGS: Mapping[PointStatus, str] = {
    "covered": "You covered",
    "partial": "Half said",
    "missed": "Missing",
    "wrong": "Not right",
}


def quiz(ladder: Ladder, engine: str) -> Reply:
    """A question on the subject that has been neither answered nor asked in this conversation, if there is one."""
    item = next((item for item in (*ladder.family, ladder.focus, *ladder.ahead()) if ladder.fresh(item)), ladder.focus)
    return Reply(f"{QUIZ_MARK} {item.question}\n\n{INSTRUCTION}", True, engine, follow_ups=("I don't know",))


def verdict_on(item: QAItem, answer: str, judge: Judge, documents: Mapping[str, Document], engine: str) -> Reply:
    """What the learner's answer to a quiz is worth, point by point, and the answer of the documents."""
    return told(item, Graded(item.question, answer, judge(item, answer)), documents, engine)


def told(item: QAItem, graded: Graded, documents: Mapping[str, Document], engine: str) -> Reply:
    """A verdict in words, after an appeal with what came of that, and the answer of the documents."""
    draft = Draft(documents)
    draft.add_all(_second_look(graded.appeal, graded.verdict) if graded.appeal else ())
    draft.add_all(_spoken(graded.verdict))
    draft.add(f"\n\n**{item.question}**\n\n")
    before = len(draft.text)
    draft.add_all(answer_of(item.sources[0], "interview"))
    graded = replace(graded, shown=draft.text[before:].strip())
    onward = (AGAIN, "Why?") if graded.verdict.score is not None else (GRADE, AGAIN)
    return Reply(draft.text.strip(), True, engine, tuple(draft.citations), onward, graded=graded)


def _second_look(appeal: Appeal, verdict: Verdict) -> Iterator[Part]:
    yield f"**Second look.** {outcome(appeal, verdict)}"
    yield "".join(f"\n- Credited now: {point.text}" for point in credited(appeal, verdict))
    yield "\n\n"


def _spoken(verdict: Verdict) -> Iterator[Part]:
    if verdict.score is None:
        yield "This could not be judged."
    else:
        low, high = verdict.band or (verdict.score, verdict.score)
        yield f"**{verdict.score:.0f} of 10**" + (f" (between {low:.0f} and {high:.0f})" if low < high else "")
    if verdict.feedback:
        yield f"\n\n{verdict.feedback}"
    for status, heading in _HEADINGS.items():
        points = [point for point in verdict.points if point.status == status]
        if points:
            yield f"\n\n**{heading}**\n"
            yield "".join(f"\n- {_shown(point)}" for point in points)
    if verdict.misconceptions:
        yield "\n\n**A common mistake**\n"
        yield "".join(f"\n- “{met.evidence.quote.strip()}” In truth: {met.truth}" for met in verdict.misconceptions)
    if verdict.notice:
        yield f"\n\n*{verdict.notice}*"


def _shown(point: PointMark) -> str:
    """A key point, and the learner's own words where they show it."""
    return f"{point.text} (“{point.evidence.quote.strip()}”)" if point.evidence else point.text
