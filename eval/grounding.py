"""Whether replies keep their promise: every sentence has a source, every number leads to the very words, and a refusal is right.

Replies are judged from outside, by what a reader sees, so that any engine can be held to it. That a cited quote holds a sentence's
words, all in order, is certain; that it holds most of its content words is only a sign of support, for engines that do not quote.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.sentences import sentence_spans
from corpus.types import Document
from eval.cases import RetrievalCase
from eval.scorecard import Scorecard
from index.lexical import stems, words
from tutor import offline
from tutor.types import DEPTHS, Citation, Depth, Message, Reply

Ask = Callable[[str, Sequence[Message], Depth], Reply]
Count = Literal["sentences", "quoted", "supported", "repeated", "citations", "exact", "numbers", "astray", "unused"]

_NUMBER = re.compile(r"\s*\[(\d+|\?)\]")
_AFTER_THE_STOP = re.compile(r"((?:[.!?…:]+[\"”’')*_]*)+)((?:\s*\[(?:\d+|\?)\])+)")
_OF_ITSELF = re.compile(r"My documents\b")
_CODE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_SUPPORT = 0.6  # share of a sentence's content words that the passages it cites must hold


def evaluate_grounding(cases: Sequence[RetrievalCase], ask: Ask, documents: Mapping[str, Document]) -> Scorecard:
    """A row for each depth, in which the cases take turns, one for all, and for each kind of case the share that was answered.

    `noticed` is the share of replies with a notice: where a model was asked, those that the offline engine had to give.
    """
    counts: dict[str, Counter[Count]] = {depth: Counter() for depth in DEPTHS}
    replies: Counter[str] = Counter()
    noticed = 0
    answered: dict[str, list[bool]] = {}
    for turn, case in enumerate(cases):
        depth = DEPTHS[turn % len(DEPTHS)]
        reply = ask(case.query, [Message(message.role, message.content) for message in case.history], depth)
        answered.setdefault(case.kind, []).append(reply.answerable)
        counts[depth] += count(reply, documents)
        replies[depth] += reply.answerable
        noticed += reply.notice is not None
    counts["all"] = sum(counts.values(), Counter())
    replies["all"] = replies.total()
    rows = {name: {"n": float(replies[name])} | _shares(counted) for name, counted in counts.items()}
    rows["all"]["noticed"] = _share(noticed, len(cases))
    rows |= {kind: {"n": float(len(given)), "answered": sum(given) / len(given)} for kind, given in answered.items()}
    meant = [given for kind in answered if not kind.startswith("unanswerable") for given in answered[kind]]
    other = [given for kind in answered if kind.startswith("unanswerable") for given in answered[kind]]
    rows["refusals"] = {
        "n": float(len(meant) + len(other)),
        "answered": _share(sum(meant), len(meant)),
        "refused": 1 - _share(sum(other), len(other)),
    }
    lower = frozenset({"repeated", "astray", "unused"})
    guarded = _shares(counts["all"]) | {figure: rows["refusals"][figure] for figure in ("answered", "refused")}
    return Scorecard("grounding", rows, guarded, lower)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a reply as it is read, without its numbers, and what they are; 0 where it is marked as unsupported."""

    text: str
    numbers: tuple[int, ...]


def claims(answer: str) -> list[Claim]:
    """The sentences of an answer that say something: not its code, its questions, or what the tutor says of itself."""
    text = _AFTER_THE_STOP.sub(r"\2\1", _CODE.sub("", answer))
    found = []
    for start, end in sentence_spans(text):
        sentence = _NUMBER.sub("", text[start:end])
        numbers = tuple(0 if number == "?" else int(number) for number in _NUMBER.findall(text[start:end]))
        says = words(sentence)
        if says and (numbers or not (tuple(says) in _FIXED or _OF_ITSELF.match(sentence) or sentence.rstrip("*_ ").endswith("?"))):
            found.append(Claim(sentence, numbers))
    return found


def count(reply: Reply, documents: Mapping[str, Document]) -> Counter[Count]:
    """What there is in a reply, and how much of it is as it should be. The sentences of a refusal claim nothing."""
    cited = {citation.n: citation for citation in reply.citations}
    numbers = [int(number) for number in _NUMBER.findall(_CODE.sub("", reply.answer)) if number != "?"]
    counted: Counter[Count] = Counter()
    counted["citations"] = len(reply.citations)
    counted["exact"] = sum(is_exact(citation, documents) for citation in reply.citations)
    counted["numbers"] = len(numbers)
    counted["astray"] = sum(number not in cited for number in numbers)
    counted["unused"] = sum(citation.n not in numbers for citation in reply.citations)
    said: set[tuple[str, ...]] = set()
    for claim in claims(reply.answer) if reply.answerable else ():
        sources = [cited[number] for number in claim.numbers if number in cited]
        says = tuple(words(claim.text))
        counted["sentences"] += 1
        counted["repeated"] += says in said
        counted["quoted"] += any(_holds(words(citation.quote), says) for citation in sources)
        counted["supported"] += bool(sources) and 0 not in claim.numbers and _supports(sources, claim.text)
        said.add(says)
    return counted


def is_exact(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """Whether a citation's place holds its quote, to the character."""
    document = documents.get(citation.file)
    return document is not None and bool(citation.quote.strip()) and document.text[citation.start : citation.end] == citation.quote


def _holds(quote: Sequence[str], says: tuple[str, ...]) -> bool:
    """Whether the words of a quote have these words among them, one after the other."""
    return any(tuple(quote[at : at + len(says)]) == says for at in range(len(quote) - len(says) + 1))


def _supports(sources: Sequence[Citation], sentence: str) -> bool:
    content = set(stems(sentence))
    held = {stem for citation in sources for stem in stems(f"{citation.quote} {citation.question}")}
    return len(content & held) >= _SUPPORT * len(content)


def _shares(counted: Counter[Count]) -> dict[str, float]:
    return {
        "supported": _share(counted["supported"], counted["sentences"]),
        "quoted": _share(counted["quoted"], counted["sentences"]),
        "repeated": _share(counted["repeated"], counted["sentences"]),
        "exact": _share(counted["exact"], counted["citations"]),
        "unused": _share(counted["unused"], counted["citations"]),
        "astray": _share(counted["astray"], counted["numbers"]),
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


_FIXED = {
    tuple(words(phrase[start:end]))
    for name, phrase in vars(offline).items()
    if name.isupper() and isinstance(phrase, str)
    for start, end in sentence_spans(phrase)
}
"""The words of every sentence that the offline engine says of itself: they claim nothing of the subject."""
