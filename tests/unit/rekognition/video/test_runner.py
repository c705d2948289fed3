"""Jobs on bad days: what is tried again, what is given up, and what others take over."""

import asyncio
import dataclasses
import itertools
import json
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from onlooker_rekognition.jobs import Finding, Job
from onlooker_rekognition.pool import Pool
from onlooker_rekognition.protocol.errors import (
    InternalServerError,
    InvalidParameterError,
    InvalidS3ObjectError,
    ThrottlingError,
)
from onlooker_rekognition.store import FaceModel
from onlooker_rekognition.stores.sqlite import SqliteStore
from onlooker_rekognition.video.analyses import build_analyses
from onlooker_rekognition.video.announcer import Announcer
from onlooker_rekognition.video.frames import Frame
from onlooker_rekognition.video.runner import JobRunner, Sampling
from rekognition_fakes import FakeEngine
from videos import RED, plain, write_video

TOPIC = "arn:aws:sns:us-east-1:000000000000:jobs"
REQUEST = {
    "Video": {"S3Object": {"Bucket": "films", "Name": "door.mp4"}},
    "NotificationChannel": {"SNSTopicArn": TOPIC, "RoleArn": "arn:aws:iam::000000000000:role/any"},
}


class Videos:
    """A video, after what stands in the way of it."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.obstacles: list[Exception] = []

    async def check(self, video: Mapping[str, Any]) -> None:
        pytest.fail("only operations check")

    async def download(self, video: Mapping[str, Any], target: Path) -> None:
        if self.obstacles:
            raise self.obstacles.pop(0)
        target.write_bytes(self.content)


class Download:
    """Writes the video, and then waits for what comes next."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.done, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, video: Mapping[str, Any], target: Path) -> None:
        target.write_bytes(self.content)
        self.done.set()
        await self.go_on.wait()


class Topics:
    """Hears what is published, after what stands in the way of it."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.obstacles: list[Exception] = []

    async def publish(self, topic_arn: str, message: str) -> None:
        assert topic_arn == TOPIC
        if self.obstacles:
            raise self.obstacles.pop(0)
        self.heard.put_nowait(json.loads(message))


class Timestamps:
    """An analysis that finds the time, and breaks as often as it is told to."""

    def __init__(self) -> None:
        self.breaks = 0

    def look(self, frame: Frame) -> list[Finding]:
        if self.breaks:
            self.breaks -= 1
            raise RuntimeError("the engine broke")
        return [Finding("TIMESTAMPS", frame.timestamp, "", {"Timestamp": frame.timestamp})]

    def finish(self) -> list[Finding]:
        return []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Two minutes go by from one look at its clock to the next, so that nothing has to be waited for."""
    clock = itertools.count(1_700_000_000.0, 120.0)
    with closing(SqliteStore(tmp_path / "store", model=FaceModel("fake", "1.0"), clock=clock.__next__)) as opened:
        yield opened


@pytest.fixture
def videos(tmp_path: Path) -> Videos:
    return Videos(write_video(tmp_path / "door.mp4", (plain(RED), 1.0)).read_bytes())


@pytest.fixture
def topics() -> Topics:
    return Topics()


@pytest.fixture
def analysis() -> Timestamps:
    return Timestamps()


@pytest.fixture
async def runner(store: SqliteStore, videos: Videos, topics: Topics, analysis: Timestamps) -> AsyncIterator[JobRunner]:
    with closing(Pool(workers=1, queue_length=0)) as pool:
        sampling = Sampling(every=500, max_pixels=1_000_000)
        yield JobRunner(store, videos, Announcer(store, topics), pool, {"FaceDetection": lambda _: analysis}, sampling)


@asynccontextmanager
async def job_in(store: SqliteStore, runner: JobRunner) -> AsyncIterator[Job]:
    """A job that the runner begins with."""
    job = store.start_job("FaceDetection", REQUEST, limit=20)
    async with runner.running():
        yield job


def end(store: SqliteStore, job: Job) -> None:
    """End a job as another server would."""
    assert store.claim_job("another", seconds=600) == dataclasses.replace(job, attempts=1)
    assert store.end_job(job.job_id, "another", "SUCCEEDED", message=None, video_metadata=None)


def found(store: SqliteStore, job: Job) -> list[int]:
    findings = store.findings(job.job_id, "TIMESTAMPS", by_name=False, after=0, limit=100)
    return [finding["Timestamp"] for finding in findings]


