"""Numbers about the server, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from onlooker_rekognition.pool import Pool
from onlooker_rekognition.vision.watch import Watch

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_MODEL_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_BATCHES = (1, 2, 4, 8, 16)


class Metrics(Watch):
    """A registry of its own, so that several servers can live in one process. May be told by any thread."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "onlooker_rekognition_requests",
            "Requests answered, by operation and by error code (OK without one).",
            ("operation", "code"),
            registry=self._registry,
        )
        self._seconds = self._histogram(
            "request_seconds", "From the request's headers to its answer.", _SECONDS, "operation"
        )
        self._wait_seconds = self._histogram(
            "queue_wait_seconds", "What waited for a worker, until it began.", _SECONDS
        )
        self._model_seconds = self._histogram("model_seconds", "One run of a model.", _MODEL_SECONDS, "model")
        self._batches = self._histogram("model_batch", "Pictures that a model looked at in one run.", _BATCHES, "model")
        self._load_seconds = self._gauge(
            "model_load_seconds", "How long a model took to load; models not used yet are not listed.", "model"
        )

    def watch(self, pool: Pool) -> None:
        """Show how much the pool has to do."""
        admitted = self._gauge(
            "admitted_requests",
            "Requests that fetch their picture, wait or work; at workers + queue_length more are throttled.",
        )
        admitted.set_function(lambda: pool.admitted)
        waiting = self._gauge("queue_length", "Requests and frames of videos that wait for a worker.")
        waiting.set_function(lambda: pool.waiting)

    def answered(self, operation: str, code: str, seconds: float) -> None:
        """Count a request; `code` is the error's or OK."""
        self._requests.labels(operation, code).inc()
        self._seconds.labels(operation).observe(seconds)

    def waited(self, seconds: float) -> None:
        """Work waited so long before it began."""
        self._wait_seconds.observe(seconds)

    def loaded(self, model: str, seconds: float) -> None:
        """A model was loaded."""
        self._load_seconds.labels(model).set(seconds)

    def ran(self, model: str, pictures: int, seconds: float) -> None:
        """A model looked at pictures."""
        self._model_seconds.labels(model).observe(seconds)
        self._batches.labels(model).observe(pictures)

    def exposition(self) -> bytes:
        """All numbers in Prometheus' text format."""
        return generate_latest(self._registry)

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"onlooker_rekognition_{name}", meaning, labels, buckets=buckets, registry=self._registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"onlooker_rekognition_{name}", meaning, labels, registry=self._registry)
