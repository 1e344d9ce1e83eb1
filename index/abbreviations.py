"""Short and long forms of a term, both ways: "LLM" in the query finds "large language model" in the documents, and the other way round.

Pairs are mined from "Long Form (LF)" and "LF (Long Form)", letters checked (after Schwartz and Hearst, 2003), in the documents and in the
knowledge base. A short form that nobody spells out is read as the initials of words that stand side by side in the documents' questions
("KD", knowledge distillation). What the documents themselves do not speak of is never put in.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index.lexical import STOPWORDS, stem, words
from index.spelling import is_english

_BRACKETS = re.compile(r"\(([^()\n]{2,60})\)")
_CLAUSE = re.compile(r"[.:;,!?\n]\s|\n")
_BEFORE = 70  # characters in which a long form stands before its short one
_SHORT = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,8}")
_SHOUTED = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])\w{2,7}\b")
_LETTERS = (2, 5)  # letters of a short form that is read as initials
_READINGS = 2  # long forms tried for one short form
_OFTEN = 2  # texts from which chance is ruled out
_SAID_AS = {"2": "t", "4": "f"}  # "T2I", text to image

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """The short forms that some documents explain, found once for every index that these documents get into.

    `spoken` are the stems of all that they say; `terms` has a line for each question and wording, with and without its stopwords,
    between two spaces, and `initials` the first letters of each.
    """

    spoken: frozenset[str]
    pairs: Counter[tuple[str, Phrase]]
    terms: tuple[str, ...]
    initials: tuple[str, ...]

    @classmethod
    def of(cls, texts: Iterable[str], terms: Iterable[str]) -> "Explained":
        """`texts` are all that the documents say, `terms` the questions, whose words are subjects."""
        told = list(texts)
        pairs: Counter[tuple[str, Phrase]] = Counter()
        for text in told:
            pairs.update(set(pairs_in(text)))
        named = [tokens for term in terms for tokens in _with_and_without_stopwords(term)]
        spoken = frozenset(stem(word) for word in {word for text in told for word in words(text)})
        return cls(spoken, pairs, tuple(f" {' '.join(tokens)} " for tokens in named), tuple(_initials(tokens)[0] for tokens in named))


class Abbreviations:
    """The short and long forms that some documents use, with those that the knowledge base explains."""

    def __init__(self, *explained: Explained, base: Explained | None = None) -> None:
        """`explained` are the documents', one part of them after the other; `base` is the knowledge base's."""
        spoken = frozenset[str]().union(*(part.spoken for part in explained))
        pairs: Counter[tuple[str, Phrase]] = Counter()
        for part in (*explained, *filter(None, (base,))):
            pairs.update(part.pairs)
        self._long: dict[str, list[tuple[Phrase, int]]] = {}
        self._short: dict[Phrase, str] = {}
        for (short, long), count in pairs.most_common():
            stemmed = tuple(map(stem, long))
            if spoken.issuperset(stemmed) and stemmed not in {tuple(map(stem, other)) for other, _ in self._long.get(short, [])}:
                self._long.setdefault(short, []).append((long, count))
            if spoken & {short, stem(short), stem(f"{short}s")}:
                self._short.setdefault(stemmed, short)
        self._longest = max(map(len, self._short), default=0)
        self._terms = [term for part in explained for term in part.terms]
        self._all_terms = "\n".join((*self._terms, *(base.terms if base else ())))
        self._initials = "\n".join(letters for part in explained for letters in part.initials)
        lengths = np.array([len(letters) + 1 for part in explained for letters in part.initials], np.int64)
        self._line_ends = np.cumsum(lengths)

    def views(self, query: str) -> tuple[str, ...]:
        """The query with its long forms made short, and with its short forms made long, in each reading; none where it has neither."""
        tokens = words(query)
        shouted = {word.lower() for word in _SHOUTED.findall(query)}
        readings = [self._readings(token, shouted=token in shouted or f"{token}s" in shouted) for token in tokens]
        views = [self._contracted(tokens)]
        for number in range(max(map(len, readings), default=0)):
            pairs = zip(tokens, readings, strict=True)
            spelt = [word for token, long in pairs for word in (long[min(number, len(long) - 1)] if long else (token,))]
            views += [spelt, self._contracted(spelt)]
        return tuple(dict.fromkeys(" ".join(view) for view in views if view != tokens))

    def _contracted(self, tokens: Sequence[str]) -> list[str]:
        stemmed = [stem(token) for token in tokens]
        done: list[str] = []
        i = 0
        while i < len(tokens):
            lengths = range(min(self._longest, len(tokens) - i), 0, -1)
            length = next((n for n in lengths if tuple(stemmed[i : i + n]) in self._short), 0)
            last = tokens[i + length - 1]
            plural = "s" if length and last.endswith("s") and last != stemmed[i + length - 1] else ""
            done.append(self._short[tuple(stemmed[i : i + length])] + plural if length else tokens[i])
            i += length or 1
        return done

    def _readings(self, token: str, *, shouted: bool) -> list[Phrase]:
        """The long forms of a short one, the likeliest first."""
        if token in STOPWORDS:
            return []
        single = token[:-1] if token.endswith("s") else token
        likely = shouted or not is_english(token)
        known = [long for long, count in self._long.get(token) or self._long.get(single) or () if likely or count >= _OFTEN]
        if known or not likely or not _LETTERS[0] <= len(single) <= _LETTERS[1]:
            return known[:_READINGS]
        return self._by_initials("".join(_SAID_AS.get(letter, letter) for letter in single))

    def _by_initials(self, letters: str) -> list[Phrase]:
        """Words side by side in a question that begin with these letters, those of most questions first."""
        found = {phrase for line in self._lines_with(letters) for phrase in _spelt(_initials(self._terms[line].split()), letters)}
        counts = {phrase: _lines_count(self._all_terms, f" {' '.join(phrase)} ") for phrase in found}
        often = [phrase for phrase in sorted(found) if counts[phrase] >= _OFTEN]
        return sorted(often, key=lambda phrase: -counts[phrase])[:_READINGS]

    def _lines_with(self, letters: str) -> Iterator[int]:
        """The terms among whose initials these letters stand. One long text is searched: a hundred thousand short ones take too long."""
        at = self._initials.find(letters)
        while at >= 0:
            line = int(np.searchsorted(self._line_ends, at, side="right"))
            yield line
            at = self._initials.find(letters, int(self._line_ends[line]))


def _lines_count(text: str, part: str) -> int:
    """In how many lines of a text a part stands."""
    count, at = 0, text.find(part)
    while at >= 0:
        count += 1
        end = text.find("\n", at)
        at = text.find(part, end) if end >= 0 else -1
    return count


Initials = tuple[str, tuple[int, ...], Phrase]
"""The first letters of some words, the word that each is from, and the words."""


def _initials(tokens: Sequence[str]) -> Initials:
    parts = [token if token == "ai" else token[0] for token in tokens]
    return "".join(parts), tuple(i for i, part in enumerate(parts) for _ in part), tuple(tokens)


def _spelt(initials: Initials, letters: str) -> Iterable[Phrase]:
    """The phrases of whole words that have just these initials."""
    text, rows, tokens = initials
    at = text.find(letters)
    while at >= 0:
        first, last = rows[at], rows[at + len(letters) - 1]
        whole = (at == 0 or rows[at - 1] != first) and (at + len(letters) == len(rows) or rows[at + len(letters)] != last)
        if whole and tokens[last] not in STOPWORDS and (tokens[first] not in STOPWORDS or last - first > 1):
            yield tokens[first : last + 1]
        at = text.find(letters, at + 1)


def _with_and_without_stopwords(term: str) -> list[list[str]]:
    tokens = words(term)
    content = [token for token in tokens if token not in STOPWORDS]
    return [tokens] if content == tokens else [tokens, content]


def pairs_in(text: str) -> list[tuple[str, Phrase]]:
    """The short forms that a text explains in brackets, each with the words of its long form, all in lower case."""
    pairs = []
    for found in _BRACKETS.finditer(text):
        inside, before = found.group(1), _CLAUSE.split(text[max(found.start() - _BEFORE, 0) : found.start()])[-1].rstrip()
        last = before.split()[-1] if before else ""
        if _is_short(inside):
            short, long = inside, _long_form(inside, before)
        elif _is_short(last):
            short, long = last, _long_form(last, inside)
            long = long if long == inside else None
        else:
            continue
        if long and len(long) > len(short):
            pairs.append((_single(short).lower(), tuple(words(long))))
    return pairs


def _is_short(text: str) -> bool:
    return bool(_SHORT.fullmatch(text)) and any(letter.isupper() for letter in text[1:])


def _long_form(short: str, text: str) -> str | None:
    """The shortest end of a text that has the letters of a short form in order, the first of them at the beginning of a word."""
    letters = [letter for letter in _single(short).lower() if letter.isalnum()]
    position = len(text)
    for number, letter in reversed(list(enumerate(letters))):
        position -= 1
        while position >= 0 and not (text[position].lower() == letter and (number or position == 0 or not text[position - 1].isalnum())):
            position -= 1
        if position < 0:
            return None
    return text[position:]


def _single(short: str) -> str:
    """A short form without the s of a plural."""
    return short[:-1] if short.endswith("s") and len(short) > 2 else short
