"""What kind of thing a key point is, told by its wording: a reason, a limit, a step, a number ... so that one can ask for it unsaid.

The kind decides how an interviewer asks on. Where the wording misleads, the question still is one that a person could ask there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tutor.wording import draw

Kind = Literal[
    "reason",
    "contrast",
    "number",
    "limit",
    "condition",
    "example",
    "measure",
    "practice",
    "mechanism",
    "effect",
    "parts",
    "use",
    "definition",
]
_SIGNS: tuple[tuple[Kind, str], ...] = (  # the first that fits
    ("reason", r"because|since|so that|the reason|due to|owing to|which is why|therefore"),
    ("contrast", r"whereas|while|unlike|in contrast|rather than|instead of|differs?|in place of"),
    (
        "number",
        r"\d[\d,.]*\s*(?:%|percent|bits?|bytes?|[kmg]i?b|tokens?|parameters|times|billion|million|points|dimensions?)"
        r"|half|twice|double[sd]?|quadratic\w*|linearly|square root|proportional",
    ),
    (
        "limit",
        r"cannot|do(?:es)? not|(?:is|are) not|no guarantee|never|costs?|costly|price|drawbacks?|disadvantages?|limits?|limited|limitations?"
        r"|risks?|risky|fails?|failures?|worse|weak\w*|harder|suffers?|loses?|lossy|danger\w*|expensive|hurts?|miss(?:es|ed)?|mislead\w*"
        r"|unreliable|problems?|slow(?:er|est)?|less (?:control|accurate|diverse)",
    ),
    ("condition", r"when|if|unless|suits?|suited|depends? on|preferable|best for|appropriate|worth it|otherwise"),
    ("example", r"such as|for example|for instance|examples? (?:are|include)|e\.g\.|including"),
    (
        "measure",
        r"measur\w+|metrics?|evaluat\w+|detect(?:s|ed|ion)?|tests?|tested|checks?|checked|monitor\w*|benchmarks?|audit\w*|validat\w+|scores?",
    ),
    (
        "practice",
        r"should|must|needs? to|recommended|prevent\w*|avoid\w*|reduces?|lowers?|protect\w*|guards?|mitigat\w+|in practice|are needed",
    ),
    ("parts", r"consists?|components?|stages?|phases?|types|kinds|families|combines?|includes?|contains?|covers?|two|three|four|five"),
    (
        "mechanism",
        r"by \w+ing|first|then|each|turns?|comput\w+|trains?|trained|learns?|learned|replac\w+|adds?|added|multipl\w+|divid\w+|predicts?"
        r"|maps?|sampl\w+|updates?|starts?|stores?|sends?|reads?|writes?|generates?|produces?|encodes?|converts?|splits?|merges?|runs?|returns?"
        r"|gives?|sets?|uses?|used|works? (?:by|on)",
    ),
    (
        "effect",
        r"leads? to|results? in|makes?|changes?|causes?|increas\w+|decreas\w+|rais\w+|improv\w+|grows?|faster|saves?|strengthens?|so"
        r"|affects?",
    ),
    ("use", r"useful|applications?|serves?|lets?|allows?|enables?|supports?|purpose|goal|aims?|helps?"),
)
_COMPILED = tuple((kind, re.compile(rf"\b(?:{signs})(?!\w)", re.IGNORECASE)) for kind, signs in _SIGNS)


def kind_of(point: str) -> Kind:
    """The kind of a point; what bears no sign of another kind says what something is."""
    return next((kind for kind, signs in _COMPILED if signs.search(point)), "definition")


@dataclass(frozen=True, slots=True)
class Form:
    """A question that asks for a kind of thing: about a subject that is named, and where none can be named."""

    named: str
    bare: str

    def about(self, subject: str) -> str:
        """The question about a subject; empty: about what was just said."""
        return self.named.format(subject) if subject else self.bare


_FORMS: Mapping[Kind, tuple[Form, ...]] = {
    "reason": (
        Form("What is the reason behind {}?", "What is the reason behind that?"),
        Form("What makes it so with {}?", "What makes it so?"),
    ),
    "contrast": (
        Form("Which distinction matters for {}?", "Which distinction matters here?"),
        Form("How is {} different from what comes closest to it?", "How is that different from what comes closest to it?"),
    ),
    "number": (
        Form("Can you put rough figures on {}?", "Can you put a rough figure on it?"),
        Form("Can you say how much or how many, for {}?", "Can you say how much or how many?"),
    ),
    "limit": (
        Form("What is the catch with {}?", "What is the catch here?"),
        Form("What speaks against {}?", "What speaks against it?"),
    ),
    "condition": (
        Form("What does success with {} depend on?", "What does that depend on?"),
        Form("When does {} pay off, and when not?", "When does that hold, and when not?"),
    ),
    "example": (
        Form("Can you make {} concrete?", "Can you make that concrete?"),
        Form("Can you name an example or two of {}?", "Can you name an example or two?"),
    ),
    "measure": (
        Form("How would you check whether {} works?", "How would you check whether it works?"),
        Form("What would you look at to judge {}?", "What would you look at to judge that?"),
    ),
    "practice": (
        Form("What has to be taken care of with {} in practice?", "What has to be taken care of in practice?"),
        Form("In a real project, what would you watch with {}?", "In a real project, what would you watch?"),
    ),
    "mechanism": (
        Form("What exactly happens with {}, step by step?", "What exactly happens, step by step?"),
        Form("Can you walk me through {}?", "Can you walk me through it?"),
    ),
    "effect": (
        Form("What difference does that make?", "What difference does that make?"),
        Form("What follows from that?", "What follows from that?"),
    ),
    "parts": (
        Form("What else belongs to {}?", "What else belongs to it?"),
        Form("Which pieces are there to {}?", "Which pieces are there?"),
    ),
    "use": (
        Form("What is gained by {}?", "What is gained by it?"),
        Form("What is the point of {}?", "What is the point of it?"),
    ),
    "definition": (
        Form("What else can you say about {}?", "What else can you say about it?"),
        Form("Can you be more exact about {}?", "Can you be more exact about it?"),
    ),
}
_WHY = (Form("Why does that work?", "Why does that work?"), Form("Why is that so?", "Why is that so?"))
_FIRST = (
    Form("In a sentence or two, how would you explain {}?", "In a sentence or two, how would you put it?"),
    Form("Let us begin with the core of it. What would you say about {}?", "Let us begin with the core of it. What would you say?"),
)
_MORE = (
    Form("What else belongs to a full picture of {}?", "What else belongs to a full answer?"),
    Form("What would you add about {}?", "What would you add?"),
)


def forms_for(point: str, seed: str, *, started: bool, first: bool) -> list[Form]:
    """The forms that ask for a point, the most fitting first, of equal ones in an order that the seed decides.

    `started` says that the learner's words stand before the question, `first` that the point is what an answer begins with.
    """
    kind = kind_of(point)
    fitting = _FIRST if first and not started else _WHY if started and kind == "reason" else _FORMS[kind]
    return [form for forms in (fitting, _FORMS[kind], _MORE) for form in sorted(forms, key=lambda form: draw(seed, form.named))]
