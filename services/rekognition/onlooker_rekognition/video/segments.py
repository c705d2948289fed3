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
    """Follows labels through the frames of a video; one that two frames in a row are without has ended.

    Frames count, and not the time between them: they are not exactly as far apart as they should be.
    """

    def __init__(self) -> None:
        self._frames = 0
        self._open: dict[str, tuple[Segment[Label], int]] = {}  # with the number of the frame where it was seen last

    def see(self, timestamp: int, labels: Iterable[Label]) -> Iterator[Segment[Label]]:
        """Take in the next frame; the segments that it ends, in the order of their start."""
        self._frames += 1
        for label in labels:
            known, _ = self._open.get(label.name, (None, 0))
            best = label if known is None or label.confidence > known.label.confidence else known.label
            segment = Segment(best, timestamp if known is None else known.start, timestamp)
            self._open[label.name] = segment, self._frames
        yield from self._end(seen_before=self._frames - 1)

    def finish(self) -> Iterator[Segment[Label]]:
        """The segments that last until the end of the video."""
        yield from self._end(seen_before=self._frames + 1)

    def _end(self, *, seen_before: int) -> Iterator[Segment[Label]]:
        ended = [name for name, (_, seen) in self._open.items() if seen < seen_before]
        yield from sorted((self._open.pop(name)[0] for name in ended), key=lambda segment: segment.start)
