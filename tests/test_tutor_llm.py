"""The wire: what counts as an answer, what each fault says, and that leaving ends the call. The real client, a real server."""

import itertools
import logging
import socket
import threading
import time

import pytest
from pydantic import SecretStr

from tests.model_server import USAGE, ModelServer, RawServer, Step, chunk, endless, event, hangs, refuses, says, sends
from tutor.endpoint import Endpoint
from tutor.faults import ModelError
from tutor.llm import Model
from tutor.prompting import ChatMessage
from tutor.written import Limits, Progress

KEY = "sk-never-shown"
ASKED = [ChatMessage("system", "Teach."), ChatMessage("user", "What is a pan?")]
QUICK = Limits(connect_s=1.0, first_token_s=1.5, stall_s=1.0, answer_s=4.0, characters=20_000, bytes=400_000)


def model_at(url: str, limits: Limits = QUICK, **more: object) -> Model:
    return Model(Endpoint.model_validate({"base_url": url, "model": "tiny", "key": SecretStr(KEY)} | more), limits)


def last(model: Model) -> Progress:
    *_, progress = model.stream(ASKED, 300)
    return progress


def fault(model: Model) -> ModelError:
    with pytest.raises(ModelError) as caught:
        last(model)
    assert KEY not in str(caught.value)
    return caught.value


def test_an_answer_grows_and_ends_with_its_reason_and_cost(server: ModelServer) -> None:
    server.plays(says("A pan is a flat vessel.", usage=USAGE, every_s=0.02))
    progress = list(model_at(server.url, price_in=2.0, price_out=10.0).stream(ASKED, 300))
    texts = [one.text for one in progress]
    assert len(set(texts)) > 3
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(texts))
    end = progress[-1]
    assert (end.text, end.finish) == ("A pan is a flat vessel.", "stop")
    assert end.cost is not None
    assert (end.cost.prompt_tokens, end.cost.cached_tokens, end.cost.completion_tokens) == (1200, 1000, 300)
    assert end.cost.money == pytest.approx(0.0054)
    sent = server.asked[0]
    assert (sent["model"], sent["temperature"], sent["max_tokens"], sent["stream"]) == ("tiny", 0.2, 300, True)
    assert sent["stream_options"] == {"include_usage": True}


def test_a_server_that_does_not_count_has_no_cost(server: ModelServer) -> None:
    server.plays(says("Fine."))
    assert last(model_at(server.url)).cost is None


@pytest.mark.parametrize(
    ("refusals", "left_out", "put_in"),
    [
        (["Unknown field stream_options"], ["stream_options"], []),
        (["extra fields not permitted"], ["stream_options"], []),
        (["Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."], ["max_tokens"], ["max_completion_tokens"]),
        (
            ["Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.", "Unsupported value: 'temperature' does not support 0.2"],
            ["max_tokens", "temperature"],
            ["max_completion_tokens", "stream_options"],
        ),
    ],
)
def test_a_parameter_that_is_refused_is_left_out_and_the_server_remembered(
    server: ModelServer, refusals: list[str], left_out: list[str], put_in: list[str]
) -> None:
    server.plays(*(refuses(400, message) for message in refusals), says("Fine."))
    model = model_at(server.url)
    assert last(model).text == "Fine."
    assert last(model).text == "Fine."
    assert len(server.asked) == len(refusals) + 2
    assert not set(left_out) & server.asked[-1].keys()
    assert set(put_in) <= server.asked[-1].keys()


def test_the_only_model_of_a_server_needs_no_name(server: ModelServer) -> None:
    assert last(model_at(server.url, model="")).text == "Hello."
    assert server.asked[0]["model"] == "tiny"
    server.models = ["one", "two"]
    assert "It has one, two." in str(fault(model_at(server.url, model="")))


