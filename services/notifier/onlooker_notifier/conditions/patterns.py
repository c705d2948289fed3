"""Regular expressions that cannot explode: RE2 takes time in proportion to the text, whatever the pattern."""

from typing import Protocol, cast

import re2  # type: ignore[import-untyped] # it has no stubs

LONGEST_PATTERN = 1000
"""Characters."""
LONGEST_TEXT = 10_000
"""Characters of what is written in one picture that are looked at."""
MEMORY = 1 << 20
"""Bytes that a pattern may take up: nested repetitions make large programs of short patterns."""


class Pattern(Protocol):
    """A pattern that is ready to be searched for."""

    def search(self, text: str) -> object | None:
        """Return where it is found, or None."""


def compiled(pattern: str) -> Pattern:
    """Return a pattern, ready to be searched for.

    Raises:
        ValueError: it is too long, too large, or not what RE2 knows; the words are RE2's.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"has {len(pattern)} characters; at most {LONGEST_PATTERN} are taken")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    try:
        return cast("Pattern", re2.compile(pattern, options))
    except re2.error as error:
        raise ValueError(f"is no regular expression that RE2 takes: {_words(error)}") from error


def _words(error: Exception) -> str:
    text = error.args[0] if error.args else error
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
