"""Who is learning, at the foot of the side: a name to choose where there are no accounts, else who is logged in and the way out."""

import json
from collections.abc import Sequence
from html import escape

_PERSON = (
    '<svg class="viva-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><circle cx="12" cy="8.2" r="3.7"/>'
    '<path d="M4.8 20c.7-3.8 3.6-5.8 7.2-5.8s6.5 2 7.2 5.8"/></svg>'
)


def learner_to_html(learner: str, known: Sequence[str]) -> str:
    """A button that says who is learning; learner.js opens the choice of the names that are known."""
    said = f'Learning as <b dir="auto">{escape(learner)}</b>' if learner else "Learning without a name"
    return (
        f'<button class="viva-as" type="button" aria-haspopup="dialog" data-name="{escape(learner)}" '
        f'data-known="{escape(json.dumps(known, ensure_ascii=False))}">{_PERSON}<span>{said}</span></button>'
    )


def account_to_html(learner: str) -> str:
    """Who is logged in, and the way out, which is a form: a link could be followed by accident."""
    return (
        f'<div class="viva-account">{_PERSON}<span class="viva-sr">Logged in as</span><span><b dir="auto">{escape(learner)}</b></span>'
        '<form method="post" action="/logout"><button type="submit">Log out</button></form></div>'
    )
