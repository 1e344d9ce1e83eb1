"""Recordings are transcribed two at a time, since each takes a processor whole; the others wait in line, and know their place in it."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from dataclasses import dataclass

from tutor.speech.types import SpeechError, Transcript

AT_ONCE = 2
_MOST_WAITING = 40

Work = Callable[[], Transcript]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A recording that is transcribed or waits for it."""

    number: int
    _future: "Future[Transcript]"
    _pool: "TranscriptionPool"

    @property
    def place(self) -> int:
        """How many wait before it and with it: 1 is the next one; 0 where it is listened to, or done."""
        return self._pool.place(self.number)

    @property
    def done(self) -> bool:
        """Whether there is a transcript, or a reason why there is none."""
        return self._future.done()

    def result(self, timeout_s: float | None = None) -> Transcript | None:
        """The transcript; None where it is not there in time. Raises what transcribing raised, SpeechError where it was cancelled."""
        if self._future.cancelled():
            raise SpeechError("The recording was withdrawn before anybody listened to it. Record it again, or type your answer.")
        try:
            return self._future.result(timeout_s)
        except StillWaiting:
            return None

    def when_done(self, act: Callable[[], None]) -> None:
        """Has something done as soon as there is a transcript, a reason for none, or nobody who waits; at once, where that is so now."""
        self._future.add_done_callback(lambda _future: act())

    def cancel(self) -> bool:
        """Leaves the line; False where it is listened to already."""
        return self._future.cancel()


class TranscriptionPool:
    """Does so much at once and no more. Threads start with the first recording."""

    def __init__(self, at_once: int = AT_ONCE, most_waiting: int = _MOST_WAITING) -> None:
        """`most_waiting` recordings are kept in line, and more are refused."""
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="transcribe")
        self._most = most_waiting
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._waiting: dict[int, None] = {}

    def submit(self, work: Work) -> Ticket:
        """A place in the line for a recording. Raises SpeechError where the line is full."""
        with self._lock:
            if len(self._waiting) >= self._most:
                raise SpeechError("Too many recordings wait to be transcribed. Try again in a minute, or type your answer.")
            number = next(self._numbers)
            self._waiting[number] = None
            future = self._threads.submit(self._run, number, work)
        future.add_done_callback(lambda _future: self._leave(number))
        return Ticket(number, future, self)

    def place(self, number: int) -> int:
        """As Ticket.place."""
        with self._lock:
            return list(self._waiting).index(number) + 1 if number in self._waiting else 0

    def _run(self, number: int, work: Work) -> Transcript:
        self._leave(number)
        return work()

    def _leave(self, number: int) -> None:
        with self._lock:
            self._waiting.pop(number, None)
