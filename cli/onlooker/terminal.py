"""The terminal. What is printed is text as it is: rich would read markup in the file names and labels of strangers."""

from rich.console import Console


def output() -> Console:
    """Return standard output."""
    return Console(markup=False, emoji=False, highlight=False)


def messages() -> Console:
    """Return standard error, for progress and what went wrong."""
    return Console(stderr=True, markup=False, emoji=False, highlight=False)
