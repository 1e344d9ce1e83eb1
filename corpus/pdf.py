"""Reads one PDF from standard input and prints its pages as JSON: see corpus/child.py."""

import io

from corpus.child import answer

_MAX_PAGES = 3_000


def pages(raw: bytes) -> dict[str, object]:
    """{"pages": [text, ...]}, or {"problem": the rest of a sentence that begins with the file's name}."""
    from pypdf import PdfReader
    from pypdf.errors import PdfReadError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"problem": "is protected by a password. Save a copy without one."}
        if len(reader.pages) > _MAX_PAGES:
            return {"problem": f"has more than {_MAX_PAGES} pages. Split it into smaller files."}
        texts = [page.extract_text() for page in reader.pages]
    except (
        PyPdfError,
        PdfReadError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OSError,
        NotImplementedError,
        AssertionError,
    ):
        return {"problem": "is damaged and could not be read as a PDF. Print it to a new PDF, or save its text."}
    if not "".join(texts).strip():
        return {"problem": "holds no text (a scan?). Run it through a text recognizer first."}
    return {"pages": texts}


if __name__ == "__main__":
    answer(pages)
