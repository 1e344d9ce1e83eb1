"""A job description, and a résumé, -> the subjects of the documents that they call for, each with the very words that gave it.

The texts are cut into phrases and each phrase is looked up as a question would be. What a phrase finds counts only where the index is
sure of it and the words agree, since a posting also speaks of salaries and offices. The texts are data: they are compared with the
documents and nothing else, and lines that give orders to whoever reads them are left out.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.errors import UserError
from corpus.types import QAItem
from index.types import Passage, Retrieval
from tutor.bank import content, family_of, topic_of
from tutor.posting import Phrase, names_in, phrases_of

MAX_CHARACTERS = 20_000
Retrieve = Callable[[str, Sequence[str]], Retrieval]
"""A query and the earlier questions of the conversation -> what the index finds."""

NOTHING_FOUND = "I found none of my subjects in this text, so the questions come from all topics."
_PHRASES = 60  # that are looked up at most, the most telling ones first: one takes 10 to 100 ms
_SURE = 0.5  # confidence of the index from which it has an answer
_NEAR = 0.7  # score from which a passage counts though it shares few words with the phrase
_SHARED = 0.5  # share of a phrase's words that must else stand in the question
_TRIED, _EQUAL, _SECOND = 3, 0.9, 0.5  # passages tried; share of the best score from which another one is meant, too; what that counts
_AGAIN = 0.5  # what a phrase counts that finds what another one has found
_CLAIMED, _ONLY_CLAIMED = 1.5, 0.5  # what a résumé adds to a subject of the job, and what a subject counts that only the résumé names
_NAMING = 8  # words of a wording that names its subject
_LEAST = 0.03  # the share that a subject has at least: a passing word is none
_SHOWN = 3  # phrases of a subject that are shown


class SetupRefused(UserError):
    """A mock interview that cannot be held as it was set up."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic that the texts call for. `weight` is its share, all together 1; `asked` are words of the job, `claimed` of the résumé.

    `items` are the ids of the main items that the words found, best first.
    """

    topic: str
    weight: float
    asked: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Posting:
    """What was read from a job description and a résumé. `missing` are skills that the job names and the documents do not treat.

    `notice` is one sentence for the learner where nothing was found.
    """

    subjects: tuple[Subject, ...] = ()
    missing: tuple[str, ...] = ()
    notice: str = ""


@dataclass(frozen=True, slots=True)
class _Find:
    """What a phrase found: the phrase, the main item, its topic, and how much that counts."""

    phrase: Phrase
    item: str
    topic: str
    weight: float


def read_posting(job: str, resume: str, items: Mapping[str, QAItem], retrieve: Retrieve) -> Posting:
    """The subjects of a job description and a résumé, heaviest first. Raises SetupRefused where a text is too long."""
    for name, text in (("job description", job), ("résumé", resume)):
        if len(text) > MAX_CHARACTERS:
            raise SetupRefused(
                f"The {name} is too long ({len(text):,} characters; the limit is {MAX_CHARACTERS:,}). "
                "Paste only the part about tasks and skills."
            )
    lookup = _Lookup(items, retrieve)
    asked, claimed = lookup.finds(phrases_of(job)), lookup.finds(phrases_of(resume))
    weights = _weights(asked, claimed)
    total = sum(weights.values())
    weights = {topic: weight for topic, weight in weights.items() if weight >= _LEAST * total}
    total = sum(weights.values())
    subjects = tuple(
        Subject(topic, weight / total, _words(asked, topic), _words(claimed, topic), _items((*asked, *claimed), topic))
        for topic, weight in sorted(weights.items(), key=lambda one: -one[1])
    )
    told = job.strip() or resume.strip()
    return Posting(subjects, lookup.missing(job), NOTHING_FOUND if told and not subjects else "")


class _Lookup:
    """Phrases -> what they find. Knows the words that the documents ask with."""

    def __init__(self, items: Mapping[str, QAItem], retrieve: Retrieve) -> None:
        self._items = items
        self._retrieve = retrieve
        self._asked = {item.id: content(" ".join((item.question, *filter(_names, item.wordings)))) for item in items.values()}
        self._known = frozenset(stem for stems in self._asked.values() for stem in stems)

    def finds(self, phrases: Iterable[Phrase]) -> list[_Find]:
        """What the phrases find, in their order; the most telling phrases are tried where there are too many."""
        known = [phrase for phrase in phrases if content(phrase.text) & self._known]
        tried = sorted(range(len(known)), key=lambda n: (-known[n].weight, n))[:_PHRASES]
        return [find for n in sorted(tried) for find in self._find(known[n])]

    def missing(self, job: str) -> tuple[str, ...]:
        """The names in a job description that no question of the documents has in it."""
        return tuple(name for name in names_in(job) if not content(name) & self._known)

    def _find(self, phrase: Phrase) -> Iterator[_Find]:
        found = self._retrieve(phrase.text, ())
        if found.confidence < _SURE:
            return
        fit = [passage for passage in found.passages[:_TRIED] if self._agrees(phrase.text, passage)]
        near = [passage.item for passage in fit if passage.score >= _EQUAL * fit[0].score]
        for rank, name in enumerate(dict.fromkeys(family_of(item) for item in near if family_of(item) in self._items)):
            topic = topic_of(self._items[name])
            yield _Find(phrase, name, topic, phrase.weight * found.confidence * self._telling(phrase.text, topic) * _SECOND**rank)

    def _agrees(self, text: str, passage: Passage) -> bool:
        """Whether a passage is about the phrase, by more than a vague nearness."""
        words = content(text)
        shared = len(words & self._asked.get(passage.item.id, frozenset())) / max(len(words), 1)
        return shared >= _SHARED or (passage.score >= _NEAR and len(words) > 1 and shared > 0)

    def _telling(self, text: str, topic: str) -> float:
        """How much a phrase points to one topic, 0..1: "generative AI" stands in the questions of them all."""
        words = content(text)
        topics = Counter(topic_of(self._items[name]) for name, asked in self._asked.items() if words <= asked)
        return max(topics[topic], 1) / max(topics.total(), 1)


def _names(wording: str) -> bool:
    """Whether a wording names its subject; longer ones tell of a situation, in words of anything."""
    return len(wording.split()) <= _NAMING


def _weights(asked: Sequence[_Find], claimed: Sequence[_Find]) -> dict[str, float]:
    job, resume = _sums(asked), _sums(claimed)
    if not job:
        return resume
    weights = {topic: weight * (_CLAIMED if topic in resume else 1) for topic, weight in job.items()}
    most = max(resume.values(), default=1.0)
    scale = _ONLY_CLAIMED * sum(job.values()) / len(job) / most
    return weights | {topic: weight * scale for topic, weight in resume.items() if topic not in job}


def _sums(finds: Sequence[_Find]) -> dict[str, float]:
    """The weight of each topic; finding the same item again and again counts for less."""
    weights: dict[str, float] = defaultdict(float)
    times: Counter[str] = Counter()
    for find in sorted(finds, key=lambda find: -find.weight):
        weights[find.topic] += find.weight * _AGAIN ** times[find.item]
        times[find.item] += 1
    return dict(weights)


def _words(finds: Iterable[_Find], topic: str) -> tuple[str, ...]:
    """The phrases that gave a topic, the weightiest first, none that stands in another."""
    mine = sorted((find for find in finds if find.topic == topic), key=lambda find: -find.weight)
    words: list[str] = []
    for find in mine:
        if not any(find.phrase.text.lower() in word.lower() for word in words):
            words.append(find.phrase.text)
    return tuple(words[:_SHOWN])


def _items(finds: Iterable[_Find], topic: str) -> tuple[str, ...]:
    weights: dict[str, float] = defaultdict(float)
    for find in finds:
        if find.topic == topic:
            weights[find.item] += find.weight
    return tuple(sorted(weights, key=lambda item: -weights[item]))
