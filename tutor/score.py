"""From what an answer says to 0..10: one formula and one monotone map, both to be read here; how they were found is in eval/LOG.md.

A cosine between answer and reference gives a contradiction as much as a full answer. This formula asks how much of the reference meets
its like in the answer (soft recall), how much of the answer meets its like in the reference (precision), and how far their sentences
agree (coverage).
"""

from collections.abc import Sequence

import numpy as np

from corpus.sentences import sentence_spans
from tutor.guards import Guarded
from tutor.points import Answer, Strength
from tutor.recall import Words, meaning, soft_recall
from tutor.types import PointMark

_RECALL, _PRECISION, _COVERAGE = 0.75, 0.15, 0.10
_SHORT, _SHORTNESS = 0.5, 0.15  # an answer with less than this share of the reference's words loses a little, by this power
_LIKENESS = (0.0, 0.15, 0.25, 0.33, 0.40, 0.47, 0.54, 0.60, 0.68, 0.80)
_MARKS = (0.0, 0.3, 1.2, 2.6, 4.2, 5.6, 7.0, 8.2, 9.2, 10.0)
_STRENGTH = (0.25, 0.36, 0.42, 0.46, 0.55)
_SHARE = (0.0, 0.15, 0.55, 0.85, 1.0)
_POINTS = 0.8  # how much written key points weigh beside the answer as a whole
_LENIENT = 0.8  # the power that lifts half an answer a little, as people do
_CREDIT = {"covered": 1.0, "partial": 0.5, "missed": 0.0, "wrong": 0.0}
_BAND = {True: (1.6, 2.4), False: (2.0, 3.0)}  # how far it reaches down and up, with written key points and without
_MISTAKEN = 1.5  # what a wrong claim costs that belongs to no point


def likeness_to(reference: str, wanted: Words, answer: Answer) -> float:
    """How much of a reference an answer says, 0..1. The words of the question count on neither side."""
    new = wanted.without(answer.asked)
    whole = (
        _RECALL * soft_recall(new, answer.words)
        + _PRECISION * soft_recall(answer.words.without(answer.asked), wanted)
        + _COVERAGE * _coverage(reference, wanted, answer)
    )
    length = len(set(answer.words.stems)) / max(len(set(wanted.stems)), 1)
    return float(whole * min(1.0, length / _SHORT) ** _SHORTNESS)


def _coverage(reference: str, wanted: Words, answer: Answer) -> float:
    """How well the sentences of a reference are met, each by the nearest sentence of the answer or by all of it: mean cosine, 0..1."""
    theirs = [part for span in sentence_spans(reference) if len(part := wanted.within(*span))]
    ours = [answer.words, *(part for span in sentence_spans(answer.text) if len(part := answer.words.within(*span)))]
    if not theirs or not len(answer.words):
        return 0.0
    cosines = np.array([meaning(part) for part in theirs]) @ np.array([meaning(part) for part in ours]).T
    return max(float(cosines.max(axis=1).mean()), 0.0)


def score_of(likeness: float, strengths: Sequence[Strength], marks: Sequence[PointMark], mistakes: int, guarded: Guarded) -> float:
    """The score, 0..10, one decimal.

    `strengths` are those of written key points, none where they were derived; `mistakes` are the wrong claims that belong to no point.
    """
    score = float(np.interp(likeness, _LIKENESS, _MARKS))
    if strengths:
        shares = [float(np.interp(strength.value, _STRENGTH, _SHARE)) for strength in strengths]
        score = _POINTS * 10 * (sum(shares) / len(shares)) ** _LENIENT + (1 - _POINTS) * score
    wrong = sum(mark.status == "wrong" for mark in marks)
    score *= 1 - wrong / max(len(marks), 1)
    return round(min(max(score - _MISTAKEN * mistakes, 0.0), guarded.highest), 1)


def score_of_marks(marks: Sequence[PointMark], mistakes: int, guarded: Guarded) -> float:
    """The score, 0..10, one decimal, where somebody else marked the points. `mistakes` as in score_of. Raises ValueError without marks."""
    if not marks:
        raise ValueError("there are no marks to make a score of")
    credit = sum(_CREDIT[mark.status] for mark in marks) / len(marks)
    return round(min(max(10 * float(credit**_LENIENT) - _MISTAKEN * mistakes, 0.0), guarded.highest), 1)


def band_of(score: float, guarded: Guarded, *, written: bool) -> tuple[float, float]:
    """Where most people would put the answer, by eval/LOG.md: it reaches further up, since other wordings are not always recognized."""
    down, up = _BAND[written]
    return round(max(score - down, 0.0), 1), round(min(score + up, max(guarded.highest, score)), 1)
