"""How an answer goes on: what comes after what was said, one level deeper each time, and never the same again.

The levels of "why?" are the subject's own why-questions, then sentences that give reasons, then related questions; "how?", "what if?",
"example?" and "deeper" have the same ones, each with its own signs. What was said is read from the conversation: a sentence of a source
that stands in it is not shown again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from corpus.sentences import sentence_spans
from corpus.types import QAItem, Source
from index.lexical import stems
from index.types import Passage
from tutor.engine import Request
from tutor.moves import read_turn
from tutor.text import letters
from tutor.types import Depth, Message, Move

Part = str | tuple[Source, int, int]
"""What to say: fixed text, or a part of a source's answer."""

SIMPLE_SENTENCES = 2
_SENTENCES = 3  # at a time
_DIRECT = 2  # sentences that answer a question about the subject directly
_RELATED = 4  # related questions, before the end is reached
_NEAR = 0.6  # share of the best score from which a passage may hold sentences on the subject
_SHORT = 16  # letters below which a sentence is not recognized again
_NUMBER = re.compile(r"\[\d+\]")
_REFERS = re.compile(
    r"\W*(?:it|its|this|that|these|those|they|their|he|she|such|however|furthermore|finally|also|then|next|so|but|and|or|here|there|both|"
    r"for (?:that|this|these|the same) reasons?|the (?:first|second|third|fourth|fifth|last|next|price|result|gain|limit|rest)\b(?! of))\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(?:therefore|thus|hence|instead|otherwise|likewise|too|the (?:latter|former|other|same)|"
    r"(?:for|of|on|with|by|than|like|to|in|from) (?:that|this|them|it|these|those)(?=[.;,?!]|$))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Signs:
    """How a move is told in a document: by the questions that it leads to, and by sentences that serve it.

    `any_related` says that it may go on to related questions of any kind, once those that fit are used up.
    """

    question: re.Pattern[str]
    sentence: re.Pattern[str]
    heading: str
    any_related: bool = False


def _signs(question: str, sentence: str, heading: str, *, any_related: bool = False) -> Signs:
    return Signs(re.compile(question, re.IGNORECASE), re.compile(sentence, re.IGNORECASE), heading, any_related)


SIGNS: Mapping[Move, Signs] = {
    "why": _signs(
        r"\bwhy\b|reasons?\b|motivat|what (?:is|are|makes) .*(?:problem|advantage|benefit|purpose|point|danger|risk)|what goes wrong",
        r"\b(?:because|since|so that|due to|owing to|as a result|in order to|reasons?|"
        r"(?:which|this|that|it) (?:\w+ )?(?:means|makes|lets|allows|avoids|reduces|prevents|keeps|saves|forces|causes)|"
        r"to (?:avoid|prevent|reduce|save|keep|ensure|make|improve|limit|stabili[sz]e)|"
        r"leads? to|causes?|advantages?|benefits?|problems?|drawbacks?|otherwise|without)\b",
        "Reasons that my documents give:",
        any_related=True,
    ),
    "how": _signs(
        r"\bhow (?:do|does|did|is|are|can)\b|steps|procedure|what happens (?:in|during|inside)|implement|\bworks?\b",
        r"\b(?:by \w+ing|first|then|next|finally|steps?|each|computes?|multipl\w+|divid\w+|trains?|predicts?|formula|algorithm)\b|[=×→]",
        "On how it works, my documents also say:",
    ),
    "what_if": _signs(
        r"what (?:if|happens|would)|\bwhen\b|\bif\b|without|fail|go(?:es)? wrong|edge case|limits?\b",
        r"\b(?:if|when|unless|without|otherwise|too (?:large|small|high|low|many|few|long|short)|fails?|at worst|in that case)\b",
        "On what happens then, my documents also say:",
    ),
    "example": _signs(
        r"\bexamples?\b|\bcode\b|in practice|use cases?|concrete|walk (?:me )?through|calculat",
        r"\b(?:for example|for instance|e\.g\.|such as|examples?|suppose|imagine|say,|consider)\b",
        "Examples in my documents:",
    ),
    "simpler": _signs(
        r"simpl|plain|intuit|analog|child|layman|non-technical|manager|grandm|in your own words|in short",
        r"\b(?:think of|imagine|in other words|simply put|put simply|in short|as if|just as|much like|analogy)\b",
        "In plainer words:",
    ),
    "deeper": _signs(r"", r"", "My documents also say:", any_related=True),
}


def heard_in(history: Sequence[Message]) -> str:
    """Everything that the tutor has said, as letters only, so that marks, numbers and line breaks do not matter."""
    return "|".join(letters(_NUMBER.sub("", message.content)) for message in history if message.role == "assistant")


@dataclass(frozen=True)
class Ladder:
    """The ways on from a subject. `items` are all items by id; what `heard` holds is not said again."""

    items: Mapping[str, QAItem]
    request: Request
    focus: QAItem
    heard: str = field(repr=False)

    def step(self, move: Move) -> Iterator[Part]:
        """What comes next, from the first level that has something left; nothing after the last.

        "Why?" looks for reasons before it changes the question; the others take a question that fits before single sentences.
        """
        signs = SIGNS[move]
        later = (self._sentences, self._related) if signs.any_related else (self._related, self._sentences)
        for level in (self.follow_up, *later):
            parts = list(level(signs))
            if parts:
                yield from parts
                return

    def fresh(self, item: QAItem) -> bool:
        """Whether an item's answer has not been given yet."""
        sentences = [item.answer[start:end] for start, end in sentence_spans(item.answer)]
        telling = next((sentence for sentence in sentences if len(letters(sentence)) >= _SHORT), None)
        return bool(sentences) and not self.said(item.question) and (telling is None or not self.said(telling))

    def unsaid(self, item: QAItem) -> Iterator[Part]:
        """An item's answer without the sentences that stand in the conversation already."""
        gap = ""
        for part in answer_of(item.sources[0], self.request.depth):
            if isinstance(part, str):
                gap = part
            elif not self.said(part[0].answer[part[1] : part[2]]):
                yield gap
                yield part

    def said(self, sentence: str) -> bool:
        """Whether a sentence stands in the conversation."""
        read = letters(_NUMBER.sub("", sentence))
        return len(read) >= _SHORT and read in self.heard

    def ahead(self) -> Iterator[QAItem]:
        """Where one can go from here: what follows the subject up, what is related, what else was found; nothing that was said."""
        found = [passage.item for passage in self.request.retrieval.passages]
        for item in dict.fromkeys([*self.family, *self._relatives(re.compile("")), *found]):
            if self.fresh(item) and item.id != self.focus.id:
                yield item

    @cached_property
    def family(self) -> tuple[QAItem, ...]:
        """The subject's own follow-ups, or the others of the question that it follows up."""
        return family_of(self.focus, self.items)

    def follow_up(self, signs: Signs) -> Iterator[Part]:
        """The next of the subject's own follow-ups that fits."""
        for item in self.family:
            if signs.question.search(item.question) and self.fresh(item):
                yield f"**{item.question}**\n\n"
                yield from self.unsaid(item)
                return

    def _sentences(self, signs: Signs) -> Iterator[Part]:
        """Sentences of everything on the subject, those first that share most words with what was asked."""
        found = [place for source in self._sources() for place in self._fitting(source, signs)]
        wanted = set(stems(self.request.question)) if self.request.move != "ask" else set()
        found.sort(key=lambda place: -len(wanted & set(stems(place[0].answer[place[1] : place[2]]))))
        for count, place in enumerate(found[:_SENTENCES]):
            yield f"{signs.heading}\n\n- " if not count else "\n- "
            yield place

    def direct(self) -> Iterator[Part]:
        """Sentences of the subject's own that answer what is asked about it, said before or not; none for a subject of its own."""
        about = set(stems(read_turn(self.request.question).about))
        if self.request.move not in SIGNS or not about:
            return
        found = []
        for source in self.focus.sources:
            for start, end in sentence_spans(source.answer):
                sentence = source.answer[start:end]
                if SIGNS[self.request.move].sentence.search(sentence) and not needs_context(sentence) and about & set(stems(sentence)):
                    found.append((source, start, end))
        found.sort(key=lambda place: -len(about & set(stems(place[0].answer[place[1] : place[2]]))))
        for count, place in enumerate(found[:_DIRECT]):
            yield " " if count else ""
            yield place

    def _fitting(self, source: Source, signs: Signs) -> Iterator[tuple[Source, int, int]]:
        own = source in self.focus.sources
        subject = set(stems(self.focus.question))
        for start, end in sentence_spans(source.answer):
            sentence = source.answer[start:end]
            content = set(stems(sentence))
            if len(content) < 4 or sentence.rstrip("*_ ").endswith((":", "?")) or needs_context(sentence) or self.said(sentence):
                continue
            if signs.sentence.search(sentence) and (own or subject & content):
                yield source, start, end

    def _sources(self) -> list[Source]:
        """The subject's own sources, its family's, and those of passages that were found near to it."""
        sources = [*self.focus.sources, *(source for item in self.family for source in item.sources)]
        best = self.request.retrieval.passages[0].score if self.request.retrieval.passages else 0.0
        sources += [passage.source for passage in self.request.retrieval.passages if passage.score >= _NEAR * best]
        return list(dict.fromkeys(sources))

    def _related(self, signs: Signs) -> Iterator[Part]:
        for item in list(self._relatives(signs.question))[:_RELATED]:
            if self.fresh(item) and (signs.any_related or signs.question.search(item.question)):
                yield f"A related question: **{item.question}**\n\n"
                yield from self.unsaid(item)
                return

    def _relatives(self, fits: re.Pattern[str]) -> Iterator[QAItem]:
        """Related items, those first whose question fits; the same ones at each step, so that there is an end."""
        root = self.items.get(self.focus.parent or "", self.focus)
        named = [self.items[name] for name in (*self.focus.related, *root.related) if name in self.items]
        found = [passage.item for passage in self.request.retrieval.passages if self._is_near(passage)]
        known = {item.id for item in (self.focus, root, *self.family)}
        others = [item for item in dict.fromkeys([*named, *found]) if item.id not in known]
        return iter(sorted(others, key=lambda item: not fits.search(item.question)))

    def _is_near(self, passage: Passage) -> bool:
        return bool(set(stems(self.focus.question)) & set(stems(passage.item.question)))


def family_of(focus: QAItem, items: Mapping[str, QAItem]) -> tuple[QAItem, ...]:
    """An item's own follow-ups, or the others of the question that it follows up."""
    parent = focus.parent or focus.id
    return tuple(item for item in items.values() if item.parent == parent and item.id != focus.id)


def answer_of(source: Source, depth: Depth) -> Iterator[Part]:
    """A source's answer, its first sentences only where it is to be simple.

    What stands between the sentences (list marks, empty lines, code) is kept, and with it the form of the answer.
    """
    spans = sentence_spans(source.answer)
    shown = spans[:SIMPLE_SENTENCES] if depth == "simple" else spans
    done = 0
    for start, end in shown:
        yield source.answer[done:start]
        yield source, start, end
        done = end
    if shown == spans:
        yield source.answer[done:]


def needs_context(sentence: str) -> bool:
    """Whether a sentence needs the one before it to be understood."""
    return bool(_REFERS.match(sentence) or _CONCLUDES.search(sentence))
