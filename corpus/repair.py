"""Makes what a scanner, a converter or a web page spoilt readable again, and keeps track of where each character stood."""

import re
from collections.abc import Iterable
from functools import cache

from pylatexenc.latex2text import LatexNodes2Text

from corpus.traced import Traced

_MISREAD = re.compile(
    r"\b(?:Generative|Conversational|Traditional|Responsible|Agentic|Constitutional|Multimodal|Gen|Open|using|of|in|with|an) ?Al\b"
)
_AL = re.compile(r"(?<!\bet )(?<![\w.])Al(?=s?\b)(?! (?:Gore|Pacino|Capone|Jazeera|Qaeda|Green|Roker|Franken|Yankovic)\b)(?!\.\s*\()")
_GLUED_AL = re.compile(r"\b(Open|Gen|x|Spark|Stability|Character\.)Al\b")
_SENTENCE_L = re.compile(r"(?:(?<=^)|(?<=[.!?] ))l(?=[ntfs] [a-z])")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t]")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_LIGATURES = dict(zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
_ESCAPED = re.compile(r"\\([_.\-#&%~()\[\]!+])(?!\w*\})")
_BULLET = re.compile(r"^([ ]*)(?:[•▪◦‣●○■□➤➢►▶∙·]|\u2022|[\U0001f536-\U0001f53b\U0001f449➡👉🔹🔸]\ufe0f?)[ ]+(?=\S)")
_SIGN = re.compile(r"^([ ]*)(?=[✅❌✔✖☑⚠✓✗][\ufe0f]?[ ])")
_GLYPH_BULLET = re.compile(r"^([ ]*)[\uf0b7\uf0a7\uf0d8\uf076\uf0fc][ ]*(?=\S)")
_BREAK = re.compile(r"<br\s*/?>[ ]*", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|u|em|strong|sub|sup|span|font|p|div|center|small|kbd|mark|details|summary)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_WIDE_BULLET = re.compile(r"^([ ]*)[-*+] {2,}(?=\S)")
_GAPS = re.compile(r"(?<=\S) {2,}(?=\S)")
_MATH = re.compile(
    r"\$\$(?P<a>.+?)\$\$|\\\((?P<b>.+?)\\\)|\\\[(?P<c>.+?)\\\]|(?<![\\\w$])\$(?P<d>[^\s$](?:[^$\n]{0,200}?[^\s$\\])?)\$(?![\w$])"
)
_RELATION = re.compile(
    r"(\\(?:[lL]eft|[rR]ight|leftright)?arrow|\\(?:to|approx|leq?|geq?|times|cdot|in|sim|mid|neq?|pm|propto|ll|gg|mapsto|iff|implies)) "
)
_TEX = re.compile(r"\\[a-zA-Z]+|[\^_]|^[A-Za-z](?:\([A-Za-z](?:[|,][A-Za-z])*\))?$|^[^a-z]*[=<>][^a-z]*$")


def misread_by_scanner(text: str) -> bool:
    """Whether a document shows a scanner's usual slip in this field, "Al" where "AI" was printed."""
    return bool(_GLUED_AL.search(text)) or len(_MISREAD.findall(text)) >= 2


def repair(line: Traced, *, misread: bool) -> Traced:
    """One line of prose, readable: letters, bullets, formulas, invisible characters. Code is not to be passed here."""
    line = line.sub(_INVISIBLE, "").sub(_SPACE, " ").sub(_LIGATURE, lambda m: _LIGATURES[m.group()])
    if misread:
        line = line.sub(_GLUED_AL, r"\1AI").sub(_AL, "AI").sub(_SENTENCE_L, "I")
    if "$" in line.text or "\\" in line.text:
        line = line.sub(_MATH, _formula).sub(_ESCAPED, r"\1")
    if "<" in line.text:
        line = line.sub(_BREAK, " ").sub(_TAG, "")
    return line.sub(_GLYPH_BULLET, r"\1- ").sub(_BULLET, r"\1- ").sub(_SIGN, r"\1- ").sub(_WIDE_BULLET, r"\1- ").sub(_GAPS, " ")


def repair_text(text: str, *, misread: bool) -> str:
    """As `repair`, for a text whose place does not matter."""
    return repair(Traced.of(text), misread=misread).text


def _formula(match: re.Match[str]) -> str:
    """A LaTeX formula as plain Unicode text; a price between two dollar signs stays as it is."""
    source = match.group("a") or match.group("b") or match.group("c") or match.group("d")
    if match.group("d") and not _TEX.search(source):
        return match.group()
    return str(_converter().latex_to_text(_RELATION.sub(r"\1{} ", source))).strip()


@cache
def _converter() -> LatexNodes2Text:
    return LatexNodes2Text(math_mode="text", keep_comments=True, strict_latex_spaces=False)


def same(text: str) -> str:
    """What two lines have in common when they differ only in white space, quotation marks, emphasis and letter case."""
    text = re.sub(r"[*_`#>]|^\s*[-•+]\s+", "", text)
    text = re.sub("[\u2018\u2019\u201c\u201d'\"]", "", text)
    return re.sub(r"\s+", " ", text).strip(" .:").lower()


def without_repeats(lines: Iterable[Traced], least: int = 20) -> tuple[list[Traced], int]:
    """The lines without those that stood before with other white space or apostrophes, and how many went.

    Lines shorter than `least` characters and code may repeat for good reason, and stay.
    """
    kept: list[Traced] = []
    seen: set[str] = set()
    gone, fenced = 0, False
    for line in lines:
        fence = line.text.lstrip().startswith(("```", "~~~"))
        fenced = fenced != fence
        key = same(line.text)
        if not fenced and not fence and len(key) >= least:
            if key in seen:
                gone += 1
                continue
            seen.add(key)
        kept.append(line)
    return kept, gone
