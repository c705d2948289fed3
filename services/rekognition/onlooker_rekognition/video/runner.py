"""Does the jobs: one video after the other, its frames between the requests for pictures."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from onlooker_rekognition.jobs import Finding, Job, JobStore, Structure
from onlooker_rekognition.pool import Pool
from onlooker_rekognition.protocol.errors import ServiceError
from onlooker_rekognition.video.analyses import Begin, VideoAnalysis
from onlooker_rekognition.video.frames import Frame, Video, VideoError, VideoMetadata, open_video

Result = TypeVar("Result")

_CLAIM_SECONDS = 60.0
_HEARTBEAT_SECONDS = 15.0
_LOOK_SECONDS = 5.0
"""How often the store is asked for jobs that nobody told us of: another server's, or one whose claim ran out."""
_RETRY_SECONDS = 5.0
_MOST_ATTEMPTS = 3
_BATCH = 200  # findings written at once

_log = logging.getLogger(__name__)


class VideoSource(Protocol):
    """Where videos come from."""

    async def download(self, video: Structure, target: Path, *, limit: int) -> None:
        """Write a request's `Video` member to a file. Raises InvalidS3ObjectError, VideoTooLargeError, InternalServerError."""


class Announcer(Protocol):
    """Where the end of a job is told."""

    async def publish(self, topic_arn: str, message: str) -> None:
        """Publish to a topic. Raises InternalServerError when it can not be reached, InvalidParameterError if it refuses."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a video may take: `every` milliseconds a frame is looked at; bytes of a file; pixels of a frame."""

    every: int
    max_bytes: int
    max_pixels: int
