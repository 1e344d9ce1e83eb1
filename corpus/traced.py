"""Text that remembers where each of its characters stood, so that a cleaned answer can still be shown in its document."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from corpus.types import Run


@dataclass(frozen=True, slots=True)
class Traced:
    """A text and the runs it came from.

    A run `(index, start, end)` says that the text from `index` up to the next run's index came from `[start:end]` of the
    document: character by character where the lengths agree, as a whole where it was rewritten.
    """

    text: str
    runs: tuple[Run, ...]

    @classmethod
    def of(cls, text: str, start: int = 0) -> "Traced":
        """A text as it stands in its document at `start`."""
        return cls(text, ((0, start, start + len(text)),) if text else ())

    def cut(self, start: int, end: int) -> "Traced":
        """The part `text[start:end]`."""
        runs: list[Run] = []
        for position, (index, begin, stop) in enumerate(self.runs):
            following = self.runs[position + 1][0] if position + 1 < len(self.runs) else len(self.text)
            low, high = max(index, start), min(following, end)
            if low < high:
                copied = following - index == stop - begin
                runs.append((low - start, begin + low - index, begin + high - index) if copied else (low - start, begin, stop))
        return Traced(self.text[start:end], tuple(runs))

    def strip(self) -> "Traced":
        """Without white space at either end."""
        start = len(self.text) - len(self.text.lstrip())
        return self.cut(start, max(start, len(self.text.rstrip())))

    def sub(self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]) -> "Traced":
        """As `pattern.sub(replacement, text)`; what was replaced points to the whole of what stood there."""
        parts: list[Traced] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = replacement(match) if callable(replacement) else match.expand(replacement)
            if new == match.group():
                continue
            parts.append(self.cut(done, match.start()))
            old = self.cut(match.start(), match.end())
            where = (old.runs[0][1], old.runs[-1][2]) if old.runs else self._gap(match.start())
            parts.append(Traced(new, ((0, *where),) if new else ()))
            done = match.end()
        return concat((*parts, self.cut(done, len(self.text)))) if parts else self

    def _gap(self, index: int) -> tuple[int, int]:
        """The empty place in the document that lies before `text[index]`."""
        before = self.cut(0, index).runs
        at = before[-1][2] if before else (self.runs[0][1] if self.runs else 0)
        return at, at


def concat(parts: Iterable[Traced]) -> Traced:
    """The parts one after the other."""
    texts: list[str] = []
    runs: list[Run] = []
    length = 0
    for part in parts:
        runs += [(index + length, start, end) for index, start, end in part.runs]
        texts.append(part.text)
        length += len(part.text)
    return Traced("".join(texts), tuple(runs))


def join_lines(lines: Iterable[Traced]) -> Traced:
    """The lines with a newline between them."""
    parts: list[Traced] = []
    for line in lines:
        if parts:
            at = next((part.runs[-1][2] for part in reversed(parts) if part.runs), 0)
            parts.append(Traced("\n", ((0, at, at),)))
        parts.append(line)
    return concat(parts)
