"""Which wrong claims an answer makes, as read by a small network that was taught these very claims and knows nothing of others.

The nearness of vectors cannot tell a wrong claim from its denial, for both speak of the same things in the same words. A network that
reads claim and answer together can, where it has seen the claim before: so it speaks of the shipped documents' claims, and is silent
about everybody else's. What it says is weighed with known answers: one that is nearer to an answer that makes the claim than to any that
does not, to a key point or to idle talk of the subject, is the more likely to make it, as with neighbours that correct a model
(Khandelwal et al., 2020, "Generalization through Memorization"). `python -m eval claims` teaches and measures it.
"""

import hashlib
import json
import math
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from corpus.errors import UserError
from corpus.types import Misconception

if TYPE_CHECKING:
    from torch import Tensor

    from tutor.claim_network import ClaimNetwork

WEIGHTS = Path(__file__).parent / "claims.safetensors"
EXAMPLES = ("wrong", "right")
"""What the vectors of the texts that make a claim, and of those that do not, are called in the file: (claims, texts, dimension)."""
SCALE = 127
"""What the vectors are multiplied with to be kept as whole numbers."""
_NEIGHBOUR = 8.0  # log-odds for each whole cosine by which the nearest answer that makes the claim is nearer; see eval/LOG.md
_TALK = 0.5  # cosine to every one of those answers below which a text is talk of something else, at which the network would guess


class ClaimsError(UserError):
    """The file of the network that sees wrong claims is missing or damaged."""


class ClaimReader(Protocol):
    """Anything that tells a wrong claim in a text."""

    def made(self, pairs: Sequence[tuple[Misconception, str]]) -> list[bool]:
        """For each claim and text, whether the text makes the claim; False for a claim that it knows nothing of."""
        ...


class TaughtClaims:
    """The network that ships, loaded when it is first needed."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._weights = weights
        self._loading = threading.Lock()

    def made(self, pairs: Sequence[tuple[Misconception, str]]) -> list[bool]:
        """As ClaimReader.made. Raises ClaimsError."""
        known = [row for row, (claim, _) in enumerate(pairs) if fingerprint(claim) in self._known]
        found = [False] * len(pairs)
        if known:
            for row, odds in zip(known, self.odds([pairs[row] for row in known]), strict=True):
                found[row] = odds >= self.threshold
        return found

    def odds(self, pairs: Sequence[tuple[Misconception, str]]) -> list[float]:
        """The log-odds that each text makes the claim, for claims that were taught; -inf for talk of something else. Raises ClaimsError."""
        import torch

        rows = [self._known[fingerprint(claim)] for claim, _ in pairs]
        texts = list(dict.fromkeys(text for _, text in pairs))
        with torch.inference_mode():
            vectors = self._network.vectors(texts)
            said = torch.stack([vectors[texts.index(text)] for _, text in pairs])
            wrong, right = ((examples[rows] @ said.unsqueeze(-1)).amax(dim=(1, 2)) / SCALE for examples in self._examples)
            odds = self._network.read(pairs) + _NEIGHBOUR * (wrong - right)
            found: list[float] = odds.where(wrong.maximum(right) >= _TALK, -math.inf).tolist()
        return found

    @cached_property
    def threshold(self) -> float:
        """The log-odds from which a claim counts as made."""
        return float(self._about["threshold"])

    @cached_property
    def _known(self) -> dict[str, int]:
        """The row of each claim that was taught, by its fingerprint."""
        return {name: row for row, name in enumerate(json.loads(self._about["claims"]))}

    @cached_property
    def _about(self) -> dict[str, str]:
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self._weights, "pt") as file:
                return dict(file.metadata())
        except (OSError, SafetensorError) as error:
            raise ClaimsError(f"{self._weights} is missing or damaged. Install Viva again.") from error

    @property
    def _network(self) -> "ClaimNetwork":
        return self._loaded[0]

    @property
    def _examples(self) -> "tuple[Tensor, ...]":
        return self._loaded[1]

    @cached_property
    def _loaded(self) -> "tuple[ClaimNetwork, tuple[Tensor, ...]]":
        from safetensors.torch import load_file

        from tutor.claim_network import ClaimNetwork

        with self._loading:
            if "_loaded" not in vars(self):
                tensors = {name: tensor.float() for name, tensor in load_file(self._weights).items()}
                examples = tuple(tensors.pop(name) for name in EXAMPLES)
                network = ClaimNetwork(int(self._about["taught"]))
                network.load_state_dict(tensors, strict=False)
                return network.eval(), examples
            return vars(self)["_loaded"]  # type: ignore[no-any-return]  # another thread loaded it while this one waited


def fingerprint(claim: Misconception) -> str:
    """What a claim is known by: a claim or truth that was reworded is another one."""
    return hashlib.sha256(f"{claim.claim}\n{claim.truth}".encode()).hexdigest()[:16]
