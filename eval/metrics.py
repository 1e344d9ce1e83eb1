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
