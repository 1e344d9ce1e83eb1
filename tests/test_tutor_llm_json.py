"""JSON from servers that enforce a schema, know only JSON, ignore both, or fail on them; nothing is ever made up."""

import json

import pytest
from pydantic import BaseModel, Field
from werkzeug import Request, Response

from tests.model_server import Body, ModelServer, answers, refuses, says
from tutor.endpoint import Endpoint
from tutor.faults import ModelError
from tutor.llm import Model
from tutor.prompting import ChatMessage
from tutor.structured import ask_model_json


class Point(BaseModel):
    text: str
    mark: int = Field(ge=0, le=4)


class Marks(BaseModel):
    reason: str
    points: list[Point] = []


GOOD = '{"reason": "it fits", "points": [{"text": "flat", "mark": 3}]}'
WANTED = Marks(reason="it fits", points=[Point(text="flat", mark=3)])
ASKED = [ChatMessage("system", "You mark answers."), ChatMessage("user", "Mark this.")]


def form_of(body: Body) -> str:
    form = body.get("response_format")
    return str(form["type"]) + ("+schema" if "schema" in form else "") if isinstance(form, dict) else "plain"


@pytest.fixture
def model(server: ModelServer) -> Model:
    return Model(Endpoint(base_url=server.url, model="tiny"))


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Sure, here it is:\n{GOOD}\nAnything else?",
        f"<think>{{'reason': 1}}</think>\n{GOOD}",
    ],
)
def test_the_object_is_found_in_what_surrounds_it(server: ModelServer, model: Model, text: str) -> None:
    server.plays(says(text))
    assert ask_model_json(model, ASKED, Marks) == WANTED
    assert form_of(server.asked[0]) == "json_schema"
    assert '"additionalProperties": false' in server.last()
    assert server.last().startswith("Mark this.\n\nAnswer with one JSON object")


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_steps_down_the_ladder_and_is_remembered(server: ModelServer, model: Model, status: int) -> None:
    knows = {"plain"}

    def play(request: Request, body: Body) -> Response:
        step = says(GOOD) if form_of(body) in knows else refuses(status, "response_format is not supported")
        return step(request, body)

    server.plays(play)
    assert ask_model_json(model, ASKED, Marks) == WANTED
    tried = list(dict.fromkeys(form_of(body) for body in server.asked))
    assert tried == ["json_schema", "json_object+schema", "json_object", "plain"]
    count = len(server.asked)
    assert ask_model_json(model, ASKED, Marks) == WANTED
    assert len(server.asked) == count + 1


def test_a_server_that_fails_on_a_schema_gets_it_in_the_other_form(server: ModelServer, model: Model) -> None:
    server.plays(*[refuses(500)] * 3, says(GOOD))
    assert ask_model_json(model, ASKED, Marks) == WANTED
    assert [form_of(body) for body in server.asked] == ["json_schema"] * 3 + ["json_object+schema"]


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("I cannot do that.", "there is no JSON object"),
        ('{"points": []}', "reason: Field required"),
        ('{"reason": "x", "points": [{"text": "flat", "mark": 11}]}', "less than or equal to 4"),
        ('{"reason": "x", "points": [{"text": "flat"', "there is no JSON object"),
        (f"{GOOD} {GOOD}", "Invalid JSON"),
    ],
)
def test_what_does_not_fit_is_sent_back_once_with_the_reason(server: ModelServer, model: Model, bad: str, problem: str) -> None:
    server.plays(says(bad), says(GOOD))
    assert ask_model_json(model, ASKED, Marks) == WANTED
    assert problem in server.last()
    server.plays(says(bad))
    with pytest.raises(ModelError, match="in the form that was asked for, twice"):
        ask_model_json(model, ASKED, Marks)
    assert len(server.asked) == 4


def test_a_fault_of_the_connection_is_not_taken_for_a_form(server: ModelServer, model: Model) -> None:
    server.plays(refuses(401))
    with pytest.raises(ModelError, match="refused the key"):
        ask_model_json(model, ASKED, Marks)
    server.plays(answers(lambda body: json.dumps({"reason": form_of(body)})))
    assert ask_model_json(model, ASKED, Marks).reason == "json_schema"
