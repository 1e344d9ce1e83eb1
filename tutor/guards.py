"""What is odd about an answer before anyone asks whether it is right: nothing said, orders to the grader, a copy, gibberish, bare keywords.

Each guard is a rule that can be read, and its false alarms on real answers are in eval/LOG.md. A guard never raises a score.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from index.lexical import STOPWORDS, stems, words
from index.spelling import is_english, is_near_english
from tutor.orders import without_orders

MAX_ANSWER = 10_000
"""Characters of an answer that are read."""

_UNKNOWING = re.compile(
    r"""^\W*(?:(?:um+|uh+|er+|hm+|well|sorry|honestly|ok(?:ay)?|i'?m\ afraid|to\ be\ honest)\W+)*
    (?:(?:i\W+)?(?:really\W+|just\W+|honestly\W+)?(?:do\W*n[o']?t|dont|have\W+no|ha(?:ve|d)n'?t\W+(?:a|any)|can'?t|cannot|could\W*n'?t)\W+
       (?:really\W+|even\W+)?(?:know|recall|remember|idea|clue|answer|say|think\W+of|understand|sure)
     |(?:i\W*a?m\W+)?not\W+(?:really\W+)?sure|(?:i\W+have\W+)?no\W+(?:idea|clue|answer)|dunno|idk
     |(?:i\W+)?(?:pass|skip|next|none|nothing|n/?a|unknown)\b(?:\W+(?:this|the|that|one|it|on|question|please|i))*\W*$
     |(?:we\W+|i\W+)?(?:have\W+not|haven'?t|did\W*n'?t|never)\W+(?:learn\w*|study|studied|cover\w*|heard?)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENER = re.compile(
    r"^\W*(?:thought process|solution|answer|my answer|let'?s (?:solve|think|go)[^.:]*|here is (?:my|the) answer)\W*$", re.IGNORECASE
)
_CODE = re.compile(r"```|^\s*(?:def|for|while|if|return|class|function|import)\b.*[:({;]?\s*$|\w\(.*\)|[=<>]=|[{};]\s*$", re.MULTILINE)
_LISTED = re.compile(
    r"\b(?:list|name|which|enumerate|give (?:\w+ ){0,3}(?:examples?|types?)|examples? of|types of|kinds of|components?|steps?|stages?|parts"
    r"|members|pseudo-?code|implement|write (?:a|an|the|some) \w+|code|algorithm|function|query|what (?:are|do) the)\b",
    re.IGNORECASE,
)
_LOOKALIKES = str.maketrans("асеорхуіАВСЕНКМОРТХαορνΑΒΕΗΙΚΜΝΟΡΤΧ", "aceopxyiABCEHKMOPTXaopvABEHIKMNOPTX")
_JOINING = frozenset(
    """a an the is are was were be been has have had do does did it its they them this that these those to of in on by for with from as at
    so if when then than because which who while where but not no can will would should may you we i both into their""".split()  # noqa: SIM905
)
_VERBAL = frozenset("is are was were be has have had do does did can will would should may must cannot".split())  # noqa: SIM905
_PROSE = re.compile(r"^\W*[A-Z].*\.\W*$", re.DOTALL)
_FRAME = frozenset("a an the is are it of to in and question asks answer my here".split())  # noqa: SIM905
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z0-9]*[A-Z][A-Za-z0-9]*s?\b")
_NOISE = 0.25  # share of content words that are like no word, from which a text cannot be read
_COPIED = 0.8  # share of the question's words that a copy holds


@dataclass(frozen=True, slots=True)
class Guarded:
    """What is left to grade: as long as the answer, with what must not be read blanked out. `highest` is the best score it can get."""

    text: str
    flags: tuple[str, ...] = ()
    highest: float = 10.0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to grade."""
        return self.highest == 0

    @property
    def barred(self) -> bool:
        """Whether no point can be earned by it, whatever words it holds."""
        return bool({"empty", "copied question", "gibberish", "keywords"} & set(self.flags)) or self.empty


def guard(question: str, reference: Sequence[str], answer: str) -> Guarded:
    """What the guards make of an answer."""
    text = _plain(answer[:MAX_ANSWER])
    flags = ["long"] if len(answer) > MAX_ANSWER else []
    if _says_nothing(text, question):
        return Guarded(text, (*flags, "empty"), 0.0)
    text, ordered = without_orders(text, reference)
    if ordered:
        flags.append("instruction")
        if _says_nothing(text, question):
            return Guarded(text, tuple(flags), 0.0)
    known = " ".join((question, *reference))
    if is_copied(question, text):
        return Guarded(text, (*flags, "copied question"), 0.5)
    if is_gibberish(text, known):
        return Guarded(text, (*flags, "gibberish"), 0.5)
    if is_keywords(text) and not takes_lists(question, reference):
        return Guarded(text, (*flags, "keywords"), 3.0)
    return Guarded(text, tuple(flags))


def is_copied(question: str, answer: str) -> bool:
    """Whether the answer is the question again and adds nothing, be it a word like "not" or "only"."""
    asked, said = set(words(question)), set(words(answer))
    return len(asked) > 2 and said - asked <= _FRAME and len(asked & said) >= _COPIED * len(asked)


def is_gibberish(text: str, known: str) -> bool:
    """Whether too many words are like none, in English, in the question or the source; or few words are said over and over."""
    if _CODE.search(text):
        return False
    said = words(text)
    content = [word for word in said if word not in STOPWORDS and not word.isdigit()]
    familiar = set(words(f"{known} {' '.join(_ACRONYM.findall(text))}"))
    noise = [word for word in content if word not in familiar and not _is_wordlike(word)]
    if len(noise) >= 3 and len(noise) >= _NOISE * len(content):
        return True
    return (len(said) >= 40 and len(set(said)) <= 5) or (len(said) >= 8 and len(set(said)) <= 2)


@cache
def _is_wordlike(word: str) -> bool:
    """Whether it is a word, a slip away from one, or made of two."""
    if len(word) < 2 or is_english(word):
        return True
    made = any(is_english(word[:cut]) and is_english(word[cut:]) for cut in range(3, len(word) - 2))
    return made or (len(word) > 4 and is_near_english(word))


def is_keywords(text: str) -> bool:
    """Whether the text names terms and says nothing of them: short parts between commas, or a long run without a word that joins."""
    if _CODE.search(text):
        return False
    said = words(text)
    joining = sum(word in _JOINING for word in said)
    parts = [words(part) for part in re.split(r"[,;\n|/•]+|\.\s|\s[-–]\s", text) if words(part)]
    if len(parts) >= 5 and len(said) <= 2.6 * len(parts):
        sentence = _PROSE.search(text) and max(map(len, parts)) > 4
        return joining <= 0.1 * len(said) and not _VERBAL & set(said) and not sentence
    return (
        len(said) >= 12
        and len(parts) <= len(said) / 6
        and joining <= 0.08 * len(said)
        and not _VERBAL & set(said)
        and (len(said) >= 18 or not _PROSE.search(text))
    )


def takes_lists(question: str, reference: Sequence[str]) -> bool:
    """Whether a list or code is a fair answer: the question asks for one, or the source gives one."""
    return bool(_LISTED.search(question)) or any(is_keywords(source) or _CODE.search(source) for source in reference)


def _says_nothing(text: str, question: str) -> bool:
    said = words(text)
    if not said or _OPENER.match(text.strip()):
        return True
    unknowing = _UNKNOWING.match(text)
    if not unknowing:
        return False
    rest = set(stems(text[unknowing.end() :])) - set(stems(question))
    return len(rest) <= 3


def _plain(text: str) -> str:
    """The text with wide, ligature and look-alike letters made plain, each in its place, so that offsets stay."""

    def folded(character: str) -> str:
        plain = unicodedata.normalize("NFKC", character)
        return plain if len(plain) == 1 else character

    wide = "".join(map(folded, text))
    return re.sub(r"\w*[a-zA-Z]\w*", lambda word: word.group().translate(_LOOKALIKES), wide)
