"""Tells the end of jobs to their topics, beside the jobs: neither waits for the other."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from onlooker_rekognition.jobs import Job, JobStore, Structure
from onlooker_rekognition.protocol.errors import InternalServerError, ServiceError
from onlooker_rekognition.video.rounds import Rounds

_LOOK_SECONDS = 5.0
"""How often it is looked for what could not be told, or was left behind by a server that is gone."""

_log = logging.getLogger(__name__)


class Topics(Protocol):
    """Where the end of a job is told."""

    async def publish(self, topic_arn: str, message: str) -> None:
        """Publish to a topic.

        Raises InvalidParameterError when it is refused, InternalServerError where a retry may help.
        """


class Announcer:
    """Tells each end at least once: a kill before that is noted tells it again, as do two servers at once."""

    def __init__(self, store: JobStore, topics: Topics) -> None:
        self._store = store
        self._topics = topics
        self._rounds = Rounds(self._announce, pause=_LOOK_SECONDS)

    def wake(self) -> None:
        """Say that a job has ended. To be called on the event loop."""
        self._rounds.wake()

    def running(self) -> AbstractAsyncContextManager[None]:
        """Tell what there is to tell, in the background, for the length of a block."""
        return self._rounds.running()

    async def _announce(self) -> bool:
        """Tell all that was not told yet. A topic that does not answer is asked once a round: others do not wait."""
        silent: set[str] = set()
        for job in await asyncio.to_thread(self._store.unannounced_jobs):
            topic = job.request.get("NotificationChannel", {}).get("SNSTopicArn")
            if topic in silent:
                continue
            try:
                if topic is not None:
                    await self._topics.publish(topic, json.dumps(_notification(job)))
            except InternalServerError:  # the log has it
                silent.add(topic)
                continue
            except ServiceError as error:
                _log.warning("the end of a job can not be told: %s", error, extra={"job_id": job.job_id})
            await asyncio.to_thread(self._store.mark_announced, job.job_id)
        return False


def _notification(job: Job) -> Structure:
    """What Amazon publishes when a job has ended; without a tag, if it was started without.

    Rekognition's developer guide: "Reference: Video analysis results notification".
    """
    video = job.request["Video"]["S3Object"]
    tag = {"JobTag": job.request["JobTag"]} if "JobTag" in job.request else {}
    return {
        "JobId": job.job_id,
        "Status": job.status,
        "API": f"Start{job.analysis}",
        **tag,
        "Timestamp": int(1000 * (job.ended_at or time.time())),
        "Video": {"S3ObjectName": video["Name"], "S3Bucket": video["Bucket"]},
    }
