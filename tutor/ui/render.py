"""Our types -> what the screen shows. Every text goes through markdown.py, so whoever wrote it, it can only be read.

There is no Gradio in here: what a message looks like can be tested without a browser, and without the three seconds of its import.
"""

import functools
from collections.abc import Iterator, Sequence
from typing import Any

from tutor.markdown import markdown_to_html, text_to_html
from tutor.text import clean
from tutor.types import Cost, Exchange, Message, Reply, Status
from tutor.ui.sources import anchors, chip_to_html, sources_to_html
from tutor.ui.verdict import verdict_to_html

STOPPED = "Stopped. You can ask something else, or try again."
MOVES = ("Why?", "How?", "What if?", "Example?", "Compare", "Simpler", "In one sentence", "Deeper", "Quiz me on this")
"""What a learner can say next whatever the answer is about; the tutor understands these words from the conversation."""
_UNSUPPORTED = '<span class="viva-unsupported">?<span class="viva-sr"> no passage supports this sentence</span></span>'
_LEGEND = '<p class="viva-legend"><span class="viva-unsupported">?</span> No passage supports this sentence.</p>'
_DISAGREE = '<button class="viva-disagree" type="button">Disagree</button>'  # viva.js begins the appeal; why is the learner's to say
_PENDING = {n: f'<span class="viva-cite is-pending">{n}</span>' for n in range(1, 31)} | {0: _UNSUPPORTED}


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
        for message in (Message("user", exchange.question), Message("assistant", exchange.reply.answer, exchange.reply.graded))
    )


def exchange_to_html(exchange: Exchange, key: int, waiting: str = "") -> str:
    """The answer's side of an exchange. `key` tells its ids from those of other exchanges."""
    reply, busy = exchange.reply, not exchange.settled
    parts = ['<h2 class="viva-sr">Answer</h2>', *(_around(reply, key, busy=busy) if reply else ())]
    if busy and not (reply and reply.answer):
        parts.append(f'<p class="viva-wait">{text_to_html(waiting)}</p>')
    if exchange.notice:
        parts.append(f'<div class="viva-notice">{text_to_html(exchange.notice)}</div>')
    if not busy:
        parts += [sources_to_html(reply.citations, key) if reply else "", _actions(reply), _moves(exchange)]
    return f'<div class="viva-turn{" is-busy" if busy else ""}">{"".join(parts)}</div>'


def _around(reply: Reply, key: int, *, busy: bool) -> Iterator[str]:
    """An answer, and before it what has to be known about it."""
    if reply.notice:
        yield f'<div class="viva-notice is-above">{text_to_html(reply.notice)}</div>'
    if reply.interrupted:
        yield (
            '<details class="viva-interrupted"><summary>Interrupted<span> before it was complete, so this is no answer</span></summary>'
            f"<div>{markdown_to_html(reply.interrupted)}</div></details>"
        )
    if reply.general:
        yield '<p class="viva-flag is-general">From general knowledge, not from your documents</p>'
    elif reply.complete and not reply.answerable:
        yield '<p class="viva-flag is-refusal">Not in your documents</p>'
    if reply.answer:
        named = anchors(reply.citations, key)
        links = {citation.n: chip_to_html(citation, named[citation.n]) for citation in reply.citations}
        if reply.graded and not busy:
            yield verdict_to_html(reply.graded, links)
            return
        html = markdown_to_html(reply.answer, (_PENDING if busy else {0: _UNSUPPORTED}) | links)
        yield f'<div class="viva-answer">{html}</div>{_LEGEND if _UNSUPPORTED in html else ""}'


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


def _actions(reply: Reply | None) -> str:
    """What can be done with an answer. viva.js does it: no handler of ours is written into a message."""
    again = '<button class="viva-act viva-again" type="button">Try again</button>'
    if not reply or not reply.answer:
        return f'<div class="viva-actions">{again}</div>'
    sources = [f"[{citation.n}] {citation.file}: {citation.question}" for citation in reply.citations]
    copied = "\n".join([reply.answer, *(["", "Sources:", *sources] if sources else [])])
    return (
        f'<div class="viva-actions"><button class="viva-act viva-copy" type="button">Copy</button>{again}'
        f'<span class="viva-by">{text_to_html(reply.engine.split(":")[0])}{_cost(reply.cost)}</span></div>'
        f'<pre class="viva-raw">{text_to_html(copied).replace("<br>", "&#10;")}</pre>'
    )


def _cost(cost: Cost | None) -> str:
    """What a reply took: tokens, and money where a price is set."""
    if cost is None:
        return ""
    counted = [tokens for tokens in (cost.prompt_tokens, cost.completion_tokens) if tokens is not None]
    tokens = [f"{sum(counted):,} tokens"] if counted else []
    money = [_money(cost.money)] if cost.money is not None else []
    return f'<span class="viva-cost">{", ".join([*tokens, *money])}</span>' if tokens or money else ""


def _money(amount: float) -> str:
    """Two digits that count, and never fewer than cents."""
    return f"{amount:.2f}" if amount >= 0.1 or not amount else f"{amount:.2g}" if amount >= 0.0001 else "under 0.0001"


def _moves(exchange: Exchange) -> str:
    """Buttons that say something for the learner. A refusal has none: there is nothing to go on from."""
    if exchange.notice or not exchange.reply or not exchange.reply.answerable:
        return ""
    buttons = "".join(f'<button class="viva-move" type="button">{text}</button>' for text in MOVES)
    graded = exchange.reply.graded
    disagree = _DISAGREE if graded and graded.verdict.score is not None else ""
    return f'<div class="viva-moves">{disagree}{buttons}</div>'
