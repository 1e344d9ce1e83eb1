"""Where an answer ends, and what on the page belongs to no answer: titles, advertisements, bylines, conclusions, comment forms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.lines import ANSWER_MARK, Line, about_itself


def _any(*phrases: str, start: str = "", end: str = "") -> re.Pattern[str]:
    """Any of the phrases, in whatever letter case, after `start` and before `end`."""
    return re.compile(f"{start}(?:{'|'.join(phrases)}){end}", re.IGNORECASE)


_CLOSING = _any(
    "(?:in )?conclusions?",
    "(?:some |my )?(?:final|closing|concluding|parting|last) (?:thoughts?|words?|remarks?|notes?|tips?)",
    "wrapping (?:it )?up", "wrap[- ]?up", "the bottom line", "bottom line", "summary", "to sum up", "key takeaways",
    "takeaways", "next steps", "what(?:'|’)?s next", "about (?:the )?authors?", "about (?:us|me)", "author(?: bio)?",
    "written by.{0,60}", "(?:posted|published|reviewed|edited) by.{0,60}", r"by [A-Z]\w+ [A-Z]\w+",
    "leave a (?:reply|comment)", "post a comment", "add (?:a )?comment", r"comments?(?: \(\d+\))?",
    r"\d+ (?:comments|responses|thoughts)(?: on.*)?",
    r"(?:related|recommended|similar|popular|recent|more|further|other) (?:articles?|posts?|readings?|resources|links|guides)\b.{0,40}",
    "you (?:may|might) also (?:like|enjoy).{0,30}", "references?", "bibliography", "sources", "further reading", "resources",
    "share this.{0,30}", "share", "newsletter", "tags?", "categories", "ready to .{3,60}",
    r"frequently asked questions?(?: \(faqs?\))?", "faqs?", "thanks?(?: you)? for reading.{0,20}",
    "happy (?:learning|coding|interviewing|reading).{0,10}", "good luck.{0,40}", "disclaimer", "copyright.{0,60}",
    "acknowledge?ments?", "appendix.{0,30}",
)  # fmt: skip
_ADVERT = _any(
    r"(?:read|see|check) (?:also|more|next|this(?: too)?)\s*[:–—-].*",
    r"(?:also|must|recommended|related|suggested) (?:read|reads|reading|article|articles|post|course|courses)\s*[:–—-].*",
    r"(?:also check|you may also like|don(?:'|’)t miss|pro tip from us|related)\s*[:–—-].*",
    "(?:advertisement|advertisements|sponsored(?: content| post)?|promoted|ad)",
    "(?:click here|tap here|read more|continue reading|show more|view more|load more|see all)",
    r"(?:back|go|return|jump) to (?:the )?(?:top|contents|table of contents|index|questions)", r"⬆.{0,30}|↑.{0,30}",
    "(?:back to top|table of contents|share|tweet|like|copy link|print|menu|skip to .{3,30})",
    r"(?:written by|author|posted by|by author)\s*[:–—-]?\s+[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){0,3}(?:,.{0,60}| on .{4,30})?",
    r"(?:\d+|an?) min(?:ute)?s? read", r"last updated\s*[:–—-]?.{0,30}", r"published (?:on|at)\b.{0,30}",
)  # fmt: skip
_INVITES = _any(
    "book", "enrol+", "register", "sign up", "join", "subscribe", "download", "grab", "buy", "click", "visit", "follow",
    "contact", "hire", "start", "get", "try", "claim", "explore", "unlock", "master", "boost", "watch", "check out", "looking",
    "want", "ready", "learn", "become", "take", "schedule", "request", "apply",
    start="^", end=r"\b",
)  # fmt: skip
_SELLS = _any(
    "us", "our", "free trial", "newsletter", "e-?book", "webinar", "boot ?camp",
    "(?:training|course|certification|masterclass|program|demo|consultation|workshop)s?(?: (?:with|from|by|at|here|now|today).*)?$",
    "now!?$", "today!?$", "here!?$", "channel", "linkedin", "youtube", "telegram", "discord", "coupon", "discount", "% off",
    start=r"\b", end=r"\b",
)  # fmt: skip
_GOODBYE = _any(
    "we hope", "i hope", "hope (?:this|these|you)", "good luck", "best of luck", "all the best",
    "happy (?:learning|coding|interviewing)", "thanks? (?:you )?for reading", "if you (?:found|liked|enjoyed)",
    "let (?:me|us) know", "in the comments", "stay tuned", "subscribe", "follow (?:me|us)",
    "(?:these|the above) (?:interview )?questions", "ac(?:e|ing) your interview", "interview questions", "clap",
    "hi,? i(?:’|')?m [A-Z]", "connect with", "write to us", "reach out to us", "feel free to",
    start=r"\b", end=r"\b",
)  # fmt: skip
_SECTION = _any(
    r"^(?:section|part|chapter|module|unit|topic|category|level|round|day|week)\s+(?:\d+|[ivx]+|[a-e])\b.*",
    r"^.{0,60}\b(?:interview )?questions?(?: (?:and|&|with) (?:their )?answers)?(?: for .{3,40}| on .{3,40}| about .{3,40})?$",
    r"^(?:basic|beginner|easy|intermediate|medium|advanced|expert|hard|senior|junior|entry|mid)(?:[- ]level)?(?: \w+){0,3}$",
    r"^(?:for )?(?:freshers|beginners|experienced|professionals)(?: \w+){0,3}$",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """What the whole document tells about one of its items: how deep its headings stand, and whether the item is the last."""

    item_depth: int  # the shallowest heading that begins an item; 0 where items begin on other lines
    same_depth: bool  # whether all items begin at one depth
    section_depth: int  # the deepest heading that stands right above items; 0 where none does
    last: bool  # nothing of the same document follows
    gap: tuple[int, int] | None = None  # numbers that are missing between this item and the next


@dataclass(frozen=True, slots=True)
class Extent:
    """The lines of an answer, the line at which what follows it begins, and what a reader should know."""

    kept: tuple[int, ...]
    stop: int
    warnings: tuple[str, ...] = ()


def extent(lines: Sequence[Line], low: int, high: int, shape: Shape) -> Extent:
    """Which of `lines[low:high]` are the answer to the question above them."""
    stop = _first_foreign(lines, low, high, shape)
    stop = _without_tail(lines, low, stop, shape)
    kept = [i for i in range(low, stop) if not _advert(lines, i)]
    while kept and lines[kept[-1]].blank:
        kept.pop()
    warnings: tuple[str, ...] = ()
    if shape.gap and (orphan := _orphaned_list(lines, kept)):
        first, last = shape.gap
        missing = f"number {first} is" if first == last else f"numbers {first} to {last} are"
        warnings = (
            f"{missing} missing; a list that nothing introduces stands before the gap and was left out, since it seems to belong there",
        )
        kept = kept[:orphan]
    return Extent(tuple(kept), stop, warnings)


def _first_foreign(lines: Sequence[Line], low: int, high: int, shape: Shape) -> int:
    for i in range(low, high):
        line = lines[i]
        if line.blank or line.code or line.bullet:
            continue
        if line.depth and not ANSWER_MARK.match(line.text) and _closes(line, shape):
            return i
        inner = _inside(lines, i, low) or (shape.same_depth and 0 < shape.item_depth < line.depth)
        if shape.last and i > low and not inner and _CLOSING.fullmatch(line.plain.rstrip(" :!.")):
            return i
    return high


def _closes(line: Line, shape: Shape) -> bool:
    """Whether a heading ends the answer above it rather than dividing it."""
    if shape.item_depth and (line.depth < shape.item_depth or (shape.same_depth and line.depth == shape.item_depth)):
        return True
    if line.plain.endswith(":"):
        return False
    return 0 < line.depth <= shape.section_depth and not (shape.item_depth and shape.same_depth)


def _inside(lines: Sequence[Line], index: int, low: int) -> bool:
    """A closing word with a colon, its text on the line below without a gap, is a part of the answer ("Summary:")."""
    return (
        not lines[index].depth
        and lines[index].plain.endswith(":")
        and index > low
        and index + 1 < len(lines)
        and not lines[index + 1].blank
    )


def _without_tail(lines: Sequence[Line], low: int, stop: int, shape: Shape) -> int:
    """Walks up from the end past titles, paragraphs about the document, and, at its very end, goodbyes."""
    while True:
        last = stop - 1
        while last >= low and lines[last].blank:
            last -= 1
        if last <= low:
            return stop if last < low or not lines[last].depth else last
        line = lines[last]
        first = not any(not lines[i].blank for i in range(low, last))
        if line.code or (first and not line.depth):
            return stop
        title = line.depth or _plain_title(lines, last, low, shape)
        about = len(line.plain) > 30 and not line.bullet and about_itself(line.plain) and "interview" in line.plain.lower()
        goodbye = shape.last and not line.bullet and _GOODBYE.search(line.plain) and lines[last - 1].blank
        if not (title or about or goodbye):
            return stop
        stop = last


def _plain_title(lines: Sequence[Line], index: int, low: int, shape: Shape) -> bool:
    """Whether the last line of an answer is the title of the next section, in a document that marks its titles by nothing."""
    line = lines[index]
    text = line.plain
    if line.bullet or line.number is not None or len(text) > 90 or text.endswith((".", ",", ";", "?", "!")) or not lines[index - 1].blank:
        return False
    if _SECTION.match(text):
        return True
    if shape.section_depth or shape.item_depth or shape.last:
        return False
    before = next((lines[i] for i in range(index - 1, low - 1, -1) if not lines[i].blank), None)
    words = [word for word in re.findall(r"[A-Za-z][\w’'-]*", text) if len(word) > 3]
    titled = len(words) >= 1 and all(word[0].isupper() for word in words) and not re.search(r"[:,=|]", text)
    return titled and before is not None and before.plain.endswith((".", "!", "?")) and not before.bullet


def _advert(lines: Sequence[Line], index: int) -> bool:
    line = lines[index]
    if line.code or line.blank or line.bullet or len(line.plain) > 160:
        return False
    text = line.plain.strip(" *_!.>»→[]()")
    if _ADVERT.fullmatch(text):
        return True
    alone = (index == 0 or lines[index - 1].blank) and (index + 1 >= len(lines) or lines[index + 1].blank)
    return alone and len(text.split()) <= 14 and bool(_INVITES.match(text)) and bool(_SELLS.search(text))


def _orphaned_list(lines: Sequence[Line], kept: Sequence[int]) -> int | None:
    """Where, in `kept`, a closing list begins that follows a finished sentence: nothing introduces it. None where nothing does so."""
    k = len(kept)
    while k and (lines[kept[k - 1]].bullet or lines[kept[k - 1]].blank):
        k -= 1
    if k == 0 or sum(lines[i].bullet for i in kept[k:]) < 2:
        return None
    return k if lines[kept[k - 1]].plain.rstrip(' )*"”').endswith(".") else None
