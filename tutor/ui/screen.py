"""The whole screen: its pages, each in the same frame."""

import asyncio
from time import monotonic
from typing import Any

from tutor.due import zone_of
from tutor.tutor import Tutor
from tutor.ui.access import Access, learner_of
from tutor.ui.api import add_api
from tutor.ui.chat import chat_page
from tutor.ui.desk import list_to_html
from tutor.ui.frame import PAGES, Frame, Page, frame, pages_to_html
from tutor.ui.interview_page import interview_page
from tutor.ui.learner_html import account_to_html, learner_to_html
from tutor.ui.library_page import library_page
from tutor.ui.practice import Practice
from tutor.ui.practice_page import practice_page
from tutor.ui.render import status_to_html
from tutor.ui.settings_page import settings_page
from tutor.ui.talk import Talks
from tutor.ui.toolkit import gr

_TICK_S = 0.5
_READY_S = 120.0
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def build(tutor: Tutor, access: Access | None = None) -> gr.Blocks:
    """The screen for a tutor, which may still be getting ready: the header says how far it is until it is. `access`: who may do what."""
    talks, access = Talks(tutor), access or Access()
    chat_place, interview_place, library_place, review_place, progress_place, settings_place = PAGES
    demo: gr.Blocks
    with gr.Blocks(title="Viva", fill_height=True, analytics_enabled=False, delete_cache=(3600, 86400)) as demo:
        with frame(tutor, chat_place) as around:
            chat = chat_page(demo, tutor, talks, access, around.listed)
            add_api(tutor, talks, access)
        _keep_status(demo, tutor, around.status, chat)
        _say_learner(demo, talks, access, around)
        _count_due(demo, tutor, access, chat_place, around)
    with demo.route(interview_place.name, interview_place.path, show_in_navbar=False):
        with frame(tutor, interview_place) as around:
            interview_page(demo, tutor, access)
        _keep_status(demo, tutor, around.status)
        _say_learner(demo, talks, access, around)
        _list(demo, talks, around)
        _count_due(demo, tutor, access, interview_place, around)
    with demo.route(library_place.name, library_place.path, show_in_navbar=False):
        with frame(tutor, library_place) as around:
            library_page(demo, tutor)
        _keep_status(demo, tutor, around.status)
        _say_learner(demo, talks, access, around)
        _list(demo, talks, around)
        _count_due(demo, tutor, access, library_place, around)
    for place in (review_place, progress_place):
        with demo.route(place.name, place.path, show_in_navbar=False):
            with frame(tutor, place) as around:
                practice_page(demo, tutor, access, place, around)
            _keep_status(demo, tutor, around.status)
            _say_learner(demo, talks, access, around)
            _list(demo, talks, around)
    with demo.route(settings_place.name, settings_place.path, show_in_navbar=False):
        with frame(tutor, settings_place) as around:
            settings_page(demo, tutor, access, around.status)
        _keep_status(demo, tutor, around.status)
        _say_learner(demo, talks, access, around)
        _list(demo, talks, around)
        _count_due(demo, tutor, access, settings_place, around)
    return demo


def _count_due(demo: gr.Blocks, tutor: Tutor, access: Access, place: Page, around: Frame) -> None:
    """Says beside the page of reviews how many are due, once the documents are there."""
    practice, zone = Practice(tutor, access), gr.Textbox(visible=False)

    async def counted(zone: str, request: gr.Request) -> str:
        end = monotonic() + _READY_S
        while not tutor.status().ready and not tutor.status().problem and monotonic() < end:
            await asyncio.sleep(_TICK_S)
        ready = tutor.status().ready
        due = await asyncio.to_thread(practice.due, learner_of(request), zone_of(zone)) if ready else None
        return pages_to_html(place, due or 0)

    demo.load(counted, zone, around.pages, js="() => [window.viva.zone()]", **_QUIET)


def _list(demo: gr.Blocks, talks: Talks, around: Frame) -> None:
    """Lists the conversations beside a page that is not the chat."""

    def listed(request: gr.Request) -> str:
        return list_to_html(talks, learner_of(request))

    demo.load(listed, None, around.listed, queue=False, **_QUIET)


def _say_learner(demo: gr.Blocks, talks: Talks, access: Access, around: Frame) -> None:
    """Says who is learning, with the way to be somebody else."""

    def said(request: gr.Request) -> str:
        learner = learner_of(request)
        return account_to_html(learner) if access.accounts else learner_to_html(learner, talks.known())

    demo.load(said, None, around.learner, queue=False, **_QUIET)


def _keep_status(demo: gr.Blocks, tutor: Tutor, status: gr.HTML, chat: gr.Chatbot | None = None) -> None:
    """Says who answers and how far getting ready is, until it is; then a chat gets its examples."""
    timer = gr.Timer(_TICK_S)

    def refresh() -> list[Any]:
        now = tutor.status()
        active = gr.update(active=not (now.ready or now.problem is not None))
        examples = [gr.update(examples=[{"text": question} for question in tutor.examples()])] if chat else []
        return [status_to_html(now, tutor.engine), active, *examples]

    outputs = [status, timer, *([chat] if chat else [])]
    gr.on([timer.tick, demo.load], refresh, None, outputs, queue=False, **_QUIET)
