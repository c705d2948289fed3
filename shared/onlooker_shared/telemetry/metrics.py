"""The Prometheus metrics that all services have. A service's own metrics are declared in its ``metrics.py``."""

from prometheus_client import Counter, Histogram

REQUESTS = Histogram(
    "onlooker_http_request_seconds", "Time to answer a request.", ("service", "method", "route", "status")
)
"""status: 0 where the caller left before an answer began."""
MESSAGES = Counter("onlooker_messages_total", "Messages settled.", ("queue", "outcome"))
"""outcome: done, retried, rejected, failed (it could not be settled, and will be delivered again)."""
MESSAGE_SECONDS = Histogram("onlooker_message_seconds", "Time in a message's handler.", ("queue",))
