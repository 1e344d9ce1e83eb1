"""A server that listens and one that speaks, over real HTTP, and what they do wrong."""

import re
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.model_server import ModelServer
from tutor.endpoint import Endpoint, make_endpoint
from tutor.faults import ModelError
from tutor.speech.remote import EndpointSpeaker, EndpointTranscriber
from tutor.speech.sound import read_sound
from tutor.speech.types import Heard, SpeechError
from tutor.written import Limits

WAV = (Path(__file__).parent / "sounds" / "slt.wav").read_bytes()
SOUND = read_sound(WAV)
LIMITS = Limits(wait_s=0.0)
SHORT = Limits(connect_s=1.0, first_token_s=1.0, answer_s=2.0, wait_s=0.0)
HEARD = "/v1/audio/transcriptions"
SPOKEN = "/v1/audio/speech"


@pytest.fixture
def http(httpserver: HTTPServer) -> HTTPServer:
    return httpserver


def endpoint(http: HTTPServer) -> Endpoint:
    return make_endpoint(base_url=http.url_for("/v1"), key="sk-secret", model="ear-1")


def ear(http: HTTPServer, terms: str = "") -> EndpointTranscriber:
    return EndpointTranscriber(endpoint(http), terms, LIMITS)


def test_a_recording_is_sent_as_wav_with_the_terms_and_comes_back_with_times(http: HTTPServer) -> None:
    words = [{"word": "Softmax", "start": 0.1, "end": 0.6}, {"word": "turns", "start": 0.7, "end": 1}, {"word": " ", "start": 1, "end": 1}]
    http.expect_request(HEARD).respond_with_json({"text": " Softmax turns.\x00", "words": words, "duration": 2, "language": "english"})
    found = ear(http, "softmax, LoRA").transcribe(SOUND)
    assert found.text == "Softmax turns."
    assert found.words == (Heard("Softmax", 0.1, 0.6), Heard("turns", 0.7, 1.0))
    assert (found.keeps_fillers, found.draft) == (False, False)
    assert "ear-1" in found.engine
    ((request, _),) = http.log
    form = {name: request.form.getlist(name) for name in request.form}
    assert form["model"] == ["ear-1"]
    assert form["prompt"] == ["softmax, LoRA"]
    assert form["timestamp_granularities[]"] == ["word"]
    assert read_sound(request.files["file"].read()).duration_s == SOUND.duration_s
    assert request.headers["Authorization"] == "Bearer sk-secret"


def test_a_server_without_times_is_asked_without_them_from_then_on(http: HTTPServer) -> None:
    def answer(request: Request) -> Response:
        if request.form["response_format"] == "verbose_json":
            return Response('{"error": {"message": "response_format verbose_json is not supported"}}', 400, mimetype="application/json")
        return Response('{"text": "hello"}', mimetype="application/json")

    http.expect_request(HEARD).respond_with_handler(answer)
    transcriber = ear(http)
    assert [transcriber.transcribe(SOUND).text for _ in range(2)] == ["hello", "hello"]
    assert [request.form["response_format"] for request, _ in http.log] == ["verbose_json", "json", "json"]
    assert all("prompt" not in request.form for request, _ in http.log)


@pytest.mark.parametrize("words", [None, [], "words", [1, None], [{"word": 3}]])
def test_odd_words_are_left_out(http: HTTPServer, words: object) -> None:
    http.expect_request(HEARD).respond_with_json({"text": "hello", "words": words})
    assert ear(http).transcribe(SOUND).words == ()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Response("", 401), "refused the key"), (Response("", 404), "has no model 'ear-1'"), (Response("", 503), "fault of its own"),
        (Response("<html>log in</html>", mimetype="text/html"), "not a transcript"),
        (Response("{}", mimetype="application/json"), "not a transcript"),
        (Response("{", mimetype="application/json"), "not an OpenAI-compatible answer"),
        (Response('{"error": {"message": "bad key sk-secret here"}}', 400, mimetype="application/json"), r"bad key \.\.\. here"),
    ],
)  # fmt: skip
def test_what_a_server_does_wrong_is_told_without_the_key(http: HTTPServer, answer: Response, says: str) -> None:
    http.expect_request(HEARD).respond_with_response(answer)
    with pytest.raises(ModelError, match=says) as caught:
        ear(http).transcribe(SOUND)
    assert "sk-secret" not in str(caught.value)


def test_a_server_that_is_not_there_and_one_that_hangs_are_told(http: HTTPServer, server: ModelServer) -> None:
    with pytest.raises(ModelError, match="cannot reach"):
        EndpointTranscriber(make_endpoint(base_url="http://127.0.0.1:9/v1", model="x"), limits=SHORT).transcribe(SOUND)

    def hang(_request: Request) -> Response:
        server.closing.wait(5)
        return Response("{}")

    http.expect_request(HEARD).respond_with_handler(hang)
    with pytest.raises(ModelError, match="in time"):
        EndpointTranscriber(endpoint(http), limits=SHORT).transcribe(SOUND)
    server.closing.set()


def test_a_text_is_spoken_by_a_server(http: HTTPServer) -> None:
    http.expect_request(SPOKEN).respond_with_data(WAV, content_type="audio/wav")
    speaker = EndpointSpeaker(endpoint(http), "nova", LIMITS)
    assert speaker.speak("What is softmax?") == WAV
    (request,) = (one for one, _ in http.log if one.path == SPOKEN)  # a request of the test before may still come in
    assert request.get_json() == {"input": "What is softmax?", "model": "ear-1", "voice": "nova", "response_format": "wav"}


@pytest.mark.parametrize("content", [b"", b"<html>", b"ID3 an mp3"])
def test_what_is_no_wav_is_not_played(http: HTTPServer, content: bytes) -> None:
    http.expect_request(SPOKEN).respond_with_data(content, content_type="audio/wav")
    with pytest.raises(ModelError, match="not a WAV file"):
        EndpointSpeaker(endpoint(http), limits=LIMITS).speak("Hello.")


def test_nothing_and_far_too_much_are_not_sent(http: HTTPServer) -> None:
    for text in ("", " ... ", "word " * 2000):
        with pytest.raises(SpeechError, match=re.compile("nothing to read|too long")):
            EndpointSpeaker(endpoint(http)).speak(text)
    assert http.log == []
