"""What the pages of progress and review both show."""

from html import escape

from tutor.schedule import Card


def link(address: str, name: str, *, first: bool = False) -> str:
    """A link that looks like a button."""
    return f'<a class="viva-do{" is-first" if first else ""}" href="{escape(address)}">{escape(name)}</a>'


def card_buttons(card: Card) -> str:
    """To let a point rest or wake it, and to forget it."""
    kind, name = ("resume", "Wake it") if card.suspended else ("suspend", "Let it rest")
    buttons = "".join(
        f'<button class="viva-do is-quiet" type="button" data-do="{do}" data-card="{escape(card.id)}">{text}</button>'
        for do, text in ((kind, name), ("forget", "Forget it"))
    )
    return f'<span class="viva-aside-do">{buttons}</span>'
