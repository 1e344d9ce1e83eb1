"""The sources below an answer: one entry for each passage, in which every sentence that the answer cites is marked.

A number in the answer leads to its mark, so what an id names is the mark and not the entry around it.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from tutor.markdown import Mark, passage_to_html, text_to_html
from tutor.text import clean
from tutor.types import Citation

_SHOWN = 5  # the other entries are folded away
_QUOTE = 120  # characters of a quote in an entry that is closed
_NUMBERS = 6  # that are shown of an entry


def anchors(citations: Iterable[Citation], key: int) -> Mapping[int, str]:
    """The id of each number's mark. Numbers whose sentences overlap share a mark."""
    return {n: name for group in _passages(citations) for n, (_, _, name) in _marks(group, key).items()}


def chip_to_html(citation: Citation, anchor: str) -> str:
    """The number in the answer. What it stands for is its accessible name."""
    where = f"{text_to_html(citation.file)}, {text_to_html(citation.question)}"
    return (
        f'<a class="viva-cite" href="#{anchor}"><span class="viva-sr"> Source </span>{citation.n}<span class="viva-sr">: {where}</span></a>'
    )


def sources_to_html(citations: Sequence[Citation], key: int) -> str:
    """The list of sources, in the order in which the answer comes to them."""
    if not citations:
        return ""
    rows = [_source(group, key) for group in _passages(citations)]
    shown, folded = "".join(rows[:_SHOWN]), "".join(rows[_SHOWN:])
    if folded:
        shown += f'<details class="viva-more"><summary>{len(rows) - _SHOWN} more</summary>{folded}</details>'
    return f'<section class="viva-sources"><h3>Sources</h3>{shown}</section>'


def _passages(citations: Iterable[Citation]) -> list[list[Citation]]:
    """The citations of each passage together. Of two with one number the last counts."""
    groups: dict[tuple[str, str, str], list[Citation]] = {}
    for citation in {citation.n: citation for citation in citations}.values():
        groups.setdefault((citation.file, citation.question, citation.passage), []).append(citation)
    return list(groups.values())


def _marks(group: Sequence[Citation], key: int) -> dict[int, Mark]:
    """The mark of each number of a passage; sentences that overlap share one. A number that points nowhere has the entry's own id."""
    places: dict[int, int] = {}
    marks: list[Mark] = []
    for citation in sorted(group, key=lambda citation: (citation.passage_start, citation.n)):
        start, end = citation.passage_start, citation.passage_end
        if not citation.passage[start:end].strip():
            continue
        if marks and start < marks[-1][1]:
            marks[-1] = (marks[-1][0], max(marks[-1][1], end), marks[-1][2])
        else:
            marks.append((start, end, f"viva-{key}-{citation.n}"))
        places[citation.n] = len(marks) - 1
    nowhere = (0, 0, _entry_id(group, key))
    return {citation.n: marks[places[citation.n]] if citation.n in places else nowhere for citation in group}


def _entry_id(group: Sequence[Citation], key: int) -> str:
    return f"viva-{key}-s{min(citation.n for citation in group)}"


def _source(group: Sequence[Citation], key: int) -> str:
    first = group[0]
    quote = clean(" ".join(first.quote.split()))
    marks = sorted(set(_marks(group, key).values()))
    numbers = sorted(citation.n for citation in group)
    shown = ", ".join(map(str, numbers[:_NUMBERS])) + (f" and {len(numbers) - _NUMBERS} more" if len(numbers) > _NUMBERS else "")
    return (
        f'<details class="viva-source" id="{_entry_id(group, key)}"><summary><span class="viva-n">{_span(numbers) or shown}</span>'
        f'<span class="viva-where"><span class="viva-file">{text_to_html(first.file)}</span> '
        f'<span class="viva-asked">{text_to_html(first.question)}</span></span> '
        f'<span class="viva-quote">“{escape(quote[:_QUOTE])}{"…" if len(quote) > _QUOTE else ""}”</span></summary>'
        f'<div class="viva-passage">{passage_to_html(first.passage, marks)}</div></details>'
    )


def _span(numbers: Sequence[int]) -> str:
    """From the first to the last, for three numbers or more that leave none out."""
    return f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1 else ""
