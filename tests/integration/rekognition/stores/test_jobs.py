import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from onlooker_rekognition.jobs import Finding
from onlooker_rekognition.protocol.errors import LimitExceededError
from onlooker_rekognition.store import Store
from rekognition_stores import PLACES_OF_MANY_SERVERS, Place

REQUEST = {"Video": {"S3Object": {"Bucket": "films", "Name": "door.mp4"}}, "MinConfidence": 55.5}
NOW = 0.0  # seconds; a claim that runs out at once
LONG = 3600.0


def finding(timestamp: int, name: str, view: str = "TIMESTAMP") -> Finding:
    return Finding(view, timestamp, name, {"Timestamp": timestamp, "Name": name})


def listed(store: Store, job_id: str, *, by_name: bool = False, after: int = 0, limit: int = 10) -> list[str]:
    found = store.findings(job_id, "TIMESTAMP", by_name=by_name, after=after, limit=limit)
    return [f"{one['Timestamp']} {one['Name']}" for one in found]


def test_a_job_is_kept_as_it_was_started(store: Store, place: Place) -> None:
    job = store.start_job("FaceDetection", REQUEST, limit=20)
    assert store.job(job.job_id) == job
    assert (job.analysis, job.request, job.status, job.attempts) == ("FaceDetection", REQUEST, "IN_PROGRESS", 0)
    store.close()
    assert place.open().job(job.job_id) == job
    assert place.open().job("nothing") is None


def test_only_so_many_jobs_are_in_progress(store: Store) -> None:
    first = store.start_job("FaceDetection", REQUEST, limit=2)
    store.start_job("FaceDetection", REQUEST, limit=2)
    with pytest.raises(LimitExceededError, match="2"):
        store.start_job("FaceDetection", REQUEST, limit=2)
    store.claim_job("one", seconds=LONG)
    assert store.end_job(first.job_id, "one", "SUCCEEDED", message=None, video_metadata=None)
    store.start_job("FaceDetection", REQUEST, limit=2)


def test_what_ended_long_ago_is_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ended, running = (store.start_job("FaceDetection", REQUEST, limit=20) for _ in range(2))
    store.claim_job("one", seconds=LONG)
    assert store.end_job(ended.job_id, "one", "SUCCEEDED", message=None, video_metadata=None)
    assert store.job(ended.job_id) is not None
    for kind in ("sqlite", "postgres"):
        monkeypatch.setattr(f"onlooker_rekognition.stores.{kind}.jobs.KEPT_SECONDS", NOW)
    assert store.job(ended.job_id) is None
    assert store.job(running.job_id) == running


def test_the_oldest_free_job_is_claimed_by_one(store: Store) -> None:
    first, second = (store.start_job("FaceDetection", REQUEST, limit=20) for _ in range(2))
    claimed = [store.claim_job(worker, seconds=LONG) for worker in ("one", "two", "three")]
    assert [job and job.job_id for job in claimed] == [first.job_id, second.job_id, None]
    assert store.job(first.job_id).attempts == 1
    assert store.extend_claim(first.job_id, "one", seconds=LONG)
    assert not store.extend_claim(first.job_id, "two", seconds=LONG)


def test_a_claim_that_runs_out_frees_the_job_and_its_findings_go(store: Store) -> None:
    job = store.start_job("FaceDetection", REQUEST, limit=20)
    store.claim_job("one", seconds=LONG)
    store.add_findings(job.job_id, "one", [finding(0, "a")])
    assert store.extend_claim(job.job_id, "one", seconds=NOW)
    again = store.claim_job("two", seconds=LONG)
    assert (again.job_id, again.attempts) == (job.job_id, 2)
    assert listed(store, job.job_id) == []
    store.add_findings(job.job_id, "one", [finding(0, "late")])
    assert not store.end_job(job.job_id, "one", "FAILED", message="late", video_metadata=None)
    assert store.job(job.job_id).status == "IN_PROGRESS"
    assert listed(store, job.job_id) == []


def test_a_job_that_is_let_go_of_is_free_again(store: Store) -> None:
    job = store.start_job("FaceDetection", REQUEST, limit=20)
    store.claim_job("one", seconds=LONG)
    store.release_job(job.job_id, "two", seconds=NOW)
    assert store.claim_job("two", seconds=LONG) is None
    store.release_job(job.job_id, "one", seconds=LONG)
    assert store.claim_job("two", seconds=LONG) is None, "not before its time"


def test_an_attempt_that_does_not_count_is_none(store: Store) -> None:
    job = store.start_job("FaceDetection", REQUEST, limit=20)
    for counted, attempts in ((False, 0), (True, 1), (False, 1)):
        store.claim_job("one", seconds=LONG)
        store.release_job(job.job_id, "one", seconds=NOW, counted=counted)
        assert store.job(job.job_id).attempts == attempts


def test_findings_come_in_pages_by_time_or_by_name(store: Store) -> None:
    job = store.start_job("LabelDetection", REQUEST, limit=20)
    store.claim_job("one", seconds=LONG)
    store.add_findings(job.job_id, "one", [finding(500, "cat"), finding(0, "dog"), finding(500, "Cat")])
    store.add_findings(job.job_id, "one", [finding(0, "cat"), finding(0, "other", "SEGMENTS")])
    assert listed(store, job.job_id) == ["0 dog", "0 cat", "500 cat", "500 Cat"]
    assert listed(store, job.job_id, by_name=True) == ["500 Cat", "0 cat", "500 cat", "0 dog"]
    assert listed(store, job.job_id, after=1, limit=2) == ["0 cat", "500 cat"]
    assert [one["Name"] for one in store.findings(job.job_id, "SEGMENTS", by_name=True, after=0, limit=9)] == ["other"]


def test_the_end_of_a_job_is_to_be_told_until_it_was(store: Store, place: Place) -> None:
    first, second = (store.start_job("FaceDetection", REQUEST, limit=20) for _ in range(2))
    store.claim_job("one", seconds=LONG)
    store.claim_job("one", seconds=LONG)
    metadata = {"DurationMillis": 1000, "FrameRate": 29.97}
    assert store.end_job(second.job_id, "one", "FAILED", message="no video", video_metadata=None)
    assert store.end_job(first.job_id, "one", "SUCCEEDED", message=None, video_metadata=metadata)
    store.close()
    again = place.open()
    told = again.unannounced_jobs()
    assert all(abs(job.ended_at - time.time()) < 60 for job in told)
    assert [(job.job_id, job.status, job.status_message, job.video_metadata) for job in told] == [
        (second.job_id, "FAILED", "no video", None),
        (first.job_id, "SUCCEEDED", None, metadata),
    ]
    again.mark_announced(second.job_id)
    assert [job.job_id for job in again.unannounced_jobs()] == [first.job_id]
    assert again.claim_job("two", seconds=LONG) is None


def test_many_workers_never_claim_one_job(store: Store, place: Place) -> None:
    servers = [store, place.open()] if isinstance(place, PLACES_OF_MANY_SERVERS) else [store]
    started = {store.start_job("FaceDetection", REQUEST, limit=20).job_id for _ in range(10)}

    def claim(number: int) -> str | None:
        job = servers[number % len(servers)].claim_job(f"worker-{number}", seconds=LONG)
        return job and job.job_id

    with ThreadPoolExecutor(8) as threads:
        claimed = Counter(threads.map(claim, range(16)))
    assert claimed == Counter({**dict.fromkeys(started, 1), None: 6})
