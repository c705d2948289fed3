"""The terminal. What is printed is text as it is.

File names and labels come from strangers: rich would read markup in them, a terminal escape sequences.
"""

from contextlib import AbstractContextManager
from typing import Any

from rich.console import Console
from rich.text import Text

CONTROLS = dict.fromkeys((*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)), "\N{REPLACEMENT CHARACTER}")
"""Unicode's control characters but for tab and line feed, and what is shown in their place."""


class _PlainConsole(Console):
    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(text.translate(CONTROLS), **options)


def output() -> Console:
    """Return standard output."""
    return _PlainConsole(markup=False, emoji=False, highlight=False)


def messages() -> Console:
    """Return standard error, for progress and what went wrong."""
    return _PlainConsole(stderr=True, markup=False, emoji=False, highlight=False)


def working(at: str) -> AbstractContextManager[object]:
    """Say what is waited for, on standard error and only where somebody looks on; it is gone afterwards."""
    return messages().status(at)
