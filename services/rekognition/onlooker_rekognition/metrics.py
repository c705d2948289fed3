"""Numbers about the server, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from onlooker_rekognition.pool import Pool

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """A registry of its own, so that several servers can live in one process."""

    def __init__(self, pool: Pool) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "onlooker_rekognition_requests",
            "Requests answered, by operation and by error code (OK without one).",
            ("operation", "code"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "onlooker_rekognition_request_seconds",
            "From the request's headers to its answer.",
            ("operation",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        admitted = Gauge(
            "onlooker_rekognition_admitted_requests",
            "Requests that work or wait for a worker; at workers + queue_length more are throttled.",
            registry=self._registry,
        )
        admitted.set_function(lambda: pool.admitted)

    def answered(self, operation: str, code: str, seconds: float) -> None:
        """Count a request; `code` is the error's or OK."""
        self._requests.labels(operation, code).inc()
        self._seconds.labels(operation).observe(seconds)

    def exposition(self) -> bytes:
        """All numbers in Prometheus' text format."""
        return generate_latest(self._registry)
