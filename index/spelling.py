"""Puts right what was mistyped or misheard, against the words that the documents themselves use.

Four slips, each with its own sign: letters read out ("are el aitch eff"), one word heard as two ("pipe line"), a word that is no
word ("mechansim": the nearest by edits), and a word that is the wrong word ("laura": one that sounds alike, and that the documents
use beside its neighbor or know as a term). A repaired query is tried beside the one that was typed, never in its place.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import jellyfish
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from index.lexical import STOPWORDS, words

_LETTERS = {
    name: letter
    for letter, names in {
        "a": "a ay eh", "b": "b be bee", "c": "c see sea cee", "d": "d dee", "e": "e ee", "f": "f eff ef", "g": "g gee jee",
        "h": "h aitch haitch", "i": "i eye aye", "j": "j jay", "k": "k kay", "l": "l el ell", "m": "m em", "n": "n en", "o": "o oh",
        "p": "p pee pea", "q": "q cue queue", "r": "r are ar", "s": "s ess es", "t": "t tee tea", "u": "u you", "v": "v vee",
        "w": "w", "x": "x ex", "y": "y why wye", "z": "z zee zed",
    }.items()
    for name in names.split()
}  # fmt: skip
_SHOUTED = re.compile(r"\w*[A-Z]\w*[A-Z]\w*")
Hashes = NDArray[np.int64]
_LEAST = 3  # letters of a word that may be repaired
_JOINED = 3  # words that may be one


@dataclass(frozen=True, slots=True)
class Repair:
    """What was put in the place of what."""

    heard: str
    meant: str


@dataclass(frozen=True, slots=True)
class Said:
    """The words of some documents, counted once for every vocabulary that these documents get into.

    `pairs` are the words that stand side by side, as sorted hashes: a set of the words themselves would fill a gigabyte.
    """

    count: Counter[str]
    pairs: Hashes
    acronyms: frozenset[str]
    terms: frozenset[str]
    compounds: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, texts: Iterable[str], terms: Iterable[str]) -> "Said":
        """`texts` are all that the documents say; `terms` are texts whose words are subjects: questions and their wordings."""
        count: Counter[str] = Counter()
        pairs: set[int] = set()
        for text in texts:
            tokens = words(text)
            count.update(tokens)
            pairs.update(map(hash, pairwise(tokens)))
        terms = list(terms)
        named = [words(text) for text in terms]
        acronyms = {word for text in terms for shouted in _SHOUTED.findall(text) for word in words(shouted) if len(word) >= _LEAST}
        compounds = {a + b: f"{a} {b}" for tokens in named for a, b in pairwise(tokens) if not {a, b} & STOPWORDS}
        subjects = {word for tokens in named for word in tokens} - STOPWORDS
        hashes = np.sort(np.fromiter(pairs, np.int64, len(pairs)))
        return cls(count, hashes, frozenset(acronyms), frozenset(subjects), tuple(compounds.items()))


class Vocabulary:
    """The words of some documents: how often each stands there, what it sounds like, and which stand side by side."""

    def __init__(self, *said: Said) -> None:
        """`said` are the words of the documents, one part of them after the other."""
        self._count: Counter[str] = Counter()
        for part in said:
            self._count.update(part.count)
        self._pairs = np.sort(np.concatenate([np.empty(0, np.int64), *(part.pairs for part in said)]), kind="stable")
        self._acronyms = frozenset[str]().union(*(part.acronyms for part in said))
        self._terms = frozenset[str]().union(*(part.terms for part in said))
        self._compounds = dict(pair for part in said for pair in part.compounds)
        self._words = [word for word in (*self._count, *STOPWORDS, *self._compounds) if len(word) >= _LEAST and not word.isdigit()]
        self._sounds: dict[str, list[str]] = {}
        for word in sorted(self._terms):
            self._sounds.setdefault(sound(word), []).append(word)

    def __contains__(self, word: str) -> bool:
        return word in self._count or word in STOPWORDS

    def repair(self, query: str) -> tuple[str, tuple[Repair, ...]]:
        """The query as it may have been meant, and what was changed; the same query where nothing was."""
        tokens = words(query)
        repairs: list[Repair] = []
        for step in (self._spelt_out, self._misspelt, self._joined, self._misheard):
            tokens = step(tokens, repairs)
        return (" ".join(tokens), tuple(repairs)) if repairs else (query, ())

    def _spelt_out(self, tokens: Sequence[str], repairs: list[Repair]) -> list[str]:
        """Runs of letters or their names that spell a word of the documents, the longest first."""
        done: list[str] = []
        i = 0
        while i < len(tokens):
            run = i
            while run < len(tokens) and tokens[run] in _LETTERS:
                run += 1
            length = next((n for n in range(run - i, 1, -1) if "".join(_LETTERS[t] for t in tokens[i : i + n]) in self._count), 0)
            if length:
                spelt = "".join(_LETTERS[token] for token in tokens[i : i + length])
                repairs.append(Repair(" ".join(tokens[i : i + length]), spelt))
                done.append(spelt)
            else:
                done.append(tokens[i])
            i += length or 1
        return done

    def _joined(self, tokens: Sequence[str], repairs: list[Repair]) -> list[str]:
        """Two or three words that are one in the documents, or sound like one of their terms, where one of them is unknown there."""
        done: list[str] = []
        i = 0
        while i < len(tokens):
            for n in range(min(_JOINED, len(tokens) - i), 1, -1):
                parts = tokens[i : i + n]
                meant = self._one_word(parts)
                if meant:
                    repairs.append(Repair(" ".join(parts), meant))
                    done.append(meant)
                    i += n
                    break
            else:
                done.append(tokens[i])
                i += 1
        return done

    def _one_word(self, parts: Sequence[str]) -> str | None:
        joined = "".join(parts)
        if any(self._stand_together(pair) for pair in pairwise(parts)) or all(part in STOPWORDS for part in parts):
            return None
        if joined in self._count and len(joined) > _LEAST:
            return joined
        alike = [word for word in self._sounds.get(sound(joined), []) if word[0] == joined[0] and _near(joined, word) > 0.8]
        if all(part in self._count for part in parts):
            alike = [word for word in alike if word in self._acronyms]
        return max(alike, key=lambda word: _near(joined, word), default=None)

    def _misspelt(self, tokens: Sequence[str], repairs: list[Repair]) -> list[str]:
        """Words that are not in the documents: the nearest by slips; for a word of a dictionary only a term with two letters swapped."""
        done: list[str] = []
        for token in tokens:
            meant = None
            if self._unknown(token):
                meant = self._swapped(token) if is_english(token) else self._nearest(token)
            done.append(self._replace(token, meant, repairs))
        return done

    def _swapped(self, token: str) -> str | None:
        """The term that a swap of two neighboring letters makes of a word, if one does."""
        swaps = (token[:i] + token[i + 1] + token[i] + token[i + 2 :] for i in range(len(token) - 1))
        return next((word for word in swaps if word in self._terms and word != token), None)

    def _misheard(self, tokens: Sequence[str], repairs: list[Repair]) -> list[str]:
        """Real words that sound like a term: one that the documents use beside the same neighbor, or one that no dictionary knows."""
        done = list(tokens)
        for i, token in enumerate(tokens):
            if token in STOPWORDS or token in self._acronyms or len(token) < _LEAST:
                continue
            before, after = (done[i - 1] if i else ""), (done[i + 1] if i + 1 < len(done) else "")
            alike = [word for word in self._sounds.get(sound(token), []) if len(word) >= _LEAST and 0.6 < _near(token, word) < 1]
            beside = [word for word in alike if self._side_by_side(before, word) or self._side_by_side(word, after)]
            if token in self._terms:
                beside = [word for word in beside if word in self._acronyms]
            if not beside and token not in self._count:
                beside = [word for word in alike if word in self._acronyms or not is_english(word)]
            meant = max(beside, key=lambda word: (_near(token, word), self._count[word]), default=None)
            done[i] = self._replace(token, meant, repairs)
        return done

    def _unknown(self, token: str) -> bool:
        return len(token) >= _LEAST and token not in self and not token.isdigit()

    def _side_by_side(self, one: str, other: str) -> bool:
        """Whether two words that mean something stand side by side in the documents."""
        return self._stand_together((one, other)) and one not in STOPWORDS and other not in STOPWORDS

    def _stand_together(self, pair: tuple[str, str]) -> bool:
        key = hash(pair)
        at = int(np.searchsorted(self._pairs, key))
        return at < len(self._pairs) and int(self._pairs[at]) == key

    def _nearest(self, token: str) -> str | None:
        """The word that fewest slips of the fingers turn into this one; two letters swapped are one slip (OSA distance)."""
        slips = 1 if len(token) < 6 else 2 if len(token) < 10 else 3
        found = process.extract(token, self._words, scorer=OSA.distance, score_cutoff=slips, limit=30)
        close = [(word, distance) for word, distance, _ in found if _plausible(token, word)]
        best = min(close, key=lambda pair: (pair[1] - 0.5 * (sound(pair[0]) == sound(token)), -self._count[pair[0]]), default=None)
        return self._compounds.get(best[0], best[0]) if best else None

    def _replace(self, token: str, meant: str | None, repairs: list[Repair]) -> str:
        if meant is None or meant == token:
            return token
        repairs.append(Repair(token, meant))
        return meant


def _plausible(token: str, word: str) -> bool:
    """Whether a slip is likely. In short words only letters swapped or left out: abbreviations differ by a letter and mean other things."""
    if sorted(token) == sorted(word):
        return True
    if token[0] != word[0] or (token.startswith(word) and len(token) > len(word) + 1):
        return False
    return len(token) > 4 or (len(token) != len(word) and min(len(token), len(word)) >= _LEAST and max(len(token), len(word)) > 3)


@cache
def sound(word: str) -> str:
    """What a word sounds like: its Metaphone code (jellyfish)."""
    return jellyfish.metaphone(word) if re.fullmatch(r"[a-z]+", word) else word


@cache
def is_english(word: str) -> bool:
    """Whether a dictionary of English (pyspellchecker) knows a word."""
    return word in _dictionary()


def is_near_english(word: str) -> bool:
    """Whether a word that it knows is one letter away."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    parts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    near = {a + b[1:] for a, b in parts if b} | {a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1}
    near |= {a + c + b[1:] for a, b in parts if b for c in letters} | {a + c + b for a, b in parts for c in letters}
    return not near.isdisjoint(_dictionary())


@cache
def _dictionary() -> "frozenset[str]":
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language="en", distance=1).word_frequency.words())


def _near(one: str, other: str) -> float:
    return JaroWinkler.normalized_similarity(one, other)
