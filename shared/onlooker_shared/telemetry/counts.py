"""What Prometheus' metrics of this process have counted since its start, in numbers that a page can show."""

from collections import Counter
from collections.abc import Collection
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict, Field

from onlooker_shared.telemetry.metrics import MESSAGES, REQUESTS


class RequestCounts(BaseModel):
    """HTTP requests."""

    model_config = ConfigDict(frozen=True)

    answered: int
    faults: int = Field(description="Of these, those answered with a status of 500 or more.")


class MessageCounts(BaseModel):
    """Messages of one queue or several."""

    model_config = ConfigDict(frozen=True)

    done: int
    retried: int
    rejected: int = Field(description="Moved to the dead-letter queue.")
    failed: int = Field(description="Could not be settled, and so are delivered again.")


def requests(service: str) -> RequestCounts:
    """Return what the application of this name has answered."""
    answered = faults = 0
    for metric in REQUESTS.collect():
        for sample in metric.samples:
            if sample.name.endswith("_count") and sample.labels["service"] == service:
                answered += int(sample.value)
                faults += int(sample.value) if int(sample.labels["status"]) >= HTTPStatus.INTERNAL_SERVER_ERROR else 0
    return RequestCounts(answered=answered, faults=faults)


def messages(queues: Collection[str]) -> MessageCounts:
    """Return what this process has settled of some queues together."""
    counts: Counter[str] = Counter()
    for metric in MESSAGES.collect():
        for sample in metric.samples:
            if sample.name.endswith("_total") and sample.labels["queue"] in queues:
                counts[sample.labels["outcome"]] += int(sample.value)
    return MessageCounts(
        done=counts["done"], retried=counts["retried"], rejected=counts["rejected"], failed=counts["failed"]
    )
