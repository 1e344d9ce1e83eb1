"""Prompts are checked data: one Markdown file each, and `render`, which fails on a value that is missing and on one that is not used."""

from functools import cache
from pathlib import Path
from string import Template

_FOLDER = Path(__file__).parent


def render(name: str, **values: str) -> str:
    """The prompt `name` ("system", "move/why") with its $placeholders filled in. Raises KeyError and ValueError."""
    template = _template(name)
    unused = values.keys() - set(template.get_identifiers())
    if unused:
        raise ValueError(f"the prompt {name} has no place for {', '.join(sorted(unused))}")
    return template.substitute(values)


@cache
def _template(name: str) -> Template:
    return Template((_FOLDER / f"{name}.md").read_text(encoding="utf-8").strip())
