"""Key point by key point: whether the answer says it, where, and where the source says it.

A point counts as said when its words find their like in the answer: half in the answer as a whole, half in the best two clauses that
stand together, so that a point is not put together from words spread over unrelated sentences. The points of one question share much
of their wording, so a word counts the less the nearer it is to a word of another point, and each clause speaks for the point it fits best.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.sentences import sentence_spans
from corpus.types import KeyPoint
from index.encoders import Span, Vectors
from tutor.recall import WordReader, Words, clause_spans, meaning, soft_recall
from tutor.types import Evidence, PointMark, PointStatus

COVERED = 0.44
"""The strength from which a point counts as said."""
PARTIAL = 0.40
"""The strength from which a part of a point counts as said."""
_DERIVED = 6  # points that are made of a reference at most
_UNLIKE, _ALIKE, _SHARED = 0.3, 0.6, 0.7  # cosine from which a word is shared with another point, over what range, and what that takes
_TIE, _RIVALRY = 0.1, 0.4  # how much better a clause must say another point to speak for that one alone, and what this one loses by it
_CHANCE = 0.04
_FEW = 3  # content words that a sentence needs to be a point


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is read: its text, its words, its clauses, and the stems of the question, which tell nothing in it."""

    text: str
    words: Words
    clauses: tuple[Span, ...]
    asked: frozenset[str]


@dataclass(frozen=True, slots=True)
class Strength:
    """How strongly an answer says a point, 0..1, and which of its clauses says it best."""

    value: float = 0.0
    clause: Span | None = None


def read_answer(question: str, text: str, reader: WordReader) -> Answer:
    """An answer to a question, its words encoded."""
    said, asked = reader.read(text, question)
    return Answer(text, said, tuple(span for span in clause_spans(text) if len(said.within(*span))), frozenset(asked.stems))


def derive_points(question: str, reference: str, reader: WordReader) -> tuple[KeyPoint, ...]:
    """Key points for a reference that has none: those of its sentences that are nearest to the whole of it, in its order."""
    words, asked = reader.read(reference, question)
    found: list[tuple[float, int, str]] = []
    for start, end in sentence_spans(reference):
        part = words.within(start, end)
        if len(set(part.stems) - set(asked.stems)) >= _FEW:
            found.append((float(meaning(part) @ meaning(words)), start, reference[start:end].strip("*_ ")))
    main = sorted(sorted(found, key=lambda one: -one[0])[:_DERIVED], key=lambda one: one[1])
    return tuple(KeyPoint(text) for _, _, text in main) or ((KeyPoint(reference.strip()),) if len(words) else ())


def point_strengths(points: Sequence[KeyPoint], answer: Answer, reader: WordReader) -> list[Strength]:
    """How strongly the answer says each point, in the best of its wordings.

    A clause that says another point better speaks for that one: what it gives to this one is lowered by what the other one gains.
    """
    wordings = [reader.read(point.text, *point.wordings) for point in points]
    found = [_best([_look(*_distinct(wanted, n, wordings, answer), answer) for wanted in mine]) for n, mine in enumerate(wordings)]
    said = np.array([look.clauses for look in found])
    strengths = []
    for n, look in enumerate(found):
        if not len(look.clauses):
            strengths.append(Strength())
            continue
        rivals = np.delete(said, n, axis=0).max(axis=0, initial=0.0)
        own = look.clauses - _RIVALRY * np.maximum(rivals - look.clauses - _TIE, 0.0)
        lowered = look.value - float(look.clauses.max() - own.max())
        strengths.append(Strength(lowered, answer.clauses[int(own.argmax())]))
    return strengths


@dataclass(frozen=True, slots=True)
class _Look:
    """How much of a point an answer says, 0..1, and how much of it each clause, shape (clauses,)."""

    value: float
    clauses: Vectors


def _distinct(wanted: Words, n: int, wordings: Sequence[Sequence[Words]], answer: Answer) -> tuple[Words, Vectors]:
    """The words of a point that the question does not hold, and what each weighs: less the nearer it is to a word of another point."""
    new = wanted.without(answer.asked)
    others = [other[0].vectors for row, other in enumerate(wordings) if row != n and len(other[0])]
    if not others or not len(new):
        return new, np.ones(len(new), np.float32)
    shared = np.clip(((new.vectors @ np.vstack(others).T).max(axis=1) - _UNLIKE) / _ALIKE, 0.0, 1.0)
    return new, 1.0 - _SHARED * shared


def _look(wanted: Words, weights: Vectors, answer: Answer) -> _Look:
    if not len(wanted) or not answer.clauses:
        return _Look(0.0, np.zeros(len(answer.clauses), np.float32))
    near = wanted.vectors @ answer.words.vectors.T
    inside = [[i for i, (first, last) in enumerate(answer.words.spans) if first >= start and last <= end] for start, end in answer.clauses]
    following = [one + other for one, other in zip(inside, [*inside[1:], []], strict=True)]

    def recall(columns: Sequence[int]) -> float:
        return float(near[:, columns].max(axis=1) @ weights / weights.sum())

    whole = recall(range(near.shape[1]))
    return _Look((whole + max(map(recall, following))) / 2, np.array([recall(columns) for columns in inside], np.float32))


def _best(looks: Sequence[_Look]) -> _Look:
    """The best look at a point; with several wordings the best of them is high by chance alone, for which it is lowered."""
    value = max(look.value for look in looks) - (_CHANCE if len(looks) > 1 else 0.0)
    clauses: Vectors = np.array([look.clauses for look in looks]).max(axis=0)
    return _Look(max(value, 0.0), clauses)


def status_of(strength: float) -> PointStatus:
    """The mark that a strength stands for."""
    return "covered" if strength >= COVERED else "partial" if strength >= PARTIAL else "missed"


def mark(point: KeyPoint, strength: Strength, original: str, source: str | None) -> PointMark:
    """The mark of a point, with the clause of the answer that says it where one does, in the answer's own characters."""
    status = status_of(strength.value)
    return PointMark(point.text, status, evidence_at(original, strength.clause) if status != "missed" and strength.clause else None, source)


def evidence_at(answer: str, span: Span) -> Evidence:
    """The words of an answer at a place, so that `answer[start:end] == quote`."""
    start, end = span
    return Evidence(answer[start:end], start, end)


def source_sentence(text: str, references: Sequence[str], reader: WordReader) -> str | None:
    """The source's own sentence that says it best, or None where no source has any."""
    wanted = reader.read(text)[0]
    found: list[tuple[float, str]] = []
    for reference in references:
        words = reader.read(reference)[0]
        found += [(soft_recall(wanted, words.within(start, end)), reference[start:end]) for start, end in sentence_spans(reference)]
    return max(found, key=lambda one: one[0])[1] if found else None
