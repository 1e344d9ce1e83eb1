"""BM25 over the words of each item (bm25s), and what the words of a query tell: which are rare, which the documents do not know."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import bm25s
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

Field = tuple[str, str]
"""What an item is asked by, in all wordings, and what it answers."""


class LexicalIndex:
    """What the words of a query tell of each item: BM25, and the share of them that it holds."""

    def __init__(self, model: bm25s.BM25, fields: Sequence[Field]) -> None:
        """`model` was made from the same items, in the same order."""
        self._model = model
        self._count = len(fields)
        asked: dict[str, list[int]] = {}
        answered: dict[str, list[int]] = {}
        for row, (question, answer) in enumerate(fields):
            named = set(stems(question))
            for stem in named:
                asked.setdefault(stem, []).append(row)
            for stem in set(stems(answer)) - named:
                answered.setdefault(stem, []).append(row)
        self._asked = {stem: np.array(rows) for stem, rows in asked.items()}
        self._answered = {stem: np.array(rows) for stem, rows in answered.items()}
        self.df = {stem: len(asked.get(stem, ())) + len(answered.get(stem, ())) for stem in {*asked, *answered}}

    @classmethod
    def build(cls, fields: Sequence[Field]) -> "LexicalIndex":
        """An index of the items' words; their questions count twice, since they say what an item is about."""
        model = bm25s.BM25(method="lucene")
        model.index([stems(f"{asked} {asked} {answered}") or [""] for asked, answered in fields], show_progress=False)
        return cls(model, fields)

    def save(self, folder: Path) -> None:
        """Writes numpy arrays and JSON, no pickle."""
        self._model.save(folder, show_progress=False, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, fields: Sequence[Field]) -> "LexicalIndex":
        """What `save` wrote for the same items."""
        return cls(bm25s.BM25.load(folder, allow_pickle=False, show_progress=False), fields)

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every item, shape (n,), 0 where no word is shared."""
        known = [stem for stem in stems(query) if stem in self.df]
        if not known:
            return np.zeros(self._count, np.float32)
        return np.asarray(self._model.get_scores(known), np.float32)

    def covered(self, query: str, in_answer: float) -> NDArray[np.float32]:
        """The share of the query's words that each item holds, weighed by rarity, shape (n,).

        A word that stands in the answer and not among the ways to ask counts `in_answer`.
        """
        share = np.zeros(self._count, np.float32)
        content = set(stems(query))
        total = sum(self.idf(stem) for stem in content)
        for stem in content & self.df.keys():
            weight = self.idf(stem) / total
            if stem in self._asked:
                share[self._asked[stem]] += weight
            if stem in self._answered:
                share[self._answered[stem]] += weight * in_answer
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
