"""The same question from several places becomes one item that keeps every source.

Two questions are the same when they ask with the same content words, whatever frame they put them in ("What is LoRA?",
"Explain LoRA (Low-Rank Adaptation)."). Words that ask for something else (why, when, compare) keep questions apart.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.repair import same
from corpus.types import QAItem, Source

_ASIDE = re.compile(r"\s*\(([^()]*)\)")
_FRAME = re.compile(
    r"""^(?:(?:can|could|would)\ you\ (?:please\ )?|please\ |briefly\ )*
    (?:explain|describe|define|discuss|outline|what(?:\ is|['’]s|\ are|\ was|\ were|\ do(?:es)?)?(?:\ it)?|tell\ me\ about
      |give\ an?\ (?:overview|definition)\ of)\s+
    (?:the\ (?:concepts?|ideas?|meaning|definition|term|notion)\ of\s+
      |(?:is\ |are\ )?(?:meant|understood)\ by\s+|you\ mean\ by\s+|by\s+)?""",
    re.VERBOSE,
)
_HOW = re.compile(r"^(?:(?:can|could) you )?(?:explain |describe )?how (?:does |do |did )?(.+?) works?\b")
_KEEP = {"why", "when", "how", "who", "where", "not", "without", "vs", "versus", "difference", "compare", "work"}
_EMPTY = {
    "a", "about", "an", "and", "are", "as", "at", "be", "between", "by", "can", "concept", "context", "define", "describe", "did",
    "discuss", "do", "does", "explain", "for", "from", "give", "in", "is", "it", "its", "me", "mean", "meant", "of", "on", "or",
    "please", "s", "should", "some", "tell", "term", "that", "the", "this", "to", "was", "we", "were", "what", "which", "with",
    "would", "you", "your",
}  # fmt: skip


Key = tuple[str | None, ...]
"""What two items have in common that are one question."""


def merge(items: Sequence[QAItem]) -> list[QAItem]:
    """The items in order, each question once, with the sources, wordings and warnings of all. Follow-ups stay their own."""
    return [item for item, _ in merge_by_key(items, [merge_key(item) for item in items])]


def merge_by_key(items: Sequence[QAItem], keys: Sequence[Key]) -> list[tuple[QAItem, list[int]]]:
    """As `merge`, each item with the rows that it was made of; the very same object where it is one row, unchanged."""
    groups: dict[Key, list[int]] = {}
    for row, key in enumerate(keys):
        groups.setdefault(key, []).append(row)
    rows = list(groups.values())
    return list(zip(_distinct([_one([items[row] for row in group]) for group in rows]), rows, strict=True))


def merge_key(item: QAItem) -> Key:
    """The key of an item: its question's, or for a follow-up its own."""
    return ("follow-up", item.parent, item.id) if item.parent else question_key(item.question)


def question_key(question: str) -> tuple[str, ...]:
    """The content words that a question asks with, sorted: equal for two questions that are the same."""
    text = question.lower().strip(" ?.!:")
    long_forms = [aside for aside in _ASIDE.findall(text) if len(aside.split()) <= 6]
    text = _ASIDE.sub(lambda found: "" if found.group(1) in long_forms and _abbreviates(text, found) else " " + found.group(1), text)
    how = _HOW.match(text)
    text = f"how {how.group(1)} work{text[how.end() :]}" if how else _FRAME.sub("", text)
    words = re.findall(r"[a-z0-9][a-z0-9+#.]*(?:['’][a-z]+)?", text.replace("-", " "))
    kept = {_singular(word) for word in words if word not in _EMPTY or word in _KEEP}
    return tuple(sorted(kept)) or tuple(words)


def _abbreviates(text: str, aside: re.Match[str]) -> bool:
    """Whether what stands in brackets is the short or the long form of the words before it."""
    before = re.findall(r"[a-z0-9]+", text[: aside.start()].lower())
    inside = re.findall(r"[a-z0-9]+", aside.group(1).lower())
    if not before or not inside:
        return False
    short, long = (inside[0], before) if len(inside) == 1 else (before[-1], inside)
    initials = "".join(word[0] for word in (long[-len(short) - 2 :] if len(inside) == 1 else long))
    letters = iter(initials + "".join(long[-1]))
    return all(letter in letters for letter in short.rstrip("s")) or short.rstrip("s")[:1] == initials[:1]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _one(group: Sequence[QAItem]) -> QAItem:
    """One item of several: the fullest form of the question leads, an answer before none, then the order in which they came."""
    if len(group) == 1:
        return group[0]
    first = next((item for item in group if item.key_points), None) or next((item for item in group if item.answered), group[0])
    others = [item for item in group if item is not first]
    sources = _apart([source for item in (first, *others) for source in item.sources])
    wordings = [*first.wordings]
    for question in (other for item in others for other in (item.question, *item.wordings)):
        if same(question) not in {same(first.question), *(same(known) for known in wordings)}:
            wordings.append(question)
    return replace(
        first,
        sources=tuple(sources),
        wordings=tuple(wordings),
        level=next((item.level for item in (first, *others) if item.level), None),
        topic=next((item.topic for item in (first, *others) if item.topic), None),
        related=tuple(dict.fromkeys(other for item in (first, *others) for other in item.related)),
        key_points=first.key_points or next((item.key_points for item in others if item.key_points), ()),
        misconceptions=first.misconceptions or next((item.misconceptions for item in others if item.misconceptions), ()),
        warnings=tuple(dict.fromkeys(warning for item in group for warning in item.warnings)) if not first.answered else first.warnings,
    )


def _apart(sources: Sequence[Source]) -> list[Source]:
    """Every source, those that have an answer first."""
    return sorted(sources, key=lambda source: not source.answer)


def _distinct(items: Sequence[QAItem]) -> list[QAItem]:
    """The items with ids that no two share."""
    seen: set[str] = set()
    distinct: list[QAItem] = []
    for item in items:
        name, number = item.id, 2
        while name in seen:
            name, number = f"{item.id}-{number}", number + 1
        seen.add(name)
        distinct.append(item if name == item.id else replace(item, id=name))
    return distinct
