"""A point of a question, asked in other words each time: who knows it knows more than the sound of the question.

The item's own follow-ups that lead to the point come first, then the question in another wording with a nudge towards the kind of thing
that the point is. None of them says the point.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from corpus.types import KeyPoint, QAItem
from tutor.bank import content
from tutor.kinds import forms_for, kind_of
from tutor.leaks import LEAK, leaked
from tutor.probes import leading_to
from tutor.subjects import subject_of
from tutor.types import PointMark
from tutor.wording import question_text, shuffled

_WAYS = 4  # in which a question is asked as a whole
_BEGIN = 1  # the wording from which a review begins: 0 is the question as it stands in the document


def point_of(item: QAItem | None, text: str) -> KeyPoint | None:
    """The key point of an item that says this; None where the documents have it no more.

    An item without key points of its own is held to its sentences, and the truth of a wrong claim is a point, too.
    """
    if item is None:
        return None
    truths = {one.truth for one in item.misconceptions}
    spare = KeyPoint(text) if not item.key_points or text in truths else None
    return next((point for point in item.key_points if point.text == text), spare)


def narrowed(item: QAItem, point: KeyPoint, question: str) -> QAItem:
    """The item as an answer to a question on one of its points is judged by it."""
    return replace(item, question=question, key_points=(point,))


def question_on(item: QAItem, point: KeyPoint, items: Mapping[str, QAItem], times: int) -> str:
    """The question on a point that is asked after it was asked so many times. The same number gives the same words."""
    options = list(dict.fromkeys(_options(item, point, items)))
    unsaid = [text for text in options if leaked(item, text, points=(point,)) < LEAK]
    return (unsaid or options)[times % len(unsaid or options)]


def _options(item: QAItem, point: KeyPoint, items: Mapping[str, QAItem]) -> Iterable[str]:
    follow_ups = [other for other in items.values() if other.parent == item.id]
    marks = [PointMark(one.text, "missed") for one in item.key_points or (point,)]
    yield from (other.question for other in leading_to(point.text, item, follow_ups, marks, ""))
    seed, subject = f"{item.id} {point.text}", subject_of(item.question)
    if subject and point.text == marks[0].text and not content(subject) & (content(point.text) - content(item.question)):
        yield from (form.about(subject) for form in forms_for(point.text, seed, started=False, first=True)[:2])
    if kind_of(point.text) == "definition":  # there is no side of it to point at
        yield from (f"{question_text(item, _BEGIN + n, seed)} Say all that belongs to it." for n in range(_WAYS))
    for n, form in enumerate(forms_for(point.text, seed, started=False, first=False)):
        lead = shuffled(_LEADS, f"{seed} {n}")[0]
        yield f"{question_text(item, _BEGIN + n, seed)} {lead} {form.bare[:1].lower()}{form.bare[1:]}"


_LEADS = ("I am after one part of it:", "One part of it above all:", "Look at one side of it:")
