"""Where each question of a document begins.

Lines that may begin a question are gathered by family: marked ("Q1:"), numbered, headings, bold, bulleted, plain. A document is
written in one family at a time, so the family that asks the most wins, and what the others ask inside its answers (quoted
questions, lists of steps, inner headings) begins nothing. What stands before or after the winner's reach may be another document
pasted into the same file and is searched in its turn.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.lines import ANSWER_MARK, Line, about_itself

_RESTART_NEEDS = 2  # a numbering that starts again without a heading must ask this often to be a new list of questions
_LISTED = 3  # so many questions in a row with nothing between them are a list or a table of contents, not items


@dataclass(frozen=True, slots=True)
class Start:
    """A line that begins an item. `opens` says that a new document, or a new list, begins with it."""

    line: int
    opens: bool = False


@dataclass(frozen=True, slots=True)
class _Family:
    name: str
    belongs: Callable[[Line], bool]
    weight: float
    least: int  # how many questions make it a family in a part of a document


_FAMILIES = (
    _Family("marked", lambda line: line.marked, 1.3, 1),
    _Family("numbered", lambda line: line.number is not None and not line.marked, 1.0, 2),
    _Family("heading", lambda line: line.depth > 0 and line.number is None and not line.marked, 0.9, 1),
    _Family("bold", lambda line: line.bold_start and not line.depth and line.number is None and not line.marked, 0.6, 2),
    _Family("plain", lambda line: not (line.depth or line.bold or line.bullet or line.marked or line.number is not None), 0.4, 2),
    _Family("bullet", lambda line: line.bullet and not line.bold_start and line.number is None and not line.marked, 0.3, 2),
)


def find_starts(lines: Sequence[Line]) -> list[Start]:
    """The lines on which items begin, in order. Empty where the document asks no questions."""
    return _search(lines, 0, len(lines), outermost=True)


def _search(lines: Sequence[Line], low: int, high: int, *, outermost: bool) -> list[Start]:
    best: list[Start] = []
    best_score = 0.0
    for family in _FAMILIES:
        starts = _members(family, lines, low, high)
        asking = [start for start in starts if _asks(lines, start.line)]
        least = family.least if outermost else max(2, family.least)
        if len(asking) < least and not (outermost and asking and not _anything(lines, low, asking[0].line)):
            continue  # a single question is one only where the document begins with it
        if not outermost and all(
            _bare(lines, a.line, b) for a, b in zip(starts, [*(start.line for start in starts[1:]), high], strict=True)
        ):
            continue  # a table of contents beside the items themselves
        score = family.weight * sum(0.5 + 0.25 * _asks(lines, start.line) for start in asking)
        if score > best_score:
            best, best_score = starts, score
    if not best:
        return []
    after = _next_document(lines, best, high)
    before = _search(lines, low, best[0].line, outermost=False)
    later = _search(lines, after, high, outermost=False) if after < high else []
    if later:
        later = [Start(later[0].line, opens=True), *later[1:]]
    if before:
        best = [Start(best[0].line, opens=True), *best[1:]]
    return [*before, *best, *later]


def _asks(lines: Sequence[Line], index: int) -> int:
    """How much a line asks; a mark alone on its line ("Question 5") asks what the next line does."""
    if lines[index].plain or not lines[index].marked:
        return lines[index].asks
    return next((line.asks for line in lines[index + 1 : index + 4] if not line.blank), 0)


def _next_document(lines: Sequence[Line], starts: Sequence[Start], high: int) -> int:
    """The first line after the last item that can only open another document; `high` where there is none."""
    depth = min((lines[start.line].depth for start in starts if lines[start.line].depth), default=7)
    shallow = min(depth, section_depth(lines, starts) or 7)
    for index in range(starts[-1].line + 1, high):
        line = lines[index]
        if (line.depth and line.depth <= shallow and line.depth < depth) or (
            not line.code and len(line.plain) > 30 and about_itself(line.plain)
        ):
            return index
    return high


def section_depth(lines: Sequence[Line], starts: Sequence[Start]) -> int:
    """How deep the headings are that stand right above items, 0 where none does."""
    deepest = 0
    for start in starts:
        index = start.line - 1
        while index >= 0 and (lines[index].blank or (lines[index].depth and not lines[index].plain.endswith(":"))):
            deepest = max(deepest, lines[index].depth)
            index -= 1
    return deepest


def _members(family: _Family, lines: Sequence[Line], low: int, high: int) -> list[Start]:
    candidates = [i for i in range(low, high) if not lines[i].blank and not lines[i].code and family.belongs(lines[i])]
    if family.name == "numbered":
        return _numbered(lines, _unlisted(lines, candidates, high))
    if family.name == "marked":
        return _marked(lines, candidates, high)
    if family.name == "heading":
        return _headings(lines, candidates, high)
    asking = [i for i in candidates if lines[i].asks == 2 and _stands_alone(family.name, lines, i)]
    if family.name in {"plain", "bullet"} and len(asking) < sum(line.depth > 0 for line in lines[low:high]):
        return []  # a text under headings that now and then asks a question of its reader
    return [Start(i) for i in _unlisted(lines, asking, high) if _has_body(lines, i, high)]


def _stands_alone(name: str, lines: Sequence[Line], index: int) -> bool:
    """Bold questions may run on into their answer; plain and bulleted ones are a line of their own, after a gap."""
    line = lines[index]
    if name == "bold":
        bold = re.match(r"(?:\*\*|__)(.+?)(?:\*\*|__)", line.text.lstrip(" \t-*+•") if line.bullet else line.text.strip())
        return (
            line.bold
            or bool(bold and bold.group(1).rstrip(" :*").endswith("?"))
            or ("**" in line.text and line.text.rstrip().endswith("?**"))
        )
    gap = index == 0 or lines[index - 1].blank
    return gap and len(line.plain) < 250 and line.plain.rstrip("\"'”’*_) ").endswith("?")


def _anything(lines: Sequence[Line], low: int, high: int) -> bool:
    """Whether anything but titles stands in these lines."""
    return any(not line.blank and not line.depth for line in lines[low:high])


def _has_body(lines: Sequence[Line], index: int, high: int) -> bool:
    return (
        any(not line.blank and not line.depth for line in lines[index + 1 : min(index + 8, high)])
        or len(lines[index].plain.partition("?")[2]) > 20
    )


def _headings(lines: Sequence[Line], candidates: Sequence[int], high: int) -> list[Start]:
    """The headings that ask, at the shallowest depth where most headings do: what is asked deeper down is part of an answer."""
    for depth in sorted({lines[i].depth for i in candidates}):
        level = [i for i in candidates if lines[i].depth == depth]
        asking = [i for i in level if lines[i].asks and not ANSWER_MARK.match(lines[i].text)]
        if sum(lines[i].asks == 2 for i in asking) >= 1 and 2 * len(asking) >= len(level):
            return [Start(i) for i in _unlisted(lines, asking, high)]
    return []


def _marked(lines: Sequence[Line], candidates: Sequence[int], high: int) -> list[Start]:
    """Lines marked "Q:" or "Question 3:"; a mark alone on its line asks on the next one."""
    numbered = [i for i in candidates if lines[i].number is not None]
    bold_or_deep = [i for i in candidates if lines[i].bold_start or lines[i].depth]
    if len(bold_or_deep) > 2 and 2 * len(bold_or_deep) > len(candidates):
        candidates = bold_or_deep  # a plain "Question: ..." among bold ones is quoted in an answer
    elif len(numbered) > 2 and 3 * len(numbered) > 2 * len(candidates):
        candidates = numbered
    starts: list[Start] = []
    last: int | None = None
    for i in _unlisted(lines, candidates, high):
        number = lines[i].number
        opens = bool(starts) and (number == 1 or (number is None) != (last is None)) and _boundary(lines, starts[-1].line, i)
        starts.append(Start(i, opens))
        last = number
    return starts


def _unlisted(lines: Sequence[Line], candidates: Sequence[int], high: int) -> list[int]:
    """Without the runs of questions that follow each other with nothing between: tables of contents, lists inside an answer.

    One or two such questions are kept, for their answers may have been lost.
    """
    bare = [_bare(lines, i, candidates[k + 1] if k + 1 < len(candidates) else high) for k, i in enumerate(candidates)]
    if all(bare):
        return list(candidates)
    kept: list[int] = []
    k = 0
    while k < len(candidates):
        run = k
        while run < len(candidates) and bare[run]:
            run += 1
        if run - k >= _LISTED and not all(lines[i].depth or lines[i].bold_start for i in candidates[k:run]):
            k = run + 1 if run < len(candidates) and _last_entry(lines, candidates[run - 1], candidates[run]) else run
        elif run - k >= _LISTED and _asked_again(lines, candidates[k:run], candidates[run:]):
            k = run
        else:
            kept += candidates[k:run]
            k = run
        if k < len(candidates) and not bare[k]:
            kept.append(candidates[k])
            k += 1
    return kept


def _last_entry(lines: Sequence[Line], before: int, index: int) -> bool:
    """Whether a candidate goes on a list of bare ones: the next number, or the next line."""
    return index == before + 1 and (lines[index].number is None or lines[index].number == (lines[before].number or 0) + 1)


def _asked_again(lines: Sequence[Line], run: Sequence[int], later: Sequence[int]) -> bool:
    """Whether most questions of a run are asked again further down: a table of contents."""
    asked = {_same(lines[i].plain) for i in later}
    return 2 * sum(_same(lines[i].plain) in asked for i in run) > len(run)


def _same(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def _bare(lines: Sequence[Line], index: int, following: int) -> bool:
    """Nothing stands between this candidate and the next, not even an answer mark."""
    rest = lines[index].plain.partition("?")[2].strip(" *_\"'”)")
    between = [line for line in lines[index + 1 : following] if not line.blank and not line.depth and not line.rule]
    marked = any(ANSWER_MARK.match(line.text) for line in lines[index + 1 : following])
    return not between and not marked and len(rest) < 20


def _numbered(lines: Sequence[Line], candidates: Sequence[int]) -> list[Start]:
    """The course of the numbering: up by one, with gaps and numbers used twice; a list inside an answer starts again at one."""
    asked = [i for i in candidates if lines[i].asks == 2] or [i for i in candidates if lines[i].asks]
    if not asked:
        return []
    forms = [_form_of(lines[i]) for i in asked]
    usual = max(set(forms), key=forms.count)
    starts: list[Start] = []
    k = 0
    while k < len(candidates):
        i = candidates[k]
        number = lines[i].number or 0
        before = lines[starts[-1].line].number or 0 if starts else 0
        inner = _inner_list(lines, candidates, k, before, usual)
        if starts and inner:
            k += inner
            continue
        fits = _fits(lines, candidates, k, before, usual)
        opens = bool(starts) and number == 1 < before
        if fits and not (opens and not _boundary(lines, starts[-1].line, i) and not _asks_on(lines, candidates, k)):
            starts.append(Start(i, opens))
        k += 1
    return starts


def _form_of(line: Line) -> tuple[bool, bool, bool]:
    return line.depth > 0, line.bold_start, line.bullet or line.indent > 1


def _fits(lines: Sequence[Line], candidates: Sequence[int], k: int, before: int, usual: tuple[bool, bool, bool]) -> bool:
    line = lines[candidates[k]]
    number = line.number or 0
    steps, same_form = number == before + 1, _form_of(line) == usual
    if line.asks == 2:
        return same_form or steps or number == before
    if line.asks == 1:
        return (same_form and (steps or number >= before)) or steps
    following = next((lines[j].number or 0 for j in candidates[k + 1 :] if lines[j].asks and _form_of(lines[j]) == usual), 0)
    return same_form and steps and (following == number + 1 or line.depth > 0 or line.bold) and not line.plain.endswith(":")


def _inner_list(lines: Sequence[Line], candidates: Sequence[int], k: int, before: int, usual: tuple[bool, bool, bool]) -> int:
    """How many candidates from `k` on are a list 1, 2, 3 ... after which the outer numbering goes on; 0 if they are not."""
    if lines[candidates[k]].number != 1 or not before:
        return 0
    length = 1
    while k + length < len(candidates) and lines[candidates[k + length]].number == length + 1:
        if length + 1 == before + 1 and lines[candidates[k + length]].asks == 2 and _form_of(lines[candidates[k + length]]) == usual:
            break
        length += 1
    following = candidates[k + length] if k + length < len(candidates) else None
    if following is not None and lines[following].number == before + 1:
        return length
    asking = sum(lines[i].asks == 2 for i in candidates[k : k + length])
    return length if 2 * asking < length else 0


def _asks_on(lines: Sequence[Line], candidates: Sequence[int], k: int) -> bool:
    """Whether a numbering that starts again without a heading goes on asking."""
    return sum(lines[i].asks == 2 for i in candidates[k : k + _RESTART_NEEDS]) >= _RESTART_NEEDS


def _boundary(lines: Sequence[Line], low: int, high: int) -> bool:
    """Whether something between two items can open another document: a heading, or a paragraph about the document itself."""
    return any(line.depth or about_itself(line.plain) for line in lines[low + 1 : high])
