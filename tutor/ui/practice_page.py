"""The pages of progress and review: one event does everything, as on the interview's page; practice.js tells it what the learner does."""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from tutor.tutor import Tutor
from tutor.ui.access import Access, learner_of
from tutor.ui.frame import Frame, Page, pages_to_html
from tutor.ui.practice import Practice, View, Wish
from tutor.ui.setup_html import note_to_html
from tutor.ui.toolkit import gr
from tutor.ui.wishes import NOT_UNDERSTOOD

_TAKE = "(...given) => window.viva.take(given)"
_DONE = "() => window.viva.practice.done(true)"
_FAILED = "() => window.viva.practice.done(false)"
_WHERE = "() => [window.viva.practice.arrival()]"
_READY_S = 120.0
_GETTING_READY = '<p class="viva-facts viva-getting-ready" role="status">Getting your documents ready.</p>'
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

Screen = tuple[Any, Any, Any]
"""New values for the stage, the note and the way to the other pages."""


def practice_page(demo: gr.Blocks, tutor: Tutor, access: Access, page: Page, around: Frame) -> None:
    """Builds the page, of progress or of review."""
    practice = Practice(tutor, access)
    with gr.Column(elem_id="viva-practice"):
        note = gr.HTML(elem_id="viva-note")
        stage = gr.HTML(elem_id="viva-stage")
    told = gr.Textbox(visible=False)
    act = gr.Button("act", elem_id="viva-practise", visible="hidden")
    screen = [stage, note, around.pages]
    acted = act.click(_acting(practice, page), told, screen, js=_TAKE, trigger_mode="multiple", **_QUIET)
    acted.success(None, None, None, js=_DONE, **_QUIET)
    acted.failure(None, None, None, js=_FAILED, **_QUIET)
    demo.load(_arriving(practice, tutor, page), told, screen, js=_WHERE, **_QUIET).success(None, None, None, js=_DONE, **_QUIET)


def _acting(practice: Practice, page: Page) -> Callable[..., Screen]:
    def act(told: str, request: gr.Request) -> Screen:
        """What the learner does -> the page after it."""
        try:
            return _screen(practice.grant(Wish.model_validate_json(told), learner_of(request)), page)
        except ValidationError:
            return _screen(View(None, NOT_UNDERSTOOD), page)

    return act


def _arriving(practice: Practice, tutor: Tutor, page: Page) -> Callable[..., Iterator[Screen]]:
    def arrive(told: str, request: gr.Request) -> Iterator[Screen]:
        """The page when it is opened, as soon as the documents are there."""
        if not tutor.status().ready:
            yield _GETTING_READY, "", gr.skip()
            tutor.wait(_READY_S)
        problem = tutor.status().problem
        yield _screen(View("", problem), page) if problem else _acting(practice, page)(told, request)

    return arrive


def _screen(view: View, page: Page) -> Screen:
    stage = gr.skip() if view.stage is None else view.stage
    pages = gr.skip() if view.due is None else pages_to_html(page, view.due)
    return stage, note_to_html(view.note), pages
