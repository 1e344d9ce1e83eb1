"""The library's page as HTML: what waits to be added, the documents, what a search found, and an item with its key points.

Everything in it comes from documents, so all of it is escaped; what library.js has to know stands in data attributes.
"""

import zlib
from collections.abc import Sequence
from html import escape
from urllib.parse import quote, urlencode

from corpus.errors import UserError
from tutor.bank import topic_of
from tutor.libraries import Found
from tutor.markdown import text_to_html
from tutor.preview import Preview, Twin
from tutor.report_words import counted
from tutor.shared import SharedDocument
from tutor.shelf import Opened, Shelved, Work

_MAX_LISTED = 8
_MAX_OPENED = 300  # questions of an opened document
_TITLE = (
    '<header><h2 class="viva-page-title">Library</h2>'
    "<p>Your own documents, beside the ones that Viva comes with. They stay on this machine.</p></header>"
)
DROP = (
    f'{_TITLE}<div class="viva-drop-here"><label><input type="file" multiple accept=".md,.markdown,.txt,.text,.html,.htm,.pdf,.docx" '
    'id="viva-files"><strong>Choose documents</strong> <span>or drop them here</span>'
    "<small>Markdown, text, HTML, PDF or Word, up to 50 MB each</small></label>"
    '<div class="viva-sending" hidden><progress max="1" value="0" aria-label="Upload"></progress><p></p></div>'
    '<ul class="viva-refused" role="alert"></ul></div>'
)
SEARCH = (
    '<form class="viva-seek" role="search"><label><span class="viva-sr">Search questions, topics and documents</span>'
    '<input type="search" name="text" placeholder="Search questions, topics and documents" autocomplete="off" maxlength="200"></label>'
    '<button type="submit" class="viva-second">Search</button></form>'
)


def work_to_html(work: Work, note: str = "") -> str:
    """What is being done, or what went wrong."""
    said = note or work.problem or ""
    told = f'<p class="viva-said is-bad" role="alert">{text_to_html(said)}</p>' if said else ""
    if not work.busy:
        return f'<div data-work="">{told}</div>'
    bar = f'<progress max="1" value="{work.share:.3f}" aria-label="{escape(work.text)}"></progress>'
    return (
        f'<div data-work="busy">{told}<div class="viva-working">{bar}<p>{text_to_html(work.text)}. You can go on meanwhile.</p></div></div>'
    )


def waiting_to_html(waiting: Sequence[Preview]) -> str:
    """What was found in files that wait to be added, and the choice."""
    if not waiting:
        return ""
    ids = escape(" ".join(one.entry.id for one in waiting if one.entry))
    return (
        '<section class="viva-waiting" aria-labelledby="viva-waiting-title"><h3 id="viva-waiting-title">Found, and not added yet</h3>'
        f'{"".join(map(_preview, waiting))}<div class="viva-choose">'
        f'<button type="button" class="viva-first" data-do="add" data-ids="{ids}">Add {counted(len(waiting), "document")}</button>'
        f'<button type="button" class="viva-second" data-do="discard" data-ids="{ids}">Leave out</button></div></section>'
    )


def documents_to_html(shelved: Sequence[Shelved], edits: Sequence[str]) -> str:
    """The learner's documents, each with its health, and edits that have lost their item."""
    if not shelved:
        listed = '<p class="viva-none">There is none yet. Add lecture notes, a list of questions, a chapter.</p>'
    else:
        listed = f"<ul>{''.join(map(_shelved, shelved))}</ul>"
    lost = "".join(f"<li>{text_to_html(text)}</li>" for text in edits)
    kept = f'<h3>Key points to look at</h3><ul class="viva-lost-points">{lost}</ul>' if lost else ""
    return f'<section class="viva-shelf"><h3>Your documents</h3>{listed}{kept}</section>'