async def test_a_job_is_done_and_told_once(store: SqliteStore, runner: JobRunner, topics: Topics) -> None:
    async with job_in(store, runner) as first:
        message = await topics.heard.get()
        second = store.start_job("FaceDetection", REQUEST, limit=20)
        runner.wake()
        assert (await topics.heard.get())["JobId"] == second.job_id
    assert (message["JobId"], message["Status"]) == (first.job_id, "SUCCEEDED")
    assert "JobTag" not in message, "it was started without"
    ended = store.job(first.job_id)
    assert ended is not None
    assert ended.ended_at is not None
    assert message["Timestamp"] == int(1000 * ended.ended_at), "when it ended, not when that was told"
    assert found(store, first) == [0, 500]
    assert topics.heard.empty()


async def test_an_outage_of_s3_is_sat_out(
    store: SqliteStore, runner: JobRunner, topics: Topics, videos: Videos
) -> None:
    videos.obstacles = [InternalServerError("S3 could not be reached"), InternalServerError("S3 could not be reached")]
    async with job_in(store, runner) as job:
        assert (await topics.heard.get())["Status"] == "SUCCEEDED"
    assert found(store, job) == [0, 500]


async def test_an_engine_that_breaks_once_finds_nothing_twice(
    store: SqliteStore, runner: JobRunner, topics: Topics, analysis: Timestamps
) -> None:
    analysis.breaks = 1
    async with job_in(store, runner) as job:
        assert (await topics.heard.get())["Status"] == "SUCCEEDED"
    assert found(store, job) == [0, 500]


@pytest.mark.parametrize(
    ("obstacle", "attempts", "words"),
    [
        (InvalidS3ObjectError("Unable to get object metadata"), 1, "Unable to get object metadata"),
        (InternalServerError("S3 could not be reached"), 3, "S3 could not be reached"),
        (ThrottlingError("The database is busy."), 3, "The database is busy."),
        (RuntimeError("a trace is nobody's business"), 3, "The server failed."),
    ],
)
async def test_a_job_that_can_not_be_done_fails_with_words(
    store: SqliteStore,
    runner: JobRunner,
    topics: Topics,
    videos: Videos,
    obstacle: Exception,
    attempts: int,
    words: str,
) -> None:
    videos.obstacles = [obstacle] * attempts
    async with job_in(store, runner) as job:
        assert (await topics.heard.get())["Status"] == "FAILED"
    ended = store.job(job.job_id)
    assert ended is not None
    assert (ended.status, ended.status_message, ended.attempts) == ("FAILED", words, attempts)


async def test_a_collection_that_goes_meanwhile_ends_its_search(
    store: SqliteStore, videos: Videos, topics: Topics
) -> None:
    store.create("friends", {})

    async def meanwhile(video: Mapping[str, Any], target: Path) -> None:
        store.delete("friends")
        target.write_bytes(videos.content)

    videos.download = meanwhile
    job = store.start_job("FaceSearch", {**REQUEST, "CollectionId": "friends"}, limit=20)
    with closing(Pool(workers=1, queue_length=0)) as pool:
        sampling = Sampling(every=500, max_pixels=1_000_000)
        runner = JobRunner(store, videos, Announcer(store, topics), pool, build_analyses(FakeEngine(), store), sampling)
        async with runner.running():
            assert (await topics.heard.get())["Status"] == "FAILED"
    ended = store.job(job.job_id)
    assert ended is not None
    assert ended.status_message == "The collection id: friends does not exist"


async def test_a_job_that_killed_three_servers_is_given_up(
    store: SqliteStore, runner: JobRunner, topics: Topics
) -> None:
    job = store.start_job("FaceDetection", REQUEST, limit=20)
    for server in ("first", "second", "third"):
        assert store.claim_job(server, seconds=0) is not None
    async with runner.running():
        assert (await topics.heard.get())["Status"] == "FAILED"
    ended = store.job(job.job_id)
    assert ended is not None
    assert ended.status_message == "The analysis did not come to its end in 3 attempts."


async def test_an_outage_of_sns_delays_the_message_and_nothing_else(
    store: SqliteStore, runner: JobRunner, topics: Topics
) -> None:
    topics.obstacles = [InternalServerError("SNS could not be reached")]
    async with job_in(store, runner) as first:
        second = store.start_job("FaceDetection", REQUEST, limit=20)
        runner.wake()
        assert [(await topics.heard.get())["JobId"] for _ in range(2)] == [first.job_id, second.job_id]


