"""The settings page: which language model answers, if one does, and what could not be read.

The key goes one way: it is typed, tested and saved, and never shown again. A stored key is used again only for the server that it was
given for, so that an address typed wrong cannot carry it elsewhere.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from corpus.errors import UserError
from tutor.connection import Connection
from tutor.endpoint import Endpoint, make_endpoint
from tutor.tutor import Tutor
from tutor.ui.access import Access, learner_of
from tutor.ui.render import status_to_html
from tutor.ui.settings_html import answers_to_html, only_told_to_html, problems_to_html, said_to_html, servers_to_html
from tutor.ui.toolkit import gr

_TITLE = (
    '<h2 class="viva-page-title">Settings</h2>'
    "<p>Viva answers from your documents without a language model. With one, it explains in its own words, still from your documents.</p>"
)
_STORED = "A key is stored. Leave this empty to keep it."
_NO_KEY = "Only if the server wants one. A server on this machine mostly does not."
_USE = "() => window.viva.take([])"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def settings_page(demo: gr.Blocks, tutor: Tutor, access: Access, status: gr.HTML) -> None:
    """Builds the page. `status` is the line that says who answers; with accounts, only an administrator is shown the form."""
    connection = tutor.connection
    with gr.Column(elem_id="viva-page"):
        gr.HTML(_TITLE)
        who = gr.HTML(elem_id="viva-who")
        servers = gr.HTML(elem_id="viva-servers")
        with gr.Column(elem_id="viva-form", visible=access.accounts is None) as form:
            fields = _fields()
            test, save, forget = _buttons()
            said = gr.HTML(elem_id="viva-said")
        unread = gr.HTML(elem_id="viva-unread")
        use = gr.Button("use", elem_id="viva-use", visible="hidden")

    base_url, model, *_ = fields
    now = [said, form, who, status, *fields]

    def show(text: str = "") -> list[Any]:
        """What is saved, into the page."""
        said = said_to_html(text, ok=True) if text else ""
        answers, answering = answers_to_html(connection, tutor.engine), status_to_html(tutor.status(), tutor.engine)
        return [said, gr.update(visible=True), answers, answering, *_values(connection.endpoint)]

    def arrive(request: gr.Request) -> list[Any]:
        if access.may_set(learner_of(request)):
            return [*show(), servers_to_html(connection), problems_to_html(tutor.problems)]
        return ["", gr.skip(), only_told_to_html(tutor.engine), *[gr.skip()] * (len(now) - 1)]

    def save_given(request: gr.Request, *given: object) -> list[Any]:
        try:
            access.check_may_set(learner_of(request))
            endpoint = _given(connection, *given)
            connection.use(endpoint)
        except UserError as error:
            return _unchanged(error, now)
        return show(f"Saved. From the next question on, {urlsplit(endpoint.base_url).netloc} is asked.")

    def forget_saved(request: gr.Request) -> list[Any]:
        try:
            access.check_may_set(learner_of(request))
            connection.use(None)
        except UserError as error:
            return _unchanged(error, now)
        return show("Forgotten, and the key with it.")

    demo.load(arrive, None, [*now, servers, unread], **_QUIET)
    test.click(_testing(connection, access), fields, [said, model], **_QUIET)
    save.click(save_given, fields, now, **_QUIET)
    forget.click(forget_saved, None, now, **_QUIET)
    use.click(None, None, [base_url, model], js=_USE, **_QUIET)


def _fields() -> list[gr.components.Component]:
    """Address, model, key, context, price of what is read, price of what is written."""
    base_url = gr.Textbox(
        label="Address",
        info="Of any OpenAI-compatible server; it mostly ends in /v1.",
        placeholder="http://127.0.0.1:11434/v1",
        elem_id="viva-address",
        html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=False),
    )
    model = gr.Dropdown(
        label="Model", info="Test fills this list with what the server has.", allow_custom_value=True, choices=[""], elem_id="viva-model"
    )
    key = gr.Textbox(
        label="Key", info=_NO_KEY, type="password", elem_id="viva-key", html_attributes=gr.InputHTMLAttributes(autocomplete="off")
    )
    with gr.Row(elem_id="viva-numbers"):
        context = gr.Number(label="Context in tokens", info="What the model can take.", precision=0, elem_id="viva-context")
        price_in = gr.Number(label="Price read", info="For a million tokens.", elem_id="viva-price-in")
        price_out = gr.Number(label="Price written", info="For a million tokens.", elem_id="viva-price-out")
    return [base_url, model, key, context, price_in, price_out]


def _buttons() -> tuple[gr.Button, gr.Button, gr.Button]:
    """Test, save, forget."""
    with gr.Row(elem_id="viva-do"):
        test = gr.Button("Test", elem_id="viva-test")
        save = gr.Button("Save", elem_id="viva-save", variant="primary")
        forget = gr.Button("Forget", elem_id="viva-forget")
    return test, save, forget


def _unchanged(error: UserError, outputs: Sequence[object]) -> list[Any]:
    """Why nothing was saved, in the first of the outputs."""
    return [said_to_html(str(error), ok=False), *[gr.skip()] * (len(outputs) - 1)]


def _values(endpoint: Endpoint | None) -> list[Any]:
    """The fields as they are filled from what is saved. The key is not among that."""
    if endpoint is None:
        return ["", gr.update(choices=[""], value=""), gr.update(value="", info=_NO_KEY), 8192, None, None]
    stored = bool(endpoint.key.get_secret_value())
    return [
        endpoint.base_url,
        gr.update(choices=[endpoint.model], value=endpoint.model),
        gr.update(value="", info=_STORED if stored else _NO_KEY),
        endpoint.context_tokens,
        endpoint.price_in,
        endpoint.price_out,
    ]


def _given(connection: Connection, *fields: object) -> Endpoint:  # what the widgets hold, checked by make_endpoint
    """What is in the form. Raises EndpointError."""
    names = ("base_url", "model", "key", "context_tokens", "price_in", "price_out")
    typed = {name: value for name, value in zip(names, fields, strict=True) if value not in (None, "")}
    if "base_url" not in typed:
        raise UserError("Type the address of a server first, for example http://127.0.0.1:11434/v1.")
    made, stored = make_endpoint(**typed), connection.endpoint
    if "key" in typed or stored is None or urlsplit(made.base_url)[:2] != urlsplit(stored.base_url)[:2]:
        return made
    return made.model_copy(update={"key": stored.key})


def _testing(connection: Connection, access: Access) -> Callable[..., Iterator[tuple[Any, Any]]]:
    def test(request: gr.Request, *fields: object) -> Iterator[tuple[Any, Any]]:
        try:
            access.check_may_set(learner_of(request))
            endpoint = _given(connection, *fields)
            yield said_to_html(f"Asking {urlsplit(endpoint.base_url).netloc}"), gr.skip()
            check = connection.check(endpoint)
            models = gr.update(choices=[*check.models]) if check.models else gr.skip()
            yield said_to_html(check.text, ok=check.ok), models
        except UserError as error:
            yield said_to_html(str(error), ok=False), gr.skip()

    return test
