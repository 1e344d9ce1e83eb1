"""Wrong claims that an answer makes: only those that its document names, and only where little doubt is left.

A wrong claim and its truth speak of the same things in the same words, so an answer is near to both. It is held to make the claim when
one of its clauses is clearly nearer to the claim than to everything true that is known, and is negated as the claim is.
"""

import re
from collections.abc import Sequence

from corpus.sentences import sentence_spans
from corpus.types import Misconception
from tutor.points import Answer, evidence_at
from tutor.recall import WordReader, Words, likeness
from tutor.types import MetMisconception

_NEAR = 0.62  # how near a clause must be to the claim
_NEARER = 0.04  # and by how much nearer than to anything true
_NEGATION = re.compile(
    r"\b(?:not?|never|none|nothing|neither|nor|without|cannot|hardly|\w+n['’]t|dont|cant|doesnt|isnt|wont)\b", re.IGNORECASE
)


def negated(text: str) -> bool:
    """Whether a text denies: an odd number of negations."""
    return len(_NEGATION.findall(text)) % 2 == 1


def met_misconceptions(
    misconceptions: Sequence[Misconception], truths: Sequence[str], answer: Answer, original: str, reader: WordReader
) -> tuple[MetMisconception, ...]:
    """The wrong claims that the answer makes. `truths` are what is known to be right: references and key points."""
    if not misconceptions:
        return ()
    right = [part for text in truths for part in _sentences(text, reader)]
    found = []
    for misconception in misconceptions:
        claim, truth = reader.read(misconception.claim, misconception.truth)
        best: tuple[float, tuple[int, int]] | None = None
        for start, end in answer.clauses:
            part = answer.words.within(start, end)
            near = likeness(claim, part)
            if near < _NEAR or negated(answer.text[start:end]) != negated(misconception.claim):
                continue
            rival = max(likeness(other, part) for other in (truth, *right))
            if near - rival >= _NEARER and (best is None or near > best[0]):
                best = near, (start, end)
        if best:
            found.append(MetMisconception(misconception.claim, misconception.truth, evidence_at(original, best[1])))
    return tuple(found)


def _sentences(text: str, reader: WordReader) -> list[Words]:
    words = reader.read(text)[0]
    return [part for span in sentence_spans(text) if len(part := words.within(*span))]
