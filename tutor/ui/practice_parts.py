"""What the pages of progress and review both show."""

from html import escape

from tutor.schedule import Card


def link(address: str, name: str, *, first: bool = False) -> str:
    """A link that looks like a button."""
    return f'<a class="viva-do{" is-first" if first else ""}" href="{escape(address)}">{escape(name)}</a>'


def card_buttons(card: Card, *, quiet: bool = False) -> str:
    """To let a point rest or wake it, and to forget it."""
    kind, name = ("resume", "Wake it") if card.suspended else ("suspend", "Let it rest")
    look = "viva-do is-quiet" if quiet else "viva-do"
    return (
        f'<button class="{look}" type="button" data-do="{kind}" data-card="{escape(card.id)}">{name}</button>'
        f'<button class="{look}" type="button" data-do="forget" data-card="{escape(card.id)}">Forget it</button>'
    )
