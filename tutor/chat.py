"""history + message -> what an engine is asked.

Nothing is kept between two messages but the conversation itself: what it is about is found anew from the learner's own questions,
so a conversation that is reloaded, or sent by a shell, goes on where it was.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from corpus.types import QAItem
from index.lexical import stems
from index.types import Passage, Retrieval
from tutor.engine import Request
from tutor.ladder import family_of
from tutor.moves import appeal_reason, contested, is_reply, pending_quiz, read_turn
from tutor.types import Depth, Message, Move

Retrieve = Callable[[str, Sequence[str]], Retrieval]
"""A question and the learner's earlier ones -> what was found."""

_EARLIER = 6  # earlier questions of the learner that a new one may lean on
_FAMILY = 4  # follow-ups of the subject that are handed on with it
_WHOLE = frozenset({"ask", "why", "how", "what_if"})  # moves whose words are looked up as they stand


def request(question: str, history: Sequence[Message], depth: Depth, retrieve: Retrieve, items: Mapping[str, QAItem]) -> Request:
    """What the engine is asked. `items` are all items by id; `history` is the conversation before, oldest first."""
    if judged := _judged(question, history):
        move, about = judged
        focus = next((item for item in items.values() if item.question == about), None)
        return Request(question, _nothing(question), move, depth, tuple(history), focus)
    turn = read_turn(question)
    earlier = subjects(history)[-_EARLIER:]
    asked = Request(question, _nothing(question), turn.move, depth, tuple(history))
    if turn.move == "compare" and turn.about:
        return _compared(asked, turn.about, earlier, retrieve, items) if earlier else _about(asked, retrieve(question, ()), move="ask")
    if turn.bare:
        if not earlier:
            return asked
        return _with_family(_about(asked, retrieve(earlier[-1], earlier[:-1])), items)
    found = retrieve(question if turn.move in _WHOLE else turn.about, earlier)
    if turn.move in _WHOLE and found.standalone == question:
        return _about(asked, found, move="ask")
    if turn.move in _WHOLE and found.answerable:
        return dataclasses.replace(_about(asked, found), focus=_subject(earlier, retrieve) or found.passages[0].item)
    return _about(asked, found)


def _judged(message: str, history: Sequence[Message]) -> tuple[Move, str] | None:
    """Whether a message replies to a quiz or appeals against the verdict on such a reply, and the question of that quiz."""
    if quiz := pending_quiz(history):
        return ("reply", quiz) if is_reply(message) else None
    disputed = contested(history) if appeal_reason(message) is not None else None
    return ("appeal", disputed[0]) if disputed else None


def _subject(earlier: Sequence[str], retrieve: Retrieve) -> QAItem | None:
    """What the conversation is about: the item of the latest question that stands on its own."""
    for position in range(len(earlier) - 1, -1, -1):
        found = retrieve(earlier[position], earlier[:position])
        if found.standalone == earlier[position] or not position:
            return found.passages[0].item if found.answerable else None
    return None


def subjects(history: Sequence[Message]) -> list[str]:
    """What the learner asked about, oldest first: no bare moves, no replies to a quiz, no appeals, not what was compared with."""
    found: list[str] = []
    for position, message in enumerate(history):
        if message.role != "user":
            continue
        turn = read_turn(message.content)
        if turn.bare or (turn.move == "compare" and found) or _judged(message.content, history[:position]):
            continue
        found.append(message.content if turn.move in {*_WHOLE, "compare"} else turn.about)
    return found


def _nothing(question: str) -> Retrieval:
    return Retrieval(question, (), answerable=False, confidence=0.0)


def _about(asked: Request, found: Retrieval, *, move: str | None = None) -> Request:
    focus = found.passages[0].item if found.answerable and found.passages else None
    changed = dataclasses.replace(asked, retrieval=found, focus=focus)
    return dataclasses.replace(changed, move="ask") if move == "ask" else changed


def _compared(asked: Request, about: str, earlier: Sequence[str], retrieve: Retrieve, items: Mapping[str, QAItem]) -> Request:
    """Where one item compares the two, it answers as any other; else both stand side by side."""
    focus, other = _subject(earlier, retrieve), retrieve(about, ())
    found = _about(asked, retrieve(focus.question if focus else about, ()))
    if not focus or not other.answerable:
        return found
    focus = items.get(focus.parent or "", focus)
    both = retrieve(f"What is the difference between {focus.question.rstrip('?')} and {about}?", ())
    best = both.passages[0].item
    if both.answerable and best.id not in {focus.id, other.passages[0].item.id} and _speaks_of(best, about, focus.question):
        return _about(asked, both, move="ask")
    return dataclasses.replace(found, focus=focus, other=other.passages[0])


def _speaks_of(item: QAItem, *subjects: str) -> bool:
    """Whether an item's question names each of the subjects."""
    named = set(stems(" ".join([item.question, *item.wordings])))
    return all(named & set(stems(subject)) for subject in subjects)


def _with_family(asked: Request, items: Mapping[str, QAItem]) -> Request:
    """With the subject's own follow-ups among the passages, since a bare move goes on to them."""
    if not asked.focus:
        return asked
    best, *others = asked.retrieval.passages
    near = [Passage(item, item.sources[0], best.score) for item in family_of(asked.focus, items)[:_FAMILY]]
    known = {passage.item.id for passage in near}
    passages = (best, *near, *(passage for passage in others if passage.item.id not in known))
    return dataclasses.replace(asked, retrieval=dataclasses.replace(asked.retrieval, passages=passages))
