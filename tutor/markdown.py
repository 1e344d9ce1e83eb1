"""Markdown from anybody -> HTML that can only be read: no tag, image or link of the writer's survives.

The text is parsed once, here, and what comes out has no line breaks, so Gradio's own Markdown parser takes it for one block of
HTML and passes it through untouched. Two parsers that have to agree on what is code and what is not would be a hole.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from tutor.text import clean

LIMIT = 40_000  # characters of one text that are shown
_HELD = 24  # letters of a word that a citation is held together with
_CLOSE = "\ue000"  # stands behind a cited sentence while its passage is parsed, and before it the sign of its number:
_OPEN = "".join(map(chr, range(0xE001, 0xE200)))
_SIGNS = re.compile(f"([{_CLOSE}{_OPEN}])")
_CITED = re.compile(r"\[(\d{1,3}(?:[,;]\s?\d{1,3})*|\?)\]")
_UNSUPPORTED = 0  # the key of what stands for [?] among the links
_MATH = re.compile(r"\\\(.{1,800}?\\\)|\\\[.{1,800}?\\\]|\$\$.{1,800}?\$\$", re.DOTALL)
_LINE_MARK = re.compile(r"\s*(?:(?:[-*+>#|]+|\d+[.)])\s+)*")
_AFTER_WORD = re.compile(r"[)\].,;:!?'\"”’]*")
_TAG = re.compile(r"<[^>]*>")
_DROPPED = re.compile(r'<span class="viva-dropped">.*?</span>')
_MARKED = re.compile(r'<mark(?: id="([\w-]+)")?>(.*?)</mark>')

Mark = tuple[int, int, str]
"""From where to where a text is marked, and the id that the mark gets."""


def text_to_html(text: str) -> str:
    """A text as it stands, its line breaks kept."""
    return _escape(clean(text)).replace("&#10;", "<br>")


def markdown_to_html(text: str, links: Mapping[int, str] | None = None, *, top: int = 3) -> str:
    """A text in Markdown. `links` has the HTML for each citation number, and for [?] under 0; `top` is the level of the highest heading."""
    return _render(_cut(clean(_unmarked(text))), links or {}, top)


def passage_to_html(passage: str, marks: Sequence[Mark], *, top: int = 4) -> str:
    """A passage in Markdown with parts of it marked, which do not overlap. What cannot be marked in place is shown above the passage."""
    passage = _unmarked(passage)
    wanted = sorted(mark for mark in marks if passage[mark[0] : mark[1]].strip())
    html = _render(clean(_signed(passage, wanted[: len(_OPEN)])), {}, top, [name for _, _, name in wanted])
    letters = _letters_of_marks(html)
    apart = [mark for mark in wanted if letters.get(mark[2]) != _letters(_render(clean(_core(passage, mark)), {}, top))]
    if not apart:
        return html
    above = "".join(f'<p><mark id="{name}">{text_to_html(passage[start:end])}</mark></p>' for start, end, name in apart)
    return above + passage_to_html(passage, [mark for mark in wanted if mark not in apart], top=top)


def _signed(text: str, marks: Sequence[Mark]) -> str:
    parts, done = [], 0
    for sign, (start, end, _) in zip(_OPEN, marks, strict=False):
        first, last = _bounds(text, start, end)
        parts += [text[done:first], sign, text[first:last], _CLOSE]
        done = last
    return "".join([*parts, text[done:]])


def _core(text: str, mark: Mark) -> str:
    first, last = _bounds(text, mark[0], mark[1])
    return text[first:last]


def _letters_of_marks(html: str) -> dict[str, str]:
    """The letters of each mark; one that stands in several elements has its id on the first of them."""
    letters: dict[str, str] = {}
    name = ""
    for begins, part in _MARKED.findall(html):
        name = begins or name
        letters[name] = letters.get(name, "") + _letters(part)
    return letters


def _bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """From the first letter of a part to the end of its last word, so that a mark put there breaks neither a list nor emphasis."""
    lead = _LINE_MARK.match(text, start, end) if text[:start].endswith("\n") or not start else None
    start, stop = lead.end() if lead else start, end
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    after = _AFTER_WORD.match(text, end, stop)
    return start, after.end() if after else end


def _letters(html: str) -> str:
    """The letters that a reader sees, leaving out what this module adds."""
    return "".join(filter(str.isalnum, _TAG.sub("", _DROPPED.sub("", html))))


def _unmarked(text: str) -> str:
    return _SIGNS.sub("\ufffd", text)


def _cut(text: str) -> str:
    if len(text) <= LIMIT:
        return text
    return f"{text[:LIMIT]}\n\n*The rest is not shown: it is longer than {LIMIT:,} characters.*"


def _render(text: str, links: Mapping[int, str], top: int, names: Sequence[str] = ()) -> str:
    env: EnvType = {"links": links, "hosts": [], "names": names, "mark": None}
    tokens = _PARSER.parse(text, env)
    _level_headings(tokens, top)
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, env)
    return html.replace("\n", "")


def _level_headings(tokens: Sequence[Token], top: int) -> None:
    """Headings start at `top` and leave no level out, so that they fit under the page's own."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    ranks = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(6, top + ranks.index(token.tag))}"


