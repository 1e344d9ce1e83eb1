"""Reads the language model that comes with pocketsphinx: general spoken English, which ours is mixed with.

The library's own writer crashes on a model with trigrams, and asking it for one n-gram after another never tells which ones it holds. So
the file is read as it lies on disk: a trie whose entries are packed bit by bit, the last word of an n-gram first.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.speech.types import SpeechError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ids = NDArray[np.int64]
    Logs = NDArray[np.float64]

_HEADER = b"Trie Language Model"
_BINS = 1 << 16  # a probability is the number of one of so many
_TO_NATURAL = math.log(1.0001)  # sphinx counts logarithms in this base


@dataclass(frozen=True, slots=True, eq=False)
class StockModel:
    """An n-gram model of order three. All logarithms are natural.

    `words` are the words by number. `unigrams` and `backoffs` are by number of the word. `bigrams` and `trigrams` hold the numbers of
    the words of each n-gram, in the order in which they are spoken, beside its logarithm; `bigram_backoffs` belongs to `bigrams`.
    """

    words: tuple[str, ...]
    unigrams: "Logs"
    backoffs: "Logs"
    bigrams: "Ids"
    bigram_logs: "Logs"
    bigram_backoffs: "Logs"
    trigrams: "Ids"
    trigram_logs: "Logs"


def model_folder() -> Path:
    """Where pocketsphinx keeps its models of American English. Raises SpeechError where it is not installed."""
    spec = find_spec("pocketsphinx")
    if spec is None or not spec.submodule_search_locations:
        raise SpeechError("pocketsphinx is not installed, which hears without a network. Run `pip install -c constraints.txt -e .`.")
    return Path(spec.submodule_search_locations[0]) / "model" / "en-us"


def stock_model() -> StockModel:
    """The model of the installed pocketsphinx. Raises SpeechError where it is not installed, or has another form than this one reads."""
    return read_trie((model_folder() / "en-us.lm.bin").read_bytes())


def read_trie(data: bytes) -> StockModel:
    """A trie of order three as pocketsphinx 5 writes it. Raises SpeechError."""
    import numpy as np

    if not data.startswith(_HEADER) or data[len(_HEADER)] != 3:
        raise SpeechError("The language model of the installed pocketsphinx has another form than expected. Install pocketsphinx 5.1.")
    place = len(_HEADER) + 1
    counts: tuple[int, ...] = struct.unpack_from("<3I", data, place)
    place += 3 * 4 + 4  # the counts, and the kind of quantization, of which there is one
    tables = np.frombuffer(data, "<f4", 3 * _BINS, place).reshape(3, _BINS).astype(np.float64) * _TO_NATURAL
    place += 3 * _BINS * 4
    roots = np.frombuffer(data, np.dtype([("log", "<f4"), ("backoff", "<f4"), ("next", "<u4")]), counts[0] + 1, place)
    place += roots.nbytes
    middle = _Packed(data, place, counts[1], {"word": counts[0].bit_length(), "backoff": 16, "log": 16, "next": counts[2].bit_length()})
    leaves = _Packed(data, middle.end, counts[2], {"word": counts[0].bit_length(), "log": 16})
    last = np.repeat(np.arange(counts[0]), np.diff(roots["next"].astype(np.int64)).astype(np.int64))
    pairs = len(last)  # the header counts a few more than there are
    first, children = middle.column("word")[:pairs], np.diff(middle.column("next")[: pairs + 1])
    parents = np.repeat(np.arange(pairs), children)
    triples = len(parents)
    return StockModel(
        words=tuple(data[leaves.end + 4 :].decode("utf-8").split("\0")[: counts[0]]),
        unigrams=roots["log"][:-1].astype(np.float64) * _TO_NATURAL,
        backoffs=roots["backoff"][:-1].astype(np.float64) * _TO_NATURAL,
        bigrams=np.stack([first, last], axis=1),
        bigram_logs=tables[0][middle.column("log")[:pairs]],
        bigram_backoffs=tables[1][middle.column("backoff")[:pairs]],
        trigrams=np.stack([leaves.column("word")[:triples], first[parents], last[parents]], axis=1),
        trigram_logs=tables[2][leaves.column("log")[:triples]],
    )


class _Packed:
    """Entries of some bits each, without any space between them, and one more at the end that closes the last."""

    def __init__(self, data: bytes, place: int, count: int, widths: Mapping[str, int]) -> None:
        import numpy as np

        self._widths = widths
        self._bits = sum(widths.values())
        size = ((1 + count) * self._bits + 7) // 8 + 8
        self.end = place + size
        self._bytes = np.frombuffer(data + bytes(8), np.uint8, size + 8, place)
        self._starts = np.arange(count + 1, dtype=np.int64) * self._bits

    def column(self, name: str) -> "Ids":
        """One field of all the entries, of the closing one too."""
        import numpy as np

        before = 0
        for field, width in self._widths.items():
            if field == name:
                break
            before += width
        at = self._starts + before
        whole = np.zeros(len(at), np.uint64)
        for i in range(5):  # a field of at most 32 bits begins anywhere in its first byte
            whole |= self._bytes[(at >> 3) + i].astype(np.uint64) << np.uint64(8 * i)
        return ((whole >> (at & 7).astype(np.uint64)) & np.uint64((1 << self._widths[name]) - 1)).astype(np.int64)
