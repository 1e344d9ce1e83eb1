"""Teaches the network that sees wrong claims in answers, and measures it: `python -m eval claims [--teach]`.

It is taught with answers of our own, three that make each claim of the shipped documents and three that do not, by people who did not
know how they would be read. One of the three of each kind is held out, in turn, and everything that is printed is measured on those.
The threshold is chosen on the held-out answers of one half of the claims; the figures are those of the other half.
"""

import json
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from corpus.sentences import sentence_spans
from corpus.types import Misconception, QAItem
from eval.metrics import quantile
from eval.scorecard import Scorecard
from tutor.claims import WEIGHTS, fingerprint
from tutor.grading import OfflineJudge, task_of

if TYPE_CHECKING:
    from tutor.claim_network import ClaimNetwork

DATA = Path(__file__).parent / "data" / "misconceptions.jsonl"
KINDS = ("plain", "mixed", "spoken")
"""The three wordings of each claim: as a plain sentence, among true sentences, and as people talk."""
_SEED = 20
_BATCH = 32
_EPOCHS = 5
_TAUGHT = 4  # layers
_RATE = 1.3e-4
_WEIGHT = 1.5  # of an answer that makes the claim: there are three times as many that do not
_COMPANY = 0.4  # of the answers stand among true sentences
_ACCUSED = 0.04  # of the right answers, at most, when the threshold is chosen


class ClaimCase(BaseModel):
    """Answers to a shipped item that make its `n`th wrong claim, and answers that do not."""

    item: str
    n: int = Field(ge=0)
    wrong: list[str]
    right: list[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """One text and whether it makes the claim. `kind` is which of the three wordings it is, None where it is none of them.

    `beside` are true sentences on the same item, which may stand around the text without changing what it claims.
    """

    claim: Misconception
    text: str
    makes: bool
    kind: int | None = None
    beside: tuple[str, ...] = ()


def halves(held: Sequence[Sequence[Pair]]) -> tuple[list[Pair], list[Pair]]:
    """The held-out answers of every other claim, to choose the threshold with, and the rest, to measure with."""
    return [pair for pairs in held[::2] for pair in pairs], [pair for pairs in held[1::2] for pair in pairs]


def evaluate_claims(pairs: Sequence[Pair], items: Mapping[str, QAItem], judge: OfflineJudge) -> Scorecard:
    """A row for each kind of wording: how many wrong claims are seen in the answer's verdict, and how many right answers are accused."""
    of_claim = {fingerprint(claim): item for item in items.values() for claim in item.misconceptions}
    rows: dict[str, dict[str, list[bool]]] = {}
    for pair in pairs:
        verdict = judge.judge(task_of(of_claim[fingerprint(pair.claim)]), pair.text)
        told = any(one.claim == pair.claim.claim for one in verdict.misconceptions) and any(p.status == "wrong" for p in verdict.points)
        for name in (KINDS[pair.kind or 0], "all"):
            row = rows.setdefault(name, {"seen": [], "accused": []})
            if pair.makes:
                row["seen"].append(told)
            else:
                row["accused"].append(bool(verdict.misconceptions))
    shares = {name: {column: sum(told) / len(told) if told else math.nan for column, told in row.items()} for name, row in rows.items()}
    return Scorecard("claims", shares, dict(shares["all"]), frozenset({"accused"}))


def teach(
    cases: Sequence[ClaimCase], items: Mapping[str, QAItem], tell: Callable[[str], None], to: Path = WEIGHTS, epochs: int = _EPOCHS
) -> None:
    """Teaches the network and writes what it has learnt: an hour on two processors. `tell` is told how it goes on."""
    import torch

    from tutor.claim_network import ClaimNetwork

    taught, held = pairs_of(cases, items)
    torch.manual_seed(_SEED)
    torch.set_num_threads(max(torch.get_num_threads(), 2))
    network = ClaimNetwork(_TAUGHT)
    chance = random.Random(_SEED)
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=_RATE, weight_decay=0.01)
    steps = math.ceil(len(taught) / _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=epochs * steps, pct_start=0.1)
    tell(f"{len(taught):,} pairs to teach with, {sum(map(len, held)):,} held out")
    for epoch in range(epochs):
        network.train()
        loss = 0.0
        for batch in _batches(taught, chance):
            made = torch.tensor([float(pair.makes) for pair in batch])
            odds = network.read([(pair.claim, pair.text) for pair in batch])
            wrong = torch.nn.functional.binary_cross_entropy_with_logits(odds, made, pos_weight=torch.tensor(_WEIGHT))
            optimizer.zero_grad()
            wrong.backward()  # type: ignore[no-untyped-call]  # not typed in torch
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            loss += wrong.item()
        odds_of = _odds(network.eval(), halves(held)[0])
        threshold = quantile([odds for pair, odds in odds_of if not pair.makes], 1 - _ACCUSED)
        seen = [odds >= threshold for pair, odds in odds_of if pair.makes]
        tell(f"Epoch {epoch + 1}: loss {loss / steps:.3f}; {sum(seen) / len(seen):.3f} seen at the odds {threshold:.2f}")
        _save(network, [items[case.item].misconceptions[case.n] for case in cases], threshold, to)


