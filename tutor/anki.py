"""Cards -> an Anki deck: one note for each question with its points and where they stand, the missed points set off.

Ids are made from the item's, so that importing a second time updates what is there. The file is put together in memory: genanki leaves
its own draft behind in the temporary folder, where the learner did not ask for it.
"""

import io
import itertools
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime
from html import escape

import genanki

from corpus.types import QAItem
from tutor.bank import topic_of
from tutor.deck import ReviewError
from tutor.schedule import Card
from tutor.text import clean

_DECK, _MODEL = 1_784_205_131, 1_784_205_132  # Anki knows decks and kinds of notes by their numbers
_BACK = "{{FrontSide}}<hr id=answer>{{Points}}<p class=source>{{Source}}</p>"
_CSS = ".card{font:20px/1.5 sans-serif;text-align:left;max-width:36em;margin:auto}.source{color:gray;font-size:80%}"


def to_anki(cards: Iterable[Card], items: Mapping[str, QAItem], now: datetime) -> bytes:
    """The deck as an .apkg file. Raises ReviewError where there is no card of a question that the documents have."""
    points: dict[str, set[str]] = {}
    for card in cards:
        if card.item in items:
            points.setdefault(card.item, set()).add(card.point)
    if not points:
        raise ReviewError("There is nothing to export yet. Sit an interview or take a quiz: what you miss becomes a card.")
    deck = genanki.Deck(_DECK, "Viva")
    for name, missed in points.items():
        deck.add_note(_note(items[name], missed))
    return _packed(genanki.Package(deck), now)


def _note(item: QAItem, missed: set[str]) -> genanki.Note:
    known = [point.text for point in item.key_points]
    shown = [*known, *sorted(missed - set(known))]
    rows = "".join(f"<li>{_marked(text, missed)}</li>" for text in shown)
    source = "<br>".join(_text(f"{source.file}: {source.question}") for source in item.sources)
    tag = re.sub(r"\W+", "_", topic_of(item)).strip("_")
    fields = [_text(item.question), f"<ul>{rows}</ul>", source]
    return genanki.Note(model=_model(), fields=fields, tags=[tag] if tag else [], guid=genanki.guid_for("viva", item.id))


def _model() -> genanki.Model:
    return genanki.Model(
        _MODEL,
        "Viva",
        fields=[{"name": "Question"}, {"name": "Points"}, {"name": "Source"}],
        templates=[{"name": "Card", "qfmt": "{{Question}}", "afmt": _BACK}],
        css=_CSS,
    )


def _packed(package: genanki.Package, now: datetime) -> bytes:
    file = io.BytesIO()
    with closing(sqlite3.connect(":memory:")) as connection, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        package.write_to_db(connection.cursor(), now.timestamp(), itertools.count(int(now.timestamp() * 1000)))
        connection.commit()
        archive.writestr("collection.anki2", connection.serialize())
        archive.writestr("media", "{}")
    return file.getvalue()


def _marked(point: str, missed: set[str]) -> str:
    return f"<b>{_text(point)}</b>" if point in missed else _text(point)


def _text(text: str) -> str:
    return escape(" ".join(clean(text).split()))
