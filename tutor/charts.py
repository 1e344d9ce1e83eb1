"""Numbers -> SVG, drawn here since a chart of a few bars needs no library: it must be read on a phone, in the dark, on paper and aloud.

Places across are percentages and places down are pixels, and there is no viewBox, so a chart takes the width that it gets while its
letters keep their size. Colours are the page's own variables. Every chart has a name and a description; whoever shows one puts its
numbers beside it as a table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from tutor.text import clean

_INK = "var(--viva-ink, #1e2328)"
_SOFT = "var(--viva-soft, #5a6068)"
_LINE = "var(--viva-line, #dfdacf)"
_ACCENT = "var(--viva-accent, #0b675d)"
_LINE_HEIGHT, _BAR, _GAP, _CAP = 18, 14, 14, 4  # pixels: a label's line, a bar, the room below it, half of a whisker's end
_LABEL, _LABEL_LINES = 30, 2  # letters of a label that fit beside its figures on a narrow screen, and lines of it
_AXIS = 26  # pixels for the numbers of an axis
_PANEL, _TOP, _FOOT = 132, 50, 104  # pixels: a panel's height, where its scale ends and where it begins
_FIGURES = 8  # values up to which each is written beside its dot


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart. `value` None draws no bar; `text` are its figures in words; `band` is drawn as a whisker."""

    label: str
    value: float | None
    text: str
    band: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Dot:
    """A value at a place of a chart, named by `label` on the axis. `value` None leaves the place empty; `text` are its figures."""

    label: str
    value: float | None
    text: str


def bars(name: str, title: str, description: str, rows: Sequence[Bar], ticks: Sequence[tuple[float, str]]) -> str:
    """Horizontal bars, each under its label. The last of the `ticks` is the end of the scale, which begins at 0; `name` is for ids."""
    end, bottom = ticks[-1][0], 0
    drawn: list[str] = []
    for row in rows:
        lines = wrap(" ".join(clean(row.label).split()), _LABEL, max_lines=_LABEL_LINES, placeholder=" …") or [""]
        drawn += _bar(row, lines, bottom, ticks)
        bottom += _LINE_HEIGHT * len(lines) + _BAR + _GAP
    for at, label in ticks:
        anchor = "start" if not at else "end" if at == end else "middle"
        drawn.append(_text(_percent(at, end), bottom + 17, label, anchor=anchor, size=12, colour=_SOFT))
    return _svg(name, title, description, bottom + _AXIS, drawn)


def dots(name: str, title: str, description: str, values: Sequence[Dot]) -> str:
    """Values over equal steps, joined where they follow one another. The scale begins at 0."""
    known = [dot.value for dot in values if dot.value is not None]
    top = max(known, default=0.0) or 1.0
    places = [100 * (n + 0.5) / len(values) for n in range(len(values))]
    heights = [None if dot.value is None else _FOOT - (_FOOT - _TOP) * max(dot.value, 0.0) / top for dot in values]
    parts = [_text("0%", 16, title, size=14, weight=600), _line("0%", _FOOT, "100%", _FOOT, _LINE)]
    for n in range(len(values) - 1):
        before, after = heights[n], heights[n + 1]
        if before is not None and after is not None:
            parts.append(_line(f"{places[n]:.2f}%", before, f"{places[n + 1]:.2f}%", after, _ACCENT, 2))
    for place, height, dot in zip(places, heights, values, strict=True):
        at = f"{place:.2f}%"
        parts.append(_text(at, _FOOT + 18, dot.label, anchor="middle", size=12, colour=_SOFT))
        if height is not None:
            parts.append(f'<circle cx="{at}" cy="{height:.1f}" r="4" fill="{_ACCENT}"/>')
        if height is not None and (len(known) <= _FIGURES or dot.value in (min(known), top)):
            parts.append(_text(at, height - 9, dot.text, anchor="middle", size=12))
    return _svg(name, title, description, _PANEL, parts)


def _bar(row: Bar, lines: Sequence[str], top: int, ticks: Sequence[tuple[float, str]]) -> Iterator[str]:
    """A row from `top` down: the lines of its label, and below them the bar."""
    for n, line in enumerate(lines, 1):
        yield _text("0%", top + n * _LINE_HEIGHT - 4, line, size=14)
    yield _text("100%", top + _LINE_HEIGHT - 4, row.text, anchor="end", size=13, colour=_SOFT if row.value is None else _INK)
    bar, end = top + len(lines) * _LINE_HEIGHT + 2, ticks[-1][0]
    yield _rectangle("100%", bar, _LINE, 0.45)
    yield from (_line(_percent(at, end), bar, _percent(at, end), bar + _BAR, _LINE, 1.5) for at, _ in ticks[1:-1])
    if row.value is None:
        return
    yield _rectangle(_percent(row.value, end), bar, _ACCENT, 0.4)
    yield _line(_percent(row.value, end), bar, _percent(row.value, end), bar + _BAR, _ACCENT, 4)
    if row.band:
        low, high = (_percent(value, end) for value in row.band)
        middle = bar + _BAR / 2
        yield _line(low, middle, high, middle, _INK, 1.5)
        yield from (_line(at, middle - _CAP, at, middle + _CAP, _INK, 1.5) for at in (low, high))


def _svg(name: str, title: str, description: str, height: float, parts: Sequence[str]) -> str:
    ids = f"viva-chart-{name}"
    return (
        f'<svg class="viva-chart" xmlns="http://www.w3.org/2000/svg" width="100%" height="{height:g}" overflow="visible" role="img" '
        f'aria-labelledby="{ids}-title {ids}-desc"><title id="{ids}-title">{_escaped(title)}</title>'
        f'<desc id="{ids}-desc">{_escaped(description)}</desc>{"".join(parts)}</svg>'
    )


def _percent(value: float, top: float) -> str:
    return f"{100 * min(max(value / top, 0.0), 1.0):.2f}%"


def _line(x1: str, y1: float, x2: str, y2: float, colour: str, width: float = 1) -> str:
    return f'<line x1="{x1}" y1="{y1:g}" x2="{x2}" y2="{y2:g}" stroke="{colour}" stroke-width="{width:g}"/>'


def _rectangle(width: str, y: float, colour: str, opacity: float) -> str:
    return f'<rect x="0" y="{y:g}" width="{width}" height="{_BAR}" rx="2" fill="{colour}" fill-opacity="{opacity:g}"/>'


def _text(x: str, y: float, text: str, *, anchor: str = "start", size: int, weight: int = 400, colour: str = _INK) -> str:
    place = f'x="{x}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" fill="{colour}"'
    return f"<text {place}>{_escaped(text)}</text>"


def _escaped(text: str) -> str:
    return escape(" ".join(clean(text).split()))
