"""Orders to whoever grades, found in an answer by rules that can be read, so that they are cut out and not obeyed.

What stands in quotation marks is spoken about, not said: a right answer on prompt injection quotes such orders. A quoted name before a
colon is a key of JSON, and stays.
"""

import re
from collections.abc import Sequence

_QUOTED = re.compile(r"\"[^\"\n]*\"(?P<key>\s*:)?|“[^”\n]*”|`[^`\n]*`|«[^»\n]*»|(?<!\w)'[^'\n]*'(?!\w)|‘[^’\n]*’(?!\w)")
_BID = r"(?:^\s*|[,;:]\s*|\b(?:please|must|should|now|and|then|so|(?:have|need|want you|asked) to|just|kindly|grader|ai)\W+)"
_TOP = r"(?:10\b|ten\b|100\b|full\b|max(?:imum)?\b|top (?=mark|score|grade)|perfect\b)"
_GIVE = r"(?:award|give|grant|assign|record|return|output|print|set|gib|donne|dame)\b"
_MARK = r"(?:scores?\b|marks?\b|points?\b|credit\b|grades?\b|punkte\b)"
_RULES = r"\b(?:instruction|rubric|rule|prompt|guideline|above|previous|criteri|key points?|reference)"
_GRADER = r"(?:grader|examiner|evaluator|marker|judge)\b"
_ORDERS = (
    rf"{_BID}(?:ignore|disregard|forget|override|bypass)\b[^.\n]{{0,40}}{_RULES}",
    rf"{_BID}(?:ignorier\w*|vergiss|ignorez|oubliez|ignora|olvida)\b[^.\n]{{0,40}}\b(?:anweisung|regel|instru|istruzion|règl)",
    rf"{_BID}{_GIVE}[^.\n]{{0,40}}\b{_MARK}[^.\n]{{0,15}}{_TOP}",
    rf"{_BID}{_GIVE}[^.\n]{{0,30}}\b{_TOP}[^.\n]{{0,12}}(?:/\s*100?\b|{_MARK})",
    r"\b(?:score|grade|marks?)\b[\"']?\W*(?:is|=|:|to|of|at|must be|should be)?\W*(?:10\b|100\b|full marks|ten out of)",
    rf"{_BID}mark\b[^.\n]{{0,30}}\b(?:key points?|points?|everything|all)\b[^.\n]{{0,20}}\b(?:covered|correct|right)",
    r"you (?:are now|must now|will now)\b[^.\n]{0,50}\b(?:mode|administrator|admin|grader|examiner|award|score)",
    rf"\bif you are (?:an?|the)\b[^.\n]{{0,20}}\b(?:{_GRADER}|language model|llm|ai\b)",
    rf"{_BID}(?:do not|don'?t|stop)\b[^.\n]{{0,20}}\b(?:evaluat|grad|assess)\w*\b[^.\n]{{0,30}}(?:after|below|this|rest|text|answer)",
    r"(?:grading|evaluation|assessment)\b[^.\n]{0,12}\b(?:session|task)\b[^.\n]{0,15}\b(?:over|ended|finished|complete)",
    r"(?:this|my) (?:answer|response) (?:is|deserves|should (?:get|receive|be))\b[^.\n]{0,25}\b(?:perfect|full marks|10\b|ten\b)",
    r"\b(?:about|deserves?) (?:the|a) (?:grade|mark|score)\b",
    r"\b(?:the|this|my) answer is (?:brilliant|perfect|excellent|flawless|outstanding)",
    rf"(?:note|message|instructions?|attention)\b[^.\n]{{0,12}}\b(?:to|for)\s+(?:the\s+)?{_GRADER}",
    rf"(?:reference answer\b|{_GRADER})[^.\n]{{0,20}}\b(?:is (?:exactly|outdated|wrong|this)|already)|\bexempt from this\b",
    r"^\s*(?:#+\s*)?(?:system|assistant|developer)\s*(?:prompt|message|note|override)?\s*[:>\]]",
    r"[\[<(]+\s*(?:instructions?|note|message)\s*(?:to|for)|</?\s*(?:answer|system|user|assistant|instructions?|grader)\w*\s*>",
    r"<\|[a-z_]+\|>|\[/?INST\]",
)
_ORDER = re.compile("|".join(f"(?:{order})" for order in _ORDERS), re.IGNORECASE)
_SYSTEM = re.compile(r"(?:^|(?<=[.!?\n]))\s*(?:SYSTEM|ASSISTANT|DEVELOPER)\s*(?:PROMPT|MESSAGE)?\s*:")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]*")


def without_orders(text: str, reference: Sequence[str] = ()) -> tuple[str, bool]:
    """The text with the sentences that tell the grader what to do blanked out, and whether there were any.

    What stands in quotation marks is spoken about, not said; and where the reference itself speaks of such orders, an answer may too.
    """
    about = any(_ORDER.search(source) for source in reference)
    bare = _QUOTED.sub(lambda quoted: quoted.group() if quoted["key"] else " " * len(quoted.group()), text)
    speaker = _SYSTEM.search(bare)
    kept = text[: speaker.start()].ljust(len(text), "\n") if speaker else text
    bare = bare[: speaker.start()] if speaker else bare
    found = speaker is not None
    for sentence in _SENTENCE.finditer(bare):
        if _ORDER.search(sentence.group()) and not (about and not _to_grader(sentence.group())):
            kept = kept[: sentence.start()] + "\n" * len(sentence.group()) + kept[sentence.end() :]
            found = True
    return kept, found


def _to_grader(sentence: str) -> bool:
    return bool(re.search(r"\b(?:10\s*/\s*10|full marks|rubric|key points?|grader|score)\b", sentence, re.IGNORECASE))
