"""Analyses of stored videos, which outlive the request that started them: what any store must keep of them.

A job is done by one server at a time: it claims the job for a while and extends the claim as long as it works. A claim
that runs out (its server was killed) frees the job for another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from onlooker_rekognition.protocol.errors import LimitExceededError

JobStatus = Literal["IN_PROGRESS", "SUCCEEDED", "FAILED"]
Structure = Mapping[str, Any]
"""A structure by Amazon's names, of what JSON knows."""

TIMESTAMPS = "TIMESTAMPS"
"""The view of findings by frame, which every analysis has."""

SEGMENTS = "SEGMENTS"
"""The view of labels by the stretches of time in which they are seen."""

KEPT_SECONDS = 7 * 24 * 3600
"""Amazon keeps the results of a job for seven days."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is now.

    `analysis` is the operations' common name (`FaceDetection` of `StartFaceDetection`), `request` what it was started
    with. `attempts` counts the claims; `status_message` says why it failed, `ended_at` when it ended, in
    seconds since 1970.
    """

    job_id: str
    analysis: str
    request: Structure
    status: JobStatus = "IN_PROGRESS"
    status_message: str | None = None
    video_metadata: Structure | None = None
    attempts: int = 0
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One element of a job's answer.

    A job may answer in more than one `view`. `timestamp` is in milliseconds from the video's start; `name` is what
    findings may be ordered by instead, by its code points.
    """

    view: str
    timestamp: int
    name: str
    content: Structure


class JobStore(Protocol):
    """Thread-safe and durable, as CollectionStore is."""

    def start_job(self, analysis: str, request: Structure, *, limit: int) -> Job:
        """A new job. Raises LimitExceededError when `limit` others are in progress.

        Jobs that ended more than KEPT_SECONDS ago are forgotten.
        """

    def job(self, job_id: str) -> Job | None:
        """A job, None when there is none of that id, or it ended more than KEPT_SECONDS ago."""

    def claim_job(self, worker: str, *, seconds: float) -> Job | None:
        """The oldest job in progress that nobody holds, held by `worker` from now on; None when there is none.

        What an earlier attempt had found is forgotten.
        """

    def extend_claim(self, job_id: str, worker: str, *, seconds: float) -> bool:
        """Hold on to a job; False when it is no longer held by `worker`, who then has to leave it."""

    def release_job(self, job_id: str, worker: str, *, seconds: float, counted: bool = True) -> None:
        """Let go of a job; others may claim it in `seconds`. Unless `counted`, this attempt was none."""

    def add_findings(self, job_id: str, worker: str, findings: Sequence[Finding]) -> None:
        """Keep findings of a job that `worker` holds; of one that it does not hold, nothing."""

    def end_job(
        self, job_id: str, worker: str, status: JobStatus, *, message: str | None, video_metadata: Structure | None
    ) -> bool:
        """End a job that `worker` holds; False when it does not hold it."""

    def unannounced_jobs(self) -> list[Job]:
        """Jobs that ended and whose end was not told to their notification channel yet, oldest first."""

    def mark_announced(self, job_id: str) -> None:
        """Note that the end of a job was told, or that there is nobody to tell."""

    def findings(self, job_id: str, view: str, *, by_name: bool, after: int, limit: int) -> list[Structure]:
        """At most `limit` findings of a view, without the first `after`.

        They are ordered by time, or by name and then time, and then as they were added.
        """


def too_many_jobs(limit: int) -> LimitExceededError:
    """What `start_job` raises."""
    return LimitExceededError(f"{limit} analyses of videos are in progress. Wait until one of them has ended.")
