"""The chat page: a question goes in, the tutor's reply grows, and its sources can be opened beneath it.

Everything that asks (the box, an example, a follow-up, Try again) is one event, so a second question cannot start while one is
being answered. The conversation is kept here, on the server; the browser is shown it and never asked for it. While an answer is
given, only its handler changes the conversation and the screen: Stop and New chat leave it a wish, which it grants at its next
step. Gradio's own `cancels` would run beside it, and now and then show a step after the stop.
"""

import dataclasses
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Literal

from corpus.errors import UserError
from tutor.tutor import QuestionRefused, Tutor, clean_question
from tutor.types import Exchange, Reply, reply_as_json
from tutor.ui.markdown import text_to_html
from tutor.ui.render import STOPPED, history, messages
from tutor.ui.stream import follow
from tutor.ui.toolkit import gr

Past = tuple[Exchange, ...]
Screen = tuple[Any, Any, Any]
"""New values for the box, the chatbot and the hint."""

EVERY_S = 0.1  # between two updates of a growing answer
HINT = "Enter sends, Shift+Enter starts a new line"
LOOKING = "Looking through your documents"
BROKEN_OFF = "The answer broke off. Try again."
WELCOME = "<h2>What would you like to understand?</h2><p>Ask anything about your documents. Keep asking why until it is clear.</p>"
_READY = gr.update(submit_btn=True, stop_btn=False)
_MATH: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "\\[", "right": "\\]", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
]


@dataclasses.dataclass(slots=True)
class Conversation:
    """One learner's conversation, changed in place, so that the handlers of a session all see the same one."""

    past: Past = ()
    answering: bool = False
    wish: Literal["stop", "forget"] | None = None


def chat_page(tutor: Tutor) -> gr.Chatbot:
    """Builds the page; the chatbot is for whoever knows when its examples are there."""
    conversation = gr.State(Conversation())
    chat = gr.Chatbot(
        elem_id="viva-chat",
        show_label=False,
        container=False,
        scale=1,
        layout="panel",
        buttons=[],
        placeholder=WELCOME,
        latex_delimiters=_MATH,
        autoscroll=False,
        group_consecutive_messages=False,
        feedback_options=None,
    )
    with gr.Column(elem_id="viva-foot"):
        box = gr.Textbox(
            elem_id="viva-question",
            label="Your question",
            show_label=False,
            container=False,
            placeholder="Ask a question",
            lines=1,
            max_lines=8,
            submit_btn=True,
            autofocus=True,
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocomplete="off"),
        )
        with gr.Row(elem_id="viva-under"):
            hint = gr.HTML(_hint(), elem_id="viva-hint")
            new = gr.Button("New chat", elem_id="viva-new", size="sm")
        again = gr.Button("Try again", elem_id="viva-again", visible="hidden")

    screen = [box, chat, hint]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asking = [box.submit, chat.option_select, chat.example_select, again.click]
    gr.on(asking, _answering(tutor, again), [box, conversation], screen, **quiet)
    box.stop(_stop, conversation, None, queue=False, **quiet)
    new.click(_forget, conversation, screen, queue=False, **quiet)
    gr.events.api(_asked_by_api(tutor), api_name="ask")
    return chat


def _answering(tutor: Tutor, again: gr.Button) -> Callable[..., AsyncGenerator[Screen]]:
    async def answer(typed: str, conversation: Conversation, event: gr.EventData) -> AsyncGenerator[Screen]:
        """Whatever was typed or clicked -> the conversation, growing."""
        if conversation.answering:
            return
        chosen, past = _chosen(event), conversation.past
        if event.target is again:
            chosen, past = (past[-1].question, past[:-1]) if past else ("", ())
        try:
            exchange = Exchange(clean_question(typed if chosen is None else chosen))
        except QuestionRefused as refused:
            yield gr.skip(), gr.skip(), _hint(str(refused))
            return
        conversation.answering, conversation.wish = True, None
        try:
            running = gr.update(submit_btn=False, stop_btn=True, value="" if chosen is None else typed)
            yield running, messages((*past, exchange), _waiting(tutor)), _hint()
            async with aclosing(_growing(tutor, exchange, past, conversation)) as steps:
                async for grown, waiting in steps:
                    conversation.past = (*past, grown)
                    yield gr.skip(), messages(conversation.past, waiting), gr.skip()
            if conversation.wish != "forget":
                yield _READY, messages(conversation.past), gr.skip()
            if conversation.wish == "forget":
                conversation.past = ()
                yield _READY, [], gr.skip()
        finally:
            conversation.answering = False

    return answer


async def _growing(tutor: Tutor, exchange: Exchange, past: Past, conversation: Conversation) -> AsyncGenerator[tuple[Exchange, str]]:
    """The exchange each time that there is more of it, and what is waited for until there is something. The last one is settled."""
    waiting = _waiting(tutor)
    notice = BROKEN_OFF
    try:
        async with aclosing(follow(tutor.ask(exchange.question, history(past)), EVERY_S)) as replies:
            async for reply in replies:
                if conversation.wish:
                    notice = STOPPED
                    break
                if reply:
                    exchange = dataclasses.replace(exchange, reply=reply)
                    yield exchange, ""
                elif exchange.reply is None and waiting != (waiting := _waiting(tutor)):
                    yield exchange, waiting
    except UserError as error:
        notice = str(error)
    if not exchange.settled:
        yield dataclasses.replace(exchange, notice=notice), ""


def _stop(conversation: Conversation) -> None:
    if conversation.answering:
        conversation.wish = "stop"


def _forget(conversation: Conversation) -> Screen:
    if conversation.answering:
        conversation.wish = "forget"
        return gr.skip(), gr.skip(), gr.skip()
    conversation.past = ()
    return _READY, [], _hint()


def _asked_by_api(tutor: Tutor) -> Callable[[str], dict[str, object]]:
    def ask(question: str) -> dict[str, object]:
        """Answers a question from the documents, with citations: {"answer", "answerable", "engine", "citations", "follow_ups"}."""
        reply: Reply | None = None
        try:
            for reply in tutor.ask(clean_question(str(question or ""))):  # noqa: B007  # the last one is the whole one
                pass
        except UserError as error:
            raise gr.Error(str(error), print_exception=False) from error
        if reply is None or not reply.complete:
            raise gr.Error(BROKEN_OFF, print_exception=False)
        return reply_as_json(reply)

    return ask


def _chosen(event: gr.EventData) -> str | None:
    """The text of the example or follow-up that was clicked; None where the question was typed."""
    value = (event._data or {}).get("value")
    return value["text"] if isinstance(value, dict) else value


def _waiting(tutor: Tutor) -> str:
    status = tutor.status()
    return LOOKING if status.ready else f"Getting ready: {status.text}"


def _hint(warning: str = "") -> str:
    return f'<p class="is-warning">{text_to_html(warning)}</p>' if warning else f"<p>{HINT}</p>"