@pytest.mark.parametrize(
    ("step", "sentence", "calls"),
    [
        (refuses(401, f"Incorrect API key provided: {KEY}"), "refused the key (401)", 1),
        (refuses(403), "refused the key (403)", 1),
        (refuses(404, "model 'tiny' not found"), "has no model 'tiny'", 1),
        (refuses(429, "slow down", headers={"Retry-After": "3600"}), "busy and asks to wait 1 hour (429)", 1),
        (refuses(429, "You exceeded your current quota", code="insufficient_quota"), "quota", 1),
        (refuses(402, "pay"), "quota", 1),
        (refuses(302, headers={"Location": "http://127.0.0.1:9/v1"}), "another address (302)", 1),
        (sends(b"<html>Log in</html>", content_type="text/html"), "a body of type text/html, which is not an OpenAI-compatible answer", 1),
        (sends(b'{"error": {"message": "x"}}', content_type="application/json"), "application/json, which is not an OpenAI", 1),
        (sends(event("[DONE]")), "nothing, which is not an OpenAI-compatible answer", 1),
        (sends(event({"id": "c", "choices": None}), event("[DONE]")), "not an OpenAI-compatible answer", 1),
        (sends(event({"id": "c", "choices": []}), event("[DONE]")), "empty answer", 1),
        (sends(event({"hello": "you"}), event([1, 2]), event("[DONE]")), "not an OpenAI-compatible answer", 1),
        (sends(b"data: {not json\n\n"), "not an OpenAI-compatible answer", 1),
        (sends(b"data: {\"a\": \"\xff\xfe\"}\n\n"), "not an OpenAI-compatible answer", 1),
        (sends(event(chunk("Well ")), event({"error": {"message": "the graphics card is on fire"}})), "the graphics card is on fire", 1),
        (says("Well, no.", finish="content_filter"), "withheld the answer", 1),
        (sends(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), "packed answer", 1),
        (sends(*[event(chunk("x" * 100_000))] * 5), "did not stop writing|far more than an answer", 1),
        (sends(*[b"x" * 100_000] * 9), "far more than an answer", 1),
        (endless(), "did not stop writing", 1),
    ],
)  # fmt: skip
def test_each_fault_is_one_sentence(server: ModelServer, step: Step, sentence: str, calls: int) -> None:
    server.plays(step)
    begun = time.monotonic()
    error = fault(model_at(server.url))
    assert any(part in str(error) for part in sentence.split("|")), str(error)
    assert "127.0.0.1:" in str(error)
    assert len(server.asked) == calls
    assert time.monotonic() - begun < 20  # an answer without an end would take for ever


def test_an_endless_answer_is_closed_at_the_server_too(server: ModelServer) -> None:
    server.plays(endless())
    fault(model_at(server.url))
    assert server.left.wait(2)


def test_a_server_with_a_fault_of_its_own_is_asked_three_times(server: ModelServer) -> None:
    server.plays(refuses(503), refuses(500), says("At last."))
    assert last(model_at(server.url, Limits())).text == "At last."
    server.plays(refuses(500))
    assert "a fault of its own (500)" in str(fault(model_at(server.url, Limits())))
    assert len(server.asked) == 6


def test_a_busy_server_is_waited_for_and_the_wait_is_told(server: ModelServer) -> None:
    server.plays(refuses(429, headers={"Retry-After": "1"}), says("Here."))
    progress = list(model_at(server.url).stream(ASKED, 300))
    assert progress[-1].text == "Here."
    assert progress[-1].notice is None
    notices = [one.notice for one in progress if one.notice]
    assert len(notices) > 3
    assert "is busy; trying again in 1 second" in notices[0]
    assert 0.9 < server.times[1] - server.times[0] < 1.5


@pytest.mark.parametrize(
    "step",
    [
        says("Half an answer", finish=None),
        says("Half an answer", finish=None, done=False),
        sends(event(chunk("Half an answer")), b"data: {brok"),
        hangs(event(chunk("Half an answer"))),
    ],
)
def test_a_stream_that_breaks_off_is_no_answer_and_what_came_is_kept(server: ModelServer, step: Step) -> None:
    server.plays(step)
    error = fault(model_at(server.url))
    assert error.partial == "Half an answer"
    assert len(server.asked) == 1


def test_a_chunked_stream_that_is_cut_is_no_answer() -> None:
    part = event(chunk("Half"))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw = RawServer([head, f"{len(part):x}\r\n".encode() + part + b"\r\n", b"ff\r\ndata"])
    error = fault(model_at(f"http://127.0.0.1:{raw.port}/v1"))
    raw.close()
    assert "broke off" in str(error)
    assert error.partial == "Half"


