"""The Prometheus metrics that all services have. A service's own metrics are declared in its ``metrics.py``."""

from prometheus_client import Counter, Histogram

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
