"""What is typed, and which of what it may become is offered first: pure, and the same for every index."""

from collections.abc import Iterable

from onlooker_tagger.facts import folded
from onlooker_tagger.queries import Kind, Suggestion, Suggestions

LONGEST = 200
"""Letters that are typed at most; nobody types more before choosing."""
KINDS: tuple[Kind, ...] = ("label", "person", "folder", "text")
"""Of equal ones, in this order."""


def typed(text: str) -> str:
    """Return what was typed as names are compared with it; empty if there is no letter or digit in it, or far too many.

    A ligature may stand for a whole sentence once it is folded.
    """
    printable = "".join(char if char.isprintable() else " " for char in text)
    words = " ".join(folded(printable).split())
    first = next((n for n, char in enumerate(words) if char.isalnum()), len(words))
    return words[first:] if len(words) - first <= LONGEST else ""


def best(found: Iterable[Suggestion], wanted: str, limit: int) -> Suggestions:
    """Return the best suggestions, each name once: equal names first, then beginnings, then the more frequent.

    Args:
        found: whatever has a word that begins as was typed; what no picture has is left out.
        wanted: what was typed (`typed`).
        limit: how many at most.
    """
    ordered = sorted((each for each in found if each.count), key=lambda each: _rank(each, wanted))
    once: dict[tuple[Kind, str], Suggestion] = {}
    for each in ordered:
        once.setdefault((each.kind, each.name), each)
    return Suggestions(suggestions=tuple(once.values())[:limit])


def _rank(each: Suggestion, wanted: str) -> tuple[int, int, int, str]:
    return _distance(each, wanted), -each.count, KINDS.index(each.kind), each.name


def _distance(each: Suggestion, wanted: str) -> int:
    """Return how far a suggestion is from what was typed: 0 for the very name, 3 where only some word begins so."""
    if each.matched is not None:
        return 1 if folded(each.matched) == wanted else 3
    name = folded(each.name)
    return 0 if name == wanted else 2 if name.startswith(wanted) else 3
