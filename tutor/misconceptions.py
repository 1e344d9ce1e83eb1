"""Wrong claims that an answer makes: where in it they could be, and whether they are.

The network that tells whether a claim is made was taught with answers to the question. What asks instead of saying is not put to it: it
would guess.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.sentences import sentence_spans
from corpus.types import Misconception
from index.encoders import Span
from tutor.claims import ClaimReader
from tutor.points import Answer, evidence_at
from tutor.recall import WordReader, Words, likeness, soft_recall
from tutor.types import MetMisconception

_ASKS = re.compile(
    r"(?:\b(?:what|why|how|when|where|which|who)\b|^\W*(?:is|are|do|does|did|can|could|would|should|will)\b).*\?\W*$", re.I | re.S
)
_WINDOW = 3  # sentences that are read together: the network was taught with answers of one to four


def met_misconceptions(
    misconceptions: Sequence[Misconception], answer: Answer, original: str, reader: WordReader, claims: ClaimReader
) -> tuple[MetMisconception, ...]:
    """The wrong claims that the answer makes, each with the clause that is nearest to it."""
    answer = _saying(answer)
    if not misconceptions or not answer.clauses:
        return ()
    words = reader.read(*(one.claim for one in misconceptions))
    found = [(one, wanted, _window(wanted, answer)) for one, wanted in zip(misconceptions, words, strict=True)]
    made = claims.made([(one, answer.text[slice(*window)]) for one, _, window in found])
    return tuple(
        MetMisconception(one.claim, one.truth, evidence_at(original, _clause(wanted, answer, window)))
        for (one, wanted, window), is_made in zip(found, made, strict=True)
        if is_made
    )


def _saying(answer: Answer) -> Answer:
    """The answer without the questions that it asks, each thing in its place."""
    asking = [(start, end) for start, end in sentence_spans(answer.text) if _ASKS.search(answer.text[start:end])]
    if not asking:
        return answer
    text = answer.text
    for start, end in asking:
        text = text[:start] + " " * (end - start) + text[end:]
    clauses = tuple(span for span in answer.clauses if text[slice(*span)].strip())
    return replace(answer, text=text, words=answer.words.outside(asking), clauses=clauses)


def _window(wanted: Words, answer: Answer) -> Span:
    """The run of sentences in which most of the claim could be said."""
    spans = sentence_spans(answer.text)
    runs = [(first[0], last[1]) for first, last in zip(spans, spans[_WINDOW - 1 :], strict=False)] or [(0, len(answer.text))]
    return max(runs, key=lambda run: soft_recall(wanted, answer.words.within(*run)))


def _clause(wanted: Words, answer: Answer, within: Span) -> Span:
    """The clause of a run that is nearest to the claim."""
    inside = [span for span in answer.clauses if within[0] <= span[0] and span[1] <= within[1]] or list(answer.clauses)
    return max(inside, key=lambda span: likeness(wanted, answer.words.within(*span)))
