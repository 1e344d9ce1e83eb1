"""Mixes a small model of our own texts with a large one of general English, and keeps the n-grams that matter most.

Text of our own says what is likely in this field, but every eighth word of an answer is not in it; the general model knows those. The
mixture is made n-gram by n-gram. What is left out afterwards is chosen by what leaving it out would change, and what is left sums to one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutor.speech.stock import StockModel

Ids = NDArray[np.int64]
Shares = NDArray[np.float64]
BEGIN, END = "<s>", "</s>"
_DISCOUNT = 0.7
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Ngrams:
    """A model over numbered words: a row of `pairs` and `triples` for each n-gram that is kept, beside its probability (0..1)."""

    words: tuple[str, ...]
    singles: Shares
    pairs: Ids
    pair_shares: Shares
    triples: Ids
    triple_shares: Shares


class Counted:
    """What follows what in some sentences; absolute discounting, what is held back goes to the shorter context."""

    def __init__(self, sentences: Iterable[Sequence[str]], numbers: Mapping[str, int]) -> None:
        """Words without a number break a sentence in two."""
        self._size = len(numbers)
        rows = [[numbers.get(word, -1) for word in (BEGIN, *sentence, END)] for sentence in sentences]
        flat = np.array([number for row in rows for number in (*row, -1, -1)], np.int64)
        self.singles = np.bincount(flat[(flat >= 0) & (flat != numbers[BEGIN])], minlength=self._size).astype(np.float64)
        self.singles /= self.singles.sum()
        self.pairs = _Table(np.stack([flat[:-1], flat[1:]], axis=1), self._size)
        self.triples = _Table(np.stack([flat[:-2], flat[1:-1], flat[2:]], axis=1), self._size)

    def pair_shares(self, pairs: Ids) -> Shares:
        """How likely the second word is after the first."""
        return self.pairs.discounted(pairs, self.singles[pairs[:, 1]])

    def triple_shares(self, triples: Ids) -> Shares:
        """How likely the third word is after the other two."""
        return self.triples.discounted(triples, self.pair_shares(triples[:, 1:]))


class _Table:
    """Counts of n-grams by their rows, and by the rows of what comes before the last word."""

    def __init__(self, rows: Ids, size: int) -> None:
        self._size = size
        keys, counts = np.unique(_keys(rows[(rows >= 0).all(axis=1)], size), return_counts=True)
        self._keys: Ids = keys
        self._counts: Shares = counts.astype(np.float64)
        self._contexts, place = np.unique(keys // size, return_inverse=True)
        self._totals: Shares = np.bincount(place, weights=self._counts).astype(np.float64)
        self._kinds: Shares = np.bincount(place).astype(np.float64)
        self.rows = _rows(keys, size, rows.shape[1])

    def discounted(self, rows: Ids, shorter: Shares) -> Shares:
        keys = _keys(rows, self._size)
        counts = _looked_up(self._keys, self._counts, keys, 0.0)
        totals = _looked_up(self._contexts, self._totals, keys // self._size, 0.0)
        kinds = _looked_up(self._contexts, self._kinds, keys // self._size, 0.0)
        known = np.maximum(totals, 1.0)
        shares = (np.maximum(counts - _DISCOUNT, 0.0) + _DISCOUNT * kinds * shorter) / known
        return np.where(totals > 0, shares, shorter)


class General:
    """The stock model over our own numbers. `names` are its names for our words, None where it has none."""

    def __init__(self, model: StockModel, names: Sequence[str | None]) -> None:
        self._size = len(names)
        numbers = {word: number for number, word in enumerate(model.words)}
        theirs = np.array([numbers.get(name, -1) if name is not None else -1 for name in names], np.int64)
        ours = np.full(len(model.words), -1, np.int64)
        ours[theirs[theirs >= 0]] = np.flatnonzero(theirs >= 0)
        known = theirs >= 0
        self.singles = np.where(known, np.exp(model.unigrams[theirs]), 0.0)
        self.singles /= self.singles.sum()
        self._single_backoffs = np.where(known, np.exp(model.backoffs[theirs]), 1.0)
        self.pairs, kept = _renumbered(model.bigrams, ours)
        self._pair_keys, order = _sorted(self.pairs, self._size)
        self._pair_shares = np.exp(model.bigram_logs[kept])[order]
        self._pair_backoffs = np.exp(model.bigram_backoffs[kept])[order]
        self.triples, kept = _renumbered(model.trigrams, ours)
        self._triple_keys, order = _sorted(self.triples, self._size)
        self._triple_shares = np.exp(model.trigram_logs[kept])[order]

    def pair_shares(self, pairs: Ids) -> Shares:
        """How likely the second word is after the first."""
        shorter = self._single_backoffs[pairs[:, 0]] * self.singles[pairs[:, 1]]
        return _looked_up(self._pair_keys, self._pair_shares, _keys(pairs, self._size), shorter)

    def triple_shares(self, triples: Ids) -> Shares:
        """How likely the third word is after the other two."""
        backoffs = _looked_up(self._pair_keys, self._pair_backoffs, _keys(triples[:, :2], self._size), 1.0)
        shorter = backoffs * self.pair_shares(triples[:, 1:])
        return _looked_up(self._triple_keys, self._triple_shares, _keys(triples, self._size), shorter)


def mix(words: Sequence[str], ours: Counted, general: General, share: float, pairs: int, triples: int) -> Ngrams:
    """The mixture, `share` of it ours, with so many of its pairs and triples at most, and those pairs that the triples need."""
    size = len(words)
    singles = share * ours.singles + (1 - share) * general.singles
    singles = np.maximum(singles, _NOTHING) / np.maximum(singles, _NOTHING).sum()

    def pair_shares(rows: Ids) -> Shares:
        return share * ours.pair_shares(rows) + (1 - share) * general.pair_shares(rows)

    all_pairs = _united(ours.pairs.rows, general.pairs, size)
    shares = pair_shares(all_pairs)
    gain = singles[all_pairs[:, 0]] * shares * np.log(np.maximum(shares, _NOTHING) / singles[all_pairs[:, 1]])
    kept_pairs = all_pairs[_largest(gain, pairs)]
    all_triples = _united(ours.triples.rows, general.triples, size)
    shares = share * ours.triple_shares(all_triples) + (1 - share) * general.triple_shares(all_triples)
    before = singles[all_triples[:, 0]] * pair_shares(all_triples[:, :2])
    gain = before * shares * np.log(np.maximum(shares, _NOTHING) / np.maximum(pair_shares(all_triples[:, 1:]), _NOTHING))
    chosen = _largest(gain, triples)
    kept = all_triples[chosen]
    kept_pairs = _united(_united(kept_pairs, kept[:, :2], size), kept[:, 1:], size)
    return Ngrams(tuple(words), singles, kept_pairs, pair_shares(kept_pairs), kept, shares[chosen])


def backoffs(model: Ngrams) -> tuple[Shares, Shares]:
    """What each word, and each pair, hands on to the shorter context, so that all that may follow it sums to one."""
    size = len(model.words)
    first, second = model.pairs[:, 0], model.pairs[:, 1]
    singles = _left(first, model.pair_shares, model.singles[second], size)
    keys = _keys(model.pairs, size)
    shorter = _looked_up(keys, model.pair_shares, _keys(model.triples[:, 1:], size), 0.0)
    place = np.searchsorted(keys, _keys(model.triples[:, :2], size))
    return singles, _left(place, model.triple_shares, shorter, len(keys))


def _left(context: Ids, explicit: Shares, shorter: Shares, size: int) -> Shares:
    said = np.bincount(context, weights=explicit, minlength=size)
    instead = np.bincount(context, weights=shorter, minlength=size)
    return np.maximum(1 - said, _NOTHING) / np.maximum(1 - instead, _NOTHING)


def _largest(gain: Shares, count: int) -> Ids:
    """The places of the largest gains above zero, in their own order."""
    order = np.argsort(-gain, kind="stable")[:count]
    return np.sort(order[gain[order] > 0])


def _united(one: Ids, other: Ids, size: int) -> Ids:
    return _rows(np.union1d(_keys(one, size), _keys(other, size)), size, one.shape[1])


def _keys(rows: Ids, size: int) -> Ids:
    keys = rows[:, 0]
    for column in range(1, rows.shape[1]):
        keys = keys * size + rows[:, column]
    return keys


def _rows(keys: Ids, size: int, width: int) -> Ids:
    return np.stack([keys // size ** (width - 1 - column) % size for column in range(width)], axis=1)


def _sorted(rows: Ids, size: int) -> tuple[Ids, Ids]:
    keys = _keys(rows, size)
    order = np.argsort(keys)
    return keys[order], order


def _renumbered(rows: Ids, numbers: Ids) -> tuple[Ids, NDArray[np.bool_]]:
    mine = numbers[rows]
    kept: NDArray[np.bool_] = np.all(mine >= 0, axis=1)
    return mine[kept], kept


def _looked_up(keys: Ids, values: Shares, wanted: Ids, otherwise: Shares | float) -> Shares:
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], otherwise)
