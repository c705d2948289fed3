"""Does the jobs: one video after the other, its frames in turn with the requests for pictures."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from onlooker_rekognition.jobs import Finding, Job, JobStatus, JobStore, Structure
from onlooker_rekognition.pool import Pool
from onlooker_rekognition.protocol.errors import InternalServerError, ServiceError, ThrottlingError
from onlooker_rekognition.video.analyses import Begin, VideoAnalysis
from onlooker_rekognition.video.announcer import Announcer
from onlooker_rekognition.video.decoder import Decoder
from onlooker_rekognition.video.frames import VideoError, VideoMetadata
from onlooker_rekognition.video.rounds import Rounds

_CLAIM_SECONDS = 60.0
_HEARTBEAT_SECONDS = 15.0
_LOOK_SECONDS = 5.0
"""How often the store is asked for jobs nobody told us of: another server's, or one whose claim ran out."""
_RETRY_SECONDS = 20.0  # after the first attempt, and four times as long after each other
_MOST_ATTEMPTS = 3
_BATCH = 200  # findings written at once
_PASSING = (InternalServerError, ThrottlingError)  # what S3 and the store raise where a retry may help

_log = logging.getLogger(__name__)


class VideoSource(Protocol):
    """Where videos come from."""

    async def check(self, video: Structure) -> None:
        """Whether a video can be had. Raises what `download` raises."""

    async def download(self, video: Structure, target: Path) -> None:
        """Write the video that a request's `Video` member names to a file.

        Raises InvalidS3ObjectError, VideoTooLargeError, and InternalServerError where a retry may help.
        """


@dataclass(frozen=True, slots=True)
class Sampling:
    """How videos are looked at: one frame in each `every` milliseconds, of at most `max_pixels`."""

    every: int
    max_pixels: int