def _batches(pairs: Sequence[Pair], chance: random.Random) -> Iterator[list[Pair]]:
    """Pairs of about the same length together, so that little is padded, each anew among true sentences or alone."""
    rows = sorted(
        (replace(pair, text=_among(pair, chance)) for pair in pairs),
        key=lambda pair: len(pair.text) + len(pair.claim.claim) + 40 * chance.random(),
    )
    found = [list(rows[start : start + _BATCH]) for start in range(0, len(rows), _BATCH)]
    chance.shuffle(found)
    yield from found


def _among(pair: Pair, chance: random.Random) -> str:
    """The text of a pair, now and then with true sentences before or behind it, as in a longer answer."""
    if not pair.beside or chance.random() > _COMPANY:
        return pair.text
    others = chance.sample(pair.beside, min(chance.randint(1, 2), len(pair.beside)))
    others.insert(chance.randint(0, len(others)), pair.text)
    return " ".join(others)


def _odds(network: "ClaimNetwork", pairs: Sequence[Pair]) -> list[tuple[Pair, float]]:
    import torch

    with torch.inference_mode():
        return [
            (pair, odds)
            for start in range(0, len(pairs), _BATCH)
            for part in [pairs[start : start + _BATCH]]
            for pair, odds in zip(part, network.read([(pair.claim, pair.text) for pair in part]).tolist(), strict=True)
        ]


def _save(network: "ClaimNetwork", claims: Sequence[Misconception], threshold: float, to: Path) -> None:
    from safetensors.torch import save_file

    about = {
        "claims": json.dumps(sorted(map(fingerprint, claims))),
        "threshold": f"{threshold:.4f}",
        "taught": str(_TAUGHT),
        "licence": "Apache-2.0, taught upon all-MiniLM-L6-v2 (Apache-2.0)",
    }
    save_file({name: tensor.half().contiguous() for name, tensor in network.taught().items()}, to, about)


def pairs_of(cases: Sequence[ClaimCase], items: Mapping[str, QAItem]) -> tuple[list[Pair], list[list[Pair]]]:
    """The pairs to teach with, and the held-out ones of each claim.

    Besides the answers: the claim and its truth, key points, pieces of the reference, and what is said of the item's other claims,
    all of which an answer may hold without making this one.
    """
    chance = random.Random(_SEED)
    of_item: dict[str, list[ClaimCase]] = {}
    for case in cases:
        of_item.setdefault(case.item, []).append(case)
    taught: list[Pair] = []
    held: list[list[Pair]] = []
    for row, case in enumerate(cases):
        item, claim = items[case.item], items[case.item].misconceptions[case.n]
        out = row % 3
        wrong = [Pair(claim, text, True, kind) for kind, text in enumerate(case.wrong)]
        right = [Pair(claim, text, False, kind) for kind, text in enumerate(case.right)]
        held.append([pair for pair in (*wrong, *right) if pair.kind == out])
        beside = tuple(text for point in item.key_points for text in (point.text, *point.wordings))
        kept = [*(pair for pair in (*wrong, *right) if pair.kind != out), Pair(claim, claim.claim, True), Pair(claim, claim.truth, False)]
        taught += [replace(pair, beside=beside) for pair in kept]
        texts = chance.sample(beside, min(2, len(beside))) + _pieces(item.answer, chance)
        for other in of_item[case.item]:
            if other.n != case.n:
                texts += [chance.choice(_kept(other.right, cases.index(other))), chance.choice(_kept(other.wrong, cases.index(other)))]
        taught += [Pair(claim, text, False) for text in texts]
    return taught, held


def _kept(texts: Sequence[str], row: int) -> list[str]:
    """Those that are not held out."""
    return [text for kind, text in enumerate(texts) if kind != row % 3]


def _pieces(text: str, chance: random.Random, count: int = 2) -> list[str]:
    """Runs of one to three sentences."""
    spans = sentence_spans(text)
    found = []
    for _ in range(count):
        first = chance.randrange(len(spans))
        last = min(first + chance.randrange(3), len(spans) - 1)
        found.append(text[spans[first][0] : spans[last][1]])
    return found
