"""Messages that were sent, or refused. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def latency(delivery: Mapping[str, Any]) -> float:
    """Return the seconds from when a message was complete until it was sent, or refused for good."""
    begun, settled = (datetime.fromisoformat(text) for text in (delivery["begun_at"], delivery["outcome"]["at"]))
    return max(0.0, (settled - begun).total_seconds())
