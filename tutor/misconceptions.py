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

_NEAR = 0.42  # how near a clause must be to the claim, the words of the question left out on both sides
_NEARER = 0.01  # and by how much nearer than to anything true
_NEGATION = re.compile(
    r"\b(?:not?|never|none|nothing|neither|nor|without|cannot|hardly|\w+n['’]t|dont|cant|doesnt|isnt|wont)\b", re.IGNORECASE
)


def negated(text: str) -> bool:
    """Whether a text denies anything."""
    return bool(_NEGATION.search(text))


def met_misconceptions(
    misconceptions: Sequence[Misconception], truths: Sequence[str], answer: Answer, original: str, reader: WordReader
) -> tuple[MetMisconception, ...]:
    """The wrong claims that the answer makes. `truths` are what is known to be right: references and key points."""
    if not misconceptions:
        return ()
    right = [part.without(answer.asked) for text in truths for part in _sentences(text, reader)]
    clauses = [(span, answer.words.within(*span).without(answer.asked)) for span in answer.clauses]
    found = []
    for misconception in misconceptions:
        claim, truth = (words.without(answer.asked) for words in reader.read(misconception.claim, misconception.truth))
        denies = negated(misconception.claim)
        near = [(likeness(claim, part), span, part) for span, part in clauses if negated(answer.text[slice(*span)]) == denies]
        for nearness, span, part in sorted(near, key=lambda one: -one[0]):
            if nearness < _NEAR:
                break
            if nearness - max(likeness(other, part) for other in (truth, *right)) >= _NEARER:
                found.append(MetMisconception(misconception.claim, misconception.truth, evidence_at(original, span)))
                break
    return tuple(found)


def _sentences(text: str, reader: WordReader) -> list[Words]:
    words = reader.read(text)[0]
    return [part for span in sentence_spans(text) if len(part := words.within(*span))]
