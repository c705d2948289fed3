"""The order in which a line's characters are seen: the Unicode Bidirectional Algorithm for one short line.

HarfBuzz shapes runs of one direction and leaves their order to others. This is the algorithm's implicit part (Unicode
Standard Annex 9: rules P2-P3, W1-W7, N1-N2, I1-I2, L2). Its explicit formatting characters and isolates have no
place in a name or a label and are removed before (`characters.clean`); bracket pairs (N0) are all that is left out.
"""

import unicodedata
from collections.abc import Iterator, Sequence

STRONG = frozenset({"L", "R", "AL"})
NEUTRAL = frozenset({"B", "S", "WS", "ON"})


def visual_runs(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield the runs of one direction from left to right as they are seen.

    Yields:
        start and end of the run in `text`, and whether it runs from right to left.
    """
    levels = embedding_levels(text)
    runs = list(_runs(levels))
    for lowest in range(max(levels, default=0), 0, -1):
        _reverse_from(runs, lowest)
    for start, end, level in runs:
        yield start, end, level % 2 == 1


def embedding_levels(text: str) -> list[int]:
    """Return the embedding level of every character: even runs left to right, odd right to left."""
    original = [unicodedata.bidirectional(character) or "L" for character in text]
    base = 1 if next((kind for kind in original if kind in STRONG), "L") != "L" else 0
    edge = "R" if base else "L"
    kinds = _resolve_neutral(_resolve_weak(original, edge), edge)
    return [base + _step(kind, base) for kind in kinds]


def _step(kind: str, base: int) -> int:
    """Rules I1 and I2: how far a resolved type lies above the base level."""
    if base % 2 == 0:
        return {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
    return 0 if kind == "R" else 1


def _resolve_weak(original: Sequence[str], edge: str) -> list[str]:
    kinds = list(original)
    _marks_and_arabic_digits(kinds, edge)
    _separators(kinds)
    _terminators(kinds)
    _latin_digits(kinds, edge)
    return kinds


def _marks_and_arabic_digits(kinds: list[str], edge: str) -> None:
    """Rules W1 to W3: marks follow their base; digits after Arabic letters are Arabic; Arabic letters are R."""
    before, strong = edge, edge
    for index, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[index] = before
        elif kind == "EN" and strong == "AL":
            kinds[index] = "AN"
        if kind in STRONG:
            strong = kind
        before = kinds[index]
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]


def _separators(kinds: list[str]) -> None:
    """Rule W4: one separator between two numbers of a kind belongs to them."""
    for index in range(1, len(kinds) - 1):
        before, kind, after = kinds[index - 1 : index + 2]
        if before == after and ((kind in {"ES", "CS"} and before == "EN") or (kind == "CS" and before == "AN")):
            kinds[index] = before


def _terminators(kinds: list[str]) -> None:
    """Rules W5 and W6: terminators beside a number belong to it; others, and lone separators, are neutral."""
    for index, kind in enumerate(kinds):
        if kind == "ET":
            beside = index > 0 and kinds[index - 1] == "EN"
            ahead = next((later for later in kinds[index:] if later != "ET"), "ON")
            kinds[index] = "EN" if beside or ahead == "EN" else "ET"
    kinds[:] = ["ON" if kind in {"ES", "CS", "ET", "BN"} else kind for kind in kinds]


def _latin_digits(kinds: list[str], edge: str) -> None:
    """Rule W7: numbers after Latin letters run with them."""
    strong = edge
    for index, kind in enumerate(kinds):
        if kind in STRONG:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"


def _resolve_neutral(kinds: list[str], edge: str) -> list[str]:
    """Rules N1 and N2: what stands between two of a direction runs with them, the rest with the line."""
    resolved = list(kinds)
    index = 0
    while index < len(kinds):
        end = index
        while end < len(kinds) and kinds[end] in NEUTRAL:
            end += 1
        if end == index:
            index += 1
            continue
        before = _direction(kinds[index - 1]) if index else edge
        after = _direction(kinds[end]) if end < len(kinds) else edge
        resolved[index:end] = [before if before == after else edge] * (end - index)
        index = end
    return resolved


def _direction(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _runs(levels: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    start = 0
    for index in range(1, len(levels) + 1):
        if index == len(levels) or levels[index] != levels[start]:
            yield start, index, levels[start]
            start = index


def _reverse_from(runs: list[tuple[int, int, int]], lowest: int) -> None:
    """Rule L2: reverse every stretch of runs at this level or above."""
    index = 0
    while index < len(runs):
        end = index
        while end < len(runs) and runs[end][2] >= lowest:
            end += 1
        runs[index:end] = reversed(runs[index:end])
        index = max(end, index + 1)
