"""Which question comes next, and why: what is due first, then what tells most about the learner, and nothing twice.

The topic is the one that its quota leaves furthest behind. Within it, what went badly before comes first; otherwise the level nearest to
the learner's ability in the topic, what the job description names, main questions before follow-ups, and a lot that the interview's id
decides, so that the same interview always asks the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from corpus.types import Level, QAItem
from tutor.ability import Ability, ability_in, difficulty
from tutor.attempts import Record, answered_in, due, placed, records
from tutor.bank import alike, askable, content, family_of, topic_of
from tutor.interview import Interview, Past, Planned
from tutor.leaks import leaks
from tutor.plan import questions_in
from tutor.wording import draw, question_text

_REVIEWS = 0.5  # share of an interview that may be what was asked before
_CALLED = 1  # questions of a topic that stay for what a job description names
_NAMED = 1.5  # levels that a question is nearer for being named by the job description
_SEEN = 1.5  # levels that it is farther for having been asked in another interview
_AKIN = 0.5  # levels that it is farther for being near to what was asked here
_KINDRED = 0.5  # share of two questions' words in common, from which another one is asked rather


@dataclass(frozen=True, slots=True)
class Chosen:
    """A question to ask: its item, the words to ask it in, and why it is this one, in a sentence that gives no answer away."""

    item: str
    text: str
    topic: str
    level: Level | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Course:
    """An interview as it stands, with all that is known of its learner."""

    interview: Interview
    items: Mapping[str, QAItem]
    past: tuple[Past, ...]
    seen: Mapping[str, Record]
    now: datetime

    @property
    def asked(self) -> list[QAItem]:
        """The items of this interview that the documents still have."""
        return [self.items[turn.item] for turn in self.interview.turns if turn.item in self.items]

    def free(self) -> list[QAItem]:
        """What may be asked: nothing of a family that was asked here, and nothing that was asked lately."""
        families = {family_of(item) for item in self.asked} | {turn.item for turn in self.interview.turns}
        return [
            item
            for item in askable(self.items.values(), self.interview.setup)
            if family_of(item) not in families and not (item.id in self.seen and self.seen[item.id].lately(self.now))
        ]

    def is_new(self, item: QAItem) -> bool:
        """Whether a question is unlike all that was asked here, and nothing that was said here gives its answer away."""
        told = " ".join(prompt.text for turn in self.interview.turns for prompt in turn.prompts)
        return not any(alike(item, other) for other in self.asked) and not leaks(item, told)


def choose(interview: Interview, items: Mapping[str, QAItem], past: Sequence[Past], now: datetime) -> Chosen | None:
    """The next question; None where all have been asked or nothing is left to ask. `past` is what was answered before this interview."""
    if interview.setup.minutes is None and len(interview.turns) >= questions_in(interview.setup):
        return None
    before = placed(past, items)
    known = (*before, *answered_in(interview))
    course = _Course(interview, items, known, records(before), now)
    free = course.free()
    for item in _reviews(course, free):
        if course.is_new(item):
            return _chosen(item, course, ability_in(topic_of(item), known, now))
    for planned in _by_need(course):
        ability = ability_in(planned.topic, known, now)
        mine = [item for item in free if topic_of(item) == planned.topic]
        for item in sorted(mine, key=lambda item: _order(item, planned, ability, course)):
            if course.is_new(item):
                return _chosen(item, course, ability)
    return None


def _reviews(course: _Course, free: Sequence[QAItem]) -> list[QAItem]:
    """What is due to be asked again, in topics whose quota has room, as long as it does not fill the interview."""
    setup, turns = course.interview.setup, course.interview.turns
    again = sum(turn.item in course.seen for turn in turns)
    if again >= max(_REVIEWS * questions_in(setup), 1):
        return []
    count = Counter(turn.topic for turn in turns)
    room = {one.topic for one in course.interview.plan if count[one.topic] < one.questions - (_CALLED if one.items else 0)}
    mine = {item.id: item for item in free if topic_of(item) in room}
    return [mine[name] for name in due(course.seen, course.now) if name in mine]


def _by_need(course: _Course) -> list[Planned]:
    """The topics of the plan, the one first that is furthest behind its quota (Webster); full ones last."""
    count = Counter(turn.topic for turn in course.interview.turns)
    planned = [planned for planned in course.interview.plan if planned.questions]
    return sorted(planned, key=lambda one: (count[one.topic] >= one.questions, -one.questions / (2 * count[one.topic] + 1)))


def _order(item: QAItem, planned: Planned, ability: Ability, course: _Course) -> tuple[float, ...]:
    """What comes first among the questions of a topic: the least."""
    named = planned.items.index(item.id) if item.id in planned.items else len(planned.items)
    apart = abs(difficulty(item.level) - difficulty(ability.level)) + (_NAMED if named == len(planned.items) else 0)
    apart += _AKIN * any(_kindred(item, other) for other in course.asked)
    record = course.seen.get(item.id)
    apart += _SEEN if record else 0.0
    return (
        apart,
        named,
        item.parent is not None,
        record.times if record else 0,
        draw(course.interview.id, item.id),
    )


def _kindred(item: QAItem, other: QAItem) -> bool:
    one, two = content(item.question), content(other.question)
    return len(one & two) >= _KINDRED * max(min(len(one), len(two)), 1) and topic_of(item) == topic_of(other)


def _chosen(item: QAItem, course: _Course, ability: Ability) -> Chosen:
    record = course.seen.get(item.id)
    text = question_text(item, record.times if record else 0, f"{course.interview.id} {item.id}")
    return Chosen(item.id, text, topic_of(item), item.level, _reason(item, record, course, ability))


def _reason(item: QAItem, record: Record | None, course: _Course, ability: Ability) -> str:
    """Why this question, in one sentence."""
    topic = topic_of(item)
    if record and record.due(course.now):
        return f"Asked because {record.said(course.now)}."
    named = next((planned for planned in course.interview.plan if planned.topic == topic and item.id in planned.items), None)
    if named:
        return f"{named.reason}."
    if course.interview.setup.level and item.level:
        return f"On {topic}, at the {item.level} level as you chose."
    if not ability.answers:
        return f"The first one on {topic}" + (", of middle difficulty." if item.level == "intermediate" else ".")
    if difficulty(item.level) > 0:
        return f"A harder one: your answers on {topic} are good so far."
    if difficulty(item.level) < 0:
        return f"An easier one: {topic} has not gone so well yet."
    return f"Another one on {topic}, of middle difficulty."