def shared_to_html(documents: Sequence[SharedDocument], unread: Sequence[str]) -> str:
    """The documents that everybody has, folded; those whose health is known are open. `unread` says what could not be read, and why."""
    if not documents and not unread:
        return ""
    lost = "".join(f'<li dir="auto">{text_to_html(text)}</li>' for text in unread)
    told = (
        f'<details class="viva-unread" open><summary>Could not be read: {len(unread):,}</summary><ul>{lost}</ul></details>' if lost else ""
    )
    return (
        '<section class="viva-shared"><h3>Shared documents</h3><p class="viva-none">Viva answers from these beside your own.</p>'
        f"{told}<ul>{''.join(map(_shared, documents))}</ul></section>"
    )


def found_to_html(text: str, found: Found) -> str:
    """What a search found."""
    if not text.strip():
        return ""
    if not found.items:
        return f'<section class="viva-found"><p class="viva-none">Nothing has all of these words: {text_to_html(text)}</p></section>'
    shown = "" if found.count == len(found.items) else f", the first {len(found.items)} of them"
    rows = "".join(_asked(item.id, item.question, f"{topic_of(item)} · {item.sources[0].file}") for item in found.items)
    return f'<section class="viva-found" tabindex="-1"><h3>{counted(found.count, "question")}{shown}</h3><ul>{rows}</ul></section>'


def item_to_html(opened: Opened) -> str:
    """One item: its question, answers, sources, and its key points to be edited."""
    item = opened.item
    plain = item.question.rstrip("?.! ")
    answers = "".join(
        f'<div class="viva-answer-of"><h4 dir="auto">{text_to_html(source.file)}</h4><p dir="auto">{text_to_html(source.answer)}</p></div>'
        for source in item.sources
        if source.answer
    )
    points = escape("\n".join(point.text for point in item.key_points))
    own = (
        '<button type="button" class="viva-second" data-do="restore">As in the document</button><small>These points are yours.</small>'
        if opened.edited
        else ""
    )
    return (
        f'<article class="viva-item" data-item="{escape(item.id)}" tabindex="-1"><h3 dir="auto">{text_to_html(item.question)}</h3>'
        f'<p class="viva-place" dir="auto">{text_to_html(topic_of(item))}</p>'
        f'<div class="viva-choose"><a class="viva-first" href="/?ask={quote("Quiz me on " + plain)}">Practise this</a>'
        f'<a class="viva-second" href="/?ask={quote(item.question)}">Ask about this</a>'
        '<button type="button" class="viva-second" data-do="close">Close</button></div>'
        f'{answers}<form class="viva-points"><label for="viva-points">Key points, one a line</label>'
        f'<textarea id="viva-points" name="points" rows="6" maxlength="9000" dir="auto">{points}</textarea>'
        f'<div class="viva-choose"><button type="submit" class="viva-second">Save the points</button>{own}</div></form></article>'
    )


def digested(html: str) -> tuple[str, str]:
    """A part of the page with its digest in it, and the digest."""
    digest = f"{zlib.crc32(html.encode()):08x}" if html else "none"
    return (f'<div data-digest="{digest}">{html}</div>' if html else ""), digest


def problem_to_html(error: UserError) -> str:
    """Why there is nothing to see."""
    return f'<p class="viva-said is-bad" role="alert">{text_to_html(str(error))}</p>'


def _preview(one: Preview) -> str:
    health = one.health
    empty = health.empty if health else ()
    doubled = health.repeated if health else ()
    warnings = [*one.warnings, *(f"{question}: {warning}" for question, warning in (health.warnings if health else ()))]
    parts = [
        _listed("Questions", one.questions),
        _listed("Without an answer, so left out", empty),
        _listed("Asked more than once", doubled),
        _listed("Warnings", warnings),
        _twins("Sources that disagree", [_sides(d.question, d.first, d.second) for d in one.disagreements], is_open=True),
        _twins("There already", [_twin(twin) for twin in one.twins], is_open=False),
    ]
    return (
        f'<div class="viva-preview"><h4 dir="auto">{text_to_html(one.name)}</h4>'
        f"<p>{counted(len(one.questions), 'question')} with an answer</p>{''.join(parts)}</div>"
    )


def _listed(title: str, texts: Sequence[str]) -> str:
    if not texts:
        return ""
    rows = "".join(f'<li dir="auto">{text_to_html(text)}</li>' for text in texts[:_MAX_LISTED])
    more = f"<li>and {len(texts) - _MAX_LISTED:,} more</li>" if len(texts) > _MAX_LISTED else ""
    return f"<details><summary>{title}: {len(texts):,}</summary><ul>{rows}{more}</ul></details>"


