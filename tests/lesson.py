"""A tutor on three questions about adapters that listens for real: the offline recogniser, with a term that it has never heard of."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from corpus.parse import parse
from corpus.readers import read_paths
from corpus.types import KeyPoint, QAItem
from tests.kitchen import KitchenTutor
from tests.sittings import retrieve
from tutor.offline import OfflineEngine
from tutor.prepare import Prepared
from tutor.settings import Settings
from tutor.speech.recordings import Recordings
from tutor.speech.sound import read_sound, write_wav
from tutor.speech.speech import Speech
from tutor.speech.types import RATE, Sound
from tutor.types import Evidence, PointMark, Verdict

SOUNDS = Path(__file__).parent / "sounds"
TEXTS = (
    "LowAdapt trains two small matrices and keeps the other weights frozen.",
    "With LowAdapt the weights stay frozen and two matrices are trained.",
    "LowAdapt saves memory since only the matrices need gradients.",
)
_WORDS = ("matrices", "frozen", "memory")


def judge(item: QAItem, answer: str) -> Verdict:
    """A point is covered by its word."""
    found = [(word, answer.find(word)) for word in _WORDS]
    marks = tuple(
        PointMark(point.text, "covered", Evidence(word, at, at + len(word))) if at >= 0 else PointMark(point.text, "missed")
        for point, (word, at) in zip(item.key_points, found, strict=True)
    )
    score = 10.0 * sum(at >= 0 for _word, at in found) / len(found)
    return Verdict(
        score, (max(score - 2, 0.0), min(score + 2, 10.0)), "fake", marks, () if score else ("empty",), feedback="It has been read."
    )


class LessonTutor(KitchenTutor):
    """Interviews about adapters, and listens. Nobody but the browser reads aloud."""

    def __init__(self, folder: Path, *, speech: Speech | None = None) -> None:
        super().__init__(folder, folder / "viva.db")
        place = folder / "lesson"
        place.mkdir()
        questions = ("What does LowAdapt train?", "Why is LowAdapt cheap?", "When is LowAdapt enough?")
        parts = [f"## {question}\n\n{' '.join(TEXTS)}\n" for question in questions]
        (place / "adapters.md").write_text("# Adapters\n\n" + "\n".join(parts), encoding="utf-8")
        read = {document.file: document for document in read_paths([place]).documents}
        points = tuple(KeyPoint(f"It has to do with {word}.") for word in _WORDS)
        found = [item for document in read.values() for item in parse(document)]
        items = {item.id: replace(item, key_points=points, level="basic") for item in found}
        self._prepared = Prepared(OfflineEngine(items, read), retrieve, judge)
        self.speech = speech or Speech(Settings(transcriber="sphinx", speaker="off"), lambda: None, lambda: TEXTS)
        self.recordings = Recordings(folder / "recordings")


def spoken(*parts: str | float) -> bytes:
    """A WAV file of recordings by name and seconds of silence between them."""
    samples = [
        read_sound(SOUNDS / f"{part}.wav").samples if isinstance(part, str) else np.zeros(int(part * RATE), np.int16) for part in parts
    ]
    return write_wav(Sound(np.concatenate(samples)))
