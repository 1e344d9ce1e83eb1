"""What programs ask of the tutor: a question in, a JSON object out. The interface of the screen and the tools of a model both rest on it.

Nothing is remembered between two calls but what the journal keeps, and everything is asked in the name of a learner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.errors import UserError
from corpus.types import QAItem
from index.types import retrieval_as_json
from tutor.batch import Lookup
from tutor.limits import told
from tutor.text import clean
from tutor.tutor import Tutor, clean_question
from tutor.types import Depth, Message, reply_as_json, verdict_as_json

_DEPTHS: tuple[Depth, ...] = ("simple", "interview", "deep")
_MOST = 10  # passages


class CallRefused(UserError):
    """A call that cannot be answered as it is."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one learner. Each raises UserError."""

    tutor: Tutor
    learner: str = ""

    def search(self, query: str, k: int = _MOST) -> dict[str, object]:
        """The passages for a query, best first, as `python -m index search` has them, without the `qid`."""
        if not 1 <= k <= _MOST:
            raise CallRefused(f"k is the number of passages, from 1 to {_MOST}, and {k} is not. Ask for another number.")
        prepared = self.tutor.prepared(self.learner)
        found = prepared.retrieve(clean_question(query), ())
        first = replace(found, passages=found.passages[:k])
        return {name: value for name, value in retrieval_as_json("", first).items() if name != "qid"}

    def ask(self, question: str, history: Sequence[Mapping[str, str]] = (), depth: str = "interview") -> dict[str, object]:
        """The whole answer to a question, as `python -m tutor ask` has it, without the `qid`."""
        reply = None
        for reply in self.tutor.ask(clean_question(question), messages(history), depth_of(depth), self.learner):  # noqa: B007  # the last is the whole one
            pass
        if reply is None or not reply.complete:
            raise CallRefused("The answer broke off. Ask again.")
        return reply_as_json(reply)

    def quiz(self, subject: str = "", asked: Sequence[str] = ()) -> dict[str, object]:
        """A question to put to a learner: on the subject, or on any without one; none of those that were `asked` (ids of items)."""
        prepared = self.tutor.prepared(self.learner)
        if subject.strip():
            found = prepared.retrieve(clean_question(subject), ())
            items = [passage.item for passage in found.passages] if found.answerable else []
            follow_ups = [one for item in items[:1] for one in prepared.engine.items.values() if one.parent == item.id]
            items = [*items[:1], *follow_ups, *items[1:]]
        else:
            items = [item for item in prepared.engine.items.values() if item.parent is None and item.key_points]
        item = next((item for item in items if item.id not in asked), None)
        if item is None:
            raise CallRefused("My documents have no question on that that was not asked. Name another subject.")
        return {"item": item.id, "question": item.question, "topic": item.topic, "level": item.level}

    def grade(self, question: str, answer: str) -> dict[str, object]:
        """The verdict on an answer as `python -m tutor grade` has it, with the question and the answer of the documents."""
        item = self._item(question)
        verdict = self.tutor.connection.judge(self.tutor.prepared(self.learner).judge)(item, told(clean(answer)))
        return {"item": item.id, "question": item.question, **verdict_as_json(verdict), "model_answer": item.answer}

    def due(self, zone: str = "") -> dict[str, object]:
        """What waits to be reviewed, now and on the next days as they are in a time zone, and the next question."""
        found, following = self.tutor.due(self.learner, zone), self.tutor.reviews.next(self.learner)
        asked = {"review": following.id, "question": following.text, "reason": following.reason} if following else None
        days = [{"day": day.isoformat(), "points": points} for day, points in found.days]
        return {"now": found.now, "over": found.over, "done": found.done, "suspended": found.suspended, "days": days, "next": asked}

    def _item(self, question: str) -> QAItem:
        prepared = self.tutor.prepared(self.learner)
        item = prepared.engine.items.get(question) or Lookup(
            prepared.engine.items.values(), lambda asked: prepared.retrieve(asked, ())
        ).item(clean_question(question))
        if item is None:
            raise CallRefused("My documents do not answer this question, so an answer to it cannot be graded. Ask for a quiz first.")
        return item


def messages(history: Sequence[Mapping[str, str]]) -> list[Message]:
    """A history from outside. Raises CallRefused where a message is not from the user or the assistant."""
    found = []
    for message in history:
        role = message.get("role")
        if role not in {"user", "assistant"}:
            raise CallRefused('A message of the history is {"role": "user" or "assistant", "content": "..."}.')
        found.append(Message("user" if role == "user" else "assistant", str(message.get("content", ""))))
    return found


def depth_of(name: str) -> Depth:
    """A depth from outside. Raises CallRefused where there is none of that name."""
    depth = next((one for one in _DEPTHS if one == name), None)
    if depth is None:
        raise CallRefused(f"An answer cannot be {name!r}. Choose one of: {', '.join(_DEPTHS)}.")
    return depth
