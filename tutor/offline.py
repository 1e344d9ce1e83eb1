"""OfflineEngine: quotes and composes, without a language model, and says so.

No sentence that it shows is anything but a source's own words or one of the fixed phrases below, so it cannot invent. The best
answer comes first and whole; then what other sources add to it, as far as words tell that it is new.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from corpus.sentences import sentence_spans
from corpus.types import Document, QAItem, Source
from index.lexical import stems
from index.types import Passage, Retrieval
from tutor.engine import Request
from tutor.types import Citation, Depth, Reply

NOT_ANSWERED = "My documents do not answer this."
NEAREST = "The nearest questions that they do answer are below."
ADDED = "Other sources add:"
_FOLLOW_UPS = 3
_ADDITIONS = 3  # sentences taken from other sources
_NEAR = 0.8  # share of the best score from which another passage is taken to answer the same question
_NEW = 0.6  # share of a sentence's content words that must not have been said
_SIMPLE_SENTENCES = 2
_REFERS = re.compile(
    r"\W*(?:it|its|this|that|these|those|they|their|he|she|such|however|furthermore|finally|also|then|next|so|but|and|or|here|there)\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(r"\b(?:therefore|thus|hence|instead|otherwise|likewise|too|the (?:latter|former|other|same))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OfflineEngine:
    """Composes answers from passages. `items` are all items of the index, `documents` the texts that citations count in."""

    items: Mapping[str, QAItem]
    documents: Mapping[str, Document]
    name: str = "Offline engine: quotes your documents word for word, no language model"

    def explain(self, request: Request) -> Iterator[Reply]:
        """As Engine.explain, one step a sentence."""
        retrieval, depth = request.retrieval, request.depth
        if not retrieval.answerable or not retrieval.passages:
            yield self._refusal(retrieval)
            return
        best = retrieval.passages[0]
        draft = _Draft(self._quote)
        for text in self._parts(best, retrieval.passages, depth):
            if isinstance(text, str):
                draft.say(text)
            else:
                source, start, end = text
                draft.cite(source, start, end)
                yield self._reply(draft, complete=False)
        yield self._reply(draft, follow_ups=self._follow_ups(best.item, retrieval.passages))

    def _parts(self, best: Passage, passages: Sequence[Passage], depth: Depth) -> Iterator[str | tuple[Source, int, int]]:
        """What to say, in order: fixed text, or a part of a source's answer with its gap before it."""
        spans = sentence_spans(best.source.answer)
        shown = spans[:_SIMPLE_SENTENCES] if depth == "simple" else spans
        yield from _with_gaps(best.source, shown, whole=shown == spans)
        if depth == "simple":
            return
        said = set(stems(best.source.answer))
        additions = list(_additions(best, passages, said))
        if additions:
            yield f"\n\n{ADDED}\n"
        for source, start, end in additions:
            yield "\n- "
            yield source, start, end
        if depth == "deep":
            for child in self._children(best.item):
                yield f"\n\n**{child.question}**\n\n"
                yield from _with_gaps(child.sources[0], sentence_spans(child.answer), whole=True)

    def _children(self, item: QAItem) -> list[QAItem]:
        return [other for other in self.items.values() if other.parent == item.id]

    def _follow_ups(self, item: QAItem, passages: Sequence[Passage]) -> tuple[str, ...]:
        """The item's own follow-ups, then related items, then what else was found."""
        parent = item.parent or item.id
        own = [other.question for other in self.items.values() if other.parent == parent and other.id != item.id]
        related = [self.items[name].question for name in item.related if name in self.items]
        found = [passage.item.question for passage in passages[1:] if passage.item.parent != item.id]
        return tuple(dict.fromkeys([*own, *related, *found]))[:_FOLLOW_UPS]

    def _refusal(self, retrieval: Retrieval) -> Reply:
        nearest = tuple(dict.fromkeys(passage.item.question for passage in retrieval.passages))[:_FOLLOW_UPS]
        text = f"{NOT_ANSWERED} {NEAREST}" if nearest else NOT_ANSWERED
        return Reply(text, answerable=False, engine=self.name, follow_ups=nearest)

    def _reply(self, draft: "_Draft", *, complete: bool = True, follow_ups: tuple[str, ...] = ()) -> Reply:
        return Reply(draft.text.strip(), True, self.name, tuple(draft.citations), follow_ups, complete)

    def _quote(self, source: Source, start: int, end: int, n: int) -> Citation:
        place = source.span(start, end)
        document = self.documents[source.file]
        quote = document.text[place.start : place.end]
        return Citation(n, source.file, source.question, quote, place.start, place.end, source.answer, start, end)


@dataclass(slots=True)
class _Draft:
    """A reply while it is written."""

    quote: Callable[[Source, int, int, int], Citation]
    text: str = ""
    citations: list[Citation] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.text += text

    def cite(self, source: Source, start: int, end: int) -> None:
        """Adds a sentence of a source and its number."""
        citation = self.quote(source, start, end, len(self.citations) + 1)
        self.citations.append(citation)
        self.text += f"{source.answer[start:end]} [{citation.n}]"


def _with_gaps(source: Source, spans: Sequence[tuple[int, int]], *, whole: bool) -> Iterator[str | tuple[Source, int, int]]:
    """The sentences of an answer with what stands between them (list marks, empty lines, code), so that its form is kept."""
    done = 0
    for start, end in spans:
        yield source.answer[done:start]
        yield source, start, end
        done = end
    if whole:
        yield source.answer[done:]


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
            if taken >= _ADDITIONS or len(content) < 3 or sentence.rstrip("*_ ").endswith(":") or _leans(sentence):
                continue
            if len(content - said) >= _NEW * len(content):
                said |= content
                taken += 1
                yield source, start, end


def _leans(sentence: str) -> bool:
    """Whether a sentence needs the one before it to be understood."""
    return bool(_REFERS.match(sentence) or _CONCLUDES.search(sentence))
