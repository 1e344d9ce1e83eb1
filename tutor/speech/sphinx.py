"""SphinxTranscriber: listens without a network, with the acoustic model of pocketsphinx and a language model of our own.

It hears about seven words of eight from a clear voice in a quiet room, fewer otherwise. So what it writes is a draft. It works in processes
of its own (tutor/speech/decoder.py), which are started when they are first needed and end with this one.
"""

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

from tutor.speech.decoder import DICTIONARY, MODEL, STOCK
from tutor.speech.types import Heard, Sound, SpeechError, Transcript
from tutor.speech.voice import Stretch, stretches

NAME = "Offline recogniser (pocketsphinx): a draft to correct"
_LONGEST_S = 25.0  # of what is decoded at a time
_MARGIN_S = 0.2
_AT_ONCE = 2
_PATIENCE = 10  # seconds for each of the sound, and so many more to load
_LOADING_S = 60.0
_ROOT = Path(__file__).parents[2]
_FAILED = "The offline recogniser failed. Record your answer again, or type it."


class _Answer(BaseModel):
    words: list[tuple[str, float, float]] = []
    fault: str | None = None


class SphinxTranscriber:
    """Listens offline. A process takes half a second to start and 50 MB, and there are at most two."""

    name = NAME

    def __init__(self, *, stock: bool = False) -> None:
        """`stock` takes the general language model of pocketsphinx in place of ours, to be compared with it."""
        self._arguments = [STOCK] if stock else [str(MODEL), str(DICTIONARY)]
        self._idle: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(_AT_ONCE):
            self._idle.put(None)

    def transcribe(self, sound: Sound) -> Transcript:
        """As Transcriber.transcribe; every word has its times."""
        spoken = pieces(stretches(sound), sound.duration_s)
        heard: tuple[Heard, ...] = ()
        if spoken:
            with self._process() as process:
                heard = process.listen(sound, spoken)
        return Transcript(" ".join(word.word for word in heard), self.name, heard, notice=sound.notice)

    def close(self) -> None:
        """Ends the processes that are idle."""
        for _ in range(_AT_ONCE):
            with contextlib.suppress(queue.Empty):
                process = self._idle.get_nowait()
                if process:
                    process.end()
        for _ in range(_AT_ONCE - self._idle.qsize()):
            self._idle.put(None)

    @contextmanager
    def _process(self) -> "Iterator[_Process]":
        """One that nobody else uses meanwhile; one that failed is not used again."""
        process = self._idle.get()
        try:
            process = process or _Process(self._arguments)
            yield process
        except SpeechError:
            if process:
                process.end()
            process = None
            raise
        finally:
            self._idle.put(process)


def pieces(spoken: Sequence[Stretch], duration_s: float) -> list[Stretch]:
    """What to decode at a time: stretches taken together while they are short, cut where somebody pauses."""
    joined: list[Stretch] = []
    for start, end in spoken:
        first, last = max(start - _MARGIN_S, 0.0), min(end + _MARGIN_S, duration_s)
        if joined and last - joined[-1][0] <= _LONGEST_S:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


class _Process:
    """A decoder at work."""

    def __init__(self, arguments: Sequence[str]) -> None:
        command = [sys.executable, "-m", "tutor.speech.decoder", *arguments]
        try:
            self._process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        except OSError as error:
            raise SpeechError(_FAILED) from error

    def listen(self, sound: Sound, spoken: Sequence[Stretch]) -> tuple[Heard, ...]:
        """The words of some pieces of a sound. Raises SpeechError, after which it is of no more use."""
        samples = sound.samples.astype("<i2").tobytes()
        head = json.dumps({"bytes": len(samples), "pieces": spoken}).encode()
        watch = threading.Timer(_LOADING_S + _PATIENCE * sound.duration_s, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            answer = _Answer.model_validate_json(self._asked(head + b"\n" + samples))
        except (OSError, ValidationError) as error:
            raise SpeechError(_FAILED) from error
        finally:
            watch.cancel()
        if answer.fault:
            raise SpeechError(answer.fault)
        return tuple(Heard(word, start, end) for word, start, end in answer.words)

    def end(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):  # it may have ended with something unsent
                    pipe.close()

    def _asked(self, request: bytes) -> bytes:
        """The line that comes back; empty where the process is gone."""
        sender, receiver = self._process.stdin, self._process.stdout
        if sender is None or receiver is None:
            return b""
        with contextlib.suppress(BrokenPipeError):  # it may have said why before it went
            sender.write(request)
            sender.flush()
        return receiver.readline()
