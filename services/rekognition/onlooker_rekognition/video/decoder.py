"""Decodes a video beside the event loop: one thread of its own opens it, reads it, and closes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TypeVar

from onlooker_rekognition.video.frames import Frame, Video, VideoMetadata, open_video

Result = TypeVar("Result")


class Decoder:
    """An open video, frame by frame."""

    def __init__(self, video: Video, thread: ThreadPoolExecutor) -> None:
        self._video = video
        self._thread = thread

    @classmethod
    @asynccontextmanager
    async def opened(cls, file: Path, *, max_pixels: int) -> AsyncIterator[Decoder]:
        """Open a file for the length of a `with` block. Raises VideoError."""
        with ThreadPoolExecutor(1, thread_name_prefix="video") as thread:
            resources = ExitStack()
            try:
                video = await _in(thread, lambda: resources.enter_context(open_video(file, max_pixels=max_pixels)))
                yield cls(video, thread)
            finally:  # by the thread, after the frame it may be at: FFmpeg's state is not freed under its feet
                await asyncio.shield(_in(thread, resources.close))

    @property
    def metadata(self) -> VideoMetadata:
        """What the file says of itself."""
        return self._video.metadata

    async def frames(self, *, every: int) -> AsyncIterator[Frame]:
        """See Video.frames."""
        frames = self._video.frames(every=every)
        while (frame := await _in(self._thread, lambda: next(frames, None))) is not None:
            yield frame


async def _in(thread: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(thread, work)
