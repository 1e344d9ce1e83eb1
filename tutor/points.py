"""Key point by key point: whether the answer says it, where, and where the source says it.

A point counts as said when its words find their like in the answer: half in the answer as a whole, half in the best two clauses that
stand together, so that a point is not put together from words spread over unrelated sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.sentences import sentence_spans
from corpus.types import KeyPoint
from index.encoders import Span
from tutor.recall import WordReader, Words, clause_spans, meaning, soft_recall
from tutor.types import Evidence, PointMark, PointStatus

COVERED = 0.47
"""The strength from which a point counts as said."""
PARTIAL = 0.42
"""The strength from which a part of a point counts as said."""
_DERIVED = 6  # points that are made of a reference at most
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


def point_strength(point: KeyPoint, answer: Answer, reader: WordReader) -> Strength:
    """How strongly the answer says the point in the best of its wordings."""
    clauses = answer.clauses
    pairs = [(start, clauses[min(n + 1, len(clauses) - 1)][1]) for n, (start, _) in enumerate(clauses)]
    best = Strength()
    for wording in reader.read(point.text, *point.wordings):
        wanted = wording.without(answer.asked)
        near = max((soft_recall(wanted, answer.words.within(*pair)) for pair in pairs), default=0.0)
        value = (soft_recall(wanted, answer.words) + near) / 2
        if value > best.value:
            best = Strength(value, _nearest_clause(wanted, answer))
    return best


def _nearest_clause(wanted: Words, answer: Answer) -> Span | None:
    return max(answer.clauses, key=lambda span: soft_recall(wanted, answer.words.within(*span)), default=None)


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
