"""How a conversation is named, found and written out. Pure functions, so that the journal holds nothing but what touches the file."""

import json
from collections.abc import Iterator, Sequence

from pydantic import TypeAdapter, ValidationError

from tutor.escaping import contained, escaped, one_line, verbatim
from tutor.types import Citation, Conversation, Exchange, Reply

MAX_TITLE = 120  # characters
UNTITLED = "New conversation"
INTERRUPTED = "Interrupted. Try again."
_REPLY = TypeAdapter(Reply)
_SHORT = 60  # characters of a title made from a question
_BEFORE, _AFTER = 40, 100  # characters of a snippet on either side of what was found


def reply_to_json(reply: Reply) -> str:
    """A reply as it is kept."""
    return storable(json.dumps(_REPLY.dump_python(reply, mode="json"), ensure_ascii=False))


def exchange_from(question: str, reply: str | None, notice: str | None) -> Exchange:
    """An exchange as it was kept, by this version or another. One that was never settled has the notice INTERRUPTED."""
    try:
        exchange = Exchange(question, _REPLY.validate_json(reply) if reply is not None else None, notice)
    except ValidationError:
        return Exchange(question, None, "This answer is damaged or of another version of Viva, and cannot be shown. Try again.")
    return exchange if exchange.settled else Exchange(question, exchange.reply, INTERRUPTED)


def storable(text: str) -> str:
    """A text that can be written as UTF-8: halves of characters are replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def title_of(question: str) -> str:
    """The title that a first question makes, cut at a word."""
    return _shortened(one_line(question), _SHORT) or UNTITLED


def searched(exchange: Exchange) -> str:
    """The text of an exchange that a search looks at."""
    return f"{exchange.question} {exchange.reply.answer if exchange.reply else ''}"


def folded(text: str) -> str:
    """A text as it is searched: case and line breaks make no difference in any script."""
    return one_line(text).casefold()


def words_of(search: str) -> tuple[str, ...]:
    """What all has to be found, of the first 200 characters of a search."""
    return tuple(folded(search[:200]).split())


def snippet(text: str, words: Sequence[str]) -> str:
    """The text around the first place where the words stand together, or where one of them stands."""
    line = one_line(text)
    lengths = [len(letter.casefold()) for letter in line]  # folding can make letters more: ß becomes ss
    searched = line.casefold()
    places = [place for wanted in (" ".join(words), *words) if (place := searched.find(wanted)) >= 0]
    place, at = places[0] if places else 0, 0
    while at < len(lengths) and place >= lengths[at]:
        place -= lengths[at]
        at += 1
    start = line.find(" ", at - _BEFORE, at) + 1 if at > _BEFORE else 0
    return ("…" if start else "") + _shortened(line[start:], at - start + _AFTER)


def to_markdown(conversation: Conversation, exchanges: Sequence[Exchange]) -> str:
    """A conversation to keep or hand on. Nothing that a learner or a model wrote reaches beyond its own place."""
    count = f"{len(exchanges)} question{'s' if len(exchanges) != 1 else ''}"
    parts = [f"# {escaped(conversation.title)}", f"{conversation.created_at:%Y-%m-%d %H:%M} UTC, {count}"]
    for number, exchange in enumerate(exchanges, 1):
        parts.extend(_exchange_parts(number, exchange))
    return "\n\n".join(parts) + "\n"


def _exchange_parts(number: int, exchange: Exchange) -> Iterator[str]:
    line = one_line(exchange.question)
    yield f"## {number}. {escaped(_shortened(line, MAX_TITLE))}"
    if line != exchange.question.strip() or len(line) > MAX_TITLE:
        yield verbatim(exchange.question)
    if exchange.reply:
        yield from _reply_parts(exchange.reply)
    if exchange.notice:
        yield f"> {escaped(exchange.notice)}"


def _reply_parts(reply: Reply) -> Iterator[str]:
    if reply.general:
        yield "> From the general knowledge of a language model, not from the documents."
    if reply.answer.strip():
        yield contained(reply.answer)
    if reply.interrupted.strip():
        yield "> What the model had written when it broke off:"
        yield verbatim(reply.interrupted)
    if reply.notice:
        yield f"> {escaped(reply.notice)}"
    if reply.citations:
        yield "Sources:"
        yield "\n".join(_source(citation) for citation in reply.citations)


def _source(citation: Citation) -> str:
    return f"- \\[{citation.n}\\] {escaped(citation.file)}, {escaped(citation.question)}: “{escaped(citation.quote)}”"


def _shortened(line: str, limit: int) -> str:
    if len(line) <= limit:
        return line
    cut = line.rfind(" ", limit // 2, limit)
    return line[: cut if cut > 0 else limit - 1].rstrip(" ,;:") + "…"
