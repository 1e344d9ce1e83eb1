"""Document -> QAItems, with clean ends.

An item is found by the line it starts on (corpus/questions.py), its answer ends where something foreign begins
(corpus/answers.py), and both are made readable (corpus/repair.py). An answer that was lost is reported and stays empty.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from corpus.answers import Extent, Shape, extent
from corpus.lines import ANSWER_MARK, INTERROGATIVE, Line, about_itself, asks, bare, read_lines
from corpus.parts import Parts, read_follow_up, read_parts
from corpus.questions import Start, find_starts, section_depth
from corpus.repair import misread_by_scanner, repair, repair_text, same, without_repeats
from corpus.tables import find_rows
from corpus.titles import LEVEL_MARK, Titles, level_mark, level_of
from corpus.traced import Traced, join_lines
from corpus.types import Document, QAItem, Source

_INLINE_ANSWER = re.compile(r"(?:\*\*|__)?\b(?:A|Ans|Answer)\s?\d{0,3}:(?:\*\*|__)?\s+", re.IGNORECASE)
_QUESTION_END = re.compile(r"\?[\"”’')\]]*(?:\*\*|__)?[:.]?\s+(?=\S)")
_BROKEN = re.compile(r"(?<=[a-z,]{2})\n\n(?=[a-z]{2,} )")  # a sentence that a page break split into two paragraphs
_LEADING_DASH = re.compile(r"^[-–—:]+\s+")
_QUOTED = re.compile(r"^[ \t]*>[ ]?")
_SECOND_OPTION = re.compile(r"^\W{0,4}B[.)]\s")  # what follows "A." where the letters count answers to choose from
_BARE_INLINE = 25  # what follows a question mark on its line is an answer from this length on, unless it asks on


def parse(document: Document) -> list[QAItem]:
    """Every question of a document, in order, each time it is asked. A question whose answer was lost has an empty answer and a warning.

    Where a document has no questions, each section becomes an item whose question is its heading.
    """
    lines = read_lines(document.text)
    starts = find_starts(lines)
    page = _Page(document, lines, misread_by_scanner(document.text), any(lines[start.line].marked for start in starts))
    items = page.items(starts)
    rows = list(page.rows())
    if sum(item.answered for item in rows) > sum(item.answered for item in items):
        items = rows
    return _with_own_ids(items or list(page.sections()))


def slug(text: str) -> str:
    """A question as an id: lower case, words joined by hyphens, at most 80 characters."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:80].rstrip("-") or "item"