def _escape(text: str) -> str:
    return escape(text).replace("\r", "").replace("\n", "&#10;")


def _marked(text: str, env: EnvType) -> str:
    """Escaped, and marked as far as it lies between two signs. `env["mark"]` is the tag of the mark that is open, if one is."""
    parts: list[str] = []
    for part in _SIGNS.split(text):
        if part == _CLOSE:
            env["mark"] = None
        elif part and part in _OPEN:
            env["mark"] = f'<mark id="{env["names"][_OPEN.index(part)]}">'
        elif part and env["mark"]:
            parts.append(f"{env['mark']}{_escape(part)}</mark>")
            env["mark"] = "<mark>"
        else:
            parts.append(_escape(part))
    return "".join(parts)


def _cite(state: StateInline, silent: bool) -> bool:
    """[1], [1, 2] and [?], where all of the numbers are known, in front of everything else that starts with a bracket."""
    found = _CITED.match(state.src, state.pos)
    links: Mapping[int, str] = state.env["links"]
    numbers = [int(n) for n in re.findall(r"\d+", found.group(1))] or [_UNSUPPORTED] if found else []
    if not found or not all(n in links for n in numbers):
        return False
    if not silent:
        state.pending, word = _last_word(state.pending.rstrip(" "))
        for n in numbers:
            cite = state.push("cite", "", 0)
            cite.content, cite.info, word = str(n), word, ""
    state.pos = found.end()
    return True


def _last_word(text: str) -> tuple[str, str]:
    start = text.rfind(" ") + 1
    return (text[:start], text[start:]) if len(text) - start <= _HELD else (text, "")


def _math(state: StateInline, silent: bool) -> bool:
    """A formula is left as it is written: the page typesets it."""
    found = _MATH.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("math", "", 0).content = found.group()
    state.pos = found.end()
    return True


class _Renderer(RendererHTML):
    """The rules for whatever could carry more than text."""

    def cite(self, tokens: Sequence[Token], i: int, _options: OptionsDict, env: EnvType) -> str:
        """A citation, held together with the word before it, since a number should not start a line."""
        link = env["links"][int(tokens[i].content)]
        word = _marked(tokens[i].info, env)
        return f'<span class="viva-held">{word}{link}</span>' if word else link

    def math(self, tokens: Sequence[Token], i: int, _options: OptionsDict, env: EnvType) -> str:
        return _marked(tokens[i].content, env)

    def text(self, tokens: Sequence[Token], i: int, _options: OptionsDict, env: EnvType) -> str:
        """Text, with the one tag that people write in table cells."""
        return re.sub(r"&lt;br ?/?&gt;", "<br>", _marked(tokens[i].content, env))

    def code_inline(self, tokens: Sequence[Token], i: int, _options: OptionsDict, env: EnvType) -> str:
        return f"<code>{_marked(tokens[i].content, env)}</code>"

    def fence(self, tokens: Sequence[Token], i: int, _options: OptionsDict, env: EnvType) -> str:
        return f'<pre class="viva-code" tabindex="0"><code>{_marked(tokens[i].content.rstrip(), env)}</code></pre>'

    def code_block(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: EnvType) -> str:
        return self.fence(tokens, i, options, env)

    def image(self, tokens: Sequence[Token], i: int, _options: OptionsDict, env: EnvType) -> str:
        return f'<span class="viva-dropped">[image: {_marked(tokens[i].content, env)}]</span>'

    def link_open(self, tokens: Sequence[Token], i: int, _options: OptionsDict, env: EnvType) -> str:
        """A link becomes its text, followed by the host that it really leads to."""
        host = _host(str(tokens[i].attrGet("href") or ""))
        env["hosts"].append("" if tokens[i].info == "auto" else host)
        return '<span class="viva-link">'

    def link_close(self, _tokens: Sequence[Token], _i: int, _options: OptionsDict, env: EnvType) -> str:
        host = env["hosts"].pop()
        return "</span>" + (f' <span class="viva-dropped">({_escape(host)})</span>' if host else "")

    def table_open(self, _tokens: Sequence[Token], _i: int, _options: OptionsDict, _env: EnvType) -> str:
        return '<div class="viva-table" tabindex="0"><table>'

    def table_close(self, _tokens: Sequence[Token], _i: int, _options: OptionsDict, _env: EnvType) -> str:
        return "</table></div>"


def _host(address: str) -> str:
    """Where a web address leads; of others only the kind is named, and of places within the document nothing."""
    try:
        parts = urlsplit(_SIGNS.sub("", address))
        return parts.hostname or (f"{parts.scheme} link removed" if parts.scheme else "")
    except ValueError:
        return "broken link removed"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"breaks": True, "html": False, "xhtmlOut": False}, renderer_cls=_Renderer).enable(
        ["table", "strikethrough"]
    )
    vars(parser)["validateLink"] = lambda _: True  # no link is ever made, so each may be parsed away
    parser.inline.ruler.before("escape", "math", _math)
    parser.inline.ruler.before("link", "cite", _cite)
    return parser


_PARSER = _parser()