async def test_jobs_do_not_wait_for_sns(
    store: SqliteStore, runner: JobRunner, topics: Topics, videos: Videos, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, begun = asyncio.Event(), asyncio.Event()

    async def never(topic_arn: str, message: str) -> None:
        asked.set()
        await asyncio.Event().wait()

    async def begin(video: Mapping[str, Any], target: Path) -> None:
        begun.set()
        target.write_bytes(videos.content)

    monkeypatch.setattr(topics, "publish", never)
    async with job_in(store, runner):
        await asked.wait()
        monkeypatch.setattr(videos, "download", begin)
        store.start_job("FaceDetection", REQUEST, limit=20)
        runner.wake()
        await begun.wait()


async def test_a_topic_that_breaks_holds_up_its_own_messages_only(
    store: SqliteStore, runner: JobRunner, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {**REQUEST, "NotificationChannel": {**REQUEST["NotificationChannel"], "SNSTopicArn": "broken"}}
    asked: list[str] = []
    publish = topics.publish

    async def publish_unless_broken(topic_arn: str, message: str) -> None:
        asked.append(topic_arn)
        if topic_arn == "broken":
            raise InternalServerError("SNS answered 500")
        await publish(topic_arn, message)

    monkeypatch.setattr(topics, "publish", publish_unless_broken)
    for _ in range(2):
        end(store, store.start_job("FaceDetection", broken, limit=20))
    fine = store.start_job("FaceDetection", REQUEST, limit=20)
    end(store, fine)
    async with runner.running():
        assert (await topics.heard.get())["JobId"] == fine.job_id
    assert asked == ["broken", TOPIC], "it is asked once a round"


async def test_a_topic_that_does_not_exist_is_not_asked_again(
    store: SqliteStore, runner: JobRunner, topics: Topics, caplog: pytest.LogCaptureFixture
) -> None:
    topics.obstacles = [InvalidParameterError("SNS refused the message")]
    async with job_in(store, runner):
        second = store.start_job("FaceDetection", REQUEST, limit=20)
        runner.wake()
        assert (await topics.heard.get())["JobId"] == second.job_id
    assert "the end of a job can not be told: SNS refused the message" in caplog.text


async def test_the_file_of_a_video_has_no_name_that_could_outlive_the_server(
    store: SqliteStore,
    runner: JobRunner,
    topics: Topics,
    videos: Videos,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are up to ten gigabytes, and a server may be killed at any time."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(videos, "download", download := Download(videos.content))
    before = set(tmp_path.rglob("*"))
    async with job_in(store, runner):
        await download.done.wait()
        assert set(tmp_path.rglob("*")) == before
        download.go_on.set()
        assert (await topics.heard.get())["Status"] == "SUCCEEDED"


async def test_a_store_that_is_away_for_a_moment_does_not_end_an_attempt(
    store: SqliteStore, runner: JobRunner, topics: Topics, videos: Videos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onlooker_rekognition.video.runner._HEARTBEAT_SECONDS", 0)
    monkeypatch.setattr(videos, "download", download := Download(videos.content))
    loop, extend, refusals = asyncio.get_running_loop(), store.extend_claim, [ThrottlingError("busy")]

    def extend_claim(job_id: str, worker: str, *, seconds: float) -> bool:
        if refusals:
            raise refusals.pop()
        loop.call_soon_threadsafe(download.go_on.set)
        return extend(job_id, worker, seconds=seconds)

    monkeypatch.setattr(store, "extend_claim", extend_claim)
    async with job_in(store, runner) as job:
        assert (await topics.heard.get())["Status"] == "SUCCEEDED"
    ended = store.job(job.job_id)
    assert ended is not None
    assert ended.attempts == 1


async def test_who_stops_lets_go_of_its_job(store: SqliteStore, runner: JobRunner, videos: Videos) -> None:
    begun = asyncio.Event()

    async def never(video: Mapping[str, Any], target: Path) -> None:
        begun.set()
        await asyncio.Event().wait()

    videos.download = never
    async with job_in(store, runner) as job:
        await begun.wait()
    taken = store.claim_job("another", seconds=60)
    assert taken is not None
    assert (taken.job_id, taken.attempts) == (job.job_id, 1), "to stop is no failed attempt"


async def test_who_stops_while_it_claims_a_job_lets_go_of_it(
    store: SqliteStore, runner: JobRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, asking, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()
    claim = store.claim_job

    def claim_job(worker: str, *, seconds: float) -> Job | None:
        loop.call_soon_threadsafe(asking.set)
        go_on.wait()
        return claim(worker, seconds=seconds)

    with monkeypatch.context() as patch:
        patch.setattr(store, "claim_job", claim_job)
        async with job_in(store, runner) as job:
            await asking.wait()
            loop.call_later(0.05, go_on.set)  # after the end of the block has cancelled the claim
    taken = store.claim_job("another", seconds=60)
    assert taken is not None
    assert (taken.job_id, taken.attempts) == (job.job_id, 1)


async def test_a_store_that_is_away_does_not_keep_a_server_from_stopping(
    store: SqliteStore,
    runner: JobRunner,
    videos: Videos,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away(*_: object, **__: object) -> None:
        raise InternalServerError("The database does not answer.")

    monkeypatch.setattr(videos, "download", download := Download(videos.content))
    monkeypatch.setattr(store, "release_job", away)
    async with asyncio.timeout(10):
        async with job_in(store, runner):
            await download.done.wait()
    assert "The database does not answer." in caplog.text
