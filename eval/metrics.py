"""The field's measures, over plain numbers."""

import math
from collections.abc import Sequence


def hit_at_k(ranks: Sequence[int | None], k: int) -> float:
    """The share of queries with a relevant item among the first k. A rank counts from 1; None means not found."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks) if ranks else math.nan


def mrr(ranks: Sequence[int | None]) -> float:
    """Mean reciprocal rank of the first relevant item, 0 where none was found."""
    return sum(1 / rank for rank in ranks if rank) / len(ranks) if ranks else math.nan


def ndcg(ranks: Sequence[int | None]) -> float:
    """NDCG for one relevant item a query: 1 / log2(rank + 1), 0 where it was not found."""
    return sum(1 / math.log2(rank + 1) for rank in ranks if rank) / len(ranks) if ranks else math.nan


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The area under the ROC curve: how often a positive scores higher than a negative, ties counting half."""
    if not positive or not negative:
        return math.nan
    ordered = sorted([(score, 1) for score in positive] + [(score, 0) for score in negative])
    total, i = 0.0, 0
    while i < len(ordered):
        j = i
        while j < len(ordered) and ordered[j][0] == ordered[i][0]:
            j += 1
        total += sum(label for _, label in ordered[i:j]) * ((i + 1 + j) / 2)
        i = j
    n = len(positive)
    return (total - n * (n + 1) / 2) / (n * len(negative))


def accepted_at(positive: Sequence[float], negative: Sequence[float], share: float = 0.95) -> float:
    """The share of negatives accepted by the threshold that accepts `share` of the positives."""
    if not positive or not negative:
        return math.nan
    threshold = quantile(positive, 1 - share)
    return sum(score >= threshold for score in negative) / len(negative)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie, interpolated."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def pearson(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The correlation of two rows of numbers; not a number where one of them does not vary."""
    if len(set(ours)) < 2 or len(set(theirs)) < 2:
        return math.nan
    mean_ours, mean_theirs = sum(ours) / len(ours), sum(theirs) / len(theirs)
    together = sum((a - mean_ours) * (b - mean_theirs) for a, b in zip(ours, theirs, strict=True))
    return together / math.sqrt(sum((a - mean_ours) ** 2 for a in ours) * sum((b - mean_theirs) ** 2 for b in theirs))


def rmse(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The root of the mean squared difference."""
    return math.sqrt(sum((a - b) ** 2 for a, b in zip(ours, theirs, strict=True)) / len(ours)) if ours else math.nan


def macro_f1(truth: Sequence[bool], said: Sequence[bool]) -> float:
    """The mean of the F1 of yes and of no."""
    found = []
    for wanted in (True, False):
        both = sum(t == wanted and s == wanted for t, s in zip(truth, said, strict=True))
        either = sum(t == wanted for t in truth) + sum(s == wanted for s in said)
        found.append(2 * both / either if either else 0.0)
    return sum(found) / 2


def calibrated(ours: Sequence[float], theirs: Sequence[float], groups: Sequence[str]) -> list[float]:
    """Our numbers through the monotone map that fits the other half of the groups best: what their order alone is worth."""
    names = sorted(set(groups))
    half = set(names[::2])
    fitted = list(ours)
    for inside in (True, False):
        known = [(a, b) for a, b, name in zip(ours, theirs, groups, strict=True) if (name in half) != inside]
        if known:
            steps = _monotone(known)
            for row, (value, name) in enumerate(zip(ours, groups, strict=True)):
                if (name in half) == inside:
                    fitted[row] = _at(steps, value)
    return fitted


def _monotone(pairs: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The rising steps (from, height) nearest to the pairs, by pooling neighbors that fall."""
    blocks: list[tuple[float, float, int]] = []
    for value, height in sorted(pairs):
        start, mean, count = value, height, 1
        while blocks and blocks[-1][1] >= mean:
            start, before, earlier = blocks.pop()
            mean, count = (before * earlier + mean * count) / (earlier + count), earlier + count
        blocks.append((start, mean, count))
    return [(start, mean) for start, mean, _ in blocks]


def _at(steps: Sequence[tuple[float, float]], value: float) -> float:
    return next((height for start, height in reversed(steps) if value >= start), steps[0][1])