@dataclass(slots=True)
class _Page:
    """One document while it is parsed."""

    document: Document
    lines: list[Line]
    misread: bool
    marked: bool  # questions are marked "Q:", so that "A." marks an answer

    def items(self, starts: Sequence[Start]) -> list[QAItem]:
        """The items that begin on these lines, and the follow-ups that belong to them."""
        items: list[QAItem] = []
        context = Titles()
        stop = 0
        for k, start in enumerate(starts):
            if start.opens:
                context.reset()
            self._enter_titles(context, stop, start.line)
            high = starts[k + 1].line if k + 1 < len(starts) else len(self.lines)
            question, low, inline = self._question(start.line, high)
            parts = read_parts(self.lines, low, high)
            if parts:
                found, stop = self._written_for_viva(parts, question, context, start.line), high
                while stop > low and (self.lines[stop - 1].blank or (self.lines[stop - 1].depth and not parts.follow_ups)):
                    stop -= 1
            else:
                ends = extent(self.lines, low, high, self._shape(starts, k))
                found, stop = [self._item(question, inline, ends, context, start.line)], ends.stop
            items += found
        return items

    def rows(self) -> Iterator[QAItem]:
        """Items from a table with a column of questions and one of answers."""
        for row in find_rows(self.lines):
            question = _tidy_question(repair_text(self._raw(row.question), misread=self.misread))
            answer = repair(Traced.of(self._raw(row.answer), row.answer[0]).strip(), misread=self.misread)
            yield self._build(question, answer, row.question[0], row.answer[1], ())

    def sections(self) -> Iterator[QAItem]:
        """Each section of a document that asks nothing, under its heading; the whole document where it has no headings."""
        heads = [i for i, line in enumerate(self.lines) if line.depth and line.plain]
        context = Titles()
        title = PurePosixPath(self.document.file).stem.replace("_", " ").replace("-", " ")
        for k, low in enumerate([-1, *heads]):
            high = heads[k] if k < len(heads) else len(self.lines)
            if low >= 0:
                title = _tidy_question(repair_text(self.lines[low].plain, misread=self.misread))
                context.leave(self.lines[low].depth)
            topic = context.topic
            if low >= 0:
                context.enter(self.lines[low].depth, title)
            answer, _ = self._answer(range(low + 1, high))
            if answer.text and not (low < 0 and heads and len(answer.text) < 400):
                start = self.lines[max(low, 0)].start
                yield replace(self._build(title, answer, start, self.lines[high - 1].end, ()), topic=topic)

    def _enter_titles(self, context: Titles, low: int, high: int) -> None:
        titled = False
        for line in self.lines[low:high]:
            if line.blank or line.code or line.bullet:
                continue
            below, titled = titled, bool(line.depth)
            level = level_of(line.plain)
            if line.depth and not ANSWER_MARK.match(line.text):
                context.enter(line.depth, repair_text(line.plain, misread=self.misread))
            elif level and len(line.plain) < 60:
                context.enter(6, line.plain)
            elif about_itself(line.plain) and len(line.plain) > 30 and not below:
                context.reset()  # another document was pasted here; right below a title it speaks of the one that the title names

    def _question(self, index: int, high: int) -> tuple[str, int, Traced | None]:
        """The question that begins on a line, the line after it, and the answer where that begins on the same line."""
        line = self.lines[index]
        low = index + 1
        if not line.plain:  # "Question 5" alone: what it asks stands below
            while low < high and self.lines[low].blank:
                low += 1
            if low < high:
                line, low = self.lines[low], low + 1
        text = line.plain
        if "?" not in text and not line.depth and INTERROGATIVE.match(text):
            text, low = self._wrapped(text, low, high)
        inline = self._inline(line)
        if inline:
            asked = line.text[: len(line.text) - len(inline.text)]
            text = read_lines(_INLINE_ANSWER.sub("", asked).rstrip())[0].plain
        return _tidy_question(repair_text(text, misread=self.misread)), low, inline

    def _wrapped(self, text: str, low: int, high: int) -> tuple[str, int]:
        """A question that was broken over up to three lines."""
        joined = text
        for i in range(low, min(low + 3, high)):
            line = self.lines[i]
            if line.blank or line.depth or line.bullet or line.number is not None or ANSWER_MARK.match(line.text):
                break
            joined += " " + line.plain
            if line.plain.rstrip(' "”’)*').endswith("?"):
                return joined, i + 1
        return text, low

    def _inline(self, line: Line) -> Traced | None:
        """The answer that follows its question on the same line, if one does."""
        if line.depth:
            return None
        raw = line.text
        marks = [mark.end() for mark in _INLINE_ANSWER.finditer(raw) if mark.start() > 5 and asks(raw[: mark.start()].strip(" *_"))]
        ends = marks or [end.end() for end in _QUESTION_END.finditer(raw)]
        for at in ends if marks else reversed(ends):
            rest = raw[at:].strip(" *_")
            if len(rest) >= (1 if marks else _BARE_INLINE) and asks(rest) != 2:
                return Traced.of(raw[at:], line.start + at)
        return None

    def _shape(self, starts: Sequence[Start], k: int) -> Shape:
        depths = {self.lines[start.line].depth for start in starts}
        following = starts[k + 1] if k + 1 < len(starts) else None
        number = self.lines[starts[k].line].number
        after = self.lines[following.line].number if following and not following.opens else None
        gap = (number + 1, after - 1) if number and after and number + 1 < after <= number + 20 else None
        headed = [depth for depth in depths if depth]
        return Shape(
            item_depth=min(headed, default=0),
            same_depth=len(depths) == 1,
            section_depth=section_depth(self.lines, starts),
            last=following is None or following.opens,
            gap=gap,
        )

    def _item(self, question: str, inline: Traced | None, ends: Extent, context: Titles, line: int) -> QAItem:
        answer, repeated = self._answer(ends.kept, inline)
        start = self.lines[line].start
        stop = self.lines[ends.kept[-1]].end if ends.kept else self.lines[line].end
        warnings = list(ends.warnings)
        if not answer.text:
            warnings.append("the answer is missing, so this question is left out until somebody writes one")
        if repeated:
            warnings.append(f"{repeated} repeated {'line was' if repeated == 1 else 'lines were'} left out")
        question, level = level_mark(question)
        item = self._build(question, answer, start, stop, tuple(warnings))
        return replace(item, level=level or context.level, topic=context.topic)

    def _answer(self, kept: Sequence[int], inline: Traced | None = None) -> tuple[Traced, int]:
        """These lines as one clean text, and how many repeated lines were left out."""
        lines = [
            (Traced.of("" if self.lines[i].rule else self.lines[i].text.rstrip(), self.lines[i].start), self.lines[i].code) for i in kept
        ]
        if inline:
            lines.insert(0, (inline.sub(_LEADING_DASH, ""), False))
        if next((line.text for line, _ in lines if line.text.strip()), "").lstrip().startswith(">"):
            lines = [(line if code else line.sub(_QUOTED, ""), code) for line, code in lines]
        clean: list[Traced] = []
        for line, code in self._without_marks(lines):
            level = None if code else LEVEL_MARK.match(line.text.strip("* _"))
            told = level is not None and level_of(level.group(2) or "") is not None
            clean.append(line.cut(0, 0) if told else line if code else repair(line, misread=self.misread))
        unrepeated, gone = without_repeats(_dedent(clean))
        answer = _join(unrepeated)
        return (answer.sub(_BROKEN, " ") if self.misread else answer), gone

    def _without_marks(self, lines: Sequence[tuple[Traced, bool]]) -> Iterator[tuple[Traced, bool]]:
        """The lines without the "Answer:" that they begin with, and without the same mark further down, which parts two answers."""
        mark: str | None = None
        begun = False
        options = any(_SECOND_OPTION.match(line.text) for line, _ in lines)
        for line, code in lines:
            found = None if code else ANSWER_MARK.match(line.text)
            name = same(found.group()) if found else None
            letter = name in {"a", "a)"} and not re.match(r"\W*a\W*$|\W*a\d*\s?[:：]", line.text, re.IGNORECASE)
            if found and (not begun or name == mark) and not (letter and (options or not self.marked)):
                if mark is not None:
                    yield Traced("", ()), False
                mark = name
                line = line.cut(found.end(), len(line.text))
            begun = begun or bool(line.text.strip())
            yield line, code

    def _written_for_viva(self, parts: Parts, question: str, context: Titles, line: int) -> list[QAItem]:
        answer, _ = self._answer(range(*parts.answer))
        item = replace(
            self._build(question, answer, self.lines[line].start, self.lines[parts.answer[1] - 1].end, ()),
            level=parts.level or context.level,
            topic=parts.topic or context.topic,
            wordings=parts.wordings,
            key_points=parts.key_points,
            misconceptions=parts.misconceptions,
            related=parts.related,
        )
        item = replace(item, id=parts.id or item.id)
        items = [item]
        for head, high in parts.follow_ups:
            span, points = read_follow_up(self.lines, head + 1, high)
            asked = _tidy_question(repair_text(self.lines[head].plain, misread=self.misread))
            reply, _ = self._answer(range(*span))
            child = self._build(asked, reply, self.lines[head].start, self.lines[span[1] - 1].end, ())
            items.append(replace(child, id=f"{item.id}--{child.id}", level=item.level, topic=item.topic, key_points=points, parent=item.id))
        return items

    def _build(self, question: str, answer: Traced, start: int, end: int, warnings: tuple[str, ...]) -> QAItem:
        source = Source(self.document.file, question, answer.text, start, max(end, start), answer.runs)
        return QAItem(slug(question), question, (source,), warnings=warnings)

    def _raw(self, span: tuple[int, int]) -> str:
        return self.document.text[span[0] : span[1]]


