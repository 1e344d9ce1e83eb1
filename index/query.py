"""question + history -> standalone query.

Putting the history before every question finds what "why does that help?" is about, and drags every change of subject back to the
old one. So the history is taken in only where the question shows that it leans on it: by a pronoun, by an opener, or by naming
no subject at all.
"""

import re
from collections.abc import Callable, Sequence

_LEANS = re.compile(
    r"\b(?:it|its|that|this|they|them|their|these|those|he|she|ones?|the (?:other|former|latter|first|second|same)|such|there)\b",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^(?:and|but|so|or|then|also|ok(?:ay)?|why|how so|how come|what if|what about|how about|what else|anything else|for example|"
    r"e\.?g|examples?|an? example|compared? (?:to|with)|versus|vs|more|deeper|simpler|again|go on|continue|elaborate|really|"
    r"in what way|like what|such as|meaning)\b",
    re.IGNORECASE,
)


def standalone(question: str, asked: Sequence[str], known: Callable[[str], list[str]]) -> str:
    """The question, with the last subject put before it where it leans on one.

    `asked` are the learner's earlier questions, oldest first. `known` gives the content words of a text that the documents know.
    """
    subject = next((earlier for earlier in reversed(asked) if known(earlier) and not leans(earlier, known)), asked[-1] if asked else "")
    return f"{subject.rstrip(' ?.!')}: {question}" if subject and leans(question, known) else question


def leans(question: str, known: Callable[[str], list[str]]) -> bool:
    """Whether a question cannot be understood without what was said before."""
    content = known(question)
    if not content:
        return True
    refers = bool(_LEANS.search(question))
    opens = bool(_OPENER.match(question.strip()))
    return (refers and len(content) <= 3) or (opens and len(content) <= 1)
