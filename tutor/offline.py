"""OfflineEngine: quotes and composes, without a language model, and says so.

No sentence that it shows is anything but a source's own words or one of the fixed phrases below, so it cannot invent. The best
answer comes first and whole; then what other sources add to it, as far as words tell that it is new. How it goes on from there is
for the ladder.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.sentences import sentence_spans
from corpus.types import Document, QAItem, Source
from index.lexical import stems
from index.types import Passage, Retrieval
from tutor.draft import Draft
from tutor.engine import Request
from tutor.ladder import SIGNS, SIMPLE_SENTENCES, Ladder, Part, answer_of, heard_in, needs_context
from tutor.moves import read_turn
from tutor.types import Reply

NOT_ANSWERED = "My documents do not answer this."
NEAREST = "The nearest questions that they do answer are below."
NO_SUBJECT = "There is no subject yet to go on with. Ask about one first."
NO_MODEL = "I have no general knowledge: I quote documents, without a language model. One can be connected on the settings page."
ADDED = "Other sources add:"
END = "That is as deep as my documents go on this."
GO_ON = "From here you can go on to a question below, or say: Quiz me on this."
PLAINEST = "I can only quote. These are the plainest sentences that my documents have on it:"
COMPARE_WITH = "Compare it with what? Name something else, or take one of these."
NOT_COMPARED = "My documents do not compare the two directly. This is what they say of each."
_FOLLOW_UPS = 3
_ADDITIONS = 3  # sentences taken from other sources
_NEAR = 0.8  # share of the best score from which another passage is taken to answer the same question
_NEW = 0.6  # share of a sentence's content words that must not have been said
_COMPARED = 3  # sentences of each side
_NAMED = re.compile(r"(?:what (?:is|are)|explain|define) (?P<subject>[^\s?]+(?: [^\s?]+){0,4})\??", re.IGNORECASE)
_BRIEF = (5, 45)  # words of a sentence that can stand for an answer


@dataclass(frozen=True, slots=True)
class OfflineEngine:
    """Composes answers from passages. `items` are all items of the index, `documents` the texts that citations count in."""

    items: Mapping[str, QAItem]
    documents: Mapping[str, Document]
    name: str = "Offline engine: quotes your documents word for word, no language model"

    def explain(self, request: Request) -> Iterator[Reply]:
        """As Engine.explain, one step a sentence."""
        if request.move == "general":
            yield Reply(NO_MODEL, False, self.name)
        elif request.focus is None and request.move != "ask" and not request.retrieval.passages:
            yield Reply(NO_SUBJECT, False, self.name)
        elif not request.retrieval.answerable or not request.retrieval.passages:
            yield self.refusal(request.retrieval)
        else:
            ladder = self._ladder(request)
            yield from self._said(self._parts(ladder), ladder)

    def refusal(self, retrieval: Retrieval) -> Reply:
        """That the documents do not answer, with the nearest questions that they do answer."""
        nearest = tuple(dict.fromkeys(passage.item.question for passage in retrieval.passages))[:_FOLLOW_UPS]
        text = f"{NOT_ANSWERED} {NEAREST}" if nearest else NOT_ANSWERED
        return Reply(text, answerable=False, engine=self.name, follow_ups=nearest)

    def _said(self, parts: Iterator[Part], ladder: Ladder) -> Iterator[Reply]:
        draft = Draft(self.documents)
        for part in parts:
            draft.add(part)
            if not isinstance(part, str):
                yield Reply(draft.text.strip(), True, self.name, tuple(draft.citations), complete=False)
        yield Reply(draft.text.strip(), True, self.name, tuple(draft.citations), _follow_ups(ladder, draft.text))

    def follow_ups(self, request: Request, answer: str) -> tuple[str, ...]:
        """What can be asked next, where somebody else has answered."""
        if request.move == "general" or not request.retrieval.passages:
            return ()
        return _follow_ups(self._ladder(request), answer)

    def _ladder(self, request: Request) -> Ladder:
        return Ladder(self.items, request, request.focus or request.retrieval.passages[0].item, heard_in(request.history))

    def _parts(self, ladder: Ladder) -> Iterator[Part]:
        """What to say, in order."""
        request = ladder.request
        if request.move == "brief":
            yield from _brief(ladder.focus)
        elif request.move == "compare":
            yield from self._compared(ladder)
        elif request.move == "simpler":
            yield from _simpler(ladder)
        elif request.move in SIGNS and read_turn(request.question).bare:
            parts = list(ladder.step(request.move))
            if not parts and ladder.fresh(ladder.focus):
                parts = list(answer_of(ladder.focus.sources[0], request.depth))
            yield from parts or [f"{END} {GO_ON}" if any(ladder.ahead()) else END]
        else:
            yield from self._answer(ladder)

    def _answer(self, ladder: Ladder) -> Iterator[Part]:
        """What was asked about the subject at hand comes first, in the sentences that say it; then the best passage, if it is new."""
        passages, depth = ladder.request.retrieval.passages, ladder.request.depth
        best = passages[0]
        direct = list(ladder.direct())
        yield from direct
        if direct and not ladder.fresh(best.item):
            return
        if direct:
            yield f"\n\n**{best.item.question}**\n\n"
        yield from answer_of(best.source, depth)
        if depth == "simple":
            return
        said = set(stems(best.source.answer))
        additions = [part for part in _additions(best, passages, said) if not ladder.said(part[0].answer[part[1] : part[2]])]
        if additions:
            yield f"\n\n{ADDED}\n"
        for addition in additions:
            yield "\n- "
            yield addition
        if depth == "deep":
            for child in self.items.values():
                if child.parent == best.item.id:
                    yield f"\n\n**{child.question}**\n\n"
                    yield from answer_of(child.sources[0], depth)

    def _compared(self, ladder: Ladder) -> Iterator[Part]:
        """The two side by side; a question of what to compare with where that is not said."""
        focus, other = ladder.focus, ladder.request.other
        if other is None:
            about = read_turn(ladder.request.question).about
            yield f"My documents say nothing about {about}. {COMPARE_WITH}" if about else COMPARE_WITH
            return
        yield NOT_COMPARED
        for item, source in ((focus, focus.sources[0]), (other.item, other.source)):
            yield f"\n\n**{item.question}**\n\n"
            for place in sentence_spans(source.answer)[:_COMPARED]:
                yield source, *place
                yield " "


def _follow_ups(ladder: Ladder, text: str) -> tuple[str, ...]:
    """What can be asked next, which this reply has not just answered; after "compare" alone, what to compare with."""
    ahead = list(dict.fromkeys(item.question for item in ladder.ahead() if item.question not in text))
    if ladder.request.move == "compare" and ladder.request.other is None:
        named = [found["subject"] for question in ahead if (found := _NAMED.fullmatch(question))]
        return tuple(f"Compare with {subject}" for subject in named)[:_FOLLOW_UPS]
    return tuple(ahead)[:_FOLLOW_UPS]


def _brief(item: QAItem) -> Iterator[Part]:
    """The first sentence of an answer that can stand for it."""
    source = item.sources[0]
    spans = sentence_spans(source.answer)
    whole = [(start, end) for start, end in spans if _BRIEF[0] <= len(source.answer[start:end].split()) <= _BRIEF[1]]
    fit = [place for place in whole if not source.answer[slice(*place)].rstrip("*_ ").endswith((":", "?"))]
    yield source, *(fit or spans)[0]


def _simpler(ladder: Ladder) -> Iterator[Part]:
    """A plainer follow-up where the documents have one; else the sentences of the answer that are easiest to read."""
    plainer = list(ladder.follow_up(SIGNS["simpler"])) if read_turn(ladder.request.question).bare else []
    if plainer:
        yield from plainer
        return
    yield PLAINEST
    source = ladder.focus.sources[0]
    spans = sentence_spans(source.answer)
    whole = [(start, end) for start, end in spans if len(source.answer[start:end].split()) >= _BRIEF[0]]
    plainest = sorted(whole or spans, key=lambda place: _difficulty(source.answer[slice(*place)]))[:SIMPLE_SENTENCES]
    for place in sorted(plainest):
        yield "\n\n- " if place == min(plainest) else "\n- "
        yield source, *place


def _difficulty(sentence: str) -> float:
    """How hard a sentence is to read: 206.835 less its Flesch reading ease, with vowel groups for syllables (Flesch 1948).

    A sentence that leans on the one before it is hard to read alone.
    """
    words = sentence.split()
    syllables = sum(max(1, sum(letter in "aeiouy" and before not in "aeiouy" for before, letter in zip(" " + word, word, strict=False)))
                    for word in (word.lower() for word in words))  # fmt: skip
    return 1.015 * len(words) + 84.6 * syllables / max(len(words), 1) + 60 * needs_context(sentence)


def _additions(best: Passage, passages: Sequence[Passage], said: set[str]) -> Iterator[tuple[Source, int, int]]:
    """Sentences of other sources on the same question whose words are mostly new. `said` grows as they are taken."""
    others = [source for source in best.item.sources if source is not best.source]
    asked = set(stems(best.item.question))
    for passage in passages[1:]:
        same_subject = asked & set(stems(passage.item.question))
        if passage.score >= _NEAR * best.score and same_subject and passage.source.file != best.source.file:
            others.append(passage.source)
    taken = 0
    for source in others:
        for start, end in sentence_spans(source.answer):
            sentence = source.answer[start:end]
            content = set(stems(sentence))
            if taken >= _ADDITIONS or len(content) < 3 or sentence.rstrip("*_ ").endswith(":") or needs_context(sentence):
                continue
            if len(content - said) >= _NEW * len(content):
                said |= content
                taken += 1
                yield source, start, end
