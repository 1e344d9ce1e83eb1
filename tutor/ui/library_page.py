"""The library's page: documents come in, are looked at, added, replaced, searched and removed, and key points are edited in place.

library.js tells what the learner does, one wish at a time, and the parts that may have changed are drawn anew from what is on the disk.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from corpus.errors import UserError
from tutor.libraries import search
from tutor.shelf import Shelf, Work
from tutor.tutor import Tutor
from tutor.ui.access import learner_of
from tutor.ui.library_html import (
    DROP,
    SEARCH,
    digested,
    documents_to_html,
    found_to_html,
    item_to_html,
    problem_to_html,
    shared_to_html,
    waiting_to_html,
    work_to_html,
)
from tutor.ui.toolkit import gr

_TAKE = "(...given) => window.viva.take(given)"
_DONE = "() => window.viva.library.done(true)"
_FAILED = "() => window.viva.library.done(false)"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_NOT_UNDERSTOOD = "The page sent something that Viva did not understand. Reload it and try again."
_READY_S = 120.0

Screen = tuple[Any, Any, Any, Any, Any]
"""New values for the work under way, the files that wait, the documents, the shared ones, and what was found or opened."""


class LibraryWish(BaseModel):
    """What a learner does: `ids` are files that wait, `id` is a document, `item` a question of the index."""

    do: Literal["look", "add", "discard", "remove", "seek", "open", "points", "close", "unfold"]
    ids: list[str] = Field(default=[], max_length=1_000)
    id: str = ""
    item: str = ""
    text: Annotated[str, Field(max_length=20_000)] = ""
    unfolded: list[str] = Field(default=[], max_length=1_000)
    """The shared documents that are open on the page."""
    seen: list[str] = Field(default=[], max_length=10)
    """Digests of what the page shows: a part that is the same is left in peace, and with it a click that is under way."""


_LOOK = LibraryWish(do="look")


def library_page(demo: gr.Blocks, tutor: Tutor) -> None:
    """Builds the page."""
    with gr.Column(elem_id="viva-library"):
        gr.HTML(DROP, elem_id="viva-drop")
        work = gr.HTML(elem_id="viva-work")
        waiting = gr.HTML(elem_id="viva-waiting-files")
        gr.HTML(SEARCH, elem_id="viva-seek")
        found = gr.HTML(elem_id="viva-hits")
        documents = gr.HTML(elem_id="viva-documents")
        shared = gr.HTML(elem_id="viva-shared")
    told = gr.Textbox(visible=False)
    do = gr.Button("do", elem_id="viva-shelve", visible="hidden")
    screen = [work, waiting, documents, shared, found]
    done = do.click(_acting(tutor), told, screen, js=_TAKE, trigger_mode="multiple", **_QUIET)
    done.success(None, None, None, js=_DONE, **_QUIET)
    done.failure(None, None, None, js=_FAILED, **_QUIET)
    demo.load(_arriving(tutor), None, screen, **_QUIET).success(None, None, None, js=_DONE, **_QUIET)


def _acting(tutor: Tutor) -> Callable[..., Screen]:
    def act(told: str, request: gr.Request) -> Screen:
        """What the learner does -> the page after it."""
        try:
            wish = LibraryWish.model_validate_json(told)
            shelf = tutor.shelf(learner_of(request))
        except ValidationError:
            return work_to_html(Work(), _NOT_UNDERSTOOD), *(gr.skip() for _ in range(4))
        except UserError as error:
            return problem_to_html(error), "", "", "", ""
        note, found = "", None
        try:
            found = _granted(shelf, wish)
        except UserError as error:
            note = str(error)
        return _screen(shelf, found, note, wish)

    return act


def _granted(shelf: Shelf, wish: LibraryWish) -> str | None:
    """Does what is wished. What stands at the place of what was found then; None leaves it."""
    match wish.do:
        case "add":
            shelf.accept(wish.ids)
        case "discard":
            shelf.discard(wish.ids)
        case "remove":
            shelf.remove(wish.id)
        case "seek":
            return found_to_html(wish.text, search(shelf.prepared, wish.text))
        case "open":
            return item_to_html(shelf.open(wish.item))
        case "points":
            shelf.edit(wish.item, wish.text.splitlines())
            return item_to_html(shelf.open(wish.item))
        case "close":
            return ""
        case "look" | "unfold":
            pass
    return None


def _screen(shelf: Shelf, found: str | None = "", note: str = "", wish: LibraryWish = _LOOK) -> Screen:
    lost = [
        f"{edit.question}: " + ("its answer has changed since." if state == "changed" else "no document has this question any more.")
        for edit, state in shelf.edits()
        if state != "used"
    ]
    work = work_to_html(shelf.work, note)
    drawn = (
        waiting_to_html(shelf.waiting()),
        documents_to_html(shelf.documents(), lost),
        shared_to_html(shelf.shared(wish.unfolded), shelf.unread),
    )
    waiting, documents, shared = (gr.skip() if digest in wish.seen else part for part, digest in map(digested, drawn))
    return work, waiting, documents, shared, gr.skip() if found is None else found


def _arriving(tutor: Tutor) -> Callable[..., Iterator[Screen]]:
    def arrive(request: gr.Request) -> Iterator[Screen]:
        """The page as it is; at once that the documents are being read, if they are."""
        if not tutor.status().ready:
            yield work_to_html(Work("Reading the documents", 0.0)), "", "", "", ""
            tutor.wait(_READY_S)
        try:
            yield _screen(tutor.shelf(learner_of(request)))
        except UserError as error:
            yield problem_to_html(error), "", "", "", ""

    return arrive
