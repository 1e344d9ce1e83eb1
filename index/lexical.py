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


class LexicalIndex:
    """BM25 scores of the items' words for a query."""

    def __init__(self, model: bm25s.BM25, vocabulary_df: dict[str, int], count: int) -> None:
        """`vocabulary_df` counts the items that hold each stem; `count` is the number of items."""
        self._model = model
        self.df = vocabulary_df
        self.count = count

    @classmethod
    def build(cls, texts: Sequence[str]) -> "LexicalIndex":
        """One text an item."""
        tokens = [stems(text) or [""] for text in texts]
        df: dict[str, int] = {}
        for document in tokens:
            for stem in set(document):
                df[stem] = df.get(stem, 0) + 1
        model = bm25s.BM25(method="lucene")
        model.index(tokens, show_progress=False)
        return cls(model, df, len(texts))

    def save(self, folder: Path) -> None:
        """Writes numpy arrays and JSON, no pickle."""
        self._model.save(folder, show_progress=False, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, texts: Sequence[str]) -> "LexicalIndex":
        """What `save` wrote for the same texts."""
        model = bm25s.BM25.load(folder, allow_pickle=False, show_progress=False)
        df: dict[str, int] = {}
        for text in texts:
            for stem in set(stems(text)):
                df[stem] = df.get(stem, 0) + 1
        return cls(model, df, len(texts))

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every item, shape (n,), 0 where no word is shared."""
        known = [stem for stem in stems(query) if stem in self.df]
        if not known:
            return np.zeros(self.count, np.float32)
        return np.asarray(self._model.get_scores(known), np.float32)

    def idf(self, stem: str) -> float:
        """How rare a stem is: the higher the rarer; highest for one that no item holds."""
        df = self.df.get(stem, 0)
        return float(np.log(1 + (self.count - df + 0.5) / (df + 0.5)))


def stems(text: str) -> list[str]:
    """The content words of a text, lower case and stemmed (Snowball English), in order."""
    return [_stem(word) for word in words(text) if word not in STOPWORDS]


def words(text: str) -> list[str]:
    """The words of a text in lower case; hyphens part them, "c++" and "gpt-4" style endings stay readable."""
    return re.findall(r"[^\W_]+(?:\+\+|#)?", text.lower().replace("’", "'").replace("'s", ""))


@cache
def _stem(word: str) -> str:
    stemmed: str = _stemmer().stemWord(word)
    return stemmed


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")
