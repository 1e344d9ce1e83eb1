"""What the offline recogniser hears, and whether misheard terms are put right without touching what was heard rightly.

Sentences of our own are spoken by the synthetic voices of flite, which are clear and always the same; people are harder to hear. The
stock language model of pocketsphinx hears the same sounds beside ours.
"""

import math
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from corpus.parse import parse
from corpus.readers import read_paths
from corpus.types import QAItem
from eval.cases import MishearingCase, SpokenCase
from eval.extras import MissingPackage
from eval.scorecard import Scorecard
from tutor.speech.language_model import texts_of
from tutor.speech.mishearing import Mender
from tutor.speech.sound import read_sound
from tutor.speech.sphinx import SphinxTranscriber
from tutor.speech.terminology import Terminology
from tutor.speech.types import Sound
from tutor.speech.wording import cased, spoken_sentences

SENTENCES = Path(__file__).parent / "data" / "speech.jsonl"
MISHEARINGS = Path(__file__).parent / "data" / "mishearings.jsonl"
VOICES = ("slt", "rms", "awb", "kal16")
_OWN_SENTENCES = 600  # of the documents, spread evenly, in which every repair is wrong


def require_voice() -> None:
    """Raises MissingPackage where flite, which speaks the sentences, is not installed."""
    if shutil.which("flite") is None:
        raise MissingPackage("The sentences are spoken by the program flite, which is not installed. Run `apt install flite`, or the like.")


def evaluate_speech(sentences: Sequence[SpokenCase], mishearings: Sequence[MishearingCase], documents: Path) -> Scorecard:
    """A row for each voice and language model, and one for each kind of text that is mended.

    Word error and the terms' recall and precision are shares; `false` counts repairs of what was right, in a thousand words.
    """
    items = [item for document in read_paths([documents]).documents for item in parse(document)]
    mender = Mender(Terminology(text for item in items for text in texts_of(item)))
    terms = sorted({term for case in sentences for term in case.terms})
    rows: dict[str, dict[str, float]] = {}
    recognisers = {"stock": SphinxTranscriber(stock=True), "ours": SphinxTranscriber()}
    with tempfile.TemporaryDirectory() as folder:
        for voice in VOICES:
            sounds = [_spoken(case.text, voice, Path(folder)) for case in sentences]
            for name, recogniser in recognisers.items():
                began = time.monotonic()
                heard = [recogniser.transcribe(sound).text for sound in sounds]
                taken = time.monotonic() - began
                share = taken / sum(sound.duration_s for sound in sounds)
                rows[f"{voice} {name}"] = term_figures(sentences, heard, terms) | {"of_time": share}
                rows[f"{voice} {name} mended"] = term_figures(sentences, [mender.mend(text)[0] for text in heard], terms)
    rows |= _mending(mishearings, items, mender)
    ours = [rows[f"{voice} ours mended"] for voice in VOICES]
    guarded = {name: sum(row[name] for row in ours) / len(ours) for name in ("error", "recall", "precision")}
    guarded |= {"mended": rows["mishearings, held out"]["mended"], "false": rows["the documents' own sentences"]["false"]}
    return Scorecard("speech", rows, guarded, frozenset({"error", "false"}))


def word_error(meant: Sequence[str], heard: Sequence[str]) -> float:
    """Words put in, left out or changed for each word that was said."""
    return Levenshtein.distance(meant, heard) / len(meant) if meant else math.nan


def as_heard(text: str) -> list[str]:
    """The words of a text without capitals, signs and hyphens, which nobody hears."""
    return re.sub(r"[^a-z0-9' ]", " ", text.lower()).split()


def _spoken(text: str, voice: str, folder: Path) -> Sound:
    file = folder / "spoken.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(file)], check=True, capture_output=True)
    return read_sound(file)


def term_figures(cases: Sequence[SpokenCase], heard: Sequence[str], terms: Sequence[str]) -> dict[str, float]:
    """Word error over all words, and how many of the terms were heard, and how many of those heard had been said."""
    words = [(as_heard(case.text), as_heard(text)) for case, text in zip(cases, heard, strict=True)]
    wrong = sum(word_error(meant, text) * len(meant) for meant, text in words)
    said = [(term, text) for case, (_, text) in zip(cases, words, strict=True) for term in case.terms]
    found = [(term, meant) for meant, text in words for term in terms if _has(text, term)]
    return {
        "error": wrong / sum(len(meant) for meant, _ in words),
        "recall": sum(_has(text, term) for term, text in said) / len(said),
        "precision": sum(_has(meant, term) for term, meant in found) / max(len(found), 1),
    }


def _has(words: Sequence[str], term: str) -> bool:
    return f" {' '.join(as_heard(term))} " in f" {' '.join(words)} "


def _mending(cases: Sequence[MishearingCase], items: Sequence[QAItem], mender: Mender) -> dict[str, dict[str, float]]:
    rows = {}
    for held, name in ((False, "tuned on"), (True, "held out")):
        wrong = [case for case in cases if case.held == held and case.heard != case.meant]
        right = [case.heard for case in cases if case.held == held and case.heard == case.meant]
        rows[f"mishearings, {name}"] = {"mended": sum(mender.mend(case.heard)[0] == case.meant for case in wrong) / len(wrong)}
        rows[f"ordinary sentences, {name}"] = {"false": _false(right, mender)}
    own = [" ".join(words) for words in cased(sentence for item in items for sentence in spoken_sentences(item.answer))]
    rows["the documents' own sentences"] = {"false": _false(own[:: max(len(own) // _OWN_SENTENCES, 1)], mender)}
    return rows


def _false(texts: Sequence[str], mender: Mender) -> float:
    """Repairs in a thousand words of texts in which nothing is to be put right."""
    return 1000 * sum(len(mender.mend(text)[1]) for text in texts) / sum(len(text.split()) for text in texts)