def _twins(title: str, rows: Sequence[str], *, is_open: bool) -> str:
    if not rows:
        return ""
    more = f"<p>and {len(rows) - _MAX_LISTED:,} more</p>" if len(rows) > _MAX_LISTED else ""
    return f"<details{' open' if is_open else ''}><summary>{title}: {len(rows):,}</summary>{''.join(rows[:_MAX_LISTED])}{more}</details>"


def _twin(twin: Twin) -> str:
    said = f"{twin.question} (nearly the same words)" if twin.repeats else twin.question
    return _sides(said, (twin.there.file, twin.there.answer), (twin.new.file, twin.new.answer))


def _sides(question: str, there: tuple[str, str], new: tuple[str, str]) -> str:
    """Two passages side by side."""
    sides = "".join(
        f'<div><h6 dir="auto">{text_to_html(file)}</h6><p dir="auto">{text_to_html(text)}</p></div>' for file, text in (there, new)
    )
    return f'<div class="viva-both"><h5 dir="auto">{text_to_html(question)}</h5><div class="viva-sides">{sides}</div></div>'


def _shelved(one: Shelved) -> str:
    name, health = one.entry.name, one.health
    said = [counted(health.found - len(health.empty), "question"), f"added {one.entry.added_at:%Y-%m-%d}"]
    if health.empty:
        said.append(f"{len(health.empty):,} without an answer")
    notes = [*one.warnings, *(f"{question}: {warning}" for question, warning in health.warnings)]
    return (
        f'<li><div class="viva-document"><strong dir="auto">{text_to_html(name)}</strong><span>{" · ".join(said)}</span>'
        f"{_listed('Warnings', notes)}{_listed('Without an answer', health.empty)}</div>"
        f'<div class="viva-does">{_practise(one.topics)}'
        f'<button type="button" class="viva-little" data-do="seek" data-text="{escape(name)}">Questions</button>'
        f'<label class="viva-little">Replace<input type="file" class="viva-sr" data-replaces="{escape(one.entry.id)}" '
        f'aria-label="Replace {escape(name)}"></label>'
        f'<button type="button" class="viva-little" data-do="remove" data-id="{escape(one.entry.id)}" data-name="{escape(name)}" '
        f'aria-label="Remove {escape(name)}">Remove</button></div></li>'
    )


def _shared(one: SharedDocument) -> str:
    said = [counted(len(one.items), "question")]
    if one.warnings:
        said.append(counted(len(one.warnings), "warning"))
    opened = ""
    if one.health:
        rows = "".join(_asked(item.id, item.question, topic_of(item)) for item in one.items[:_MAX_OPENED])
        more = f"<li>and {len(one.items) - _MAX_OPENED:,} more, which a search finds</li>" if len(one.items) > _MAX_OPENED else ""
        opened = (
            f"{_listed('Warnings', one.warnings)}{_listed('Without an answer', one.health.empty)}"
            f"{_listed('Asked more than once', one.health.repeated)}"
            f'<div class="viva-does">{_practise(one.topics)}</div><ul class="viva-questions">{rows}{more}</ul>'
        )
    return (
        f'<li><details data-file="{escape(one.file)}"{" open" if one.health else ""}><summary>'
        f'<strong dir="auto">{text_to_html(one.file)}</strong> <span>{" · ".join(said)}</span></summary>'
        f'<div class="viva-document">{opened}</div></details></li>'
    )


def _asked(item: str, question: str, place: str) -> str:
    """A question that opens its item."""
    return (
        f'<li><button type="button" data-do="open" data-item="{escape(item)}"><span dir="auto">{text_to_html(question)}</span>'
        f'<small dir="auto">{text_to_html(place)}</small></button></li>'
    )


def _practise(topics: Sequence[str]) -> str:
    """The way to an interview on these topics."""
    if not topics:
        return ""
    return f'<a class="viva-little" href="/interview?{urlencode([("topic", topic) for topic in topics[:20]])}">Practise</a>'
