"""Whether there are more dead letters than before: pure."""

from collections.abc import Mapping


def grown(known: Mapping[str, int], seen: Mapping[str, int]) -> dict[str, int]:
    """Return by how much queues grew, of those that were looked at before."""
    return {name: depth - known[name] for name, depth in seen.items() if depth > known.get(name, depth)}


def words(more: Mapping[str, int], depths: Mapping[str, int]) -> str:
    """Return what is told: "2 more dead letters in tagger (5 in all)"."""
    parts = [
        f"{number} more dead letter{'' if number == 1 else 's'} in {name} ({depths[name]} in all)"
        for name, number in sorted(more.items())
    ]
    return ", ".join(parts)
