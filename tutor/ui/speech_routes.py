"""The addresses of speech: a recording comes in as it is, its transcript is asked for, questions and kept recordings go out as sound.

These are routes of our own and no events of Gradio's, since a recording is no value of a component: it goes straight into memory, never
to a folder of uploads, and its transcript lands in the box that the page has anyway. The guard limits how much is sent, and lets no other
site send anything.
"""

import asyncio

from fastapi import FastAPI
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from corpus.errors import UserError
from tutor.throttle import TooFast
from tutor.tutor import Tutor
from tutor.ui.access import Access
from tutor.ui.hearing import Hearings, Place, prompt_of

_AT_ONCE = 4  # recordings that are read and looked through; other senders wait
_PRIVATE = {"Cache-Control": "no-store"}


def add_speech(app: FastAPI, tutor: Tutor, access: Access) -> None:
    """POST /speech takes a recording; GET /speech/ID tells of it, DELETE withdraws it. /voice and /recordings/NAME.wav are sounds."""
    hearings, room = Hearings(tutor), asyncio.Semaphore(_AT_ONCE)

    @app.post("/speech")
    async def listen(request: Request, interview: str = "", prompt: str = "", keep: bool = False) -> Response:
        learner = str(request.state.learner)
        try:
            access.take_turn(learner)
            async with room:
                recording = await request.body()
                name = await run_in_threadpool(hearings.begin, recording, learner, Place(interview, prompt), keep=keep)
        except ClientDisconnect:
            return Response(status_code=400)
        except UserError as error:
            return _refused(error)
        return JSONResponse({"id": name}, 202)

    @app.get("/speech/{name}")
    def look(name: str, request: Request) -> Response:
        try:
            return JSONResponse(hearings.look(name, request.state.learner), headers=_PRIVATE)
        except UserError as error:
            return _refused(error)

    @app.delete("/speech/{name}")
    def withdraw(name: str, request: Request) -> Response:
        try:
            hearings.withdraw(name, request.state.learner)
        except UserError as error:
            return _refused(error)
        return Response(status_code=204)

    _add_sounds(app, tutor, access)


def _add_sounds(app: FastAPI, tutor: Tutor, access: Access) -> None:
    @app.get("/voice")
    def speak(request: Request, interview: str, prompt: str) -> Response:
        """What an interviewer said, aloud. Nothing where nobody but the browser speaks."""
        learner = str(request.state.learner)
        try:
            asked = prompt_of(tutor, Place(interview, prompt), learner)
            access.take_turn(learner)
            sound = tutor.speech.speak(asked.text) if tutor.speech and asked else None
        except UserError as error:
            return _refused(error)
        return Response(sound, media_type="audio/wav", headers=_PRIVATE) if sound else Response(status_code=204)

    @app.get("/recordings/{name}.wav")
    def kept(name: str, request: Request) -> Response:
        if tutor.recordings is None:
            return Response(status_code=404)
        try:
            path = tutor.recordings.find(name, request.state.learner)
        except UserError as error:
            return _refused(error, 404)
        return FileResponse(path, media_type="audio/wav", headers=_PRIVATE)


def _refused(error: UserError, status: int = 422) -> Response:
    return JSONResponse({"problem": str(error)}, 429 if isinstance(error, TooFast) else status, headers=_PRIVATE)