def _dedent(lines: Sequence[Traced]) -> list[Traced]:
    """The lines without the indent that all but the first share: an answer that hangs in a list."""
    indents = [len(line.text) - len(line.text.lstrip(" ")) for line in lines[1:] if line.text.strip()]
    shared = min(indents, default=0)
    return [line.cut(min(shared, len(line.text) - len(line.text.lstrip(" "))), len(line.text)) for line in lines]


def _tidy_question(text: str) -> str:
    text = re.sub(r"\s+", " ", bare(text)).strip(" \t*_#")
    return text[:-1].rstrip() if text.endswith(":") else text


def _join(lines: Sequence[Traced]) -> Traced:
    """The lines as a text: no more than one empty line in a row, none at either end."""
    kept: list[Traced] = []
    for line in lines:
        if line.text.strip() or (kept and kept[-1].text.strip()):
            kept.append(line if line.text.strip() else Traced("", ()))
    return join_lines(kept).strip()


def _with_own_ids(items: Sequence[QAItem]) -> list[QAItem]:
    """The items with a number added to an id that stood before in the same document."""
    seen: dict[str, int] = {}
    named: list[QAItem] = []
    for item in items:
        seen[item.id] = seen.get(item.id, 0) + 1
        named.append(item if seen[item.id] == 1 else replace(item, id=f"{item.id}-{seen[item.id]}"))
    return named
