"""Our types -> what the screen shows. Every text goes through markdown.py, so whoever wrote it, it can only be read.

There is no Gradio in here: what a message looks like can be tested without a browser, and without the three seconds of its import.
"""

import functools
from collections.abc import Sequence
from html import escape
from typing import Any

from tutor.tutor import clean
from tutor.types import Citation, Exchange, Message, Reply, Status
from tutor.ui.markdown import markdown_to_html, passage_to_html, text_to_html

STOPPED = "Stopped. You can ask something else, or try again."
_SHOWN_SOURCES = 5  # the others are folded away
_PENDING = {n: f'<span class="viva-cite is-pending">{n}</span>' for n in range(1, 31)}
_QUOTE = 120  # characters of a quote in the list of sources


def messages(exchanges: Sequence[Exchange], waiting: str = "") -> list[dict[str, Any]]:
    """The conversation for gr.Chatbot. `waiting` says what the last one waits for."""
    shown: list[dict[str, Any]] = []
    for key, exchange in enumerate(exchanges):
        answer = _settled_to_html(exchange, key) if exchange.settled else exchange_to_html(exchange, key, waiting)
        shown += [{"role": "user", "content": _question_html(exchange.question)}, {"role": "assistant", "content": answer}]
    if shown and (reply := exchanges[-1].reply) and reply.complete:
        shown[-1]["options"] = [{"value": text, "label": text} for text in map(clean, reply.follow_ups) if text]
    return shown


def history(exchanges: Sequence[Exchange]) -> tuple[Message, ...]:
    """The conversation for the tutor: what was answered to the end."""
    return tuple(
        message
        for exchange in exchanges
        if exchange.reply and exchange.reply.complete
        for message in (Message("user", exchange.question), Message("assistant", exchange.reply.answer))
    )


def exchange_to_html(exchange: Exchange, key: int, waiting: str = "") -> str:
    """The answer's side of an exchange. `key` tells its ids from those of other exchanges."""
    reply, busy = exchange.reply, not exchange.settled
    parts = ['<h2 class="viva-sr">Answer</h2>']
    if reply and reply.complete and not reply.answerable:
        parts.append('<p class="viva-flag">Not in your documents</p>')
    if reply and reply.answer:
        links = _PENDING if busy else {}
        links = links | {citation.n: _chip(citation, key) for citation in reply.citations}
        parts.append(f'<div class="viva-answer">{markdown_to_html(reply.answer, links)}</div>')
    elif busy:
        parts.append(f'<p class="viva-wait">{text_to_html(waiting)}</p>')
    if exchange.notice:
        parts.append(f'<div class="viva-notice">{text_to_html(exchange.notice)}</div>')
    if not busy:
        parts.append(_sources(reply.citations if reply else (), key) + _actions(reply))
    return f'<div class="viva-turn{" is-busy" if busy else ""}">{"".join(parts)}</div>'


_settled_to_html = functools.lru_cache(maxsize=500)(exchange_to_html)  # the whole conversation is shown anew at each step


def status_to_html(status: Status, engine: str) -> str:
    """Who answers; until then, how far getting ready has come or what stands in its way."""
    if status.ready:
        return f'<p class="viva-status is-ready">{text_to_html(engine)}</p>'
    if status.problem:
        return f'<p class="viva-status is-problem">{text_to_html(status.problem)}</p>'
    percent = round(100 * min(max(status.share, 0), 1))
    bar = f'<progress max="100" value="{percent}" aria-label="Getting ready"></progress>'
    return f'<p class="viva-status">{bar}<span>Getting ready: {text_to_html(status.text)}</span></p>'


def _question_html(question: str) -> str:
    return f'<div class="viva-question"><h2 class="viva-sr">You asked</h2><p>{text_to_html(question)}</p></div>'


def _chip(citation: Citation, key: int) -> str:
    """The number in the answer. What it stands for is its accessible name."""
    where = f"{text_to_html(citation.file)}, {text_to_html(citation.question)}"
    return (
        f'<a class="viva-cite" href="#{_id(citation, key)}"><span class="viva-sr"> Source </span>{citation.n}'
        f'<span class="viva-sr">: {where}</span></a>'
    )


def _id(citation: Citation, key: int) -> str:
    return f"viva-{key}-{citation.n}"


def _sources(citations: Sequence[Citation], key: int) -> str:
    if not citations:
        return ""
    rows = [_source(citation, key) for citation in {citation.n: citation for citation in citations}.values()]
    shown, folded = "".join(rows[:_SHOWN_SOURCES]), "".join(rows[_SHOWN_SOURCES:])
    if folded:
        shown += f'<details class="viva-more"><summary>{len(rows) - _SHOWN_SOURCES} more</summary>{folded}</details>'
    return f'<section class="viva-sources"><h3>Sources</h3>{shown}</section>'


def _source(citation: Citation, key: int) -> str:
    quote = clean(" ".join(citation.quote.split()))
    return (
        f'<details class="viva-source" id="{_id(citation, key)}"><summary><span class="viva-n">{citation.n}</span>'
        f'<span class="viva-where"><span class="viva-file">{text_to_html(citation.file)}</span> '
        f'<span class="viva-asked">{text_to_html(citation.question)}</span></span> '
        f'<span class="viva-quote">“{escape(quote[:_QUOTE])}{"…" if len(quote) > _QUOTE else ""}”</span></summary>'
        f'<div class="viva-passage">{passage_to_html(citation.passage, citation.passage_start, citation.passage_end)}</div></details>'
    )


def _actions(reply: Reply | None) -> str:
    """What can be done with an answer. viva.js does it: no handler of ours is written into a message."""
    again = '<button class="viva-act viva-again" type="button">Try again</button>'
    if not reply or not reply.answer:
        return f'<div class="viva-actions">{again}</div>'
    sources = [f"[{citation.n}] {citation.file}: {citation.question}" for citation in reply.citations]
    copied = "\n".join([reply.answer, *(["", "Sources:", *sources] if sources else [])])
    return (
        f'<div class="viva-actions"><button class="viva-act viva-copy" type="button">Copy</button>{again}'
        f'<span class="viva-by">{text_to_html(reply.engine.split(":")[0])}</span></div>'
        f'<pre class="viva-raw">{text_to_html(copied).replace("<br>", "&#10;")}</pre>'
    )
