"""The parts of the settings page that are text: who answers, what was noticed, what came of a test. No Gradio in here."""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from tutor.connection import Connection
from tutor.endpoint import Endpoint
from tutor.markdown import text_to_html

_FROM_ENVIRONMENT = (
    "This comes from the environment that Viva was started in (<code>OPENAI_BASE_URL</code>, <code>VIVA_MODEL</code>). "
    "What you save here is used instead; Forget goes back to it."
)


def answers_to_html(connection: Connection, engine: str) -> str:
    """Who answers now, and where that was set."""
    if connection.endpoint is None:
        title, text = "Offline", f"{engine.partition(': ')[2] or engine}."
    else:
        title, text = connection.endpoint.model or connection.endpoint.host, f"{engine}."
    parts = [f'<p class="viva-big">{text_to_html(title)}</p><p>{text_to_html(text[:1].upper() + text[1:])}</p>']
    if connection.from_environment:
        parts.append(f"<p>{_FROM_ENVIRONMENT}</p>")
    if connection.problem:
        parts.append(f'<p class="viva-said is-bad">{text_to_html(connection.problem)}</p>')
    return f'<section class="viva-card is-who"><h3>Who answers</h3>{"".join(parts)}</section>'


def only_told_to_html(engine: str) -> str:
    """Who answers, for somebody who cannot change it."""
    title = f'<p class="viva-big">{text_to_html(engine)}</p><p>An administrator of this Viva chooses who answers.</p>'
    return f'<section class="viva-card is-who"><h3>Who answers</h3>{title}</section>'


def servers_to_html(connection: Connection) -> str:
    """The model servers that run on this machine, each with a button that fills the form."""
    endpoint = connection.endpoint
    found = [server for server in connection.local_servers() if endpoint is None or server.base_url != endpoint.base_url]
    rows = "".join(
        f'<li><span>{text_to_html(_server_name(server))}</span><button class="viva-use" type="button" '
        f'data-url="{escape(server.base_url)}" data-model="{escape(server.model)}">Use it</button></li>'
        for server in found
    )
    return f'<section class="viva-card"><h3>Running on this machine</h3><ul>{rows}</ul></section>' if rows else ""


def _server_name(server: Endpoint) -> str:
    """A server as its user knows it: by the program whose port it has, where only one has that by custom."""
    address = urlsplit(server.base_url)
    name = {11434: "Ollama", 1234: "LM Studio"}.get(address.port or 0, "A model server")
    return f"{name} is running at {address.netloc}" + (f", with {server.model}" if server.model else "")


def said_to_html(text: str, *, ok: bool | None = None) -> str:
    """What came of a button. `ok` is None while it is on its way."""
    kind = "is-busy" if ok is None else "is-good" if ok else "is-bad"
    return f'<p class="viva-said {kind}" role="status">{text_to_html(text)}</p>'


def problems_to_html(problems: Sequence[str]) -> str:
    """The documents that could not be read, one sentence each."""
    if not problems:
        return ""
    rows = "".join(f"<li>{text_to_html(problem)}</li>" for problem in problems)
    return f'<section class="viva-card"><h3>Documents that could not be read</h3><ul class="viva-list">{rows}</ul></section>'
