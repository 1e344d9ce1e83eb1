"""The subject of a question, as it can be named in another one: "What is LoRA, and how does it work?" is about LoRA.

Told by the form of the question. Where the form does not tell, there is none, and whoever asks on says "here" instead.
"""

import re
from functools import cache

_LONG = 8  # words that a subject has at most
_VERBS = (
    r"works?|differ|compare|mean|measures?|do|say|look|helps?|improve|drive|rank|cite|generate|learn|predict|handle|store|stabili[sz]e|exist"
    r"|contribute|achieve|cover|require|matter|fail|come|need|see|read|plan|run|use|get|produce|show|change|replace|act|add|serve|split"
    r"|hallucinate|recogni[sz]e|reach|stream|give|describe|transcribe|teach|make|happen|relate|affect|cause|know|keep|find|take|apply|begin|lose"
)
_MORE = r"(?:,? and (?:what|how|why|when|where|which|should|does|is)\b[^?]*)?\?"
_PLACE = r"(?P<place> (?:in|for|on an?) (?!one\b)[^,?]+)?[^?]*\?"
_NOBODY = r"(?!(?:you|we|one|i|it|there|they)\b)"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"what (?:is|are|was|were) the (?:main |key )?differences? between (?P<x>[^?]+?){_MORE}",
        rf"what (?:does|did|do) (?P<x>[^?]+?) (?:do|mean|measure|say|cover|achieve|require|add|contribute)\b{_PLACE}",
        rf"what (?:is|are|was|were) (?P<x>(?!(?:the )?(?:best|right|role|point|use|idea|purpose)\b)[^,?:]+?)(?: for)?{_MORE}",
        rf"(?:how|why) (?:do|does|did|can|could|should|would) (?P<x>{_NOBODY}[^?]{{2,60}}?) (?:{_VERBS})\b{_PLACE}",
        rf"(?:how|why|when|where) (?:is|are|was|were) (?P<x>{_NOBODY}[^?]{{2,40}}?) (?:so |hard |quadratic|[a-z]+ed\b|made\b){_PLACE}",
        rf"when (?:do|does|would|should) (?P<x>{_NOBODY}[^,?]+?) (?:help|work|pay|fail|make)\b{_PLACE}",
    )
)
_DEED = re.compile(
    rf"(?:how|when|why) (?:do|does|would|should|can|could) (?:you|we|one|i) (?P<verb>[a-z-]+) (?P<rest>(?!and\b)[^?]+?){_MORE}",
    re.IGNORECASE,
)
_TASK = re.compile(r"(?P<verb>design|write|implement|build) (?P<rest>[^.?]+)[.?]?", re.IGNORECASE)
_DOUBLED = frozenset("get set put cut run plan stop split spot let begin swap drop map plug fit control".split())  # noqa: SIM905
_VAGUE = re.compile(
    r"^(?:an? |the )?(?:models?|systems?|applications?|developers?|people|companies|users?|teams?)$"
    r"|\b(?:it|they|them|this|that|these|those|his|her|your|you|who|which|when)\b"
    r"|\b(?:to|of|small|long|large)$",
    re.IGNORECASE,
)


@cache
def subject_of(question: str) -> str:
    """The subject of a question in its own words, or what it asks how to do; empty where its form does not tell."""
    text = " ".join(question.split())
    for form in _FORMS:
        if found := form.fullmatch(text):
            named = found.groupdict()
            if _fits(subject := named["x"].strip() + (named.get("place") or "")) or _fits(subject := named["x"].strip()):
                return subject
    deed = _DEED.fullmatch(text) or _TASK.fullmatch(text)
    subject = f"{_gerund(deed['verb'].lower())} {deed['rest'].strip()}" if deed else ""
    return subject if _fits(subject) else ""


def _fits(subject: str) -> bool:
    return 0 < len(subject.split()) <= _LONG and not _VAGUE.search(subject)


def _gerund(verb: str) -> str:
    """The -ing form of a verb."""
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ing"
    return f"{verb[:-1]}ing" if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) else f"{verb}ing"
