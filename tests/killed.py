"""Sits an interview in processes that are killed, one after another: `python -m tests.killed FILE EVENTS...`.

Each process goes on where the one before it was killed. It dies by SIGKILL at its own n-th event, n from EVENTS in turn: "1-" is just
before the first is kept, "2+" just after the second. What a learner was told is written to the standard output, one line each. The learner
sends again what was not confirmed, with the same id, as a browser does.
"""

import os
import signal
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from tests.sittings import INTERVIEWER, ITEMS, judge, retrieve
from tutor.events import Event, Paused, Started
from tutor.interview import Interview, Prompt, Setup
from tutor.journal import Journal
from tutor.records import Kept, Records
from tutor.sitting import Knowledge, Sittings, utc_now

QUESTIONS = 10
NAME = "mine"


class Mortal(Records):
    """Keeps events until its time has come."""

    def __init__(self, path: Path, death: str) -> None:
        super().__init__(Journal(path))
        self._left, self._after = int(death[:-1]), death.endswith("+")

    def begin(self, started: Started, learner: str = "") -> Interview:
        """As Records.begin."""
        if self._left == 1 and not self._after:
            die()
        known = {summary.id for summary in self.interviews(learner)}
        interview = super().begin(started, learner)
        if started.id not in known:
            self._count()
        return interview

    def add(self, interview: str, event: Event, after: int, learner: str = "") -> Kept:
        """As Records.add."""
        if self._left == 1 and not self._after:
            die()
        kept = super().add(interview, event, after, learner)
        if kept == "kept":
            self._count()
        return kept

    def _count(self) -> None:
        self._left -= 1
        if not self._left:
            die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sit(sittings: Sittings) -> Iterator[str]:
    """Sits the interview from wherever it is, as far as it goes; yields what was confirmed."""
    interview = sittings.begin(Setup(questions=QUESTIONS), interview=NAME)
    while prompt := interview.prompt:
        turn = interview.turns[-1]
        number, text, first = len(interview.turns), text_of(interview, prompt), prompt.kind == "question"
        if number == 3:
            interview = sittings.pass_(NAME, prompt.id)
            yield f"passed {prompt.id}"
        elif number == 4 and not first:
            interview = sittings.skip(NAME, prompt.id)
            yield f"skipped {prompt.id}"
        elif number % 5 == 0 and len(turn.hints) < 2:
            interview = sittings.hint(NAME, prompt.id, len(turn.hints) + 1)
            yield f"hinted {prompt.id}"
        elif first and not prompt.draft:
            interview = sittings.draft(NAME, prompt.id, f"Draft of {text}")
            yield f"drafted {prompt.id}"
        else:
            if number == 7 and first and not interview.paused_s:
                sittings.pause(NAME)
            interview = sittings.answer(NAME, prompt.id, f"{number}-{len(turn.prompts)}", text)
            yield f"answered {prompt.id} {number}-{len(turn.prompts)}"
    yield "ended" if sittings.wait(NAME, timeout_s=60).judged else "not judged"


def text_of(interview: Interview, prompt: Prompt) -> str:
    number = len(interview.turns)
    if number == 6 and prompt.kind == "question":
        return "Hm?"
    return "It has iron, wood and rope." if number % 2 else f"It has iron, and more of {prompt.id}."


def warm_up() -> None:
    """Does once, without a thread, what every process would have to do for the first time."""
    records = Records(Journal(None))
    records.begin(Started(NAME, utc_now(), Setup(), ()))
    records.add(NAME, Paused("p", utc_now()), 1)
    records.past()


def main(path: Path, deaths: list[str]) -> None:
    warm_up()
    for death in cycle(deaths):
        child = os.fork()
        if not child:
            records = Mortal(path, death)
            for line in sit(Sittings(records, lambda _learner: Knowledge(ITEMS, retrieve, judge), lambda offline: offline, INTERVIEWER)):
                os.write(1, f"{line}\n".encode())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))
        os.write(1, b"killed\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
