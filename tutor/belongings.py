"""Everything that Viva keeps of one learner: to take away as JSON, and to delete for good.

What is added to Viva and belongs to a learner has to be added here; a test writes something of every kind, and looks for it after.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from corpus.types import QAItem
from tutor.anki import to_anki
from tutor.appeals import cases_of, drop_cases, name_of
from tutor.conversations import reply_to_json, storable
from tutor.journal import Journal, JournalError
from tutor.libraries import Libraries
from tutor.records import Records
from tutor.reviews import Reviews
from tutor.sheet import to_csv
from tutor.shelf import Shelf
from tutor.speech.recordings import Recordings
from tutor.types import Conversation

VERSION = 1


@dataclass(frozen=True, slots=True)
class Belongings:
    """Where a learner's things are. `appeals` is the file of appeals and `recordings` are those that learners keep, if there are any.

    `shelf` has the learner's own documents, or everybody's where there are no accounts: then they are nobody's to delete here.
    """

    journal: Journal
    interviews: Records
    reviews: Reviews
    items: Mapping[str, QAItem]
    appeals: Path | None
    recordings: Recordings | None = None
    libraries: Libraries | None = None
    shelf: Shelf | None = None

    def to_json(self, learner: str, now: datetime) -> str:
        """All conversations, interviews and reviews of a learner with every event, their appeals, and where each recording is to be had.

        Raises UserError.
        """
        self.reviews.deck(learner)  # so that verdicts of the last minute are among the events
        everything = {
            "viva": VERSION,
            "learner": learner,
            "exported_at": now.isoformat(),
            "conversations": [self._conversation(one, learner) for one in self.journal.conversations(learner)],
            "interviews": [
                {"id": one.id, "started_at": one.started_at.isoformat(), "events": _values(self.interviews.written(one.id, learner))}
                for one in self.interviews.interviews(learner)
            ],
            "reviews": _values(self.reviews.records.written(learner)),
            "library": self._library(),
            "appeals": cases_of(self.appeals, self._appeals(learner)) if self.appeals else [],
            "recordings": [
                {"address": f"/recordings/{one.name}.wav", "about": one.about, "at": one.at.isoformat(), "duration_s": one.duration_s}
                for one in (self.recordings.of(learner) if self.recordings else ())
            ],
        }
        return storable(json.dumps(everything, ensure_ascii=False, indent=1)) + "\n"

    def cards(self, form: str, learner: str, now: datetime) -> bytes:
        """The learner's cards as a file: "apkg" for Anki, "csv" for a spreadsheet. Raises UserError."""
        cards = self.reviews.deck(learner).cards.values()
        return to_csv(cards, self.items).encode() if form == "csv" else to_anki(cards, self.items, now)

    def delete(self, learner: str) -> None:
        """Deletes all of that, from the files themselves. Raises UserError."""
        names = self._appeals(learner)
        self.journal.delete_all(learner)
        if self.recordings:
            self.recordings.forget(learner)
        if self.libraries:
            self.libraries.forget(learner)
        try:
            if self.appeals and names:
                drop_cases(self.appeals, names)
        except OSError as error:
            raise JournalError(
                f"All is deleted but your appeals, since {self.appeals} cannot be written ({error.strerror}). Delete that file yourself."
            ) from error

    def _library(self) -> dict[str, object]:
        """The names of the documents, and the key points that are the learner's own."""
        if self.shelf is None:
            return {}
        return {
            "documents": [{"name": one.entry.name, "added_at": one.entry.added_at.isoformat()} for one in self.shelf.documents()],
            "key_points": [{"question": edit.question, "points": list(edit.points)} for edit, _ in self.shelf.edits()],
        }

    def _conversation(self, one: Conversation, learner: str) -> dict[str, object]:
        exchanges = [
            {
                "id": name,
                "question": exchange.question,
                "reply": _value(reply_to_json(exchange.reply)) if exchange.reply else None,
                "notice": exchange.notice,
            }
            for name, exchange in self.journal.exchanges(one.id, learner)
        ]
        times = {"created_at": one.created_at.isoformat(), "updated_at": one.updated_at.isoformat()}
        return {"id": one.id, "title": one.title, **times, "exchanges": exchanges}

    def _appeals(self, learner: str) -> frozenset[str]:
        """The names of the learner's cases: whose a case is stands only in the conversation that it was made in."""
        named = {item.question: item.id for item in self.items.values()}
        found = set()
        for conversation in self.journal.conversations(learner):
            for _, exchange in self.journal.exchanges(conversation.id, learner):
                graded = exchange.reply.graded if exchange.reply else None
                if graded and graded.appeal and graded.question in named:
                    answer = graded.answer.removesuffix(f"\n\n{graded.appeal.reason}")
                    found.add(name_of(named[graded.question], answer, graded.appeal.reason))
        return frozenset(found)


def _values(texts: Iterable[str]) -> list[object]:
    return [_value(text) for text in texts]


def _value(text: str) -> object:
    """What a piece of JSON says; the text itself where it is damaged, for it is the learner's all the same."""
    try:
        return json.loads(text)
    except ValueError:
        return text
