"""The page to log in at: plain HTML with the screen's own palette, so that it is there at once and asks for nothing else."""

from functools import cache
from html import escape

from tutor.text import clean
from tutor.ui.theme import BRAND, THEME_BUTTON, head


def login_to_html(there: str, name: str = "", problem: str = "") -> str:
    """The page. `there` is where to go afterwards; `name` is what was typed before, `problem` what came of it."""
    said = f'<p class="viva-said is-bad" id="viva-problem" role="alert">{escape(problem)}</p>' if problem else ""
    wrong = ' aria-invalid="true" aria-describedby="viva-problem"' if problem else ""
    first, second = ("", " autofocus") if name else (" autofocus", "")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Log in · Viva</title>{_head()}</head><body>"
        f'<header id="viva-head"><div id="viva-brand"><div class="prose">{BRAND}</div></div>'
        f'<div id="viva-buttons">{THEME_BUTTON}</div></header>'
        f'<main id="viva-login"><form method="post" action="/login"><h2>Log in</h2>{said}'
        f'<input type="hidden" name="next" value="{escape(there)}">'
        f'<label for="viva-name">Name</label><input id="viva-name" name="name" value="{escape(clean(name)[:100])}" required'
        f' autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="100"{first}{wrong}>'
        f'<label for="viva-password">Password</label><input id="viva-password" name="password" type="password" required'
        f' autocomplete="current-password" maxlength="256"{second}{wrong}>'
        f'<button type="submit">Log in</button>'
        f"<p>No account yet, or the password forgotten? Whoever runs this Viva can help.</p></form></main></body></html>"
    )


@cache
def _head() -> str:
    return head(("viva.css", "login.css"), ("viva.js",))
