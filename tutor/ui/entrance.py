"""The ways in and out: the page to log in at, the button that logs out, and the choice of a name where there are no accounts.

Nothing here is Gradio's, so that a stranger sees one page of plain HTML and nothing of the screen. Everything that changes something is
a POST, and the guard lets no other site send one.
"""

from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from time import monotonic
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from corpus.errors import UserError
from tutor.accounts import SESSION, Accounts
from tutor.conversations import folded, storable
from tutor.learners import as_known, clean_name
from tutor.throttle import Throttle
from tutor.tutor import Tutor
from tutor.ui.access import Access
from tutor.ui.gate import LEARNER_COOKIE, SESSION_COOKIE
from tutor.ui.login_html import login_to_html

WRONG = "Name and password do not go together. Check both and try again."
_PRIVATE = {"Cache-Control": "no-store"}
_YEAR_S = 365 * 24 * 3600


class _Tries:
    """Wrong log-ins: few for one name from one place, more from one place, many for one name from everywhere."""

    def __init__(self) -> None:
        self._limits = (Throttle(5, 60), Throttle(20, 60), Throttle(100, 3600))

    def take(self, name: str, place: str) -> float:
        """Counts a try and returns 0.0, or returns the seconds to wait."""
        taken: list[tuple[Throttle, str]] = []
        for limit, key in zip(self._limits, self._keys(name, place), strict=True):
            wait_s = limit.take(key, monotonic())
            if wait_s:
                for other, counted in taken:
                    other.give_back(counted)
                return wait_s
            taken.append((limit, key))
        return 0.0

    def give_back(self, name: str, place: str) -> None:
        """The try was right, so it was none."""
        for limit, key in zip(self._limits, self._keys(name, place), strict=True):
            limit.give_back(key)

    @staticmethod
    def _keys(name: str, place: str) -> tuple[str, str, str]:
        who = folded(storable(name[:80]))  # as the accounts compare names
        return f"{who} {place}", place, who


def add_log_in(app: FastAPI, accounts: Accounts, access: Access) -> None:
    """/login."""
    tries = _Tries()

    @app.get("/login")
    def login_page(request: Request, next: str = "") -> Response:  # noqa: A002  # the name in the address
        there = local_path(next)
        if request.state.learner:
            return RedirectResponse(there, 303, headers=_PRIVATE)
        return _page(there)

    @app.post("/login")
    async def log_in(request: Request) -> Response:
        given = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
        name, password, there = (given.get(field, [""])[0] for field in ("name", "password", "next"))
        name, there, place = name.strip(), local_path(there), _place(request)
        if wait_s := tries.take(name, place):
            wait = ceil(wait_s)
            said = f"Too many wrong passwords. Wait {wait} second{'s' if wait > 1 else ''} and try again."
            return _page(there, name, said, 429, {"Retry-After": str(wait)})
        try:
            token = await run_in_threadpool(accounts.log_in, name, password, access.clock())
            if token:
                tries.give_back(name, place)
                await run_in_threadpool(accounts.log_out, request.cookies.get(SESSION_COOKIE, ""))
        except UserError as error:
            return _page(there, name, str(error), 503)
        if not token:
            return _page(there, name, WRONG, 401)
        answer = RedirectResponse(there, 303, headers=_PRIVATE)
        _set_cookie(answer, SESSION_COOKIE, token, int(SESSION.total_seconds()), access)
        return answer


def add_log_out(app: FastAPI, accounts: Accounts) -> None:
    """/logout."""

    @app.post("/logout")
    def log_out(request: Request) -> Response:
        try:
            accounts.log_out(request.cookies.get(SESSION_COOKIE, ""))
        except UserError as error:
            return PlainTextResponse(str(error), 503)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(SESSION_COOKIE)
        return answer

    @app.get("/logout")
    def log_out_by_link() -> Response:
        return PlainTextResponse("Log out with the button on the screen.", 405, headers={"Allow": "POST"})


def add_names(app: FastAPI, tutor: Tutor, access: Access) -> None:
    """/learner: the name that a browser goes by."""

    @app.post("/learner")
    async def choose(request: Request) -> Response:
        given = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
        typed = given.get("name", [""])[0]
        try:
            known = await run_in_threadpool(tutor.journal.learners)
            name = as_known(clean_name(typed), known) if typed else ""
        except UserError as error:
            return PlainTextResponse(str(error), 400)
        answer = Response(status_code=204)
        _set_cookie(answer, LEARNER_COOKIE, quote(name, safe=""), _YEAR_S, access)
        return answer


def local_path(there: str) -> str:
    """A place of ours to go to, whatever was given: browsers read two slashes, a backslash or a tab as the way to another host."""
    parts = urlsplit(there) if there.isprintable() else None
    if parts is None or not there.startswith("/") or there.startswith("//") or "\\" in there or parts.scheme or parts.netloc:
        return "/"
    return quote(there, safe="/?=&%+-_.~:,;@!$'()*")


def _page(there: str, name: str = "", problem: str = "", status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return HTMLResponse(login_to_html(there, name, problem), status, headers={**_PRIVATE, **(headers or {})})


def _place(request: Request) -> str:
    """Where a request comes from. Whoever has one IPv6 address has a whole network of them."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else host


def _set_cookie(answer: Response, name: str, value: str, age_s: int, access: Access) -> None:
    answer.set_cookie(name, value, max_age=age_s, httponly=True, samesite="lax", secure=access.secure)
