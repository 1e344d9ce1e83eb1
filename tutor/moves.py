"""What a learner does with a message: asks something, or goes on with the subject at hand ("why?", "simpler", "compare with X").

A button of the screen sends the same words that a person would type, so there is one way in, and a conversation that is read again
means the same as when it was held. What a message says beyond its move is its `about`; a bare move has none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.lexical import stems
from tutor.types import Message, Move

QUIZ_MARK = "**Quiz.**"
_PENDING = re.compile(re.escape(QUIZ_MARK) + r"[ \t]+(?P<question>.+)")
_LEAD = re.compile(
    r"(?:(?:ok(?:ay)?|and|but|so|hm+|well|yes|no|now|please|then|thanks|thank you|i see|can you|could you|would you|will you|let's|"
    r"i want to|i'd like to)(?=[\s,.;:!]|$)[\s,.;:!]*)*",
    re.IGNORECASE,
)
_THIS = r"(?:it|this|that|them|those|these|the (?:topic|subject|answer|idea|concept|above))"
_PLAIN = r"(?:in (?:plain|simple|simpler|other|easy) (?:words|terms|english|language)|like i'?m (?:five|5))"
_ONE_SENTENCE = r"in (?:just )?(?:one|a single|1) sentence"
_BARE: Sequence[tuple[Move, str]] = (
    ("brief", rf"(?:(?:say|put|explain|answer|sum(?:mari[sz]e)?)\s*{_THIS}?\s*(?:up)?\s*)?{_ONE_SENTENCE}"),
    ("brief", rf"tl;?\s?dr|in short|in a nutshell|briefly|shorter|(?:sum|summari[sz]e)\s*{_THIS}?(?: up)?"),
    ("brief", r"one[- ]sentence(?: (?:answer|version|summary))?"),
    ("simpler", rf"(?:much |even |a bit )?simpler|simplify(?: {_THIS})?|eli5|easier"),
    ("simpler", rf"(?:explain |say |put )?(?:{_THIS} )?(?:more |again )?simpl[ey]r?"),
    ("simpler", rf"(?:explain |say |put )?(?:{_THIS} )?(?:to me )?{_PLAIN}"),
    ("simpler", rf"i (?:don'?t|do not|still don'?t) (?:get|understand)(?: {_THIS})?"),
    ("simpler", rf"dumb {_THIS} down|explain {_THIS} (?:again|differently)"),
    ("deeper", rf"(?:go |dive |dig )?(?:even )?deeper(?: into {_THIS})?|deep dive|tell me more(?: about {_THIS})?"),
    ("deeper", r"(?:in |with |give me |show me )?(?:some )?more(?: details?| depth| information)?|(?:more )?details?"),
    ("deeper", rf"(?:go on|continue|elaborate|expand)(?: on {_THIS})?|(?:what|anything) else"),
    (
        "example",
        r"(?:(?:give|show)(?: me)? )?(?:an?|another|one more|some|any|more)?\s*"
        rf"(?:concrete |real |real-world |practical |simple |code )*examples?(?: (?:of|for) {_THIS})?",
    ),
    ("example", r"for (?:example|instance)|e\.?\s?g\.?|such as(?: what)?|like what"),
    ("general", r"(?:answer )?(?:from|with|using|use) (?:your )?(?:own |general |the model's )+knowledge"),
)
_OPEN: Sequence[tuple[Move, str]] = (
    ("quiz", r"(?:quiz|test|examine|drill) me(?: (?:on|about|in))?\b(.*)|ask me (?:a|another|one more) question(?: (?:on|about))?\b(.*)"),
    ("compare", rf"compared?(?: {_THIS})? (?:to|with|against)\b(.*)|compare(?: {_THIS})?()"),
    ("compare", rf"how (?:does|do|is|are) {_THIS} (?:differ(?:ent)?|compare)(?: (?:from|to|with))?\b(.*)"),
    ("compare", rf"(?:what(?:'s| is| are) )?the differences?(?:(?: between {_THIS} and| from| to| with)\b(.*))?"),
    ("compare", r"(?:versus|vs\.?)\s(.*)"),
    ("what_if", r"(?:what if|what happens (?:if|when)|what would happen (?:if|when)|and if|suppose)\b(.*)"),
    ("why", r"(?:why|how come|how so|for (?:what|which) reason|what for)\b(.*)"),
    ("how", r"(?:how|in (?:what|which) way)\b(.*)"),
    ("simpler", rf"(?:explain|say|put)\b(.+?)\b(?:more simply|{_PLAIN})"),
    ("brief", rf"(?:explain|say|put|answer)\b(.+?)\b{_ONE_SENTENCE}"),
)
_APPEAL = re.compile(
    r"(?:i (?:disagree|object)|(?:that|this|it)(?:['’]?s| is| was) (?:not (?:right|fair|true|correct)|wrong|unfair)|"
    r"you(?:['’]?re| are) wrong|(?:re)?grade (?:it|this|that|my answer)(?: again)?)"
    r"\b[\s,.:;!-]*(?:with (?:that|this|you|the \w+)\b[\s,.:;!-]*)?(?:(?:because|since)\b[\s,:]*)?(?P<reason>.*)",
    re.IGNORECASE | re.DOTALL,
)
_EMPTY = frozenset(
    stem
    for stem in stems(
        "good bad better work works working matter important importance needed necessary help helps happen happens possible case true "
        "sense make makes done different way does useful topic subject that's it's concept question well exactly"
    )
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A message as it is meant. `about` is what it says beyond its move, empty where it only goes on."""

    move: Move
    about: str = ""

    @property
    def bare(self) -> bool:
        """Whether the message means nothing without the conversation before it."""
        return self.move not in {"ask", "reply"} and not self.about


