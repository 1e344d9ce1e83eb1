"""The terms of some documents: how each is written, how it sounds, how often it stands there and beside what.

A term is a word that no dictionary of English has, or that is written as only terms are. Those are what a recogniser gets wrong: it
knows the other words, and hears them where a term was said.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from index.lexical import STOPWORDS
from index.spelling import is_english
from tutor.speech.pronounce import Sounds, by_letters, pronunciations
from tutor.speech.wording import NUMBERS, cased, is_term, spoken_sentences

_LEAST_SOUNDS = 3
_OFTEN = 3  # how often a name must stand in the documents, and a word that is told by its frequency more often still
_FREQUENT, _TIMES = 20, 60  # so often there, and so many times as often as in general English: "discriminator"
_UNKNOWN = 1e-8  # how likely a word is that general English does not have
_SMOOTH = 8.0  # sentences of the field that each term is given, so that a rare one is not sure of its company
_STRONGEST = 1.5  # that one word of the company may count
_MOST = 6.0  # that all of it may
_SENTENCE = 12  # words
_EXPECTED = -3.5  # a word of grammar is never a surprise, whatever its share
_DIGITS = re.compile(r"[A-Z]{2,}[a-z]?-?\d+[a-z]?")  # terms with a number: "BM25", but neither "e-5" nor "CVE-2025"
_LONGEST_NUMBER = 3


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it is written, and the ways in which it is said."""

    written: str
    said: tuple[Sounds, ...]


class Terminology:
    """The terms of some documents, and what speaks for one where it might have been said."""

    def __init__(self, texts: Iterable[str]) -> None:
        """`texts` are all that the documents say."""
        told = cased(sentence for text in texts for sentence in spoken_sentences(text))
        self._count = Counter(word for sentence in told for word in sentence)
        self._plain = Counter(plain(word) for word in self._count.elements())
        self._usual = Counter(plain(word) for word in self._count.elements() if not is_term(word))
        self._total = max(self._plain.total(), 1)
        written = {word for word in self._count if self._is_coined(word)}
        self._beside: dict[str, Counter[str]] = {word: Counter() for word in written}
        self._sentences: Counter[str] = Counter()
        for sentence in told:
            content = {plain(word) for word in sentence} - STOPWORDS
            for term in written.intersection(sentence):
                self._beside[term].update(content - {plain(term)})
                self._sentences[term] += 1
        self.terms = tuple(Term(word, said) for word in sorted(written) if (said := _ways(word)))

    def __contains__(self, word: str) -> bool:
        return word in self._beside

    def prior(self, term: str) -> float:
        """How likely a term is at any place, as a natural logarithm."""
        return math.log(self._count[term] / self._total)

    def usual(self, word: str) -> float:
        """How likely a word is that is no term, in general or in the field, as a natural logarithm."""
        small = plain(word)
        share = max(general_share(small), self._usual[small] / self._total)
        return max(math.log(share), _EXPECTED if small in STOPWORDS else -math.inf)

    def is_at_home(self, word: str) -> bool:
        """Whether the documents use a word themselves."""
        return self._usual[plain(word)] >= _OFTEN

    def company(self, term: str, others: Collection[str]) -> float:
        """How much more likely words are beside a term than anywhere: above zero where they speak for it. They are in small letters."""
        beside, sentences = self._beside[term], self._sentences[term]
        total = 0.0
        for word in others:
            general = min(max(general_share(word), _UNKNOWN) * _SENTENCE, 0.5)
            field = min(self._field_share(word) * _SENTENCE, 0.5)
            share = (beside[word] + _SMOOTH * (field + general) / 2) / (sentences + _SMOOTH)
            total += max(min(math.log(share / ((field + general) / 2)), _STRONGEST), -_STRONGEST)
        return max(min(total, _MOST), -_MOST)

    def _field_share(self, word: str) -> float:
        return self._plain[word] / self._total

    def _is_coined(self, word: str) -> bool:
        """Whether a word is a term, by how it is written, that no dictionary has it, or how often it stands here."""
        count, small = self._count[word], word.lower()
        if word.endswith("'s") or word in NUMBERS or (len(word) < _LEAST_SOUNDS and not word.isupper()):
            return False
        if any(map(str.isdecimal, word)):
            return bool(_DIGITS.fullmatch(word)) and sum(map(str.isdecimal, word)) <= _LONGEST_NUMBER
        if is_term(word):
            return True
        if not is_english(small):
            return count >= (_OFTEN if word[0].isupper() else _OFTEN - 1)
        return count >= _FREQUENT and len(word) > _LEAST_SOUNDS + 1 and self._field_share(small) > _TIMES * general_share(small)


def plain(word: str) -> str:
    """A word in small letters, without the s of another's."""
    return word.lower().removesuffix("'s")


@cache
def general_share(word: str) -> float:
    """How likely a word is in general English, 0..1."""
    return max(_frequencies().get(word, 0) / _frequencies()[""], _UNKNOWN)


def hints(terms: Sequence[Term], limit: int) -> str:
    """Terms as a text that prepares a recogniser for them, so many characters at most."""
    text = ""
    for term in terms:
        if len(text) + len(term.written) + 2 > limit:
            break
        text += f", {term.written}" if text else term.written
    return text


def _ways(word: str) -> tuple[Sounds, ...]:
    """How a term is said; what is written in capitals alone may be spelled out, too."""
    ways = dict.fromkeys((*pronunciations(word), *((by_letters(word),) if word.isupper() else ())))
    return tuple(sounds for sounds in ways if len(sounds) >= _LEAST_SOUNDS)


@cache
def _frequencies() -> dict[str, int]:
    """How often words stand in general texts (pyspellchecker), and all together under the empty word."""
    from spellchecker import SpellChecker

    known = SpellChecker(language="en", distance=1).word_frequency
    counts = {word: known[word] for word in known.words()}
    return counts | {"": sum(counts.values())}
