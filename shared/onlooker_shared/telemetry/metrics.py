"""The Prometheus metrics that all services have. A service's own metrics are declared in its ``metrics.py``."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "onlooker_http_request_seconds", "Time to answer a request.", ("service", "method", "route", "status")
)
"""status: 0 where the caller left before an answer began."""
MESSAGES = Counter("onlooker_messages_total", "Messages settled.", ("queue", "outcome"))
"""outcome: done, retried, rejected, failed (it could not be settled, and will be delivered again)."""
MESSAGE_SECONDS = Histogram(
    "onlooker_message_seconds",
    "Time in a message's handler.",
    ("queue",),
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
MESSAGE_AGE = Histogram(
    "onlooker_message_age_seconds",
    "Time from when a message was first sent until work on it began.",
    ("queue",),
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400),
)
QUEUE_MESSAGES = Gauge(
    "onlooker_queue_messages", "Messages of a queue; SQS calls its numbers approximate.", ("queue", "state")
)
"""state: waiting, delayed, in_work (or put back to be tried later), dead. Absent while SQS does not answer."""
QUEUE_OLDEST = Gauge(
    "onlooker_queue_oldest_seconds",
    "Age of the oldest message that this process has in work or put back; 0 if it has none.",
    ("queue",),
)
LOOP_LAG = Histogram(
    "onlooker_event_loop_lag_seconds",
    "How late the event loop was for what was due: as long as that, some work kept all other from going on.",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
