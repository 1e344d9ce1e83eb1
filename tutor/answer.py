"""What a model wrote -> a reply that can be trusted as far as it says: cleaned, and each sentence checked against the passages.

A number that points nowhere is removed, one whose passage does not support the sentence is removed or moved to a passage that does, and a
sentence that no passage supports is followed by [?]. Every number that is left opens the very sentence of the document that says it.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from corpus.sentences import sentence_spans
from corpus.types import Document, Source
from tutor.draft import quote
from tutor.grounding import SUPPORTED, Support, is_checkable, support
from tutor.text import clean, letters
from tutor.types import Citation

UNSUPPORTED = "[?]"
_MARKER = re.compile(
    r"[ \t]{0,4}[\[【]\s{0,2}(?:\?|\^?(?:passages?\s*)?(\d{1,4}(?:\s*[,;–-]\s*\d{1,4}){0,12}))\s{0,2}[\]】](?!\()", re.IGNORECASE
)
_CODE = re.compile(r"^(```|~~~).*?(?:^\1|\Z)|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_THOUGHT = re.compile(r"(?:\A\s*|^)<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.MULTILINE | re.IGNORECASE)
_THOUGHT_END = re.compile(r"\A.*?^[^`\n]*</think(?:ing)?>", re.DOTALL | re.MULTILINE)
_TOOL = re.compile(r"<(tool_call|function_call)>.*?(?:</\1>|\Z)", re.DOTALL)
_TOOL_JSON = re.compile(r'\A\s*(?:```(?:json)?\s*)?[\[{]\s*\{?\s*"(?:name|tool_calls|function|tool)"\s*:.*\Z', re.DOTALL)
_IMAGE = re.compile(r"!\[([^\[\]]{0,300})\](?:\([^)]{0,2000}\)?|\[[^\[\]]{0,300}\])")
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\([^)]{0,2000}\)?")
_DEFINITION = re.compile(r"^[ ]{0,3}\[[^\]\n]+\]:\s*\S+.*$", re.MULTILINE)
_URL = re.compile(r"[(<]?\b(?:https?|ftp|data|javascript):/?/?[^\s)>\]]+[)>]?", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:img|video|audio|iframe|script|style|svg|object|embed|form|link|meta|base|source|picture)\b[^<>]{0,2000}>?", re.IGNORECASE
)
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_LONGEST = 1000  # characters of a sentence that are checked
_WIDEST = 12  # passages that one citation may name as a range


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer with its citations, and how many of its sentences claim something and how many of those are supported."""

    answer: str
    citations: tuple[Citation, ...]
    claims: int
    supported: int


def visible(raw: str) -> str:
    """What a learner may see of a model's text: no thoughts, no calls of tools, no images, no links, nothing invisible."""
    text = _TOOL_JSON.sub("", _TOOL.sub("", without_thoughts(raw)))
    return clean(_outside_code(text, _unlinked))


def without_thoughts(raw: str) -> str:
    """A model's text without the thinking that some models write before it."""
    return _THOUGHT_END.sub("", _THOUGHT.sub("", raw)) if "<" in raw else raw


def leaks(text: str, canary: str) -> bool:
    """Whether a text gives the canary away: as it is, spaced out, backwards, turned by 13 letters, in base64 or in hexadecimal."""
    secret = letters(canary)
    plain = letters(text)
    if any(secret in form for form in (plain, plain[::-1], codecs.decode(plain, "rot13"))):
        return True
    return any(secret in letters(decoded) for run in _ENCODED.findall(text) for decoded in _decoded(run))


def check(text: str, sources: Sequence[Source], documents: Mapping[str, Document], *, ended: bool = True) -> Checked:
    """The answer with every citation checked. Where it has not ended, its last sentence is shown as it stands, without numbers."""
    plain, markers = _parted(text)
    numbered = _Numbered(sources, documents)
    spans = sentence_spans(plain)
    parts: list[str] = []
    done = claims = supported = 0
    for place, (start, end) in enumerate(spans):
        if not ended and place == len(spans) - 1:
            break
        until = spans[place + 1][0] if place + 1 < len(spans) else len(plain)
        cited = [n for at, numbers in markers if _belongs(at, start, until, first=not place) for n in numbers]
        sentence = plain[start:end][:_LONGEST]
        is_title = _is_heading(plain, start, end) or sentence.rstrip("*_ ").endswith("?")
        claimed = is_checkable(sentence) and not is_title
        marks = "" if is_title else numbered.marks(sentence, cited)
        claims += claimed
        supported += claimed and bool(marks)
        mark = marks or (f" {UNSUPPORTED}" if claimed else "")
        inside = end - 1 if mark and plain[end - 1] == "|" else end  # the last cell of a table's row
        parts += [plain[done:inside].rstrip() if inside < end else plain[done:inside], mark, " |" if inside < end else ""]
        done = end
    return Checked(("".join(parts) + plain[done:]).strip(), tuple(numbered.citations), claims, supported)


