"""How it looks: one palette in viva.css, to which Gradio's own variables are tied here, and what goes into the page's head.

Style and script are put into the head, not handed to Gradio, so that they are there before the first thing is drawn.
"""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from tutor.ui.toolkit import gr

_FOLDER = Path(__file__).parent
_STYLES = (
    "viva.css",
    "side.css",
    "settings.css",
    "verdict.css",
    "learner.css",
    "../report.css",
    "report_screen.css",
    "interview.css",
    "speech.css",
    "practice.css",
    "library.css",
)
_SCRIPTS = (
    "viva.js", "conversations.js", "learner.js", "interview.js", "practice.js", "asking.js", "library.js", "recorder.js", "heard.js",
    "aloud.js",
)  # fmt: skip
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Liberation Sans", "sans-serif"]
_MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace"]
_COLOURS = {
    "body_background_fill": "bg",
    "background_fill_primary": "surface",
    "background_fill_secondary": "bg",
    "block_background_fill": "surface",
    "block_border_color": "line",
    "border_color_primary": "line",
    "border_color_accent": "accent",
    "body_text_color": "ink",
    "body_text_color_subdued": "soft",
    "block_label_text_color": "soft",
    "block_info_text_color": "soft",
    "color_accent": "accent",
    "color_accent_soft": "accent-soft",
    "link_text_color": "accent",
    "link_text_color_hover": "accent",
    "link_text_color_active": "accent",
    "link_text_color_visited": "accent",
    "input_background_fill": "surface",
    "input_border_color": "line",
    "input_border_color_focus": "accent",
    "input_placeholder_color": "soft",
    "code_background_fill": "code",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent",
    "button_primary_text_color": "on-accent",
    "button_primary_text_color_hover": "on-accent",
    "button_secondary_background_fill": "surface",
    "button_secondary_background_fill_hover": "accent-soft",
    "button_secondary_border_color": "line",
    "button_secondary_text_color": "ink",
    "button_secondary_text_color_hover": "ink",
}
_MARK = (
    '<svg class="viva-mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">'
    '<path fill="{fill}" d="M8 2h16a6 6 0 0 1 6 6v11a6 6 0 0 1-6 6h-5.5L12 30.5V25H8a6 6 0 0 1-6-6V8a6 6 0 0 1 6-6z"/>'
    '<path fill="none" stroke="{line}" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" d="M10 8.5l6 10 6-10"/></svg>'
)
_SUN = '<svg class="viva-sun" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="4.2"/><path d="M12 2.5v2.6M12 18.9v2.6M2.5 12h2.6M18.9 12h2.6M5.3 5.3l1.8 1.8M16.9 16.9l1.8 1.8M5.3 18.7l1.8-1.8M16.9 7.1l1.8-1.8"/></svg>'  # noqa: E501
_MOON = (
    '<svg class="viva-moon" viewBox="0 0 24 24" aria-hidden="true"><path d="M20 14.2A8.2 8.2 0 0 1 9.8 4a8.2 8.2 0 1 0 10.2 10.2z"/></svg>'
)

BRAND = (
    f"{_MARK.format(fill='currentColor', line='var(--viva-bg)')}<div><h1>Viva</h1><p>Your interview tutor, on your own documents</p></div>"
)
THEME_BUTTON = f'<button class="viva-theme" type="button" aria-pressed="false" aria-label="Dark mode">{_SUN}{_MOON}</button>'


def theme() -> gr.themes.Base:
    """Gradio's theme, all of its colours taken from our palette."""
    values = {name: f"var(--viva-{colour})" for name, colour in _COLOURS.items()}
    dark = {f"{name}_dark": value for name, value in values.items() if name != "color_accent"}
    return gr.themes.Base(font=_SANS, font_mono=_MONO).set(**values, **dark)


def head(styles: Sequence[str] = _STYLES, scripts: Sequence[str] = _SCRIPTS) -> str:
    """What a page's head gets: icon, style, script."""
    icon = quote(_MARK.format(fill="#0b6a5f", line="#fff").replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))
    style = "".join((_FOLDER / name).read_text("utf-8") for name in styles)
    script = "".join((_FOLDER / name).read_text("utf-8") for name in scripts)
    return f'<link rel="icon" href="data:image/svg+xml,{icon}"><style>{style}</style><script>{script}</script>'