class JobRunner:
    """Claims jobs and does them, one at a time, for as long as `running` lasts."""

    def __init__(
        self,
        store: JobStore,
        videos: VideoSource,
        announcer: Announcer,
        pool: Pool,
        analyses: Mapping[str, Begin],
        sampling: Sampling,
    ) -> None:
        self._store = store
        self._videos = videos
        self._announcer = announcer
        self._pool = pool
        self._analyses = analyses
        self._sampling = sampling
        self._worker = str(uuid.uuid4())
        self._rounds = Rounds(self._next, pause=_LOOK_SECONDS)

    async def check(self, video: Structure) -> None:
        """Whether a video can be had. Raises as VideoSource does."""
        await self._videos.check(video)

    def wake(self) -> None:
        """Look for a job now. To be called on the event loop."""
        self._rounds.wake()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do jobs in the background, and tell their ends. At last the one at hand is let go of, to be begun anew."""
        async with self._announcer.running(), self._rounds.running():
            yield

    async def _next(self) -> bool:
        """Do a job; False when there is none."""
        job = await self._claim()
        if job is None:
            return False
        if job.attempts > _MOST_ATTEMPTS:
            await self._end(job, "FAILED", f"The analysis did not come to its end in {_MOST_ATTEMPTS} attempts.")
        else:
            await self._perform(job)
        return True

    async def _claim(self) -> Job | None:
        """The job to do next, held; who is stopped while it asks lets go of it again."""
        asked = asyncio.to_thread(self._store.claim_job, self._worker, seconds=_CLAIM_SECONDS)
        claiming = asyncio.ensure_future(asked)
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            if (job := await claiming) is not None:
                await self._let_go(job)
            raise

    async def _perform(self, job: Job) -> None:
        extra = {"job_id": job.job_id, "analysis": job.analysis, "attempt": job.attempts}
        began = time.monotonic()
        try:
            metadata = await self._while_held(job)
        except asyncio.CancelledError:
            await asyncio.shield(self._let_go(job))
            raise
        except _ClaimLostError:
            _log.warning("another server has taken the job over", extra=extra)
        except _PASSING as error:
            await self._retry(job, error)
        except (VideoError, ServiceError) as error:
            await self._end(job, "FAILED", str(error))
        except Exception as error:  # noqa: BLE001 (one video must not end the runner; the log has the cause)
            _log.exception("the analysis of a video failed", extra=extra)
            await self._retry(job, error)
        else:
            await self._end(job, "SUCCEEDED", None, metadata)
            _log.info("video analysed", extra={**extra, "seconds": round(time.monotonic() - began, 1)})

    async def _while_held(self, job: Job) -> VideoMetadata:
        work = asyncio.create_task(self._analyse(job))
        claim = asyncio.create_task(self._hold(job))
        try:
            await asyncio.wait((work, claim), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                claim.result()  # raises what ended it
            return work.result()
        finally:
            for task in (work, claim):
                task.cancel()
            await asyncio.wait((work, claim))

    async def _hold(self, job: Job) -> None:
        held_until = time.monotonic() + _CLAIM_SECONDS
        while True:
            await asyncio.sleep(_HEARTBEAT_SECONDS)
            now = time.monotonic()
            try:
                held = await asyncio.to_thread(
                    self._store.extend_claim, job.job_id, self._worker, seconds=_CLAIM_SECONDS
                )
            except _PASSING:  # hours of work are not thrown away for a store that is away for a moment
                if now > held_until:
                    raise
                continue
            if not held:
                raise _ClaimLostError
            held_until = now + _CLAIM_SECONDS

    async def _analyse(self, job: Job) -> VideoMetadata:
        with tempfile.TemporaryFile() as unnamed:  # gone with the process, however that ends: videos are large
            file = Path(f"/dev/fd/{unnamed.fileno()}")
            await self._videos.download(job.request["Video"], file)
            analysis = self._analyses[job.analysis](job.request)
            async with Decoder.opened(file, max_pixels=self._sampling.max_pixels) as decoder:
                await self._look_through(job, decoder, analysis)
                return decoder.metadata

    async def _look_through(self, job: Job, decoder: Decoder, analysis: VideoAnalysis) -> None:
        findings: list[Finding] = []
        async for frame in decoder.frames(every=self._sampling.every):
            findings += await self._pool.run(partial(analysis.look, frame), patient=True)
            if len(findings) >= _BATCH:
                await asyncio.to_thread(self._store.add_findings, job.job_id, self._worker, findings)
                findings = []
        findings += analysis.finish()
        await asyncio.to_thread(self._store.add_findings, job.job_id, self._worker, findings)

    async def _retry(self, job: Job, error: Exception) -> None:
        if job.attempts >= _MOST_ATTEMPTS:
            await self._end(job, "FAILED", str(error) if isinstance(error, ServiceError) else "The server failed.")
            return
        pause = _RETRY_SECONDS * 4 ** (job.attempts - 1)
        await asyncio.to_thread(self._store.release_job, job.job_id, self._worker, seconds=pause)

    async def _let_go(self, job: Job) -> None:
        """To stop is no fault of the job: however often servers stop, it is begun anew."""
        await asyncio.to_thread(self._store.release_job, job.job_id, self._worker, seconds=0, counted=False)

    async def _end(
        self, job: Job, status: JobStatus, message: str | None, metadata: VideoMetadata | None = None
    ) -> None:
        if message is not None:
            _log.warning("the analysis of a video failed: %s", message, extra={"job_id": job.job_id})
        await asyncio.to_thread(
            self._store.end_job,
            job.job_id,
            self._worker,
            status,
            message=message,
            video_metadata=None if metadata is None else _video_metadata(metadata),
        )
        self._announcer.wake()


class _ClaimLostError(Exception):
    """The claim ran out, and another server has the job."""


def _video_metadata(metadata: VideoMetadata) -> Structure:
    """A VideoMetadata by Amazon's names."""
    return {
        "Codec": metadata.codec,
        "DurationMillis": metadata.duration_milliseconds,
        "Format": metadata.format,
        "FrameRate": metadata.frame_rate,
        "FrameHeight": metadata.height,
        "FrameWidth": metadata.width,
    }
