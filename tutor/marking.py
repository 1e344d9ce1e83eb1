"""Judges closed questions in the background, one after another, while the interview goes on.

One thread for the whole process: a language model of one's own does one thing at a time, and so does a processor that answers learners
meanwhile. Whatever goes wrong becomes a reason that the learner is told; it never becomes a score.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import SimpleQueue
from time import monotonic

from corpus.errors import UserError
from tutor.types import Verdict

FAULT = "Something in Viva went wrong while this was judged; the terminal that it runs in says what. Try again."

_LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Job:
    """A closed question of an interview of a learner."""

    interview: str
    turn: str
    learner: str


class Marking:
    """The queue of what is to be judged, and the thread that does it."""

    def __init__(
        self, found: Callable[[], Iterable[Job]], judge: Callable[[Job], Verdict | None], settle: Callable[[Job, Verdict | str], None]
    ) -> None:
        """`found` are the jobs that an earlier process left, `judge` does one (None: there is nothing to judge any more).

        `settle` takes what came of it, a verdict or the reason why there is none. `found` and `judge` may raise UserError.
        """
        self._found, self._judge, self._settle = found, judge, settle
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._waiting: set[Job] = set()
        self._changed = threading.Condition()
        self._started = False

    def start(self) -> None:
        """Begins with what an earlier process left. Does nothing the second time."""
        with self._changed:
            first, self._started = not self._started, True
        if first:
            self._start(self._begin)

    def put(self, jobs: Iterable[Job]) -> None:
        """Has these judged; those that are in the queue already, once."""
        self.start()
        for job in jobs:
            with self._changed:
                new = job not in self._waiting
                self._waiting.add(job)
            if new:
                self._jobs.put(job)

    def wait(self, done: Callable[[], bool], timeout_s: float) -> bool:
        """Blocks until `done`, and says whether it is. Looks whenever something was judged, and now and then: others may judge too."""
        end = monotonic() + timeout_s
        while not (settled := done()) and (left := end - monotonic()) > 0:
            with self._changed:
                self._changed.wait(min(left, _LOOK_S))
        return settled

    def _start(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, name="marking", daemon=True).start()

    def _begin(self) -> None:
        try:
            self.put(self._found())
        except UserError:
            pass  # a file that cannot be read: whoever opens the interview is told, and its questions are judged then
        finally:
            self._start(self._work)

    def _work(self) -> None:
        """Goes on for ever. A fault ends this thread, and is told in the terminal; another one takes over."""
        try:
            while True:
                self._do(self._jobs.get())
        finally:
            self._start(self._work)

    def _do(self, job: Job) -> None:
        outcome: Verdict | str | None = FAULT
        try:
            outcome = self._judge(job)
        except UserError as error:
            outcome = str(error)
        finally:
            self._finish(job, outcome)

    def _finish(self, job: Job, outcome: Verdict | str | None) -> None:
        with self._changed:
            self._waiting.discard(job)  # before it is told, so that "try again" right after it is not taken for the same job
        try:
            if outcome is not None:
                self._settle(job, outcome)
        except UserError:
            pass  # deleted meanwhile; or nothing can be kept, and then it is judged again when it is opened
        finally:
            with self._changed:
                self._changed.notify_all()
