"""The network that reads a wrong claim and an answer together: the shipped embedding model with its upper layers taught anew.

Only what was taught is kept in a file; the rest comes from the embedding model's own package. Imports torch, so it is imported where it
is used.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from corpus.types import Misconception
from index.encoders import DEFAULT_ENCODER, model_path

_TOKENS = 160  # claim and answer together; the answer is cut, since what is judged is a few sentences of it


class ClaimNetwork(nn.Module):
    """(claim, answer) -> how far the answer makes the claim, as a log-odds. `taught` counts the layers that differ from the base.

    `plain` is the embedding model as it was, which shares with the taught one what is the same.
    """

    def __init__(self, taught: int) -> None:
        super().__init__()
        path = str(model_path(DEFAULT_ENCODER))
        self.tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
        self.base = AutoModel.from_pretrained(path, local_files_only=True)
        self.plain = AutoModel.from_pretrained(path, local_files_only=True)
        self.base.requires_grad_(False)
        self.plain.requires_grad_(False)
        for layer in self.base.encoder.layer[-taught:]:
            layer.requires_grad_(True)
        self.base.embeddings = self.plain.embeddings
        for n in range(len(self.base.encoder.layer) - taught):
            self.base.encoder.layer[n] = self.plain.encoder.layer[n]
        self.head = nn.Linear(2 * self.base.config.hidden_size, 1)

    def taught(self) -> dict[str, Tensor]:
        """What differs from the base, by name."""
        return {name: parameter.detach() for name, parameter in self.named_parameters() if parameter.requires_grad}

    def read(self, pairs: Sequence[tuple[Misconception, str]]) -> Tensor:
        """One log-odds for each pair, shape (len(pairs),)."""
        claims, texts = [one.claim for one, _ in pairs], [text for _, text in pairs]
        batch = self.tokenizer(claims, texts, truncation="only_second", max_length=_TOKENS, padding=True, return_tensors="pt")
        found: Tensor = self(**batch)
        return found

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """What each text says as a whole, by the embedding model as it was: vectors of length 1, shape (len(texts), dimension)."""
        batch = self.tokenizer(list(texts), truncation=True, max_length=_TOKENS, padding=True, return_tensors="pt")
        return nn.functional.normalize(_mean(self.plain(**batch).last_hidden_state, batch["attention_mask"]), dim=1)

    def forward(self, **batch: Tensor) -> Tensor:
        """As `read`, from tokens."""
        hidden = self.base(**batch).last_hidden_state
        found: Tensor = self.head(torch.cat([hidden[:, 0], _mean(hidden, batch["attention_mask"])], 1)).squeeze(-1)
        return found


def _mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """The mean over the tokens that are not padding: (texts, tokens, dimension) -> (texts, dimension)."""
    mask = mask.unsqueeze(-1)
    return (hidden * mask).sum(1) / mask.sum(1)
