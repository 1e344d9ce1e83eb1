"""What a file would bring to a library, told before it is added: its questions, what they lack, and what is there already.

A question that is there already is shown with both answers side by side, and where two sentences speak of the same thing and differ in a
number or a negation, those two are shown. Which of them is right is for the learner to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from corpus.health import Disagreement, FileHealth, disagreements, file_health
from corpus.library import Entry
from corpus.merge import Key, merge_key
from corpus.repair import same
from corpus.types import Document, QAItem, Source

_TWICE = 0.9  # likeness of two answers from which they say the same in the same words
_COMPARED = 4_000  # characters of each answer that are compared


@dataclass(frozen=True, slots=True)
class Twin:
    """A question that is there already: the answer that is there, and the new one. `repeats` says that they hardly differ."""

    question: str
    there: Source
    new: Source
    repeats: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What is in a file. `problem` says why it cannot be added; then there is nothing else."""

    name: str
    entry: Entry | None = None
    health: FileHealth | None = None
    questions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    twins: tuple[Twin, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    problem: str | None = None


def preview(entry: Entry, document: Document, items: Sequence[QAItem], known: Mapping[Key, QAItem]) -> Preview:
    """What a document would bring. `known` are the answered items that are there, by their keys."""
    pairs = [(known[key], item) for item in items if item.answered and (key := merge_key(item)) in known]
    twins = tuple(_twin(there, new) for there, new in pairs)
    both = [replace(new, sources=(there.sources[0], new.sources[0])) for there, new in pairs]
    return Preview(
        entry.name,
        entry,
        file_health(document.file, items),
        tuple(item.question for item in items if item.answered),
        document.warnings,
        twins,
        tuple(disagreements(both)),
    )


def _twin(there: QAItem, new: QAItem) -> Twin:
    one, other = same(there.answer)[:_COMPARED], same(new.answer)[:_COMPARED]
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    repeats = one == other or (matcher.real_quick_ratio() >= _TWICE and matcher.quick_ratio() >= _TWICE and matcher.ratio() >= _TWICE)
    return Twin(new.question, there.sources[0], new.sources[0], repeats)
