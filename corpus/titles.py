"""The section titles above an item, and what they tell of its topic and level."""

import re
from dataclasses import dataclass, field

from corpus.types import Level

_LEVEL_WORDS: dict[Level, str] = {
    "basic": "basics?|beginners?|easy|freshers?|entry|junior|introductory|elementary|novice",
    "intermediate": "intermediate|medium|mid|middle|moderate",
    "advanced": "advanced|experts?|hard|difficult|senior|experienced|challenging",
}
_LEVEL_FILLER = re.compile(
    r"\b(?:level|levels|interview|questions?|answers?|and|with|for|the|of|to|section|part|candidates?|professionals?|developers?|engineers?|\d+|[ivx]+|"
    r"concepts?|topics?|tier|difficulty|round|qa|q|a)\b",
    re.IGNORECASE,
)
LEVEL_MARK = re.compile(
    r"[\[(](?:level|difficulty)?:?\s*([a-z]+)(?:[ -]level)?[\])]\s*$|^(?:level|difficulty)\s*:\s*([a-z]+)\s*$", re.IGNORECASE
)
_NO_TOPIC = re.compile(r"(?:table of )?contents?|introduction|overview|questions?|q ?& ?a|faqs?|index|preface|about", re.IGNORECASE)
_COUNT = r"^(?:the )?(?:top |best )?\d+\+? (?:of the )?(?:most |essential |common(?:ly)? |frequently |important |asked )*"
_COUNTED = re.compile(_COUNT + r"|\s*\b(?:interview )?questions?(?: (?:and|&|with) answers?)?\b.*$", re.IGNORECASE)


def level_of(title: str) -> Level | None:
    """The level that a section title names and nothing else ("Advanced questions"), or None."""
    for level, words in _LEVEL_WORDS.items():
        rest, found = re.subn(rf"\b(?:{words})\b", "", title, flags=re.IGNORECASE)
        if found and not re.search(r"[a-z]{2,}", _LEVEL_FILLER.sub("", rest), re.IGNORECASE):
            return level
    return None


def level_mark(question: str) -> tuple[str, Level | None]:
    """A question without the "(Advanced)" at its end, and the level it named."""
    mark = LEVEL_MARK.search(question)
    level = level_of(mark.group(1) or "") if mark else None
    return (question[: mark.start()].rstrip(), level) if mark and level else (question, None)


@dataclass(slots=True)
class Titles:
    """The section titles that stand above a line, shallowest first. Filled while a document is read from top to bottom."""

    titles: list[tuple[int, str | None, Level | None]] = field(default_factory=list)

    def reset(self) -> None:
        """Forgets all titles: another document begins."""
        self.titles.clear()

    def leave(self, depth: int) -> None:
        """Leaves the sections at this depth and below it."""
        while self.titles and self.titles[-1][0] >= depth:
            self.titles.pop()

    def enter(self, depth: int, title: str) -> None:
        """Enters a section."""
        self.leave(depth)
        level = level_of(title)
        topic = None if level or _NO_TOPIC.fullmatch(title.strip()) else _COUNTED.sub("", title).strip(" :-–—*") or None
        self.titles.append((depth, topic, level))

    @property
    def topic(self) -> str | None:
        """The innermost title that names a topic."""
        return next((topic for _, topic, _ in reversed(self.titles) if topic), None)

    @property
    def level(self) -> Level | None:
        """The innermost title that names a level."""
        return next((level for _, _, level in reversed(self.titles) if level), None)
