"""Analyses of stored videos."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from psycopg.types.json import Jsonb

from onlooker_rekognition.jobs import KEPT_SECONDS, Finding, Job, JobStatus, Structure, too_many_jobs
from onlooker_rekognition.stores.postgres.database import Database, Link

_STARTING = 7_301_944_021_190_733_827  # an advisory lock of ours: jobs are counted and started one after another

_JOB = """SELECT job_id, analysis, request, status, status_message, video_metadata, attempts,
 extract(epoch FROM ended_at)::float8 FROM jobs"""
_KEPT_JOB = f"""{_JOB} WHERE job_id = %s AND (ended_at IS NULL OR ended_at > now() - make_interval(secs => %s))"""
_HELD = """SELECT position FROM jobs WHERE job_id = %s AND worker = %s AND status = 'IN_PROGRESS'
 FOR NO KEY UPDATE"""
_FORGET = "DELETE FROM jobs WHERE ended_at <= now() - make_interval(secs => %s)"
_CLAIM = """UPDATE jobs SET worker = %s, free_at = now() + make_interval(secs => %s), attempts = attempts + 1
 WHERE position = (SELECT position FROM jobs WHERE status = 'IN_PROGRESS' AND free_at <= now()
 ORDER BY position LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
 RETURNING position, job_id, analysis, request, status, status_message, video_metadata, attempts"""
_EXTEND = "UPDATE jobs SET free_at = now() + make_interval(secs => %s) WHERE position = %s"
_RELEASE = """UPDATE jobs SET worker = NULL, free_at = now() + make_interval(secs => %s), attempts = attempts - %s
 WHERE position = %s"""
_END = """UPDATE jobs SET status = %s, status_message = %s, video_metadata = %s, ended_at = now(), worker = NULL
 WHERE position = %s"""
_BY_TIME = """SELECT content FROM findings JOIN jobs ON jobs.position = job WHERE job_id = %s AND view = %s
 ORDER BY timestamp, findings.position LIMIT %s OFFSET %s"""
_BY_NAME = """SELECT content FROM findings JOIN jobs ON jobs.position = job WHERE job_id = %s AND view = %s
 ORDER BY name COLLATE "C", timestamp, findings.position LIMIT %s OFFSET %s"""


class Jobs(Database):
    """See JobStore."""

    def start_job(self, analysis: str, request: Structure, *, limit: int) -> Job:
        """See JobStore."""
        job = Job(str(uuid.uuid4()), analysis, request)
        with self._transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_STARTING,))
            connection.execute(_FORGET, (KEPT_SECONDS,))
            row = connection.execute("SELECT count(*) FROM jobs WHERE status = 'IN_PROGRESS'").fetchone()
            if row and row[0] >= limit:
                raise too_many_jobs(limit)
            connection.execute(
                "INSERT INTO jobs (job_id, analysis, request) VALUES (%s, %s, %s)",
                (job.job_id, analysis, Jsonb(request)),
            )
        return job

    def job(self, job_id: str) -> Job | None:
        """See JobStore."""
        with self._connection() as connection:
            row = connection.execute(_KEPT_JOB, (job_id, KEPT_SECONDS)).fetchone()
        return Job(*row) if row else None

    def claim_job(self, worker: str, *, seconds: float) -> Job | None:
        """See JobStore."""
        with self._transaction() as connection:
            row = connection.execute(_CLAIM, (worker, seconds)).fetchone()
            if row is None:
                return None
            position, *job = row
            connection.execute("DELETE FROM findings WHERE job = %s", (position,))
        return Job(*job)

    def extend_claim(self, job_id: str, worker: str, *, seconds: float) -> bool:
        """See JobStore."""
        with self._transaction() as connection:
            position = _held_job(connection, job_id, worker)
            connection.execute(_EXTEND, (seconds, position))
        return position is not None

    def release_job(self, job_id: str, worker: str, *, seconds: float, counted: bool = True) -> None:
        """See JobStore."""
        with self._transaction() as connection:
            connection.execute(_RELEASE, (seconds, int(not counted), _held_job(connection, job_id, worker)))

    def add_findings(self, job_id: str, worker: str, findings: Sequence[Finding]) -> None:
        """See JobStore."""
        with self._transaction() as connection, connection.cursor() as cursor:
            position = _held_job(connection, job_id, worker)
            if position is not None:
                cursor.executemany(
                    "INSERT INTO findings (job, view, timestamp, name, content) VALUES (%s, %s, %s, %s, %s)",
                    [(position, one.view, one.timestamp, one.name, Jsonb(one.content)) for one in findings],
                )

    def end_job(
        self, job_id: str, worker: str, status: JobStatus, *, message: str | None, video_metadata: Structure | None
    ) -> bool:
        """See JobStore."""
        metadata = None if video_metadata is None else Jsonb(video_metadata)
        with self._transaction() as connection:
            position = _held_job(connection, job_id, worker)
            connection.execute(_END, (status, message, metadata, position))
        return position is not None

    def unannounced_jobs(self) -> list[Job]:
        """See JobStore."""
        with self._connection() as connection:
            rows = connection.execute(
                f"{_JOB} WHERE NOT announced AND status <> 'IN_PROGRESS' ORDER BY ended_at, position"
            ).fetchall()
        return [Job(*row) for row in rows]

    def mark_announced(self, job_id: str) -> None:
        """See JobStore."""
        with self._connection() as connection:
            connection.execute("UPDATE jobs SET announced = true WHERE job_id = %s", (job_id,))

    def findings(self, job_id: str, view: str, *, by_name: bool, after: int, limit: int) -> list[Structure]:
        """See JobStore."""
        with self._connection() as connection:
            rows = connection.execute(_BY_NAME if by_name else _BY_TIME, (job_id, view, limit, after)).fetchall()
        return [row[0] for row in rows]


def _held_job(connection: Link, job_id: str, worker: str) -> int | None:
    """The position of a job that `worker` holds, and keeps until the transaction ends."""
    row = connection.execute(_HELD, (job_id, worker)).fetchone()
    return int(row[0]) if row else None
