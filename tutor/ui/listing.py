"""The list of conversations as HTML: by day, newest first, the current one marked.

The rows are real links, so a conversation opens in a new tab or a bookmark as well; viva.js spares a plain click the reload. What
else can be done with a row is one menu for all rows, which conversations.js makes.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from html import escape
from itertools import groupby
from urllib.parse import quote

from tutor.markdown import text_to_html
from tutor.text import clean
from tutor.types import Conversation

_DOTS = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="5" cy="12" r="1.8"/><circle cx="12" cy="12" r="1.8"/>'
    '<circle cx="19" cy="12" r="1.8"/></svg>'
)


def conversations_to_html(found: Sequence[Conversation], current: str, search: str, rows: int, notice: str, today: date) -> str:
    """At most `rows` of the conversations that were found. `current` is the id of the one on the screen; `notice` stands above."""
    parts = [f'<p class="viva-notice">{text_to_html(notice)}</p>'] if notice else []
    if not found:
        nothing = f"No conversation has “{clean(search)}” in it." if search else "Your conversations will be here."
        parts.append(f'<p class="viva-none">{text_to_html(nothing)}</p>')
    shown = ((_day(conversation.updated_at.astimezone().date(), today), conversation) for conversation in found[:rows])
    for day, group in groupby(shown, key=lambda pair: pair[0]):
        items = "".join(_row(conversation, current, search) for _, conversation in group)
        parts.append(f"<h3>{day}</h3><ul>{items}</ul>")
    if len(found) > rows:
        parts.append(f'<button class="viva-rest" type="button">Show {len(found) - rows:,} more</button>')
    return f'<div id="viva-chats" data-chat="{escape(current)}">{"".join(parts)}</div>'


def _row(conversation: Conversation, current: str, search: str) -> str:
    title = " ".join(clean(conversation.title).split()) or "Untitled"
    here = ' aria-current="page"' if conversation.id == current else ""
    snippet = f'<span class="viva-snippet">{_found(clean(conversation.snippet), search)}</span>' if search and conversation.snippet else ""
    return (
        f'<li><a class="viva-chat" href="/?chat={quote(conversation.id, safe="")}"{here}>'
        f'<span class="viva-title" dir="auto">{escape(title)}</span>{snippet}</a>'
        f'<button class="viva-dots" type="button" aria-haspopup="menu" aria-label="Options for {escape(title)}">{_DOTS}</button></li>'
    )


def _found(snippet: str, search: str) -> str:
    """A snippet with the words that were searched for marked in it."""
    words = "|".join(re.escape(word) for word in sorted(clean(search).split(), key=len, reverse=True))
    return "".join(_marked(snippet, words)) if words else escape(snippet)


def _marked(snippet: str, words: str) -> Iterator[str]:
    for n, part in enumerate(re.split(f"({words})", snippet, flags=re.IGNORECASE)):
        yield f"<mark>{escape(part)}</mark>" if n % 2 else escape(part)


def _day(day: date, today: date) -> str:
    """What people call a day, the more roughly the longer ago."""
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day > today - timedelta(days=7):
        return "Previous 7 days"
    return datetime(day.year, day.month, 1).strftime("%B %Y")
