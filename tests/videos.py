"""Makes small MPEG-4 files: scenes of one picture each, shown for a while."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

H264 = Path(__file__).parent / "data" / "h264.mp4"
"""A made file of three colours, a second each."""

FRAME_RATE = 10
SIDE = 192

RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)


def plain(colour: Sequence[int], width: int = SIDE, height: int = SIDE) -> np.ndarray:
    """A picture of one RGB colour."""
    return np.full((height, width, 3), colour, np.uint8)


def write_video(path: Path, *scenes: tuple[np.ndarray, float]) -> Path:
    """A video of RGB pictures of one size, each with its seconds."""
    height, width = scenes[0][0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), FRAME_RATE, (width, height))
    assert writer.isOpened()
    for pixels, seconds in scenes:
        for _ in range(round(seconds * FRAME_RATE)):
            writer.write(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def without_pictures(path: Path) -> bytes:
    """A video file of which everything is whole but what its frames show: zeros in place of its `mdat` box."""
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat") + 4
    end = start - 8 + int.from_bytes(content[start - 8 : start - 4])
    content[start:end] = bytes(end - start)
    return bytes(content)
