"""A question and an answer -> a verdict, without a language model: guards, marks for each point, a score, and what cannot be judged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.types import KeyPoint, Misconception, QAItem
from index.encoders import WordEncoder
from tutor.claims import ClaimReader, TaughtClaims
from tutor.feedback import UNSEEN, feedback_for
from tutor.guards import Guarded, guard
from tutor.misconceptions import met_misconceptions
from tutor.points import Answer, Strength, derive_points, evidence_at, mark, point_strengths, read_answer, source_sentence
from tutor.rarity import names_subject
from tutor.recall import WordReader, likeness, soft_recall
from tutor.score import band_of, likeness_to, score_of
from tutor.types import Evidence, MetMisconception, PointMark, Verdict

ENGINE = "Offline grader: compares words by meaning, no language model"
_BEYOND = 0.30  # a clause is beyond the source where less than this of it is there
_BEYOND_WORDS = 4  # content words that it must have
_SAME = 0.45  # how near a point must be to the truth of a wrong claim to be what it gets wrong; else that truth gets a mark of its own
_SEVERAL, _LONG, _STRAYED = 3, 40, 2.0  # key points, and content words, from which one point may be chance; what it is worth then
_FLUENT, _ASTRAY = 15, 0.36  # content words, and the share of them in the source, from which and below which an answer is astray
_PLAIN, _CHANCE = 0.55, 0.32  # how strongly such an answer must say a point to have meant it, and what is left of the others
_NEXT = 3  # sentences to say next time


@dataclass(frozen=True, slots=True)
class Task:
    """A question and what its answer is held against: the answers of its sources, the key points, and wrong claims with their truths."""

    question: str
    reference: tuple[str, ...]
    key_points: tuple[KeyPoint, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()

    @property
    def references(self) -> tuple[str, ...]:
        """The texts that an answer is held against: those of the sources, or the key points where there are none."""
        return tuple(text for text in self.reference if text.strip()) or tuple(point.text for point in self.key_points)


def task_of(item: QAItem) -> Task:
    """What an answer to an item is graded against."""
    return Task(item.question, tuple(source.answer for source in item.sources if source.answer), item.key_points, item.misconceptions)


class OfflineJudge:
    """Grades without a language model. The same answer always gets the same verdict."""

    def __init__(self, encoder: WordEncoder, claims: ClaimReader | None = None) -> None:
        """`claims` tells wrong claims; the one that ships where none is given."""
        self._reader = WordReader(encoder)
        self._claims = claims or TaughtClaims()

    def prepare(self, task: Task) -> None:
        """Reads what answers to a task are held against, so that the first answer is graded as fast as the next."""
        texts = [text for point in task.key_points for text in (point.text, *point.wordings)]
        claims = [text for one in task.misconceptions for text in (one.claim, one.truth)]
        self._claims.made([(one, one.truth) for one in task.misconceptions])  # which loads the network
        self._reader.read(task.question, *task.reference, *texts, *claims)

    def judge(self, task: Task, answer: str) -> Verdict:
        """The verdict on an answer. Its score is None only where there is nothing to hold the answer against."""
        references = task.references
        if not references:
            return Verdict(None, None, ENGINE, feedback="My documents do not answer this question, so an answer to it cannot be graded.")
        guarded = guard(task.question, references, answer)
        points = task.key_points or derive_points(task.question, references[0], self._reader)
        self._reader.read(guarded.text, *references, *(text for point in points for text in (point.text, *point.wordings)))
        read = read_answer(task.question, guarded.text, self._reader)
        strengths = [Strength()] * len(points) if guarded.barred else point_strengths(points, read, self._reader)
        if self._is_astray(task, references, read):
            strengths = [one if one.value >= _PLAIN else replace(one, value=min(one.value, _CHANCE)) for one in strengths]
        sources = [source_sentence(point.text, references, self._reader) for point in points]
        marks = [mark(point, strength, answer, source) for point, strength, source in zip(points, strengths, sources, strict=True)]
        met = () if guarded.barred else met_misconceptions(task.misconceptions, read, answer, self._reader, self._claims)
        marks, others = self._wrong(marks, met)
        nearest = 0.0 if guarded.empty else max(likeness_to(text, self._reader.read(text)[0], read) for text in references)
        score = score_of(nearest, strengths if task.key_points else (), marks, len(others), guarded)
        score = min(score, _highest(task, marks, read))
        marks += others
        return Verdict(
            score=score,
            band=band_of(score, guarded, written=bool(task.key_points)),
            engine=ENGINE,
            points=tuple(marks),
            flags=guarded.flags,
            feedback=feedback_for(score, marks, guarded.flags, met),
            misconceptions=met,
            beyond=self._beyond(references, points, read, answer, guarded),
            next_time=next_time(marks),
            model_answer=references[0] if task.reference else "",
            notice=UNSEEN,
        )

    def _wrong(self, marks: Sequence[PointMark], met: Sequence[MetMisconception]) -> tuple[list[PointMark], list[PointMark]]:
        """The marks, with the points that wrong claims get wrong marked so, and a mark for each truth that is nobody's point."""
        changed, others = list(marks), []
        for one in met:
            truth = self._reader.read(one.truth)[0]
            nearness = [likeness(truth, self._reader.read(point.text)[0]) for point in marks]
            row = max(range(len(marks)), key=lambda n: nearness[n])
            if nearness[row] >= _SAME and changed[row].status != "wrong":
                changed[row] = replace(changed[row], status="wrong", evidence=one.evidence)
            else:
                others.append(PointMark(one.truth, "wrong", one.evidence, one.truth))
        return changed, others

    def _is_astray(self, task: Task, references: Sequence[str], answer: Answer) -> bool:
        """Whether an answer is long, does not name what was asked, and has little in common with the source: it speaks of something else.

        Where a question has but one or two points, what such an answer says a little like one of them would make half its score.
        """
        if not task.key_points or names_subject(task.question, answer.text):
            return False
        own = answer.words.without(answer.asked)
        known = self._reader.read(*references, *(point.text for point in task.key_points))
        return len(answer.words) >= _FLUENT and max(soft_recall(own, words) for words in known) < _ASTRAY

    def _beyond(
        self, references: Sequence[str], points: Sequence[KeyPoint], read: Answer, answer: str, guarded: Guarded
    ) -> tuple[Evidence, ...]:
        """The clauses of the answer that the source neither says nor denies."""
        if guarded.barred:
            return ()
        known = self._reader.read(*references, *(point.text for point in points))
        found = []
        for span in read.clauses:
            part = read.words.within(*span).without(read.asked)
            if len(part) >= _BEYOND_WORDS and max(soft_recall(part, words) for words in known) < _BEYOND:
                found.append(evidence_at(answer, span))
        return tuple(found)


def _highest(task: Task, marks: Sequence[PointMark], answer: Answer) -> float:
    """The best score of an answer that does not name what was asked, where it says at most one of several points.

    Fluent talk of something else in the same field is a little like every answer, and a long one says some point or other by chance.
    """
    said = sum(one.status != "missed" for one in marks)
    if len(task.key_points) < _SEVERAL or said > 1 or names_subject(task.question, answer.text):
        return 10.0
    return 0.0 if not said else _STRAYED if len(answer.words) >= _LONG else 10.0


def next_time(marks: Sequence[PointMark]) -> tuple[str, ...]:
    """What to say next time: the points that were got wrong, then those that were left out."""
    order = {"wrong": 0, "missed": 1, "partial": 2}
    lacking = sorted((point for point in marks if point.status in order), key=lambda point: order[point.status])
    return tuple(point.text for point in lacking[:_NEXT])
