"""Analyses of stored videos."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from onlooker_rekognition.jobs import KEPT_SECONDS, Finding, Job, JobStatus, Structure, too_many_jobs
from onlooker_rekognition.stores.sqlite.database import Database

_JOB = "SELECT job_id, analysis, request, status, status_message, video_metadata, attempts, ended_at FROM jobs"
_KEPT_JOB = f"{_JOB} WHERE job_id = ? AND (ended_at IS NULL OR ended_at > ?)"
_HELD = "SELECT position FROM jobs WHERE job_id = ? AND worker = ? AND status = 'IN_PROGRESS'"

_FINDINGS = "SELECT content FROM findings JOIN jobs ON jobs.position = job WHERE job_id = ? AND view = ?"
_BY_TIME = f"{_FINDINGS} ORDER BY timestamp, findings.position LIMIT ? OFFSET ?"
_BY_NAME = f"{_FINDINGS} ORDER BY name, timestamp, findings.position LIMIT ? OFFSET ?"

_CLAIM = """UPDATE jobs SET worker = :worker, free_at = :until, attempts = attempts + 1 WHERE position =
 (SELECT min(position) FROM jobs WHERE status = 'IN_PROGRESS' AND free_at <= :now) RETURNING position, job_id"""


class Jobs(Database):
    """See JobStore."""

    def start_job(self, analysis: str, request: Structure, *, limit: int) -> Job:
        """See JobStore."""
        job = Job(str(uuid.uuid4()), analysis, request)
        with self._transaction():
            self._db.execute("DELETE FROM jobs WHERE ended_at <= ?", (self._clock() - KEPT_SECONDS,))
            (open_jobs,) = self._db.execute("SELECT count(*) FROM jobs WHERE status = 'IN_PROGRESS'").fetchone()
            if open_jobs >= limit:
                raise too_many_jobs(limit)
            self._db.execute(
                "INSERT INTO jobs (job_id, analysis, request) VALUES (?, ?, ?)",
                (job.job_id, analysis, json.dumps(request)),
            )
        return job

    def job(self, job_id: str) -> Job | None:
        """See JobStore."""
        with self._lock:
            row = self._db.execute(_KEPT_JOB, (job_id, self._clock() - KEPT_SECONDS)).fetchone()
        return _job(row) if row else None

    def claim_job(self, worker: str, *, seconds: float) -> Job | None:
        """See JobStore."""
        now = self._clock()
        with self._transaction():
            row = self._db.execute(_CLAIM, {"worker": worker, "now": now, "until": now + seconds}).fetchone()
            if row is None:
                return None
            position, job_id = row
            self._db.execute("DELETE FROM findings WHERE job = ?", (position,))
            return self.job(job_id)

    def free_jobs(self) -> None:
        """Free all jobs that are held: for a server that has just taken the file over, from one that was killed."""
        with self._transaction():
            self._db.execute("UPDATE jobs SET worker = NULL, free_at = 0 WHERE worker IS NOT NULL")

    def extend_claim(self, job_id: str, worker: str, *, seconds: float) -> bool:
        """See JobStore."""
        with self._transaction():
            position = self._held_job(job_id, worker)
            self._db.execute("UPDATE jobs SET free_at = ? WHERE position = ?", (self._clock() + seconds, position))
        return position is not None

    def release_job(self, job_id: str, worker: str, *, seconds: float, counted: bool = True) -> None:
        """See JobStore."""
        with self._transaction():
            position = self._held_job(job_id, worker)
            self._db.execute(
                "UPDATE jobs SET worker = NULL, free_at = ?, attempts = attempts - ? WHERE position = ?",
                (self._clock() + seconds, not counted, position),
            )

    def add_findings(self, job_id: str, worker: str, findings: Sequence[Finding]) -> None:
        """See JobStore."""
        with self._transaction():
            position = self._held_job(job_id, worker)
            if position is not None:
                self._db.executemany(
                    "INSERT INTO findings (job, view, timestamp, name, content) VALUES (?, ?, ?, ?, ?)",
                    [(position, one.view, one.timestamp, one.name, json.dumps(one.content)) for one in findings],
                )

    def end_job(
        self, job_id: str, worker: str, status: JobStatus, *, message: str | None, video_metadata: Structure | None
    ) -> bool:
        """See JobStore."""
        metadata = None if video_metadata is None else json.dumps(video_metadata)
        with self._transaction():
            position = self._held_job(job_id, worker)
            self._db.execute(
                "UPDATE jobs SET status = ?, status_message = ?, video_metadata = ?, ended_at = ?, worker = NULL"
                " WHERE position = ?",
                (status, message, metadata, self._clock(), position),
            )
        return position is not None

    def unannounced_jobs(self) -> list[Job]:
        """See JobStore."""
        with self._lock:
            rows = self._db.execute(
                f"{_JOB} WHERE NOT announced AND status != 'IN_PROGRESS' ORDER BY ended_at"
            ).fetchall()
        return [_job(row) for row in rows]

    def mark_announced(self, job_id: str) -> None:
        """See JobStore."""
        with self._transaction():
            self._db.execute("UPDATE jobs SET announced = 1 WHERE job_id = ?", (job_id,))

    def findings(self, job_id: str, view: str, *, by_name: bool, after: int, limit: int) -> list[Structure]:
        """See JobStore."""
        statement = _BY_NAME if by_name else _BY_TIME
        with self._lock:
            rows = self._db.execute(statement, (job_id, view, limit, after)).fetchall()
        return [json.loads(row[0]) for row in rows]

    def _held_job(self, job_id: str, worker: str) -> int | None:
        """The position of a job that `worker` holds."""
        row = self._db.execute(_HELD, (job_id, worker)).fetchone()
        return int(row[0]) if row else None


def _job(row: Sequence[Any]) -> Job:
    job_id, analysis, request, status, message, metadata, attempts, ended_at = row
    return Job(
        job_id,
        analysis,
        json.loads(request),
        status,
        message,
        None if metadata is None else json.loads(metadata),
        attempts,
        ended_at,
    )
