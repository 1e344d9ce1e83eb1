"""The phrases of a job description or a résumé that may name a skill, as they stand in it, weighed by the section they stand in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.spelling import is_english
from tutor.bank import content
from tutor.orders import without_orders
from tutor.text import clean

_SECTIONS = (  # the first that fits a heading says what its section counts
    (0.5, r"nice|bonus|plus(?:es)?\b|prefer|desir|ideal|advantage|good to have|would be great|optional"),
    (
        0.0,
        r"benefit|perks?\b|we offer|what you(?:'ll| will)? get|salary|compensation|equal|diversity|apply|application|process|hobbies"
        r"|interests|languages?\b|references|contact|location|privacy",
    ),
    (
        1.0,
        r"require|must|qualif|bring|you need|you have|skills?|profile|looking for|about you|who you are|responsib|role|tasks?|mission"
        r"|duties|you(?:'ll| will) (?:do|own|be|work)|your (?:work|job|day)|what you do|experience|projects?|expertise|summary|stack"
        r"|technolog|employment|work history",
    ),
    (0.2, r"about (?:us|the (?:company|team))|who we are|our (?:company|mission|team|story)|company|education|culture"),
)
_HEADING_WORDS = 8
_MILD = re.compile(
    r"\b(?:is|are|would be) an? (?:\w+ )?(?:plus|bonus|advantage)|nice to have|ideally|preferred|optional(?:ly)?\b", re.IGNORECASE
)
_BREAK = re.compile(
    r"[,;:()\[\]•·|]|\s[-–—]\s|\s/\s|[.!?](?=\s|$)|\b(?:and|or|with|using|such as|including|like|e\.g\.|for example|especially|ideally|plus"
    r"|via|where|when|while|because|so that|that|which|who|through|in order to|as well as|from|across|into)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"""^\W*(?:(?:(?:at\ least\ |over\ |more\ than\ )?\d+\+?\s*(?:to\ \d+\ )?years?(?:\ of)?
    |(?:strong|solid|proven|deep|good|excellent|hands-on|practical|professional|prior|previous|relevant|working|basic|some|first|the|an?|our
       |your?|have|has|we|will|be|to|of|in|on|is|are|for|that|experience[ds]?|knowledge|understanding|familiar(?:ity)?|proficien(?:t|cy)
       |expertise|background|skills?|ability|know|led|drive|built|creat(?:e[ds]?|ing)|improv(?:e[ds]?|ing)|us(?:e[ds]?|ing)|implement(?:ed|ing)?
       |(?:design|build|develop|maintain|own|deploy|work|lead|support|help|deliver)(?:s|ed|ing)?)(?=[\s,.]|$))\s*)+""",
    re.IGNORECASE | re.VERBOSE,
)
_TITLE = re.compile(r"\b(?:engineer|developer|scientist|manager|architect|analyst|consultant|intern|lead|head of \w+)s?$", re.IGNORECASE)
_WORDS = (1, 9)  # words of a phrase
_BULLET = re.compile(r"^[\s\-*•·‣▪–—>]+|^\s*\d{1,2}[.)]\s+")
_NAME = re.compile(r"[A-Z][\w.+#-]*(?:/[A-Z][\w+#]*)?(?:\s+[A-Z\d][\w.+#-]*){0,2}")
_OPINION = re.compile(r"\s+(?:is|are|would be)\b.*$")
_NO_SKILL = frozenset(
    """bachelor master phd msc bsc degree english german french spanish italian
    dutch europe european usa uk germany france india berlin london january february march
    april may june july august september october november december monday
    friday remote hybrid office ai ml llm llms
    senior junior lead engineer developer scientist manager team you we our your the a i saas b2b hr""".split()  # noqa: SIM905
)
_LISTING = 0.5  # what a section must count for its names to be skills
_LISTED = 2  # names in one line that make it a list
_ALONE = 3  # words of a line that is nothing but a name
_NAMES = 12  # names that are listed at most


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words of a text, as they stand in it, and how much they count, 0..1."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    weight: float


def phrases_of(text: str) -> list[Phrase]:
    """The phrases of a text, in its order, each once with the most that it counts. Headings and what does not count are left out."""
    found: dict[str, Phrase] = {}
    for line in _lines(text):
        for words in _cut(line.text):
            known = found.get(words.lower())
            if known is None or known.weight < line.weight:
                found[words.lower()] = Phrase(words, line.weight)
    return list(found.values())


def names_in(text: str) -> tuple[str, ...]:
    """The names in lists of skills: products, languages, tools."""
    names: dict[str, str] = {}
    for n, line in enumerate(_lines(text)):
        if line.weight < _LISTING or (n == 0 and len(line.text.split()) <= _HEADING_WORDS):
            continue  # the first short line is the title of the job
        parts = [_OPINION.sub("", _LEAD.sub("", part.strip(" .")).strip()) for part in _BREAK.split(line.text)]
        likely = [part for part in parts if _NAME.fullmatch(part) and not set(part.lower().split()) & _NO_SKILL]
        listed = len(likely) >= _LISTED or (bool(likely) and len(line.text.split()) <= _ALONE)
        for name in likely:
            if _is_odd(name) or listed or not line.text.startswith(name):
                names.setdefault(name.lower(), name)
    return tuple(names.values())[:_NAMES]


def _is_odd(name: str) -> bool:
    """Whether a name cannot be a word of plain English that stands at the beginning of a sentence."""
    return not all(is_english(word.lower()) for word in re.findall(r"[A-Za-z]+", name)) or bool(re.search(r"[a-z][A-Z]|[\d+#]", name))


def _lines(text: str) -> Iterator[_Line]:
    """The lines that may name skills, and what they count: by their section, where the text has any."""
    weight = 1.0
    for raw in clean(text).splitlines():
        line = _BULLET.sub("", raw).strip()
        kept, ordered = without_orders(line)
        heading = _section(line, bulleted=_BULLET.match(raw) is not None)
        if heading is not None:
            weight = heading
        elif line and not ordered and weight:
            yield _Line(kept, min(weight, 0.5) if _MILD.search(line) else weight)


def _section(line: str, *, bulleted: bool) -> float | None:
    """What a section counts, if the line is a heading that says so."""
    title = line.strip("#*_ ")
    if bulleted or not title or len(title.split()) > _HEADING_WORDS or title.endswith((".", "!", ",", ";")):
        return None
    return next((weight for weight, pattern in _SECTIONS if re.search(rf"\b(?:{pattern})", title, re.IGNORECASE)), None)


def _cut(line: str) -> Iterator[str]:
    """The phrases of a line, without what leads up to them."""
    for part in _BREAK.split(line):
        words = _LEAD.sub("", part.strip(" .-–\"'“”")).strip()
        if _WORDS[0] <= len(words.split()) <= _WORDS[1] and content(words) and not _TITLE.search(words):
            yield words