def read_turn(message: str) -> Turn:
    """What a message does. One that is about something may still be a question of its own: retrieval tells (chat.py)."""
    text = _without_lead(message)
    text = re.sub(r"[\s?!.,;:…]+$|[\s,]+please[\s?!.]*$", "", text)
    for move, pattern in _BARE:
        if re.fullmatch(pattern, text, re.IGNORECASE):
            return Turn(move)
    for move, pattern in _OPEN:
        if found := re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL):
            about = next((group for group in found.groups() if group is not None), "").strip(" ,?")
            return Turn(move, "" if set(stems(about)) <= _EMPTY else about)
    return Turn("ask", text or message.strip())


def pending_quiz(history: Sequence[Message]) -> str | None:
    """The question that the tutor has just put to the learner, if its last message put one."""
    if not history or history[-1].role != "assistant":
        return None
    found = None
    for found in _PENDING.finditer(history[-1].content):  # noqa: B007  # the last one counts
        pass
    return found["question"].strip() if found else None


def is_reply(message: str) -> bool:
    """Whether a message answers a quiz rather than asking something: it is no move and no question."""
    turn = read_turn(message)
    return turn.move == "ask" and not message.rstrip().endswith("?")


def appeal_reason(message: str) -> str | None:
    """Why a message disagrees with a verdict or wants another; empty where it does not say why, None where it does neither."""
    found = _APPEAL.fullmatch(_without_lead(message))
    return found["reason"].strip() if found else None


def contested(history: Sequence[Message]) -> tuple[str, str] | None:
    """What the last message judged, if it did: the question and the answer, with the reasons of earlier appeals."""
    reasons: list[str] = []
    while len(history) > 2 and history[-2].role == "user":
        said, question = history[-2].content, pending_quiz(history[:-2])
        if question:
            return (question, "\n\n".join([said, *reversed(reasons)])) if is_reply(said) else None
        reason = appeal_reason(said)
        if reason is None:
            return None
        reasons += [reason] if reason else []
        history = history[:-2]
    return None


def _without_lead(message: str) -> str:
    """A message without the words that only lead up to it."""
    text = message.strip()
    lead = _LEAD.match(text)
    return text[lead.end() :] if lead else text
