"""What anybody wrote -> a place in a Markdown file that it cannot leave: no heading, tag, picture or fence of it reaches further."""

import re
import unicodedata

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$&!])")
_BLOCK_START = re.compile(r"^(\s*)(?:([-+=:])|(\d+)([.)]))")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_HEADING = re.compile(r"( {0,3})(#{1,6})(?=\s|$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)\s*")
_CODE_OR_MARK = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)|<|!\[")


def one_line(text: str) -> str:
    """A text on one line, without control and invisible characters."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(letter for letter in line if unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}).strip()


def escaped(text: str) -> str:
    """A text on one line in which Markdown finds nothing to do."""
    return _BLOCK_START.sub(_escaped_start, _SPECIAL.sub(r"\\\1", one_line(text)))


def contained(answer: str) -> str:
    """An answer in Markdown whose headings, tags and code cannot reach what follows it. Pictures become links: they would be fetched."""
    lines: list[str] = []
    fence = ""
    for line in answer.strip("\n").splitlines():
        found = _FENCE.fullmatch(line)
        if fence:
            closes = found and found[1].startswith(fence) and not found[2].strip()
            fence = "" if closes else fence
            lines.append(line)
        elif found and not (found[1][0] == "`" and "`" in found[2]):
            fence = found[1]
            lines.append(line)
        else:
            lines.append(_harmless(line, after_text=bool(lines and lines[-1].strip())))
    return "\n".join([*lines, fence] if fence else lines)


def _harmless(line: str, *, after_text: bool) -> str:
    if after_text and _UNDERLINE.fullmatch(line):
        return ""  # an underline would make a heading of the line before
    line = _HEADING.sub(lambda found: found[1] + "#" * min(6, len(found[2]) + 2), line, count=1)
    return _CODE_OR_MARK.sub(lambda found: {"<": "&lt;", "![": "\\!["}.get(found[0], found[0]), line)


def verbatim(text: str) -> str:
    """A text as it was written, in a fence that is longer than any in it."""
    longest = max((len(run) for run in re.findall(r"~+", text)), default=0)
    fence = "~" * max(3, longest + 1)
    return f"{fence}text\n{text.strip(chr(10))}\n{fence}"


def _escaped_start(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[2] else f"{found[1]}{found[3]}\\{found[4]}"
