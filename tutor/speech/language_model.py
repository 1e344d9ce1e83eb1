"""Builds what the offline recogniser needs to know of this field: `python -m tutor.speech.language_model`. Run after the documents change.

The general model of pocketsphinx has never seen "tokenizer" and hears "lora" as a name. The result is deterministic, is kept beside the
code (under 3 MB), and is the same on every machine with the same documents and the same pocketsphinx.
"""

import argparse
import gzip
import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from corpus.errors import UserError
from corpus.parse import parse
from corpus.readers import read_paths
from corpus.shipped import SHIPPED_DOCUMENTS
from corpus.types import QAItem
from tutor.speech.decoder import DICTIONARY, MODEL
from tutor.speech.ngrams import BEGIN, END, Counted, General, Ngrams, backoffs, mix
from tutor.speech.pronounce import dictionary, pronunciations
from tutor.speech.stock import StockModel, stock_model
from tutor.speech.wording import Sentence, cased, is_term, spoken_sentences

OURS = 0.7  # of the mixture
WORDS, PAIRS, TRIPLES = 20_000, 130_000, 130_000
_FLOOR = -99.0  # log10 of what cannot be
_LETTERS = ("a", "i")  # the only words of one letter; the others are parts of abbreviations
_LN10 = float(np.log(10))


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tutor.speech.language_model", description="Builds the recogniser's language model.")
    parser.add_argument("--out", type=Path, default=MODEL.parent, metavar="DIR", help="where to write it (default: beside the code)")
    parser.add_argument("--share", type=float, default=OURS, help=f"how much of the mixture our own texts are (default {OURS})")
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"pairs of words to keep (default {PAIRS})")
    parser.add_argument("--triples", type=int, default=TRIPLES, help=f"triples of words to keep (default {TRIPLES})")
    options = parser.parse_args(arguments)
    try:
        sentences = cased(shipped_sentences())
        model = build(sentences, stock_model(), options.share, options.pairs, options.triples)
        options.out.mkdir(parents=True, exist_ok=True)
        sizes = [_pack(options.out / MODEL.name, arpa_lines(model)), _pack(options.out / DICTIONARY.name, dictionary_lines(model.words))]
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"{len(sentences):,} sentences; {len(model.words):,} words, {len(model.pairs):,} pairs, {len(model.triples):,} triples; "
        f"{sum(sizes) / 1e6:.2f} MB packed\n"
    )
    return 0


def shipped_sentences() -> list[Sentence]:
    """What the shipped documents say, as it is said aloud."""
    items = [item for document in read_paths([SHIPPED_DOCUMENTS]).documents for item in parse(document)]
    return [sentence for item in items for text in texts_of(item) for sentence in spoken_sentences(text)]


def texts_of(item: QAItem) -> Iterator[str]:
    """All that an item says."""
    yield item.question
    yield from item.wordings
    for source in item.sources:
        yield source.answer
    for point in item.key_points:
        yield from (point.text, *point.wordings)
    for misconception in item.misconceptions:
        yield from (misconception.claim, misconception.truth)


def build(sentences: Sequence[Sentence], stock: StockModel, share: float = OURS, pairs: int = PAIRS, triples: int = TRIPLES) -> Ngrams:
    """The mixture of what the sentences say with the general model."""
    words = vocabulary(sentences, stock)
    numbers = {word: number for number, word in enumerate(words)}
    known = set(words)
    names = [None if is_term(word) and word.lower() in known else word.lower() for word in words]
    names = [word if word in {BEGIN, END} else name for word, name in zip(words, names, strict=True)]
    return mix(words, Counted(sentences, numbers), General(stock, names), share, pairs, triples)


def vocabulary(sentences: Iterable[Sentence], stock: StockModel, size: int = WORDS) -> list[str]:
    """The words to be recognised: all of ours that can be said, then the most frequent of the general ones. Sorted."""
    ours = {word for sentence in sentences for word in sentence if pronunciations(word)}
    taken = {word.lower() for word in ours if not is_term(word)}
    general = [stock.words[number] for number in np.argsort(-stock.unigrams, kind="stable")]
    plain = (word for word in general if word in dictionary() and word not in taken and "." not in word and _is_word(word))
    chosen = [word for word, _ in zip(plain, range(max(size - len(ours), 0)), strict=False)]
    return [BEGIN, END, *sorted({*ours, *chosen})]


def arpa_lines(model: Ngrams) -> Iterator[str]:
    """The model as ARPA text, logarithms to three places."""
    words, (singles, pairs) = model.words, backoffs(model)
    yield f"{fingerprint()}\n\n\\data\\\nngram 1={len(words)}\nngram 2={len(model.pairs)}\nngram 3={len(model.triples)}\n\n\\1-grams:\n"
    for word, share, rest in zip(words, model.singles, singles, strict=True):
        yield f"{_FLOOR if word == BEGIN else _log(share):.3f} {word} {_log(rest):.3f}\n"
    yield "\n\\2-grams:\n"
    for (a, b), share, rest in zip(model.pairs, model.pair_shares, pairs, strict=True):
        yield f"{_log(share):.3f} {words[a]} {words[b]} {_log(rest):.3f}\n"
    yield "\n\\3-grams:\n"
    for (a, b, c), share in zip(model.triples, model.triple_shares, strict=True):
        yield f"{_log(share):.3f} {words[a]} {words[b]} {words[c]}\n"
    yield "\n\\end\\\n"


def dictionary_lines(words: Iterable[str]) -> Iterator[str]:
    """How each word is said, as pocketsphinx reads it."""
    for word in words:
        if word not in {BEGIN, END}:
            for number, sounds in enumerate(pronunciations(word)):
                yield f"{word}{f'({number + 1})' if number else ''} {' '.join(sounds)}\n"


def fingerprint() -> str:
    """Says how a model was built: by which code and which pronunciations."""
    here = Path(__file__).parent
    parts = [here / name for name in ("language_model.py", "ngrams.py", "wording.py", "pronounce.py", "pronunciations.txt")]
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()[:16]


def _is_word(word: str) -> bool:
    return len(word) > 1 or word in _LETTERS


def _log(share: float) -> float:
    return float(np.log(share)) / _LN10


def _pack(path: Path, lines: Iterable[str]) -> int:
    """Writes them compressed, the same bytes each time, and returns how many."""
    packed = gzip.compress("".join(lines).encode(), compresslevel=9, mtime=0)
    path.write_bytes(packed)
    return len(packed)


if __name__ == "__main__":
    sys.exit(main())
