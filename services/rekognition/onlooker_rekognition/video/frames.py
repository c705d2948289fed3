"""A video file as a sequence of pictures: one every so many milliseconds, upright, of bounded size.

Only MPEG-4 and QuickTime files are opened, told by their first box (ISO/IEC 14496-12, `ftyp`), and AVI files: those are
the formats Amazon takes. FFmpeg also knows playlists, which would have it read other files or the network. As a file
may look like several formats at once, FFmpeg is told the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from onlooker_rekognition.vision.image import Image

_LONGER_SIDE = 1920  # pixels; a larger frame is shrunk, as large pictures are
_MOVIE_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")  # the last five: QuickTime from before `ftyp`
_MILLISECONDS = 1000.0
_UNDECODABLE = "The video can not be decoded: it is damaged, or its codec is not known here."

_FFMPEG = {
    # files, and no addresses; two demuxers, the first with that long name (OpenCV passes these on: key;value|key;value)
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": "protocol_whitelist;file|format_whitelist;mov,mp4,m4a,3gp,3g2,mj2,avi",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # quiet: a damaged file would write a line into our log for each of its frames
}


class VideoError(Exception):
    """The file can not be analysed; the text says why, in words for the client."""


@dataclass(frozen=True, slots=True)
class VideoMetadata:
    """What a file says of itself; `codec` by FFmpeg's name for it, sides in pixels as shown (upright)."""

    codec: str
    duration_milliseconds: int
    format: str
    frame_rate: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of the video and when it is shown, in milliseconds from the start."""

    timestamp: int
    image: Image


class Video:
    """An open video. For one thread at a time."""

    def __init__(self, capture: cv2.VideoCapture, metadata: VideoMetadata) -> None:
        self.metadata = metadata
        self._capture = capture

    def frames(self, *, every: int) -> Iterator[Frame]:
        """The first frame, and then the first one in each `every` milliseconds.

        Frames between them are decoded, as later ones are built on them, but not converted. A file that is cut off
        ends where it can not be read any further. Raises VideoError when there is no frame at all.
        """
        due = 0.0
        found = False
        while self._capture.grab():
            at = self._capture.get(cv2.CAP_PROP_POS_MSEC)
            if at < due:
                continue
            shown, pixels = self._capture.retrieve()
            if not shown:
                continue
            due = at - at % every + every
            found = True
            yield Frame(round(at), Image(_upright_rgb(pixels)))
        if not found:
            raise VideoError(_UNDECODABLE)


@contextmanager
def open_video(path: Path, *, max_pixels: int) -> Iterator[Video]:
    """The video in the file `path`. Raises VideoError."""
    container = _container(path)
    for name, value in _FFMPEG.items():
        os.environ.setdefault(name, value)
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    try:
        if not capture.isOpened():
            raise VideoError(_UNDECODABLE)
        yield Video(capture, _metadata(capture, container, max_pixels))
    finally:
        capture.release()


def _container(path: Path) -> str:
    """What Amazon calls the file's format."""
    with path.open("rb") as file:
        start = file.read(12)
    if start[:4] == b"RIFF" and start[8:] == b"AVI ":
        return "AVI"
    if start[4:8] in _MOVIE_BOXES:
        return "QuickTime / MOV"  # what FFmpeg's demuxer of both containers is called, and Amazon says of both
    raise VideoError("Unsupported format: videos must be MPEG-4, MOV or AVI files.")


def _metadata(capture: cv2.VideoCapture, container: str, max_pixels: int) -> VideoMetadata:
    width, height = (int(capture.get(side)) for side in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    rate, count = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    if not (width > 0 and height > 0 and rate > 0):
        raise VideoError("The file holds no video that can be decoded.")
    if width * height > max_pixels:
        raise VideoError(f"A frame has {width} x {height} pixels; {max_pixels} are the most that are accepted.")
    return VideoMetadata(
        codec=_codec(int(capture.get(cv2.CAP_PROP_FOURCC))),
        duration_milliseconds=max(round(_MILLISECONDS * count / rate), 0),
        format=container,
        frame_rate=rate,
        width=width,
        height=height,
    )


def _codec(fourcc: int) -> str:
    """`h264` and the like, as FFmpeg calls the codec of a four-character code."""
    name = fourcc.to_bytes(4, "little").decode("ascii", "replace").strip("\0 ").lower()
    return {"avc1": "h264", "hev1": "hevc", "hvc1": "hevc", "fmp4": "mpeg4", "mp4v": "mpeg4"}.get(name, name)


def _upright_rgb(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    if (longer := max(height, width)) > _LONGER_SIDE:
        size = (round(width * _LONGER_SIDE / longer), round(height * _LONGER_SIDE / longer))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)
