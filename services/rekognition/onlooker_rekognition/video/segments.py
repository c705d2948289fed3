"""Labels of single frames joined to stretches of time: `AggregateBy` SEGMENTS of labels and of moderation labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    """A label of any kind."""

    @property
    def name(self) -> str:
        """What it is known again by."""

    @property
    def confidence(self) -> float:
        """0..100."""


Label = TypeVar("Label", bound=Named)


@dataclass(frozen=True, slots=True)
class Segment(Generic[Label]):
    """A label from its first to its last frame of a stretch, in milliseconds; as it was when most confident."""

    label: Label
    start: int
    end: int


class Segments(Generic[Label]):
    """Follows labels through the frames of a video; one that is missing for more than `gap` milliseconds has ended."""

    def __init__(self, *, gap: int) -> None:
        self._gap = gap
        self._open: dict[str, Segment[Label]] = {}

    def see(self, timestamp: int, labels: Iterable[Label]) -> Iterator[Segment[Label]]:
        """Take in the next frame; the segments that it ends, in the order of their start."""
        yield from self._end(before=timestamp - self._gap)
        for label in labels:
            known = self._open.get(label.name)
            best = label if known is None or label.confidence > known.label.confidence else known.label
            self._open[label.name] = Segment(best, timestamp if known is None else known.start, timestamp)

    def finish(self) -> Iterator[Segment[Label]]:
        """The segments that last until the end of the video."""
        yield from self._end(before=None)

    def _end(self, *, before: int | None) -> Iterator[Segment[Label]]:
        ended = [name for name, segment in self._open.items() if before is None or segment.end < before]
        yield from sorted((self._open.pop(name) for name in ended), key=lambda segment: segment.start)
