"""Reads one PDF from standard input and prints its pages as JSON: a program of its own, so that a bad file can only end itself."""

import contextlib
import io
import json
import sys

_CPU_SECONDS, _MEMORY_BYTES, _MAX_PAGES = 30, 1_500_000_000, 3_000


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


def main() -> None:
    """Sets the limits that the system knows, then reads."""
    with contextlib.suppress(ImportError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    sys.stdout.write(json.dumps(pages(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
