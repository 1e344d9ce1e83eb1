"""From events to the interview, and from events to JSON and back. Whoever reads the same events sees the same interview."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from tutor.conversations import storable
from tutor.events import Event, InterviewError, Started
from tutor.interview import Interview

_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])
_UNKNOWN = "union_tag_invalid"  # pydantic's name for a kind that no event has


def begun(started: Started) -> Interview:
    """An interview of which nothing but its beginning is known."""
    return Interview(started.id, started.setup, started.plan, started.at, made_by=frozenset({started.id}))


def advance(interview: Interview, event: Event) -> Interview:
    """The interview after an event; the very same one where the event does not apply, or has happened already. Never fails."""
    if event.id in interview.made_by:
        return interview
    after = event.on(interview)
    return after if after is interview else replace(after, made_by=after.made_by | {event.id})


def replay(events: Iterable[Event]) -> Interview:
    """The interview that these events make. What comes before its beginning is not a part of it. Raises InterviewError."""
    interview: Interview | None = None
    for event in events:
        if interview:
            interview = advance(interview, event)
        elif isinstance(event, Started):
            interview = begun(event)
    if interview is None:
        raise InterviewError("The beginning of this interview is lost, so it cannot be shown. Begin a new one.")
    return interview


def event_to_json(event: Event) -> str:
    """An event as it is kept."""
    return storable(json.dumps(_EVENT.dump_python(event, mode="json"), ensure_ascii=False))


def event_from(text: str) -> Event:
    """An event as it was kept. Raises InterviewError where a newer version kept it, or where it is damaged."""
    try:
        return _EVENT.validate_json(text)
    except ValidationError as error:
        if error.errors()[0]["type"] == _UNKNOWN:
            raise InterviewError("A newer version of Viva has gone on with this interview. Start that version to open it.") from error
        raise InterviewError("A part of this interview is damaged, so it cannot be shown. Begin a new one.") from error
