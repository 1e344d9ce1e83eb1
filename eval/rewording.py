"""A sentence -> the same in other plain words, so that a simulated candidate never says what the documents say as they say it.

Only general English is exchanged, never a term, and nothing here knows the grader. It is rough, as people are when they speak.
"""

import re
from random import Random

_PAIRS: tuple[tuple[str, str], ...] = (
    ("because", "since"),
    ("therefore", "that is why"),
    ("so that", "in order that"),
    ("instead of", "rather than"),
    ("such as", "like"),
    ("for example", "say"),
    ("in addition", "on top of that"),
    ("as well as", "and also"),
    ("usually", "most of the time"),
    ("often", "in many cases"),
    ("typically", "as a rule"),
    ("generally", "by and large"),
    ("mainly", "for the most part"),
    ("only", "just"),
    ("roughly", "more or less"),
    ("about", "around"),
    ("whole", "entire"),
    ("many", "lots of"),
    ("several", "a number of"),
    ("every", "each"),
    ("large", "big"),
    ("larger", "bigger"),
    ("small", "little"),
    ("smaller", "tinier"),
    ("quickly", "fast"),
    ("important", "crucial"),
    ("expensive", "costly"),
    ("cheap", "inexpensive"),
    ("difficult", "hard"),
    ("easy", "simple"),
    ("different", "distinct"),
    ("similar", "alike"),
    ("useful", "handy"),
    ("needed", "necessary"),
    ("needs", "requires"),
    ("need", "require"),
    ("uses", "makes use of"),
    ("use", "make use of"),
    ("used", "employed"),
    ("using", "with the help of"),
    ("lets", "allows"),
    ("keeps", "holds"),
    ("keep", "hold"),
    ("kept", "held"),
    ("gives", "provides"),
    ("give", "provide"),
    ("shows", "reveals"),
    ("show", "reveal"),
    ("makes", "renders"),
    ("reduces", "cuts down"),
    ("reduce", "cut down"),
    ("lowers", "brings down"),
    ("increases", "pushes up"),
    ("increase", "push up"),
    ("improves", "gets you better"),
    ("improve", "get better"),
    ("helps", "is of help"),
    ("starts", "begins"),
    ("start", "begin"),
    ("stops", "ends"),
    ("chooses", "picks"),
    ("choose", "pick"),
    ("chosen", "picked"),
    ("changes", "alters"),
    ("change", "alter"),
    ("adds", "puts in"),
    ("add", "put in"),
    ("removes", "takes out"),
    ("remove", "take out"),
    ("creates", "builds"),
    ("create", "build"),
    ("produces", "puts out"),
    ("produce", "put out"),
    ("checks", "verifies"),
    ("check", "verify"),
    ("checked", "verified"),
    ("compares", "sets side by side"),
    ("compare", "set side by side"),
    ("finds", "locates"),
    ("find", "locate"),
    ("happens", "takes place"),
    ("becomes", "turns"),
    ("depends on", "hangs on"),
    ("leads to", "ends in"),
    ("consists of", "is made up of"),
    ("contains", "has in it"),
    ("means", "says"),
    ("avoids", "gets around"),
    ("avoid", "get around"),
    ("prevents", "keeps you from"),
    ("allows", "makes possible"),
    ("requires", "calls for"),
    ("should", "ought to"),
    ("must", "has to"),
    ("cannot", "is not able to"),
    ("can", "is able to"),
    ("may", "might"),
    ("without", "with no"),
    ("within", "inside"),
    ("between", "in between"),
    ("whereas", "while"),
    ("although", "even though"),
    ("however", "still"),
    ("through", "by way of"),
    ("people", "humans"),
    ("answer", "reply"),
    ("answers", "replies"),
    ("question", "request"),
    ("parts", "pieces"),
    ("part", "piece"),
    ("way", "manner"),
    ("step", "stage"),
    ("steps", "stages"),
    ("cost", "price"),
    ("costs", "expenses"),
    ("error", "mistake"),
    ("errors", "mistakes"),
    ("goal", "aim"),
    ("result", "outcome"),
    ("results", "outcomes"),
    ("amount", "quantity"),
    ("number", "count"),
    ("beginning", "start"),
    ("later", "afterwards"),
    ("before", "ahead of"),
)
_OTHER = dict(_PAIRS)
_KNOWN = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, _OTHER), key=len, reverse=True))})\b", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^()]*\)|\b(?:very|quite|rather|simply|also|directly|fully|completely)\s", re.IGNORECASE)
_TURNED = re.compile(r"(?P<what>[^,;:]{12,}?),? because (?P<why>[^,;:]{12,})", re.IGNORECASE)
_LINKED = re.compile(r"(?<=[a-z0-9)])(?:; |, (?=(?:and|but|so|while|whereas|which)\b))")
_BREAKS = (" ... ", ", you know, ", ". And ", ", right, ")


def reworded(text: str, chance: Random) -> str:
    """The sentence with most of its common words exchanged, asides left out, and the reason before or after what it is the reason for."""
    said = _ASIDE.sub("", text.strip().rstrip("."))
    turned = _TURNED.fullmatch(said)
    if turned and chance.random() < 0.5:
        said = f"Since {_small(turned['why'])}, {_small(turned['what'])}"
    said = _KNOWN.sub(lambda found: _swap(found.group()) if chance.random() < 0.8 else found.group(), said)
    if chance.random() < 0.3:
        said = _LINKED.sub(lambda _: chance.choice(_BREAKS), said, count=1)
    return " ".join(said.split())


def _swap(word: str) -> str:
    other = _OTHER[word.lower()]
    return other[:1].upper() + other[1:] if word[:1].isupper() else other


def _small(text: str) -> str:
    """A sentence as it stands within another one: it begins small, unless it begins with a name."""
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first.istitle() and len(first) < 4 else text
