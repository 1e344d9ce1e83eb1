"""The one object that the screen, the shell and eval talk to."""

import dataclasses
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UserError
from corpus.types import Document
from tutor.connection import Connection
from tutor.engine import EngineError
from tutor.text import clean
from tutor.types import Depth, Message, Reply, Status

if TYPE_CHECKING:
    from tutor.belongings import Belongings
    from tutor.due import Due
    from tutor.interview import Setup
    from tutor.interviewer import Interviewer
    from tutor.interviewing import Outline
    from tutor.journal import Journal
    from tutor.libraries import Libraries
    from tutor.prepare import Prepared
    from tutor.progress import Progress
    from tutor.records import Records
    from tutor.rehearsal import Rehearsal
    from tutor.report import Report as InterviewReport
    from tutor.reviews import Reviews
    from tutor.shelf import Shelf
    from tutor.sitting import Knowledge, Sittings
    from tutor.speech.recordings import Recordings
    from tutor.speech.speech import Speech

MAX_QUESTION = 4_000  # characters

Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


class QuestionRefused(UserError):
    """A question that is empty or too long."""


class Tutor:
    """A tutor over one set of documents. Made at once; `start` gets it ready in the background.

    `speech` listens and speaks, where anybody does, and `recordings` are those that learners keep.
    """

    speech: "Speech | None" = None
    recordings: "Recordings | None" = None

    _libraries: "Libraries | None" = None

    def __init__(
        self,
        prepare: "Callable[[Report], Prepared]",
        report: Report | None = None,
        *,
        journal: Path | None = None,
        connection: Connection | None = None,
        interviewer: "Interviewer | None" = None,
        speech: "Speech | None" = None,
        recordings: "Recordings | None" = None,
        libraries: "Libraries | None" = None,
    ) -> None:
        """`prepare` does the slow part; `report` is told how it goes on. `journal` is the file that everything is kept in.

        Without one, nothing outlives the process. `interviewer` chooses questions and finds words, if not the usual one; `libraries` are
        the learners' own documents, without which there are the shared ones only.
        """
        self._libraries = libraries
        self._journal_file = journal
        self._interviewer = interviewer
        self.speech, self.recordings = speech, recordings
        self.connection = connection or Connection(None)
        self._prepare = prepare
        self._report = report
        self._status = Status(ready=False, text="Starting", share=0.0)
        self._settled = threading.Event()
        self._opening = threading.Lock()
        self._prepared: Prepared | None = None

    @cached_property
    def journal(self) -> "Journal":
        """Where conversations are kept. Loaded at its first use, since that takes half a second."""
        from tutor.journal import Journal

        with self._opening:
            return vars(self).get("journal") or Journal(self._journal_file)

    @cached_property
    def interviews(self) -> "Records":
        """Where interviews are kept."""
        from tutor.records import Records

        journal = self.journal
        with self._opening:
            return vars(self).get("interviews") or Records(journal)

    @cached_property
    def sittings(self) -> "Sittings":
        """Interviews. What needs the documents waits until the tutor is ready."""
        from tutor.interviewing import INTERVIEWER
        from tutor.sitting import Sittings

        interviews, reviews, judge = self.interviews, self.reviews, self.connection.judge
        with self._opening:
            return vars(self).get("sittings") or Sittings(
                interviews, self._knowledge, judge, self._interviewer or INTERVIEWER, look_back=reviews.past
            )

    @cached_property
    def reviews(self) -> "Reviews":
        """Reviews of what was missed. What needs the documents waits until the tutor is ready."""
        from tutor.review_records import ReviewRecords
        from tutor.reviews import Reviews

        interviews, records = self.interviews, ReviewRecords(self.journal)
        with self._opening:
            return vars(self).get("reviews") or Reviews(records, interviews, self._knowledge, self._documents, self.connection.judge)

    def start(self) -> None:
        """Gets ready in the background: reads the documents, builds the index where it must, loads the model.

        What an earlier process left to be judged is judged then.
        """
        threading.Thread(target=self._begin, name="prepare", daemon=True).start()

    def prepare(self) -> None:
        """Gets ready; returns when the tutor is ready or has failed to. A failure is kept for `status` and told at every question."""
        try:
            self._prepared = self._prepare(self._tell)
            own = self._libraries.common(self._prepared) if self._libraries else self._prepared
            self._status = Status(ready=True, text=own.summary(), share=1.0)
        except UserError as error:
            self._status = Status(ready=False, text="Not ready", problem=str(error))
        finally:
            if not self._status.ready and not self._status.problem:
                self._status = Status(
                    ready=False, text="Not ready", problem="Viva could not get ready. The terminal that it runs in says why."
                )
            self._settled.set()

    def status(self) -> Status:
        """How far getting ready has come."""
        return self._status

    def wait(self, timeout_s: float | None = None) -> bool:
        """Blocks until the tutor is ready, or has failed to get ready, and says whether it is ready."""
        self._settled.wait(timeout_s)
        return self._status.ready

    def prepared(self, learner: str = "") -> "Prepared":
        """The documents that a learner's questions are answered from, as they are now, with their index and the offline engine and judge.

        Waits until they are ready. Raises UserError.
        """
        shared = self._shared()
        return self._libraries.prepared(learner, shared) if self._libraries else shared

    def ask(self, question: str, history: Sequence[Message] = (), depth: Depth = "interview", learner: str = "") -> Iterator[Reply]:
        """The reply as it grows; the last one is complete. Waits until the tutor is ready. Raises UserError."""
        from tutor.chat import request

        asked = clean_question(question)
        prepared = self.prepared(learner)
        earlier = [dataclasses.replace(message, content=clean(message.content)) for message in history]
        yield from prepared.explain(
            request(asked, earlier, depth, prepared.retrieve, prepared.engine.items),
            self.connection.engine(prepared.engine),
            self.connection.judge(prepared.judge),
        )

    def examples(self) -> tuple[str, ...]:
        """Questions that the documents answer, to begin with, from different topics. Empty until ready."""
        return self._prepared.examples() if self._prepared else ()

    def texts(self) -> Iterator[str]:
        """All that the documents say, a part at a time. Waits until the tutor is ready. Raises EngineError."""
        from tutor.speech.language_model import texts_of

        for item in self.prepared().engine.items.values():
            yield from texts_of(item)

    def topics(self, learner: str = "") -> tuple[tuple[str, int], ...]:
        """The topics of interviews, each with how many questions it has. Empty until ready."""
        from tutor.interviewing import topics_of

        return topics_of(self._knowledge(learner).items.values()) if self.status().ready else ()

    def outline(self, setup: "Setup", learner: str = "", interview: str = "") -> "Outline":
        """What an interview so set up would ask about, to show before it begins. `interview` is its id to be. Raises UserError."""
        from tutor.interviewing import outline_of
        from tutor.sitting import utc_now

        known, past = self._knowledge(learner), self.sittings.past(learner)
        return outline_of(setup, known.items, past, utc_now(), known.retrieve, interview)

    def report(self, interview: str, learner: str = "") -> "InterviewReport":
        """What came of an interview so far. Raises UserError."""
        from tutor.report import report_of

        engine = self.prepared(learner).engine
        return report_of(self.sittings.open(interview, learner), engine.items, engine.documents)

    def due(self, learner: str = "", zone: str = "") -> "Due":
        """How much waits to be reviewed, now and in the next days, as days are in a time zone ("Europe/Paris"). Raises UserError."""
        from tutor.due import zone_of

        return self.reviews.due(learner, zone_of(zone))

    def progress(self, learner: str = "", zone: str = "") -> "Progress":
        """How the learner is getting on, with days as they are in a time zone. Raises UserError."""
        from tutor.due import zone_of

        return self.reviews.progress(learner, zone_of(zone))

    def belongings(self, learner: str = "") -> "Belongings":
        """What is kept of a learner, to take away and to delete. Waits until the tutor is ready. Raises UserError."""
        from tutor.belongings import Belongings

        prepared = self.prepared(learner)
        kept = self.recordings, self._libraries, self.shelf(learner) if self._libraries else None
        return Belongings(self.journal, self.interviews, self.reviews, prepared.engine.items, prepared.appeals, *kept)

    def rehearse(self, interview: str, turn: str, text: str, seconds: int, learner: str = "") -> "Rehearsal":
        """What a version of an answer covers for its time. It is judged offline, at once, and kept nowhere. Raises UserError."""
        from tutor.events import InterviewError
        from tutor.limits import told
        from tutor.rehearsal import rehearse

        prepared = self.prepared(learner)
        asked = next((one.item for one in self.sittings.open(interview, learner).turns if one.id == turn), "")
        item = prepared.engine.items.get(asked)
        if item is None:
            raise InterviewError("The documents do not have this question any more, so it cannot be rehearsed. Add them again.")
        said = told(text, empty=False)
        return rehearse(item, prepared.judge(item, said), said, seconds)

    @property
    def engine(self) -> str:
        """A line for the screen that says which engine answers."""
        return self.connection.engine(self._prepared.engine).name if self._prepared else "Offline engine"

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each document that could not be read."""
        return self._prepared.problems if self._prepared else ()

    def _begin(self) -> None:
        self.prepare()
        if self._prepared:
            self._prepared.warm_up()
        if self._journal_file and self._status.ready:
            self.sittings.start()
        if self.speech and self.speech.listens and self._status.ready:
            self.speech.learn()

    def shelf(self, learner: str = "") -> "Shelf":
        """The learner's own documents. Waits until the tutor is ready. Raises UserError."""
        if self._libraries is None:
            raise EngineError("This Viva has no library. Start it with app.py to have one.")
        return self._libraries.of(learner, self._shared())

    def _knowledge(self, learner: str = "") -> "Knowledge":
        from tutor.sitting import Knowledge

        prepared = self.prepared(learner)
        return Knowledge(prepared.engine.items, prepared.retrieve, prepared.judge)

    def _documents(self, learner: str = "") -> "Mapping[str, Document]":
        return self.prepared(learner).engine.documents

    def _shared(self) -> "Prepared":
        self.wait()
        if self._prepared is None:
            raise EngineError(self._status.problem or "Viva is not ready yet. Try again in a moment.")
        return self._prepared

    def _tell(self, doing: str, done: int, total: int) -> None:
        share = done / total if total else 0.0
        self._status = Status(ready=False, text=f"{doing} ({done:,} of {total:,})" if total > 1 else doing, share=share)
        if self._report:
            self._report(doing, done, total)


def clean_question(text: str) -> str:
    """A question as it is asked. Raises QuestionRefused where nothing is asked or too much."""
    question = clean(text)
    if not re.search(r"\w", question):
        raise QuestionRefused("There is no question in that. Type a few words, for example: What is a transformer?")
    if len(question) > MAX_QUESTION:
        raise QuestionRefused(
            f"That is too long ({len(question):,} characters; the limit is {MAX_QUESTION:,}). Shorten it and send it again."
        )
    return question
