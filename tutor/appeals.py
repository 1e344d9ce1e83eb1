"""The learner disagrees: the same answer is judged again, with their reason as a part of it. An appeal can help and never harm.

Both verdicts are kept as a case, since a learner who is right shows where the grader is wrong. `points` and `band` of a case are what the
second look gave: a person has to look at them before they measure anything.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.types import Document, QAItem
from tutor.conversations import storable
from tutor.engine import Request
from tutor.feedback import RANKS
from tutor.moves import appeal_reason, contested
from tutor.quiz import AGAIN, Judge, told
from tutor.types import Appeal, Graded, Message, PointMark, PointStatus, Reply, Verdict, verdict_as_json

NO_REASON = (
    "Say why in the same message, for example: *I disagree: by a flat vessel I meant a pan.* "
    "I then look at your answer again, with your reason as a part of it."
)
_LETTERS: Mapping[PointStatus, str] = {"covered": "c", "partial": "p", "missed": "m", "wrong": "x"}


def appeal(request: Request, item: QAItem, judge: Judge, documents: Mapping[str, Document], engine: str, file: Path | None) -> Reply:
    """A second look at the answer that the conversation has just judged. The case is appended to `file`, if there is one."""
    reason, disputed = appeal_reason(request.question), contested(request.history)
    answer = disputed[1] if disputed else ""
    known = _known(request.history, item.question, answer)
    if known and known.score is None and not reason:  # not an appeal: there is no verdict yet
        return told(item, Graded(item.question, answer, judge(item, answer)), documents, engine)
    if not reason or not disputed:
        return Reply(NO_REASON, True, engine, follow_ups=(AGAIN,))
    first = known or judge(item, answer)
    clarified = f"{answer}\n\n{reason}"
    verdict = settled(first, judge(item, clarified))
    reply = told(item, Graded(item.question, clarified, verdict, appeal=Appeal(reason, first)), documents, engine)
    try:
        if file:
            _append(file, _case(item, answer, reason, first, verdict))
    except OSError as error:
        return replace(reply, notice=f"This appeal could not be kept in {file}: {error.strerror}. The verdict below is not affected.")
    return reply


def settled(first: Verdict, second: Verdict) -> Verdict:
    """What stands after a second look: the first verdict, or the second where that is no worse, with the better mark of each point."""
    if second.score is None or (first.score is not None and second.score < first.score):
        return first
    points = _better(first.points, second.points)
    said = {point.text for point in points if point.status == "covered"}
    return replace(second, points=points, next_time=tuple(text for text in second.next_time if text not in said))


def name_of(item: str, answer: str, reason: str) -> str:
    """The id of a case. The same appeal has the same id."""
    told = "\n".join([item, answer, reason])
    return f"a{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:12]}"


def cases_of(file: Path, names: Collection[str]) -> list[object]:
    """The cases of these names."""
    return [case for case, _ in _cases(file) if isinstance(case, dict) and case.get("id") in names]


def drop_cases(file: Path, names: Collection[str]) -> None:
    """Deletes the cases of these names. Raises OSError."""
    kept = [line for case, line in _cases(file) if not (isinstance(case, dict) and case.get("id") in names)]
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as rest:
            rest.writelines(kept)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _cases(file: Path) -> Iterator[tuple[object, str]]:
    """Each case with its line. A line that is none is kept and is nobody's."""
    if not file.exists():
        return
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                yield json.loads(line), line
            except ValueError:
                yield None, line


def _better(first: Sequence[PointMark], second: Sequence[PointMark]) -> tuple[PointMark, ...]:
    before = {point.text: point for point in first}
    return tuple(max(point, before.get(point.text, point), key=lambda mark: RANKS[mark.status]) for point in second)


def _known(history: Sequence[Message], question: str, answer: str) -> Verdict | None:
    """The verdict that the learner was shown. A shell sends words only, so there it has to be given again."""
    shown = (message.graded for message in reversed(history) if message.graded)
    return next((graded.verdict for graded in shown if (graded.question, graded.answer) == (question, answer)), None)


def _case(item: QAItem, answer: str, reason: str, first: Verdict, second: Verdict) -> dict[str, object]:
    """A case as eval/cases.py reads it, with the reason and both verdicts beside it."""
    return {
        "id": name_of(item.id, answer, reason),
        "item": item.id,
        "kind": "appeal",
        "answer": answer,
        "points": "".join(_LETTERS[point.status] for point in second.points),
        "band": list(second.band or (0.0, 10.0)),
        "reason": reason,
        "before": verdict_as_json(first),
        "after": verdict_as_json(second),
    }


def _append(file: Path, case: Mapping[str, object]) -> None:
    """Adds a line in one write, so that two processes do not mix theirs. The file is its owner's only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, storable(json.dumps(case, ensure_ascii=False)).encode() + b"\n")
    finally:
        os.close(descriptor)
