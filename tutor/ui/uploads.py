"""Files that a learner adds to their library: each is streamed to the disk, looked at, and waits for a yes.

A route of our own, since what Gradio takes lies in a folder of Gradio's under a name that only the page knows. The guard counts the bytes
as they come and ends what is too large.
"""

import asyncio
import contextlib
import os
import tempfile
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect, Request

from corpus.errors import UserError
from tutor.tutor import Tutor

UPLOADS = "/library/files"


def add_uploads(app: FastAPI, tutor: Tutor, folder: str) -> None:
    """POST /library/files?name=...&replaces=ID with the bytes of one file. `folder` is where it lies until it was looked at."""

    @app.post(UPLOADS)
    async def uploaded(request: Request, name: str = "", replaces: str = "") -> Response:
        descriptor, place = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                async for block in request.stream():
                    file.write(block)
            problem = await asyncio.to_thread(_inspected, tutor, Path(place), name, replaces, request.state.learner)
        except ClientDisconnect:
            problem = None
        except OSError:
            return JSONResponse({"problem": "There is no room on the disk. Free some and try again."}, 507)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(place).unlink()
        return JSONResponse({"problem": problem}, 200 if problem is None else 422)


def _inspected(tutor: Tutor, path: Path, name: str, replaces: str, learner: str) -> str | None:
    """Why a file cannot be added; None where it can."""
    try:
        return tutor.shelf(learner).inspect(path, name, replaces).problem
    except UserError as error:
        return str(error)
