"""The screen."""

from tutor.ui.screen import build

__all__ = ["build"]
