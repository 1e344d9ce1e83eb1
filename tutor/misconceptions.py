"""Wrong claims that an answer makes: where in it they could be, and whether they are."""

from collections.abc import Sequence

from corpus.sentences import sentence_spans
from corpus.types import Misconception
from index.encoders import Span
from tutor.claims import ClaimReader
from tutor.points import Answer, evidence_at
from tutor.recall import WordReader, Words, likeness, soft_recall
from tutor.types import MetMisconception

_WINDOW = 3  # sentences that are read together: the network was taught with answers of one to four


def met_misconceptions(
    misconceptions: Sequence[Misconception], answer: Answer, original: str, reader: WordReader, claims: ClaimReader
) -> tuple[MetMisconception, ...]:
    """The wrong claims that the answer makes, each with the clause that is nearest to it."""
    if not misconceptions or not answer.clauses:
        return ()
    wanted = [reader.read(one.claim)[0] for one in misconceptions]
    windows = [_window(words, answer) for words in wanted]
    made = claims.made([(one, answer.text[slice(*span)]) for one, span in zip(misconceptions, windows, strict=True)])
    return tuple(
        MetMisconception(one.claim, one.truth, evidence_at(original, _clause(words, answer, span)))
        for one, words, span, is_made in zip(misconceptions, wanted, windows, made, strict=True)
        if is_made
    )


def _window(wanted: Words, answer: Answer) -> Span:
    """The run of sentences in which most of the claim could be said."""
    spans = sentence_spans(answer.text)
    runs = [(first[0], last[1]) for first, last in zip(spans, spans[_WINDOW - 1 :], strict=False)] or [(0, len(answer.text))]
    return max(runs, key=lambda run: soft_recall(wanted, answer.words.within(*run)))


def _clause(wanted: Words, answer: Answer, within: Span) -> Span:
    """The clause of a run that is nearest to the claim."""
    inside = [span for span in answer.clauses if within[0] <= span[0] and span[1] <= within[1]] or list(answer.clauses)
    return max(inside, key=lambda span: likeness(wanted, answer.words.within(*span)))
