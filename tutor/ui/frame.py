"""What all pages have around them: a header that says who answers, the way to the other pages, and the list of conversations.

A page is one entry in PAGES and one `with` block in screen.py. On a wide screen the side stands beside the page and can be folded
away; on a narrow one it is a drawer. viva.js opens and closes it.
"""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

from tutor.tutor import Tutor
from tutor.ui.render import status_to_html
from tutor.ui.theme import BRAND, THEME_BUTTON
from tutor.ui.toolkit import gr

_STROKES = {
    "side": '<rect x="3.5" y="4.5" width="17" height="15" rx="2.5"/><path d="M9.5 4.5v15"/>',
    "chat": '<path d="M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z"/>',
    "interview": ('<rect x="9" y="3.5" width="6" height="10.5" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v2.5"/>'),
    "review": '<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4v5h-5"/>',
    "progress": '<path d="M4.5 19.5h15M7 16v-4M12 16V6.5M17 16v-6.5"/>',
    "library": '<path d="M5 4.5h3.5v15H5zM10.5 4.5H14v15h-3.5zM16 5.2l3-.7 2.6 14-3 .7z"/>',
    "settings": (
        '<path d="M4 7h9M17 7h3M4 12h3M11 12h9M4 17h7M15 17h5"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="12" r="2"/>'
        '<circle cx="13" cy="17" r="2"/>'
    ),
    "new": '<path d="M12 5v14M5 12h14"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5 5"/>',
}


def _icon(name: str) -> str:
    return f'<svg class="viva-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{_STROKES[name]}</svg>'


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One page of the screen. `path` is its address below the root; the chat is the root itself."""

    path: str
    name: str
    icon: str


PAGES = (
    Page("", "Chat", "chat"),
    Page("interview", "Interview", "interview"),
    Page("library", "Library", "library"),
    Page("review", "Review", "review"),
    Page("progress", "Progress", "progress"),
    Page("settings", "Settings", "settings"),
)
_SKIP = '<a class="viva-skip" href="#viva-main">Skip to the content</a>'
_TOGGLE = (
    f'<button class="viva-toggle" type="button" aria-controls="viva-side" aria-expanded="true" aria-label="Conversations and pages">'
    f"{_icon('side')}</button>"
)
_NEW_SMALL = f'<button class="viva-new is-small" type="button" aria-label="New chat">{_icon("new")}</button>'
_FIND = (
    f'<button class="viva-new" type="button">{_icon("new")}New chat</button>'
    f'<label class="viva-find">{_icon("search")}<span class="viva-sr">Search conversations</span>'
    '<input type="search" placeholder="Search conversations" autocomplete="off" maxlength="200"></label>'
)


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """The parts of a page that its events change: who answers, the way to other pages, the list of conversations, and who is learning."""

    status: gr.HTML
    pages: gr.HTML
    listed: gr.HTML
    learner: gr.HTML


@contextmanager
def frame(tutor: Tutor, page: Page) -> Iterator[Frame]:
    """Everything around a page; what is built inside is its content."""
    gr.HTML(_SKIP, elem_id="viva-skip")
    with gr.Row(elem_id="viva-head"):
        gr.HTML(_TOGGLE, elem_id="viva-toggle")
        gr.HTML(BRAND, elem_id="viva-brand")
        status = gr.HTML(status_to_html(tutor.status(), tutor.engine), elem_id="viva-status")
        gr.HTML(_NEW_SMALL + THEME_BUTTON, elem_id="viva-buttons")
    with gr.Row(elem_id="viva-body"):
        with gr.Column(elem_id="viva-side"):
            with gr.Column(elem_id="viva-pages"):
                pages = gr.HTML(pages_to_html(page))
                gr.HTML(_FIND)  # apart, so that a count that comes late does not draw it anew under somebody who types in it
            listed = gr.HTML(elem_id="viva-list")
            learner = gr.HTML(elem_id="viva-learner")
        with gr.Column(elem_id="viva-main"):
            yield Frame(status, pages, listed, learner)


def pages_to_html(here: Page, due: int = 0) -> str:
    """The way to the other pages, with how many points are due to be reviewed."""
    entries = "".join(
        f'<li><a href="/{page.path}"{" aria-current=page" if page == here else ""}>{_icon(page.icon)}{page.name}{_due(page, due)}</a></li>'
        for page in PAGES
    )
    return f'<nav aria-label="Pages"><ul>{entries}</ul></nav>'


def _due(page: Page, due: int) -> str:
    return f'<span class="viva-due">{due}<span class="viva-sr"> due</span></span>' if page.path == "review" and due else ""
