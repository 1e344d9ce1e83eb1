"""The chat page: a question goes in, the tutor's reply grows, and its sources can be opened beneath it.

Everything that asks (the box, an example, a follow-up, a move, Try again) is one event, and everything that is done with the list of
conversations is another. The conversation is kept here, on the server, and in the journal; the browser is shown it and never asked
for it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from corpus.errors import UserError
from tutor.throttle import TooFast
from tutor.tutor import QuestionRefused, Tutor, clean_question
from tutor.types import Depth, Reply, reply_as_json
from tutor.ui.access import Access, learner_of
from tutor.ui.desk import ROWS, Desk, Screen, hint_to_html, unchanged
from tutor.ui.talk import BROKEN_OFF, Talk, Talks
from tutor.ui.toolkit import gr

ELSEWHERE = "An answer is being given in this conversation. Ask again when it is complete, or stop it."
WELCOME = "<h2>What would you like to understand?</h2><p>Ask anything about your documents. Keep asking why until it is clear.</p>"
_DEPTHS: list[tuple[str, str | int | float]] = [("Simple", "simple"), ("Interview answer", "interview"), ("Deep dive", "deep")]
_TAKE = "(...given) => window.viva.take(given)"  # puts what viva.js was told in the place of its field
_ASKED = "(...given) => window.viva.asked(given)"  # and the depth that is chosen
_WHERE = '() => [JSON.stringify({do: "arrive", id: new URLSearchParams(location.search).get("chat") ?? ""}), null]'
_DEPTH = "() => [window.viva.depth()]"
_MATH: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "\\[", "right": "\\]", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
]


class Wish(BaseModel):
    """What the learner does with the list of conversations, as viva.js sends it. An empty `id` opens a new conversation."""

    do: Literal["arrive", "open", "rename", "delete", "search", "more"]
    id: str = ""
    text: str = ""


def chat_page(demo: gr.Blocks, tutor: Tutor, talks: Talks, access: Access, listed: gr.HTML) -> gr.Chatbot:
    """Builds the page; the chatbot is for whoever knows when its examples are there. `listed` shows the list of conversations."""
    desk = gr.State(Desk())
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
            depth = gr.Radio(_DEPTHS, value="interview", label="How deep to answer", elem_id="viva-depth", container=False)
            hint = gr.HTML(hint_to_html(), elem_id="viva-hint")
        told = gr.Textbox(visible=False)
        again, say, go = (gr.Button(name, elem_id=f"viva-{name}", visible="hidden") for name in ("again", "say", "go"))

    screen = [box, chat, hint, listed]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asking = [box.submit, chat.option_select, chat.example_select, again.click, say.click]
    gr.on(asking, _answering(talks, access, again), [told, box, depth, desk], screen, js=_ASKED, trigger_mode="multiple", **quiet)
    gr.on(go.click, _going(talks), [told, desk], screen, js=_TAKE, trigger_mode="multiple", **quiet)
    demo.load(_going(talks), [told, desk], screen, js=_WHERE, **quiet)
    demo.load(None, None, depth, js=_DEPTH, **quiet)
    box.stop(_stop, desk, None, queue=False, **quiet)
    gr.events.api(_asked_by_api(tutor, access), api_name="ask")
    return chat


def _answering(talks: Talks, access: Access, again: gr.Button) -> Callable[..., AsyncGenerator[Screen]]:
    async def answer(said: str, typed: str, depth: Depth, desk: Desk, event: gr.EventData, request: gr.Request) -> AsyncGenerator[Screen]:
        """Whatever was typed or clicked -> the conversation, growing."""
        desk = desk.of(learner_of(request))
        desk.leave_deleted()
        talk, chosen = desk.talk, said or _chosen(event)
        if event.target is again:
            chosen = talk.past[-1][1].question if talk.past else ""
        try:
            question = clean_question(typed if chosen is None else chosen)
            desk.hint = ELSEWHERE if talk.answering else ""
            if not desk.hint:
                access.take_turn(desk.learner)
        except (QuestionRefused, TooFast) as refused:
            desk.hint = str(refused)
        if desk.hint and desk.writer:
            yield unchanged()
            return
        steps = None if desk.hint else talks.answer(talk, question, depth, again=event.target is again)
        async with aclosing(desk.show(talks, "" if steps and chosen is None else None, steps)) as views:
            async for view in views:
                yield view

    return answer


def _going(talks: Talks) -> Callable[..., AsyncGenerator[Screen]]:
    async def go(told: str, desk: Desk, request: gr.Request) -> AsyncGenerator[Screen]:
        """What the learner does with the list of conversations -> the screen after it."""
        desk = desk.of(learner_of(request))
        yield unchanged()
        try:
            await _grant(Wish.model_validate_json(told), talks, desk)
        except ValidationError:
            return
        except UserError as error:
            desk.hint = str(error)
        if desk.writer is None:
            async with aclosing(desk.show(talks)) as views:
                async for view in views:
                    yield view

    return go


async def _grant(wish: Wish, talks: Talks, desk: Desk) -> None:
    desk.hint = ""
    if wish.do == "arrive" and (desk.talk.past or desk.talk.answering):
        return  # on a slow machine a learner asks before the page has said which conversation it is on
    if wish.do in {"arrive", "open"}:
        try:
            desk.talk = await asyncio.to_thread(talks.open, wish.id, desk.learner) if wish.id else Talk(desk.learner)
        except UserError:
            desk.talk = Talk(desk.learner)
            raise
    elif wish.do == "rename":
        await asyncio.to_thread(talks.rename, wish.id, wish.text, desk.learner)
    elif wish.do == "delete":
        await asyncio.to_thread(talks.delete, wish.id, desk.learner)
    else:
        desk.search = wish.text if wish.do == "search" else desk.search
        desk.rows = desk.rows + ROWS if wish.do == "more" else ROWS


def _stop(desk: Desk, request: gr.Request) -> None:
    desk = desk.of(learner_of(request))
    desk.talk.stop = desk.talk.answering


def _asked_by_api(tutor: Tutor, access: Access) -> Callable[..., dict[str, object]]:
    def ask(question: str, request: gr.Request) -> dict[str, object]:
        """Answers a question from the documents, with citations: {"answer", "answerable", "engine", "citations", "follow_ups"}."""
        reply: Reply | None = None
        try:
            access.take_turn(learner_of(request))
            for reply in tutor.ask(clean_question(str(question or "")), learner=learner_of(request)):  # noqa: B007  # the last one is the whole one
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
