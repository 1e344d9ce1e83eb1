"""Reads one Word document from standard input and prints it as HTML, in JSON: see corpus/child.py."""

import io
import zipfile

import mammoth

from corpus.child import answer

_ZIP_ENTRIES, _ZIP_BYTES, _ZIP_RATIO = 1_000, 100_000_000, 100
_UNFOLDS = "unfolds to far more than a document holds and was refused. Save it again from the program that made it."


def html(raw: bytes) -> dict[str, object]:
    """{"html": text}, or {"problem": ...}."""
    if problem := _zip_problem(raw):
        return {"problem": problem}
    try:
        made = mammoth.convert_to_html(io.BytesIO(raw), convert_image=mammoth.images.img_element(lambda _image: {"src": ""}))
    except (KeyError, ValueError, AttributeError, TypeError, OSError, SyntaxError, zipfile.BadZipFile, NotImplementedError):
        return {"problem": "could not be read as a Word document. Open it in Word or LibreOffice and save it again as .docx."}
    return {"html": made.value}


def _zip_problem(raw: bytes) -> str | None:
    """What is wrong with a zip file. What it unfolds to is counted, in memory and up to the limit; its own word on that may be forged."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if "word/document.xml" not in archive.namelist():
                return "is a zip file but no Word document. Unpack it, or save the document as .docx."
            if len(archive.infolist()) > _ZIP_ENTRIES:
                return _UNFOLDS
            return _content_problem(archive, len(raw))
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        return "is damaged and could not be opened. Save it again as .docx."


def _content_problem(archive: zipfile.ZipFile, size: int) -> str | None:
    total = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            while block := part.read(1_000_000):
                total += len(block)
                if total > _ZIP_BYTES or (total > 1_000_000 and total > _ZIP_RATIO * size):
                    return _UNFOLDS
                if entry.filename.endswith((".xml", ".rels")) and b"<!ENTITY" in block:
                    return "defines XML entities, as no Word document does, and was refused. Save it again as .docx."
    return None


if __name__ == "__main__":
    answer(html)