@dataclass(slots=True)
class _Numbered:
    """The citations of one answer, numbered as they appear. The same sentence of a source keeps its number."""

    sources: Sequence[Source]
    documents: Mapping[str, Document]
    citations: list[Citation] = field(default_factory=list)
    numbers: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def marks(self, sentence: str, cited: Sequence[int]) -> str:
        """The numbers to put behind a sentence: of the passages cited that support it, else of the one that supports it best."""
        found = {
            n: support(sentence, self.sources[n - 1].answer, self.sources[n - 1].question) for n in dict.fromkeys(cited) if self._has(n)
        }
        kept = {n: one for n, one in found.items() if one.score >= SUPPORTED} or self._together(sentence, found) or self._best(sentence)
        marks = [self._number(n, one) for n, one in kept.items()]
        return "".join(f" [{n}]" for n in dict.fromkeys(marks))

    def _has(self, n: int) -> bool:
        return 1 <= n <= len(self.sources)

    def _together(self, sentence: str, found: Mapping[int, Support]) -> dict[int, Support]:
        """All of the passages cited, where only what they say together supports the sentence."""
        if len(found) < 2:
            return {}
        said = " ".join(self.sources[n - 1].answer[one.start : one.end] for n, one in found.items())
        asked = " ".join(self.sources[n - 1].question for n in found)
        return dict(found) if support(sentence, said, asked).score >= SUPPORTED else {}

    def _best(self, sentence: str) -> dict[int, Support]:
        scored = {n: support(sentence, source.answer, source.question) for n, source in enumerate(self.sources, 1)}
        n = max(scored, key=lambda n: scored[n].score, default=0)
        return {n: scored[n]} if n and scored[n].score >= SUPPORTED and is_checkable(sentence) else {}

    def _number(self, n: int, one: Support) -> int:
        key = (n, one.start, one.end)
        if key not in self.numbers:
            self.numbers[key] = len(self.citations) + 1
            source = self.sources[n - 1]
            self.citations.append(quote(self.documents[source.file], source, one.start, one.end, self.numbers[key]))
        return self.numbers[key]


def _parted(text: str) -> tuple[str, list[tuple[int, list[int]]]]:
    """A text without its citations, and where each of them stood in what is left."""
    code = [match.span() for match in _CODE.finditer(text)]
    plain, done, length = [], 0, 0
    markers: list[tuple[int, list[int]]] = []
    for match in _MARKER.finditer(text):
        if any(start <= match.start() < end for start, end in code):
            continue
        plain.append(text[done : match.start()])
        length += match.start() - done
        done = match.end()
        markers.append((length, _listed(match.group(1) or "")))
    return "".join([*plain, text[done:]]), markers


def _listed(numbers: str) -> list[int]:
    """The numbers in "1, 3-5"."""
    listed: list[int] = []
    for part in re.split(r"\s*[,;]\s*", numbers) if numbers else ():
        ends = [int(n) for n in re.split(r"\s*[–-]\s*", part)]
        listed += range(ends[0], min(ends[-1], ends[0] + _WIDEST) + 1)
    return listed


def _belongs(at: int, start: int, until: int, *, first: bool) -> bool:
    """Whether a citation stands in or behind a sentence; one before the first sentence belongs to that."""
    return start < at <= until or (first and at <= start)


def _is_heading(text: str, start: int, end: int) -> bool:
    """Whether a sentence is a line that only names what follows: a heading, words in bold, the first row of a table."""
    line = text[text.rfind("\n", 0, start) + 1 : end]
    return bool(re.match(r"\s*#{1,6}\s|\s*(?:[-*+]\s+)?(\*\*|__)[^*_]+\1:?\s*$", line) or re.match(r"\s*\n\s*\|?\s*:?--", text[end:]))


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """A text changed everywhere but in code, where an image is only an example of one."""
    parts, done = [], 0
    for match in _CODE.finditer(text):
        parts += [change(text[done : match.start()]), match.group()]
        done = match.end()
    return "".join([*parts, change(text[done:])])


def _unlinked(text: str) -> str:
    for pattern, left in ((_IMAGE, r"\1"), (_LINK, r"\1"), (_DEFINITION, ""), (_TAG, ""), (_URL, "(link removed)")):
        text = pattern.sub(left, text)
    return text


def _decoded(run: str) -> Iterator[str]:
    for skip in range(4):  # the secret may begin anywhere in a group of four
        part = run[skip:].rstrip("=").translate(str.maketrans("-_", "+/"))
        yield base64.b64decode(part + "=" * (-len(part) % 4) if len(part) % 4 != 1 else part[:-1]).decode("latin-1")
    for skip in range(2):
        with_pairs = re.match(r"(?:[0-9a-fA-F]{2})*", run[skip:])
        if with_pairs:
            yield binascii.unhexlify(with_pairs.group()).decode("latin-1")