def test_a_reset_after_the_finish_reason_takes_nothing_away() -> None:
    part = event(chunk("Whole.")) + event(chunk(finish="stop"))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw = RawServer([head, f"{len(part):x}\r\n".encode() + part + b"\r\n", b"ff\r\ndata"])
    assert last(model_at(f"http://127.0.0.1:{raw.port}/v1")).text == "Whole."
    raw.close()


def test_letters_that_come_byte_by_byte_and_comments_stay_right(server: ModelServer) -> None:
    whole = b": hello\n\n" + event('{"choices":[{"index":0,"delta":{"content":"Größe 模型 🙂"},"finish_reason":"stop"}]}')
    server.plays(sends(*(bytes([byte]) for byte in whole)))
    assert last(model_at(server.url)).text == "Größe 模型 🙂"


def test_a_server_that_does_not_run_or_has_no_name_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert f"cannot reach 127.0.0.1:{port}" in str(fault(model_at(f"http://127.0.0.1:{port}/v1", Limits())))
    assert "The name no-such-host.invalid was not found" in str(fault(model_at("http://no-such-host.invalid/v1", Limits())))


def test_https_to_a_plain_port_ends_in_time() -> None:
    raw = RawServer([], hold_s=30)
    model = Model(Endpoint(base_url=f"https://127.0.0.1:{raw.port}/v1", model="tiny"), Limits(connect_s=0.3, first_token_s=3))
    begun = time.monotonic()
    assert "did not take the connection in time" in str(fault(model))
    assert time.monotonic() - begun < 1
    raw.close()
    talks = RawServer([b"HTTP/1.1 400 Bad Request\r\n\r\n"])
    assert "https" in str(fault(model_at(f"https://127.0.0.1:{talks.port}/v1")))
    talks.close()


def test_a_server_that_never_begins_is_left_in_time(server: ModelServer) -> None:
    server.plays(hangs())
    begun = time.monotonic()
    assert "did not begin to answer in time" in str(fault(model_at(server.url)))
    assert time.monotonic() - begun < 2.5
    assert server.left.wait(2)
    assert len(server.asked) == 1


@pytest.mark.parametrize("step", [hangs(), hangs(event(chunk("Well "))), refuses(429, headers={"Retry-After": "8"})])
def test_leaving_ends_the_call_at_once_wherever_it_stands(server: ModelServer, step: Step) -> None:
    server.plays(step)
    model = model_at(server.url)
    steps = model.stream(ASKED, 300)
    begun = time.monotonic()
    for _progress in steps:
        if time.monotonic() - begun > 0.5:
            break
    left = time.monotonic()
    steps.close()
    assert time.monotonic() - left < 0.5
    assert left - begun < 1
    if step.__qualname__.startswith("hangs"):
        assert server.left.wait(2)
    time.sleep(0.1)
    assert not any(thread.name == "model" for thread in threading.enumerate())
    assert len(server.asked) == 1


def test_a_server_that_comes_back_answers_the_next_question(server: ModelServer) -> None:
    server.plays(refuses(401), says("Back again."))
    model = model_at(server.url)
    fault(model)
    assert last(model).text == "Back again."


def test_the_log_names_the_fault_and_neither_key_nor_words(server: ModelServer, caplog: pytest.LogCaptureFixture) -> None:
    server.plays(refuses(401, "bad key"))
    with caplog.at_level(logging.DEBUG, logger="viva"):
        fault(model_at(server.url))
    (record,) = [record for record in caplog.records if record.name == "viva"]
    assert "AuthenticationError, status 401" in record.getMessage()
    assert KEY not in caplog.text
    assert "What is a pan" not in "".join(one.getMessage() for one in caplog.records if one.name == "viva")


@pytest.mark.parametrize(
    ("message", "fits"),
    [
        ("This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4100 in the messages).", 4096),
        ("the request exceeds the available context size (2048 tokens), try increasing it", 2048),
        ("Requested tokens (3000) exceed context window of 512", 512),
        ("prompt is too long", 0),
    ],
)
def test_a_context_that_overflows_is_told_apart(server: ModelServer, message: str, fits: int) -> None:
    server.plays(refuses(400, message))
    error = fault(model_at(server.url))
    assert error.overflow == fits
    assert "too long for tiny" in str(error)
    assert len(server.asked) == 1
