"""Recordings that a learner asked to keep. Files, since they are large, are played by a browser, and are taken away with a file manager.

Each learner has a folder, named so that no name of a person is a path. Beside each sound lies what it answers.
"""

import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from tutor.speech.types import SpeechError
from tutor.text import clean

MOST = 200
"""Recordings that one learner keeps."""
_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
_LONGEST = 300  # characters of what it answers
_GONE = "This recording is not there any more. Reload the page."


@dataclass(frozen=True, slots=True)
class Recording:
    """One that is kept. `about` is the question that it answers, empty for one that asked something."""

    name: str
    about: str
    at: datetime
    duration_s: float


class Recordings:
    """What learners keep, below one folder; "" is the one learner of a Viva without accounts. Every method raises SpeechError."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when something is kept."""
        self._folder = folder

    def keep(self, content: bytes, about: str, at: datetime, duration_s: float, learner: str = "") -> Recording:
        """Keeps a WAV file. Raises SpeechError where there are too many, or the disk refuses."""
        if len(self.of(learner)) >= MOST:
            raise SpeechError(f"The recording was not kept: {MOST} are there already. Delete some on the interview page.")
        kept = Recording(f"{at:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}", clean(about)[:_LONGEST], at, round(duration_s, 1))
        said = json.dumps({"about": kept.about, "at": at.isoformat(), "duration_s": kept.duration_s})
        place = self._place(learner)
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(place / f"{kept.name}.wav", content)
            _write(place / f"{kept.name}.json", said.encode())  # last: what has none was broken off
        except OSError as error:
            raise SpeechError(f"The recording was not kept, since the disk refused it ({error.strerror}).") from error
        return kept

    def of(self, learner: str = "") -> tuple[Recording, ...]:
        """What a learner has kept, newest first."""
        try:
            return tuple(sorted(self._read(learner), key=lambda one: one.name, reverse=True))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SpeechError(f"The list of recordings cannot be read. They are files in {self._place(learner)}.") from error

    def find(self, name: str, learner: str = "") -> Path:
        """The file of a recording. Raises SpeechError where the learner has none of that name."""
        path = self._place(learner) / f"{name}.wav"
        if not _NAME.fullmatch(name) or not path.is_file():
            raise SpeechError(_GONE)
        return path

    def delete(self, name: str, learner: str = "") -> None:
        """Deletes a recording for good."""
        path = self.find(name, learner)
        try:
            path.unlink()
            path.with_suffix(".json").unlink(missing_ok=True)
        except OSError as error:
            raise SpeechError(f"The recording could not be deleted ({error.strerror}). It is the file {path}.") from error

    def forget(self, learner: str) -> None:
        """Deletes all that a learner has kept."""
        place = self._place(learner)
        try:
            if place.exists():
                shutil.rmtree(place)
        except OSError as error:
            raise SpeechError(f"The recordings of {learner} could not be deleted ({error.strerror}). They are in {place}.") from error

    def _place(self, learner: str) -> Path:
        return self._folder / sha256(learner.encode()).hexdigest()[:32]

    def _read(self, learner: str) -> Iterator[Recording]:
        for path in self._place(learner).glob("*.json"):
            if _NAME.fullmatch(path.stem):
                said = json.loads(path.read_bytes())
                yield Recording(path.stem, str(said["about"]), datetime.fromisoformat(said["at"]), float(said["duration_s"]))


def _write(path: Path, content: bytes) -> None:
    """A new file that only this user can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
