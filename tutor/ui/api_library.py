"""The learner's own documents for programs. A file comes by POST to /library/files, is looked at, and waits there for a yes."""

from collections.abc import Callable, Iterable
from typing import Any

from tutor.libraries import item_as_json, search
from tutor.tutor import Tutor
from tutor.ui.access import learner_of
from tutor.ui.toolkit import gr

Json = dict[str, object]


def library_calls(tutor: Tutor) -> Iterable[Callable[..., Any]]:
    """Each call by the name that programs know it by."""
    return (*_shelving(tutor), *_reading(tutor))


def _shelving(tutor: Tutor) -> Iterable[Callable[..., Any]]:
    def library(request: gr.Request) -> Json:
        """The learner's documents, and what is being done to their index: {"documents", "work"}."""
        shelf = tutor.shelf(learner_of(request))
        documents = [
            {"id": one.entry.id, "name": one.entry.name, "topics": list(one.topics), "warnings": list(one.warnings)}
            for one in shelf.documents()
        ]
        work = shelf.work
        return {"documents": documents, "work": {"text": work.text, "share": work.share, "problem": work.problem} if work.busy else None}

    def waiting_documents(request: gr.Request) -> list[Json]:
        """The files that were sent and wait to be added, with what was found in them."""
        return [
            {"id": one.entry.id, "name": one.name, "questions": list(one.questions), "warnings": list(one.warnings)}
            for one in tutor.shelf(learner_of(request)).waiting()
            if one.entry
        ]

    def add_documents(ids: list[str], request: gr.Request) -> Json:
        """Adds files that wait, and returns when they can be asked about."""
        shelf = tutor.shelf(learner_of(request))
        shelf.accept(ids)
        shelf.wait()
        return library(request)

    def discard_documents(ids: list[str], request: gr.Request) -> None:
        """Forgets files that wait."""
        tutor.shelf(learner_of(request)).discard(ids)

    def remove_document(id: str, request: gr.Request) -> Json:  # noqa: A002  # its name for programs
        """Removes a document, and returns when nothing of it is found any more."""
        shelf = tutor.shelf(learner_of(request))
        shelf.remove(id)
        shelf.wait()
        return library(request)

    return library, waiting_documents, add_documents, discard_documents, remove_document


def _reading(tutor: Tutor) -> Iterable[Callable[..., Any]]:
    def search_library(text: str, request: gr.Request) -> list[Json]:
        """Finds questions by the words of the question, its topic or its document."""
        return [item_as_json(item) for item in search(tutor.shelf(learner_of(request)).prepared, str(text or "")).items]

    def open_item(item: str, request: gr.Request) -> Json:
        """A question with its answer and key points; `edited` says whether those are the learner's own."""
        opened = tutor.shelf(learner_of(request)).open(item)
        return {**item_as_json(opened.item), "edited": opened.edited}

    def edit_points(item: str, points: list[str], request: gr.Request) -> Json:
        """Gives a question these key points; those of its document again where there are none."""
        tutor.shelf(learner_of(request)).edit(item, points)
        return open_item(item, request)

    return search_library, open_item, edit_points
