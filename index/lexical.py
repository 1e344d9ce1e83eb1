"""BM25 over the words of each item, and what the words of a query tell: which are rare, which the documents do not know.

The formula is a line; that it is our own lets an index of a thousand documents take in another one without counting the others again.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import Stemmer
from numpy.typing import NDArray

STOPWORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but by can cannot could
    did do does doing down during each few for from further get had has have having he her here hers him his how i if in into is it its
    just let me more most my no nor not of off on once only or other our out over own same she should so some such than that the their them
    then there these they this those through to too under until up us very was we were what when where which while who whom why will with
    would you your yours please explain tell describe define give show mean means meant using use used like want need know thing things
    really actually basically exactly ok okay hey hi hello thanks thank""".split()  # noqa: SIM905 - a page of words reads better so
)

_PLURAL_LETTERS = re.compile(r"[bcdfghj-np-tv-xz]{3,}(?<!s)s")

_K1, _B = 1.5, 0.75  # how soon a repeated word counts no more, and how much a long item gives away

Ints = NDArray[np.int32]
Field = tuple[str, str]
"""What an item is asked by, in all wordings, and what it answers."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some items, counted once for every index that these items get into.

    One entry for each different stem of an item: the item's row, the stem's place in `vocabulary`, how often it stands there, and
    whether the item is asked by it. `lengths` has the words of each item, shape (items,).
    """

    vocabulary: tuple[str, ...]
    rows: Ints
    stems: Ints
    counts: Ints
    asked: NDArray[np.bool_]
    lengths: Ints

    @classmethod
    def of(cls, fields: Sequence[Field]) -> "Words":
        """The words of items; their questions count twice, since they say what an item is about."""
        places: dict[str, int] = {}
        entries: list[tuple[int, int, int, bool]] = []
        lengths: list[int] = []
        for row, (question, answer) in enumerate(fields):
            asked, answered = stems(question), stems(answer)
            named = set(asked)
            counts = Counter((*asked, *asked, *answered))
            lengths.append(2 * len(asked) + len(answered))
            entries += [(row, places.setdefault(stem, len(places)), count, stem in named) for stem, count in counts.items()]
        rows, stemmed, counted, named_by = zip(*entries, strict=True) if entries else ((), (), (), ())
        by_row, by_stem, count_of = (np.array(values, np.int32) for values in (rows, stemmed, counted))
        return cls(tuple(places), by_row, by_stem, count_of, np.array(named_by, np.bool_), np.array(lengths, np.int32))


class LexicalIndex:
    """What the words of a query tell of each item: BM25 (as Lucene weighs it), and the share of them that it holds.

    Made of the words of several collections of items, counted before: to sort what is counted takes a tenth of the time of counting.
    """

    def __init__(self, counted: Sequence[tuple[Words, Ints]], count: int) -> None:
        """Each collection comes with the rows that its items have among all `count` of them; -1 leaves an item out."""
        places: dict[str, int] = {}
        lengths = np.ones(count, np.int32)
        columns: list[tuple[Ints, Ints, Ints, NDArray[np.bool_]]] = []
        for words_of, placed in counted:
            known = np.array([places.setdefault(stem, len(places)) for stem in words_of.vocabulary], np.int32)
            rows = placed[words_of.rows]
            kept = rows >= 0
            columns.append((known[words_of.stems[kept]], rows[kept], words_of.counts[kept], words_of.asked[kept]))
            lengths[placed[placed >= 0]] = np.maximum(words_of.lengths[placed >= 0], 1)
        stemmed, rows, counts, asked = (
            [np.concatenate(column) for column in zip(*columns, strict=True)] if columns else [np.empty(0, np.int32)] * 4
        )
        order = np.argsort(stemmed, kind="stable")
        self._rows, self._counts, self._asked = rows[order], counts[order].astype(np.float32), asked[order].astype(np.bool_)
        df = np.bincount(stemmed, minlength=len(places))
        ends = np.cumsum(df)
        self._places = {stem: slice(int(ends[place] - df[place]), int(ends[place])) for stem, place in places.items() if df[place]}
        self._count = count
        self._norms = (_K1 * (1 - _B + _B * lengths / (lengths.mean() if count else 1.0))).astype(np.float32)
        self.df = {stem: place.stop - place.start for stem, place in self._places.items()}

    @classmethod
    def build(cls, fields: Sequence[Field]) -> "LexicalIndex":
        """An index of the words of these items, in their order."""
        return cls([(Words.of(fields), np.arange(len(fields), dtype=np.int32))], len(fields))

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every item, shape (n,), 0 where no word is shared."""
        scores = np.zeros(self._count, np.float32)
        for stem in stems(query):
            if place := self._places.get(stem):
                rows, counts = self._rows[place], self._counts[place]
                scores[rows] += np.float32(self.idf(stem)) * counts / (counts + self._norms[rows])
        return scores

    def covered(self, query: str, in_answer: float) -> NDArray[np.float32]:
        """The share of the query's words that each item holds, weighed by rarity, shape (n,).

        A word that stands in the answer and not among the ways to ask counts `in_answer`.
        """
        share = np.zeros(self._count, np.float32)
        content = set(stems(query))
        total = sum(self.idf(stem) for stem in content)
        for stem in content:
            if place := self._places.get(stem):
                share[self._rows[place]] += self.idf(stem) / total * np.where(self._asked[place], 1.0, in_answer)
        return share

    def idf(self, word: str) -> float:
        """How rare a stemmed word is: the higher the rarer; highest for one that no item holds."""
        df = self.df.get(word, 0)
        return float(np.log(1 + (self._count - df + 0.5) / (df + 0.5)))


def stems(text: str) -> list[str]:
    """The content words of a text, lower case and stemmed (Snowball English), in order."""
    return [stem(word) for word in words(text) if word not in STOPWORDS]


def words(text: str) -> list[str]:
    """The words of a text in lower case; hyphens part them, "c++" and "gpt-4" style endings stay readable."""
    return re.findall(r"[^\W_]+(?:\+\+|#)?", text.lower().replace("’", "'").replace("'s", ""))


@cache
def stem(word: str) -> str:
    """A word in lower case without its ending (Snowball English, which does not know that "llms" are several LLMs)."""
    stemmed: str = _stemmer().stemWord(word[:-1] if _PLURAL_LETTERS.fullmatch(word) else word)
    return stemmed


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")
