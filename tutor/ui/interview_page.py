"""The interview's page: it is set up, sat and reported on in one place, and the address says which interview it is.

One event does everything: interview.js tells what the learner does, and the page is drawn from what the journal has then. The box to
answer in is not redrawn, so nothing that is typed can be overwritten by what comes back.
"""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from tutor.tutor import Tutor
from tutor.ui.access import Access, learner_of
from tutor.ui.setup_html import note_to_html
from tutor.ui.speech_html import BUTTONS, STRIP, UNHEARD
from tutor.ui.toolkit import gr
from tutor.ui.wishes import NOT_UNDERSTOOD, Desk, View, Wish

_TAKE = "(...given) => window.viva.take(given)"
_DONE = "() => window.viva.interview.done(true)"
_FAILED = "() => window.viva.interview.done(false)"
_WHERE = "() => [window.viva.interview.arrival()]"
_READY_S = 120.0
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_LOST = '<p class="viva-told" role="alert" hidden></p>'
_BOX = (
    '{strip}<form class="viva-box" aria-label="Your answer"><div id="viva-recorder">{buttons}</div>'
    '<textarea id="viva-answer" rows="3" maxlength="20000" placeholder="Answer as you would aloud" aria-label="Your answer" dir="auto" '
    'spellcheck="true" enterkeyhint="enter"></textarea><button type="submit" aria-label="Send the answer">'
    '<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M12 19.5V5M5.5 11.5 12 5l6.5 6.5"/></svg></button></form>'
    '<details class="viva-unsent" hidden><summary>Not sent: what you typed before</summary><p></p></details>'
)

Screen = tuple[Any, Any, Any, Any]
"""New values for the stage, what is below it, past interviews and the note."""


def interview_page(demo: gr.Blocks, tutor: Tutor, access: Access) -> None:
    """Builds the page."""
    desk = Desk(tutor, access)
    with gr.Column(elem_id="viva-interview"):
        stage = gr.HTML(elem_id="viva-stage")
        note = gr.HTML(elem_id="viva-note")
        gr.HTML(_LOST, elem_id="viva-lost")
        gr.HTML(_box(tutor), elem_id="viva-foot-box")
        below = gr.HTML(elem_id="viva-below")
        past = gr.HTML(elem_id="viva-past")
    told = gr.Textbox(visible=False)
    act = gr.Button("act", elem_id="viva-act", visible="hidden")
    screen = [stage, below, past, note]
    acted = act.click(_acting(desk), told, screen, js=_TAKE, trigger_mode="multiple", **_QUIET)
    acted.success(None, None, None, js=_DONE, **_QUIET)
    acted.failure(None, None, None, js=_FAILED, **_QUIET)
    demo.load(_arriving(desk, tutor), told, screen, js=_WHERE, **_QUIET).success(None, None, None, js=_DONE, **_QUIET)


def _box(tutor: Tutor) -> str:
    """The box to answer in, with the recorder where somebody listens."""
    listens = tutor.speech is not None and tutor.speech.listens
    return (UNHEARD if tutor.speech else "") + _BOX.format(strip=STRIP if listens else "", buttons=BUTTONS if listens else "")


def _acting(desk: Desk) -> Callable[..., Screen]:
    def act(told: str, request: gr.Request) -> Screen:
        """What the learner does -> the page after it."""
        try:
            return _screen(desk.grant(Wish.model_validate_json(told), learner_of(request)))
        except ValidationError:
            return _screen(View(note=NOT_UNDERSTOOD))

    return act


def _arriving(desk: Desk, tutor: Tutor) -> Callable[..., Iterator[Screen]]:
    def arrive(told: str, request: gr.Request) -> Iterator[Screen]:
        """The page as its address has it: at once what needs no documents, the rest when the tutor is ready."""
        if not tutor.status().ready:
            yield _screen(desk.lobby(learner_of(request)))
            tutor.wait(_READY_S)
        yield _acting(desk)(told, request)

    return arrive


def _screen(view: View) -> Screen:
    note = None if view.note is None else note_to_html(view.note)
    return tuple(gr.skip() if part is None else part for part in (view.stage, view.below, view.past, note))  # type: ignore[return-value]
