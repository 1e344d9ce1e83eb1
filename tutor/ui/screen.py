"""The whole screen: a header that says who answers, and the chat below it."""

from typing import Any

from tutor.tutor import Tutor
from tutor.ui.chat import chat_page
from tutor.ui.render import status_to_html
from tutor.ui.theme import BRAND, THEME_BUTTON
from tutor.ui.toolkit import gr

_TICK_S = 0.5


def build(tutor: Tutor) -> gr.Blocks:
    """The screen for a tutor, which may still be getting ready: the header says how far it is until it is."""
    demo: gr.Blocks
    with gr.Blocks(title="Viva", fill_height=True, analytics_enabled=False, delete_cache=(3600, 86400)) as demo:
        gr.HTML('<a class="viva-skip" href="#viva-question">Skip to the question box</a>', elem_id="viva-skip")
        with gr.Row(elem_id="viva-head"):
            gr.HTML(BRAND, elem_id="viva-brand")
            status = gr.HTML(status_to_html(tutor.status(), tutor.engine), elem_id="viva-status")
            gr.HTML(THEME_BUTTON, elem_id="viva-theme")
        chat = chat_page(tutor)
        timer = gr.Timer(_TICK_S)

        def refresh() -> tuple[Any, Any, Any]:
            now = tutor.status()
            examples = [{"text": question} for question in tutor.examples()]
            settled = now.ready or now.problem is not None
            return status_to_html(now, tutor.engine), gr.update(examples=examples), gr.update(active=not settled)

        gr.on(
            [timer.tick, demo.load],
            refresh,
            None,
            [status, chat, timer],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    return demo
