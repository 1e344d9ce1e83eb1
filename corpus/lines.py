"""A document as lines, each with what its form says: heading, bullet, bold, number, question mark.

Questions are written in so many shapes that no grammar covers them. What holds in all of them is that a question starts on a
line of its own form; so the form of each line is read here once, and corpus/questions.py decides what the forms mean.
"""

import re
from dataclasses import dataclass, replace

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FRONT_MATTER = re.compile(r"\A---\n(?:.*\n){0,60}?---(?:\n|\Z)")
_LISTED_HEADING = re.compile(r"^((?:\*\*)?\d{1,3}[.)](?:\*\*)?[ ]+)(#{1,6})[ ]+(.+)$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{3,})[ \t]*$")
_RULE = re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$|^[ \t]*\.{3,}[ \t]*$|^[ \t]*…[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_BULLET = re.compile(r"^([ \t]*)(?:>[ \t]*)*(?:[-*+•▪◦‣●○■□➤➢►▶–]|\u2022)[ \t]+(?=\S)")
_EMOJI = re.compile("^[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff\\s]+(?=\\w|[*\"“'(])")
_TAG_LINE = re.compile(
    r"^[ \t]*(?:</?(?:details|div|p|br|hr|center|span|a|section|article|main|ul|ol|table|tbody)\b[^>]*>[ \t]*)+$",
    re.IGNORECASE,
)
_SUMMARY = re.compile(r"^[ \t]*(?:<details[^>]*>)?[ \t]*<summary[^>]*>(.*?)</summary>[ \t]*$", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|u|em|strong|sub|sup|span|font|p|div|center|small|kbd|a|mark|h[1-6])(?:\s[^<>]*)?/?>", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_KEYCAP = re.compile("(\\d)\ufe0f?\u20e3")
_BOLD = re.compile(r"^(\*\*|__)(?=\S)(.+?)(?<=\S)\1[:.]?$")
_BOLD_START = re.compile(r"^(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_MARK = re.compile(
    r"""^(?:(?:interview[ ])?(?:question|ques|que|qn|q|interviewer)[ ]?(?:\#|no\.?[ ]?)?(?P<n>\d{1,4})?
          (?:[ ]?(?:[:.)\]–—-]+>?|→)|(?<=\d))(?:[ ]+|$|(?=[A-Z"“'*]))
        |(?:interview[ ])?question[ ](?P<n2>\d{1,4})$)""",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER = re.compile(
    r"""^\(?\#?(?:\d{1,2}\.)*(\d{1,3})(?:\\?[.):]{1,2}|[ ][-–—](?=[ ]))(?:\s+|(?=[A-Z"“*]))(?=\S)
        |^\(?(\d{1,3})\)\s+(?=\S)
        |^(?:\d{1,2}\.)+(\d{1,3})\s+(?=[A-Z"“*])""",
    re.VERBOSE,
)
ANSWER_MARK = re.compile(
    r"""^[ \t>]*(?:\#{1,6}[ \t]+)?(?:[-*+][ \t]+(?=\*\*))?(?:\*\*|__|\*|_)?
    (?:(?:(?:brief|short|long|sample|model|suggested|expected|detailed|example|simple|quick|possible|ideal|good|best|correct|your)[ ]){0,2}
       (?:answers?|ans|solution|response|candidate|interviewee)|a)
    [ ]?\d{0,4}
    (?:[ ]?[:：](?:\*\*|__|\*|_)?|\.?(?:\*\*|__)[:：]?|[ ]?(?:[-–—]|->|→)(?=[ ])|[.)](?=[ ])|$)[ \t]*(?!\w*\?)""",
    re.IGNORECASE | re.VERBOSE,
)

_OPENERS = r"so,? |and |but |in (?:your own words|simple terms|one sentence|short),? "
_ASKING = (
    "what|what['’]s|why|how|when|where|which|who|whom|whose|can|could|do|does|did|is|are|was|were|should|would|will|have|has|had|may|might|"
    "must|shall|if|suppose|imagine|given|in what|to what|at what|for what|with what|under what|by what"
)
INTERROGATIVE = re.compile(rf"^(?:{_OPENERS})?(?:{_ASKING})\b", re.IGNORECASE)
_REQUESTS = (
    "explain|describe|define|discuss|compare|contrast|differentiate|distinguish|outline|list|name|design|implement|write|give|provide|"
    "summari[sz]e|illustrate|derive|prove|show|state|identify|mention|elaborate|walk|tell|talk|sketch|calculate|estimate|enumerate|clarify|"
    "justify|demonstrate|evaluate|analy[sz]e|highlight|introduce|share|build|create|develop|propose|convert|find|solve|code|reverse|debug|"
    "optimi[sz]e|critique|argue|assess|characteri[sz]e|classify|formulate|specify|interpret|review"
)
IMPERATIVE = re.compile(rf"^(?:please |briefly |now )?(?:{_REQUESTS})\b(?!:)", re.IGNORECASE)
_ABOUT_ITSELF = re.compile(
    r"\b(?:this|the following|our|below is an?|here is an?) (?:comprehensive |complete |ultimate |curated |definitive )?"
    r"(?:document|article|guide|post|blog|page|list|collection|section|file|tutorial|cheat ?sheet|compilation|set|repository|series)\b"
    r"|\b(?:collection|list|compilation|set) of (?:\w+[ -]){0,6}questions\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document and what its form says. `plain` is its text without heading, bullet, number and emphasis marks."""

    start: int
    text: str
    plain: str
    depth: int = 0
    bold: bool = False
    bold_start: bool = False
    bullet: bool = False
    indent: int = 0
    number: int | None = None
    marked: bool = False
    code: bool = False
    rule: bool = False

    @property
    def end(self) -> int:
        """Where the line ends in its document, before the newline."""
        return self.start + len(self.text)

    @property
    def blank(self) -> bool:
        """Nothing but white space or a drawn rule."""
        return self.rule or not self.text.strip()

    @property
    def asks(self) -> int:
        """2 for a plain question, 1 for a request ("Define ..."), 0 for anything else."""
        return asks(self.plain)


def asks(text: str) -> int:
    """How much a text is a question: 2 with a question mark or an opening question word, 1 for a request, 0 otherwise."""
    bare = text.strip(" \t\"'“”‘’*_:`([")
    if len(bare) < 4 or len(bare) > 400:
        return 0
    if bare.rstrip(")].!").endswith("?") or "? " in bare[:300]:
        return 2
    if INTERROGATIVE.match(bare) and " " in bare and not bare.endswith((".", ":", ";", ",")):
        return 2
    return 1 if IMPERATIVE.match(bare) and " " in bare else 0


def about_itself(text: str) -> bool:
    """Whether a paragraph speaks of the document that it stands in ("This collection of questions ...")."""
    return bool(_ABOUT_ITSELF.search(text[:400]))


def read_lines(text: str) -> list[Line]:
    """The lines of a document. A title underlined with === or --- becomes a heading; that line, and front matter, become rules."""
    lines: list[Line] = []
    start, fenced = 0, False
    matter = _FRONT_MATTER.match(text)
    for raw in text.split("\n"):
        if matter and start < matter.end():
            lines.append(Line(start, raw, "", rule=True))
        elif _FENCE.match(raw) or fenced:
            fenced = not fenced if _FENCE.match(raw) else fenced
            lines.append(Line(start, raw, raw.strip(), code=True))
        else:
            lines.append(_form(raw, start))
            if _underlines(lines):
                lines[-2] = replace(lines[-2], depth=1 if "=" in raw else 2)
                lines[-1] = replace(lines[-1], rule=True)
        start += len(raw) + 1
    return lines


def bare(text: str) -> str:
    """A text without links, tags and emphasis marks."""
    return _EMPHASIS.sub("", _TAG.sub("", _LINK.sub(r"\1", text)).replace("\\_", "_").replace("\\.", ".")).strip()


def _form(raw: str, start: int) -> Line:
    if _RULE.match(raw) or _TAG_LINE.match(raw):
        return Line(start, raw, "", rule=True)
    summary = _SUMMARY.match(raw)
    heading = _HEADING.match(raw)
    body, depth = (heading.group(2), len(heading.group(1))) if heading else (summary.group(1), 6) if summary else (raw.strip(), 0)
    bullet = None if depth else _BULLET.match(raw)
    if bullet:
        body = raw[bullet.end() :].strip()
    body = _EMOJI.sub("", _KEYCAP.sub(r"\1.", body)).strip()
    if listed := _LISTED_HEADING.match(body):  # "1. ### What is ...?": a heading in a list
        body, depth = listed.group(1) + listed.group(3), len(listed.group(2))
    body = _TAG.sub("", body)
    plain, number, marked = _unmarked(bare(body))
    return Line(
        start,
        raw,
        plain.strip(),
        depth,
        bold=bool(_BOLD.match(body)),
        bold_start=bool(_BOLD_START.match(body)),
        bullet=bool(bullet),
        indent=len(raw) - len(raw.lstrip(" \t")),
        number=number,
        marked=marked,
        rule=not body and not depth and bool(raw.strip()),
    )


def _unmarked(plain: str) -> tuple[str, int | None, bool]:
    """A line without the mark or number that it begins with, that number, and whether it was marked as a question."""
    if mark := _MARK.match(plain):
        return plain[mark.end() :], int(mark.group("n") or mark.group("n2") or 0) or None, True
    if numbered := _NUMBER.match(plain):
        return plain[numbered.end() :], int(numbered.group(1) or numbered.group(2) or numbered.group(3)), False
    return plain, None, False


def _underlines(lines: list[Line]) -> bool:
    """Whether the last line underlines a title: one short line, alone, with no full stop."""
    if len(lines) < 2 or not _UNDERLINE.match(lines[-1].text):
        return False
    title, above = lines[-2], lines[-3] if len(lines) > 2 else None
    alone = above is None or above.blank
    return (
        alone
        and not title.blank
        and not title.depth
        and not title.bullet
        and len(title.text) < 120
        and title.text.rstrip()[-1] not in ".:;,"
    )
