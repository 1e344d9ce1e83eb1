"""LLMEngine: asks a language model to explain from passages, and trusts none of it before it was checked.

The passages and the question may hold instructions of somebody else, and the model may obey them. So what it may do is decided here, after
the fact: it can cite only what was retrieved, claim nothing unmarked that no passage says, show no image or link, nor repeat its prompt.
"""

import secrets
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic

from corpus.types import Document, Source
from tutor.answer import check, leaks, visible
from tutor.engine import Request
from tutor.faults import ModelError
from tutor.llm import Model
from tutor.prompting import Prompt, compose, sources_of
from tutor.types import Reply
from tutor.written import Progress

GENERAL = "*This is general knowledge of the language model. It does not come from your documents.*"
CUT = "The answer was cut at its length limit."
UNFOUNDED = "No passage of your documents supports what the model wrote."
_EVERY_S = 0.15  # between two steps of a reply
_LESS = 0.6  # of the context, after a prompt was too long without a word on what fits
_THINKING = 4  # times as many tokens for a model that thinks before it answers


@dataclass(frozen=True, slots=True)
class LLMEngine:
    """Explains with a language model. `documents` are the texts that citations count in."""

    model: Model
    documents: Mapping[str, Document]
    canary: str = field(default_factory=lambda: f"viva-{secrets.token_hex(6)}")

    @property
    def name(self) -> str:
        """One line for the screen that says who answers."""
        return self.model.endpoint.name

    def explain(self, request: Request) -> Generator[Reply, None, None]:
        """As Engine.explain, with a step at least every 0.2 s; closing it closes the connection. Raises ModelError."""
        sources = () if request.move == "general" else sources_of(request, self.documents)
        again = True
        while True:
            prompt = self._prompt(request, sources)
            try:
                yield from self._replies(prompt, general=request.move == "general")
            except ModelError as error:
                again, retry = False, again and self._learns(error)
                if not retry:
                    error.partial = "" if leaks(error.partial, self.canary) else visible(error.partial)
                    raise
            else:
                return

    def _prompt(self, request: Request, sources: tuple[Source, ...]) -> Prompt:
        context = self.model.fits or self.model.endpoint.context_tokens
        prompt = compose(request, sources, context, self.canary)
        return replace(prompt, answer_tokens=min(prompt.answer_tokens * _THINKING, context // 2)) if self.model.thinks else prompt

    def _learns(self, error: ModelError) -> bool:
        """Whether it is worth asking once more, knowing what was learnt from a failure."""
        context = self.model.fits or self.model.endpoint.context_tokens
        if error.overflow is not None:
            self.model.fits = error.overflow if 0 < error.overflow < context else int(context * _LESS)
            return True
        if isinstance(error, _OnlyThoughts) and not self.model.thinks:
            self.model.thinks = True
            return True
        return False

    def _replies(self, prompt: Prompt, *, general: bool) -> Iterator[Reply]:
        shown = -_EVERY_S
        for progress in self.model.stream(prompt.messages, prompt.answer_tokens):
            if progress.finish or monotonic() - shown >= _EVERY_S:
                shown = monotonic()
                yield self._reply(progress, prompt.sources, general=general)

    def _reply(self, progress: Progress, sources: tuple[Source, ...], *, general: bool) -> Reply:
        """What is known so far. Raises ModelError where there is something that nobody should see, or nothing at the end."""
        host, ended = self.model.endpoint.host, bool(progress.finish)
        if leaks(progress.text, self.canary):
            raise ModelError(f"The model at {host} repeated its own instructions instead of answering, so its answer is not shown.")
        text = visible(progress.text)
        if ended and not text:
            if progress.finish == "length":
                raise _OnlyThoughts(f"The model at {host} came to its length limit before it began to answer.")
            raise ModelError(f"The model at {host} sent an empty answer.")
        text = text if ended else text[: text.rfind(" ") + 1].rstrip()  # whole words: half of one could be half of a secret
        checked = check(text, sources, self.documents, ended=ended)
        answer = f"{GENERAL}\n\n{checked.answer.replace(' [?]', '')}" if general and text else checked.answer
        notices = [progress.notice] if progress.notice else []
        if progress.finish == "length":
            notices.append(CUT)
        if ended and not general and checked.claims and not checked.supported:
            notices.append(UNFOUNDED)
        return Reply(
            answer=answer,
            answerable=not general,
            engine=self.name,
            citations=checked.citations,
            complete=ended,
            general=general,
            notice=" ".join(notices) or None,
            cost=progress.cost,
        )


class _OnlyThoughts(ModelError):
    """A model that used up its tokens before it began to answer."""
