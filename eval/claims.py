"""Teaches the network that sees wrong claims in answers, and measures it: `python -m eval claims [--teach]`.

It is taught with answers of our own, six that make each claim of the shipped documents and six that do not, by people who did not
know how they would be read. One of the first three of each kind is held out, in turn, and everything that is printed is measured on those.
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
from tutor.claims import EXAMPLES, SCALE, WEIGHTS, TaughtClaims, fingerprint
from tutor.grading import OfflineJudge, task_of
from tutor.subjects import subject_of

if TYPE_CHECKING:
    from torch import Tensor

    from tutor.claim_network import ClaimNetwork

DATA = Path(__file__).parent / "data" / "misconceptions.jsonl"
KINDS = ("plain", "mixed", "spoken")
"""The three wordings of each claim: as a plain sentence, among true sentences, and as people talk."""
_SEED = 20
_BATCH = 32
_EPOCHS = 4
_TAUGHT = 4  # layers
_RATE = 1.5e-4
_WEIGHT = 1.5  # of an answer that makes the claim: there are three times as many that do not
_COMPANY = 0.2  # of the answers stand among true sentences
_POINTS = 6  # of an item are kept as what does not make its claims
_TALK = (
    "{} is an important part of modern AI, and many people use it.",
    "{} is a technique that makes models faster and better.",
    "{} is a term that comes up when one works with language models.",
    "{} has to do with how models work, and one has to know it.",
)
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
            odds = network.read(_read(batch))
            wrong = torch.nn.functional.binary_cross_entropy_with_logits(odds, made, pos_weight=torch.tensor(_WEIGHT))
            optimizer.zero_grad()
            wrong.backward()  # type: ignore[no-untyped-call]  # not typed in torch
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            loss += wrong.item()
        tell(f"Epoch {epoch + 1}: loss {loss / steps:.3f}; {write(network.eval(), taught, items, halves(held)[0], to)}")


def write(network: "ClaimNetwork", taught: Sequence[Pair], items: Mapping[str, QAItem], held: Sequence[Pair], to: Path = WEIGHTS) -> str:
    """Writes a taught network, with what answers are held against and the threshold that the held-out ones give; how many it sees."""
    examples = _examples(network, taught, items)
    _save(network, examples, taught, 0.0, to)
    reader = TaughtClaims(to)
    odds = [(pair, odds) for part in _parts(held) for pair, odds in zip(part, reader.odds(_read(part)), strict=True)]
    threshold = quantile([odds for pair, odds in odds if not pair.makes], 1 - _ACCUSED)
    _save(network, examples, taught, threshold, to)
    seen = [odds >= threshold for pair, odds in odds if pair.makes]
    return f"{sum(seen) / len(seen):.3f} seen at the odds {threshold:.2f}"


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


def _parts(pairs: Sequence[Pair]) -> list[Sequence[Pair]]:
    return [pairs[start : start + _BATCH] for start in range(0, len(pairs), _BATCH)]


def _read(pairs: Sequence[Pair]) -> list[tuple[Misconception, str]]:
    return [(pair.claim, pair.text) for pair in pairs]


def _save(network: "ClaimNetwork", examples: "list[Tensor]", taught: Sequence[Pair], threshold: float, to: Path) -> None:
    from safetensors.torch import save_file

    about = {
        "claims": json.dumps([fingerprint(claim) for claim in dict.fromkeys(pair.claim for pair in taught)]),
        "threshold": f"{threshold:.4f}",
        "taught": str(_TAUGHT),
        "licence": "Apache-2.0, taught upon all-MiniLM-L6-v2 (Apache-2.0)",
    }
    layers = {name: tensor.half().contiguous() for name, tensor in network.taught().items()}
    save_file(layers | dict(zip(EXAMPLES, examples, strict=True)), to, about)


def _examples(network: "ClaimNetwork", taught: Sequence[Pair], items: Mapping[str, QAItem]) -> "list[Tensor]":
    """The vectors of what makes each claim, and of what does not, as whole numbers; each (claims, texts, dimension)."""
    import torch

    said = _said(taught, items)
    texts = list(dict.fromkeys(text for both in said.values() for those in both for text in those))
    with torch.inference_mode():
        vectors = torch.cat([network.vectors(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)])
    rows = {text: row for row, text in enumerate(texts)}
    found = []
    for those in zip(*said.values(), strict=True):
        most = max(map(len, those))
        full = [[rows[text] for text in (*some, *some[-1:] * (most - len(some)))] for some in those]
        found.append((vectors[full] * SCALE).round().to(torch.int8))
    return found


def _said(taught: Sequence[Pair], items: Mapping[str, QAItem]) -> dict[Misconception, tuple[list[str], list[str]]]:
    """For each claim the answers that make it, and what does not make it: other answers, its truth, key points, the question, talk."""
    said: dict[Misconception, tuple[list[str], list[str]]] = {pair.claim: ([], []) for pair in taught}
    for pair in taught:
        if pair.kind is not None:
            said[pair.claim][not pair.makes].append(pair.text)
    for item in items.values():
        subject = subject_of(item.question) or item.topic or "It"
        for claim in item.misconceptions:
            said[claim][1].extend((claim.truth, item.question, *(point.text for point in item.key_points[:_POINTS])))
            said[claim][1].extend(line.format(subject) for line in _TALK)
    return said


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
