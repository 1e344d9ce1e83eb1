"""Whether the right passage comes first, however the question is put, and what the documents do not answer is refused."""

import time
from collections.abc import Callable, Sequence

from corpus.types import QAItem
from eval.cases import RetrievalCase
from eval.metrics import accepted_at, auc, hit_at_k, mrr, ndcg, quantile
from eval.scorecard import Scorecard
from index.types import Retrieval

Retrieve = Callable[[str, Sequence[str]], Retrieval]


def evaluate_retrieval(cases: Sequence[RetrievalCase], retrieve: Retrieve) -> Scorecard:
    """A row for each kind of case, one for all, one for refusals. A follow-up item counts as the item that it follows."""
    ranks: dict[str, list[int | None]] = {}
    confidence: dict[bool, list[float]] = {True: [], False: []}
    near: list[float] = []
    seconds: list[float] = []
    for case in cases:
        started = time.perf_counter()
        found = retrieve(case.query, case.asked)
        seconds.append(time.perf_counter() - started)
        confidence[bool(case.relevant)].append(found.confidence)
        if case.relevant:
            ranks.setdefault(case.kind, []).append(rank_of([passage.item for passage in found.passages], case.relevant))
        elif "near" in case.kind:
            near.append(found.confidence)
    everything = [rank for kind in ranks.values() for rank in kind]
    rows = {kind: _row(found_at) for kind, found_at in ranks.items()} | {"all": _row(everything)}
    yes, no = confidence[True], confidence[False]
    rows["refusals"] = {
        "n": len(no),
        "auc": auc(yes, no),
        "auc_near": auc(yes, near),
        "accepted": accepted_at(yes, no),
    }
    rows["time"] = {"p50_ms": 1000 * quantile(seconds, 0.5), "p95_ms": 1000 * quantile(seconds, 0.95)}
    guarded = {
        "hit_at_1": rows["all"]["hit@1"],
        "hit_at_3": rows["all"]["hit@3"],
        "auc": rows["refusals"]["auc"],
        "accepted": rows["refusals"]["accepted"],
    }
    return Scorecard("retrieval", rows, guarded, frozenset({"accepted"}))


def rank_of(items: Sequence[QAItem], relevant: Sequence[str]) -> int | None:
    """The rank, from 1, of the first relevant item among the different items found; None where there is none."""
    names = list(dict.fromkeys(item.parent or item.id for item in items))
    return next((rank for rank, name in enumerate(names, 1) if name in relevant), None)


def _row(ranks: Sequence[int | None]) -> dict[str, float]:
    return {"n": len(ranks), "hit@1": hit_at_k(ranks, 1), "hit@3": hit_at_k(ranks, 3), "mrr": mrr(ranks), "ndcg": ndcg(ranks)}
