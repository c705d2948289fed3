"""Stored videos: an analysis is started, works on its own, and is asked for its findings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from onlooker_rekognition.jobs import TIMESTAMPS, Job, Structure
from onlooker_rekognition.operations.text import WordFilter
from onlooker_rekognition.protocol.errors import InvalidParameterError, ResourceNotFoundError
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.store import Store
from onlooker_rekognition.tokens import decode_token, encode_token
from onlooker_rekognition.vision import LABEL_MODEL_VERSION
from onlooker_rekognition.vision.moderation import MODERATION_MODEL_VERSION
from onlooker_rekognition.vision.text.reader import TEXT_MODEL_VERSION

MAX_JOBS = 20
"""Amazon's quota of analyses in progress."""

_PAGE = 1000  # findings in a page, at most and when the request does not say


class VideoAnalyst(Protocol):
    """Who does the jobs."""

    async def check(self, video: Structure) -> None:
        """Whether a video can be had.

        Raises InvalidS3ObjectError, VideoTooLargeError, and InternalServerError where a retry may help.
        """

    def wake(self) -> None:
        """Say that there is a new job."""


@dataclass(frozen=True, slots=True)
class VideoAnswer:
    """How findings of an analysis are answered: the member that lists them, and by what they may be ordered.

    `order` is the SortBy that orders findings by name; the other one is TIMESTAMP.
    """

    member: str
    order: str | None = None
    model: Structure = field(default_factory=dict)
    """The member that names the model, if there is one."""
    check: Callable[[Parameters], object] = field(default=lambda _: None)
    """Raises InvalidParameterError for what the model of the service allows and the analysis does not."""


ANSWERS: Mapping[str, VideoAnswer] = {
    "ContentModeration": VideoAnswer(
        "ModerationLabels", order="NAME", model={"ModerationModelVersion": MODERATION_MODEL_VERSION}
    ),
    "FaceDetection": VideoAnswer("Faces"),
    "FaceSearch": VideoAnswer("Persons", order="INDEX"),
    "LabelDetection": VideoAnswer("Labels", order="NAME", model={"LabelModelVersion": LABEL_MODEL_VERSION}),
    "TextDetection": VideoAnswer(
        "TextDetections",
        model={"TextModelVersion": TEXT_MODEL_VERSION},
        check=lambda parameters: WordFilter.of(parameters.get("Filters", {})),
    ),
}
"""The analyses offered."""


class Videos:
    """The operations of one analysis: its Start and its Get."""

    def __init__(self, analysis: str, store: Store, analyst: VideoAnalyst) -> None:
        self._analysis = analysis
        self._answer = ANSWERS[analysis]
        self._store = store
        self._analyst = analyst

    async def start(self, parameters: Parameters) -> Mapping[str, Any]:
        """Start...: the video is looked for at once, and analysed later."""
        _require_object(parameters["Video"])
        self._answer.check(parameters)
        if "CollectionId" in parameters:
            await asyncio.to_thread(self._store.get, parameters["CollectionId"])
        await self._analyst.check(parameters["Video"])
        job = await asyncio.to_thread(self._store.start_job, self._analysis, dict(parameters), limit=MAX_JOBS)
        self._analyst.wake()
        return {"JobId": job.job_id}

    async def get(self, parameters: Parameters) -> Mapping[str, Any]:
        """Get...: how far it is, and a page of what was found once it has succeeded."""
        job = await asyncio.to_thread(self._store.job, parameters["JobId"])
        if job is None or job.analysis != self._analysis:
            raise ResourceNotFoundError("Could not find JobId")
        page, token = await self._page(job, parameters)
        return {
            "JobStatus": job.status,
            "StatusMessage": job.status_message,
            "VideoMetadata": job.video_metadata,
            self._answer.member: page,
            "NextToken": token,
            "JobId": job.job_id,
            "Video": job.request["Video"],
            "JobTag": job.request.get("JobTag"),
            **self._answer.model,
            **self._request_metadata(parameters),
        }

    def _request_metadata(self, parameters: Parameters) -> Structure:
        """What an answer repeats of its request, where there are views to choose from."""
        if self._answer.order != "NAME":
            return {}
        order, view = parameters.get("SortBy", "TIMESTAMP"), parameters.get("AggregateBy", TIMESTAMPS)
        return {"GetRequestMetadata": {"SortBy": order, "AggregateBy": view}}

    async def _page(self, job: Job, parameters: Parameters) -> tuple[Sequence[Structure], str | None]:
        view = parameters.get("AggregateBy", TIMESTAMPS)
        by_name = self._answer.order is not None and parameters.get("SortBy") == self._answer.order
        listing = f"{job.job_id}/{view}/{by_name}"
        after = decode_token(listing, parameters.get("NextToken"))
        limit = min(parameters.get("MaxResults", _PAGE), _PAGE)
        if job.status != "SUCCEEDED":
            return [], None
        found = await asyncio.to_thread(
            self._store.findings, job.job_id, view, by_name=by_name, after=after, limit=limit + 1
        )
        more = encode_token(listing, after + limit) if len(found) > limit else None
        return found[:limit], more


def _require_object(video: Structure) -> None:
    if not {"Bucket", "Name"} <= video.get("S3Object", {}).keys():
        raise InvalidParameterError("Request has invalid parameters: Video needs an S3Object with Bucket and Name.")
