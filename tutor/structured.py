"""Asks a model for JSON of a given form, by whatever means its server has.

Servers enforce a schema, or only JSON, or silently neither, or answer 500 to what they do not know. So the form stands in the prompt in any
case, the answer is searched for its outermost braces, and what does not fit is sent back once with the reason. Never is a value made up.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tutor.answer import without_thoughts
from tutor.endpoint import Endpoint
from tutor.faults import ModelError
from tutor.llm import Model, model_of
from tutor.prompting import ChatMessage
from tutor.prompts import render

_TOKENS = 2000
_UNKNOWN = {400, 422, 500, 501}  # what servers answer to a form that they do not know
_LONGEST_PROBLEM = 600

Form = TypeVar("Form", bound=BaseModel)


def ask_json(endpoint: Endpoint, messages: Sequence[ChatMessage], model_type: type[Form], max_tokens: int = _TOKENS) -> Form:
    """The model's answer to `messages` as `model_type`. Raises ModelError where it cannot be reached or cannot be understood twice."""
    return ask_model_json(model_of(endpoint), messages, model_type, max_tokens)


def ask_model_json(model: Model, messages: Sequence[ChatMessage], model_type: type[Form], max_tokens: int = _TOKENS) -> Form:
    """As ask_json."""
    schema = _strict(model_type.model_json_schema())
    asked = [*messages[:-1], ChatMessage(messages[-1].role, f"{messages[-1].content}\n\n{render('json', schema=json.dumps(schema))}")]
    text = _answer(model, asked, model_type.__name__, schema, max_tokens)
    try:
        return _parsed(text, model_type)
    except ValueError as error:
        repair = render("repair", problem=_problem(error))
        asked += [ChatMessage("assistant", text or "(nothing)"), ChatMessage("user", repair)]
    text = _answer(model, asked, model_type.__name__, schema, max_tokens)
    try:
        return _parsed(text, model_type)
    except ValueError:
        raise ModelError(f"The model at {model.endpoint.host} did not answer in the form that was asked for, twice.") from None


def _answer(model: Model, messages: Sequence[ChatMessage], name: str, schema: Mapping[str, object], max_tokens: int) -> str:
    """What the model writes, in the strictest form that its server takes; the server's limits are learnt once."""
    forms: list[Mapping[str, object] | None] = [
        {"type": "json_schema", "json_schema": {"name": name, "schema": schema, "strict": True}},
        {"type": "json_object", "schema": schema},
        {"type": "json_object"},
        None,
    ]
    while True:
        form = forms[model.form]
        text = ""
        try:
            for progress in model.stream(messages, max_tokens, form):
                text = progress.text
        except ModelError as error:
            if form is None or error.status not in _UNKNOWN or error.overflow is not None:
                raise
            model.form += 1
        else:
            return text


def _parsed(text: str, model_type: type[Form]) -> Form:
    """Raises ValueError where there is no object in the text or it does not fit."""
    bare = without_thoughts(text)
    start, end = bare.find("{"), bare.rfind("}")
    if start < 0 or end < start:
        raise ValueError("there is no JSON object in it")
    form = model_type.model_validate_json(bare[start : end + 1])
    json.loads(bare[start : end + 1], object_pairs_hook=_once)
    return form


def _once(pairs: Sequence[tuple[str, object]]) -> None:
    """Raises ValueError where an object names a thing twice, of which a parser silently takes the last."""
    if len(dict(pairs)) < len(pairs):
        name, _count = Counter(name for name, _value in pairs).most_common(1)[0]
        raise ValueError(f"one object names {name[:40]!r} twice")


def _problem(error: ValueError) -> str:
    """What was wrong, without repeating what was said."""
    if isinstance(error, ValidationError):
        faults = (f"{'.'.join(str(part) for part in one['loc']) or 'it'}: {one['msg']}" for one in error.errors(include_input=False))
        return "; ".join(faults)[:_LONGEST_PROBLEM]
    return str(error)


def _strict(schema: Mapping[str, object]) -> dict[str, object]:
    """A schema as strict servers want it: every property is required and no other is allowed."""
    strict: dict[str, object] = {}
    for key, value in schema.items():
        if isinstance(value, dict):
            strict[key] = _strict(value)
        elif isinstance(value, list):
            strict[key] = [_strict(one) if isinstance(one, dict) else one for one in value]
        else:
            strict[key] = value
    properties = schema.get("properties")
    if schema.get("type") == "object" and isinstance(properties, dict):
        strict |= {"required": list(properties), "additionalProperties": False}
    return strict
