"""The chat page: a question goes in, the tutor's reply grows, and its sources can be opened beneath it.

Everything that asks (the box, an example, a follow-up, Try again) is one event, so a second question cannot start while one is
being answered. The conversation is kept here, on the server; the browser is shown it and never asked for it.
"""

import dataclasses
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from corpus.errors import UserError
from tutor.tutor import QuestionRefused, Tutor, clean_question
from tutor.ui.render import FAILED, STOPPED, Exchange, history, messages, reply_to_json, text_to_html
from tutor.ui.stream import follow
from tutor.ui.toolkit import gr

Past = tuple[Exchange, ...]
Update = dict[str, Any]

EVERY_S = 0.1  # between two updates of a growing answer
HINT = "Enter sends, Shift+Enter starts a new line"
LOOKING = "Looking through your documents"
BROKEN_OFF = "The answer broke off. Try again."
WELCOME = "<h2>What would you like to understand?</h2><p>Ask anything about your documents. Keep asking why until it is clear.</p>"
_MATH = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "\\[", "right": "\\]", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
]


def chat_page(tutor: Tutor) -> gr.Chatbot:
    """Builds the page; the chatbot is for whoever knows when its examples are there."""
    past = gr.State(())
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

    answer, settle = _answering(tutor, again)
    run = gr.on(
        [box.submit, chat.option_select, chat.example_select, again.click],
        answer,
        [box, past],
        [box, chat, past, hint],
        show_progress="hidden",
        api_visibility="private",
    )
    quiet: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    run.success(lambda past: settle(past, STOPPED), past, [box, chat, past], **quiet)
    run.failure(lambda past: settle(past, FAILED), past, [box, chat, past], **quiet)
    box.stop(None, cancels=[run], api_visibility="private")
    new.click(lambda: ([], (), _hint()), None, [chat, past, hint], cancels=[run], **quiet)
    gr.api(_asked_by_api(tutor), api_name="ask")
    return chat
