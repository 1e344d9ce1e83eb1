"""HTML, Word and PDF as Markdown text, so that one parser reads them all."""

import re
from collections.abc import Sequence

from bs4 import BeautifulSoup, Comment, Tag
from markdownify import ATX, MarkdownConverter

from corpus.child import read_in_child

_NOT_CONTENT = (
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "embed",
    "svg",
    "canvas",
    "form",
    "button",
    "nav",
    "aside",
    "footer",
    "head",
    "select",
    "video",
    "audio",
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?:[;\s]|$)", re.IGNORECASE)


def html_text(html: str) -> str:
    """The content of a page as Markdown: no scripts, menus, forms or hidden text. Summaries and terms count as headings."""
    soup = BeautifulSoup(html, "lxml")
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in [*soup.find_all(_NOT_CONTENT), *soup.find_all(_hidden)]:
        tag.decompose()
    for tag in soup.find_all(("summary", "dt")):
        if not tag.find(("h1", "h2", "h3", "h4", "h5", "h6")):
            tag.name = "h6"
    for tag in soup.find_all("img"):
        tag.replace_with(str(tag.get("alt") or ""))
    markdown = MarkdownConverter(
        heading_style=ATX, bullets="-", strip=["a"], escape_asterisks=False, escape_underscores=False, escape_misc=False
    )
    text = str(markdown.convert_soup(soup.body or soup))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


def _hidden(tag: Tag) -> bool:
    return tag.has_attr("hidden") or tag.get("aria-hidden") == "true" or bool(_HIDDEN.search(str(tag.get("style") or "")))


def word_text(raw: bytes, name: str) -> str:
    """A Word document as Markdown. Raises UnreadableDocument for anything else in a zip file, and for one that unfolds to too much."""
    return html_text(read_in_child("corpus.word", raw, name, "Open it in Word or LibreOffice and save it again as .docx.")["html"])


def pdf_text(raw: bytes, name: str) -> str:
    """The text of a PDF. Raises UnreadableDocument."""
    return paragraphs(read_in_child("corpus.pdf", raw, name, "Print it to a new PDF, or save its text.")["pages"])


def paragraphs(pages: Sequence[str]) -> str:
    """Pages of lines, as a PDF holds them, as text: running heads and page numbers gone, broken lines and words joined."""
    split = [[line.rstrip() for line in page.split("\n")] for page in pages]
    running = _running_lines(split)
    lines = [
        line
        for page in split
        for k, line in enumerate(page)
        if not (
            _edge(page, k)
            and (_faceless(line) in running or re.fullmatch(r"\W*(?:page )?\d+(?: (?:of|/) \d+)?\W*", line.strip(), re.IGNORECASE))
        )
    ]
    width = (
        sorted(len(line) for line in lines if line.strip())[int(0.9 * sum(bool(line.strip()) for line in lines)) - 1]
        if any(line.strip() for line in lines)
        else 0
    )
    joined: list[str] = []
    open_line = False
    for line in lines:
        if open_line and joined and line.strip() and not _STARTS.match(line):
            hyphen = re.search(r"[a-z]-$", joined[-1]) and line.lstrip()[:1].islower()
            joined[-1] = joined[-1][:-1] + line.lstrip() if hyphen else f"{joined[-1]} {line.strip()}"
        else:
            joined.append(line)
        ended = line.rstrip().endswith((".", "!", "?", ":", ";")) and len(line) < 0.85 * width
        open_line = bool(line.strip()) and len(line) > 0.65 * width and not ended and not line.rstrip().endswith("?")
    return "\n".join(joined).strip() + "\n"


_STARTS = re.compile(
    r"^\s*(?:[-•▪◦‣●○■➢*–]\s|\(?\d{1,3}[.):]\s|(?:q|question|a|answer|ans)\s?\d*\s?[.:)]|#{1,6}\s|[a-z][.)]\s)", re.IGNORECASE
)


def _edge(page: Sequence[str], index: int) -> bool:
    return index < 2 or index >= len(page) - 2


def _faceless(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip().lower())


def _running_lines(pages: Sequence[Sequence[str]]) -> set[str]:
    """What stands at the head or foot of at least three pages and half of them, page numbers aside."""
    seen: dict[str, int] = {}
    for page in pages:
        for line in {_faceless(line) for k, line in enumerate(page) if _edge(page, k) and line.strip()}:
            seen[line] = seen.get(line, 0) + 1
    return {line for line, count in seen.items() if count >= 3 and 2 * count >= len(pages)}
