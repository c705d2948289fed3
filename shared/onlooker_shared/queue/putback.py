"""Remembers the messages that a consumer put back, so that it can tell how old the oldest unsettled one is.

SQS tells no client: the age of the oldest message is CloudWatch's alone.
"""

from collections import OrderedDict
from datetime import datetime

from onlooker_shared.queue.received import Received

REMEMBERED = 1_000
"""Messages; the longest untouched are forgotten first."""
WAITED_FOR = 60.0
"""Seconds that a message is remembered beyond its delay: another process may have received it by then."""


class PutBack:
    """The messages of one consumer that wait for their next try."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[datetime, float]] = OrderedDict()

    def add(self, message: Received, until: float) -> None:
        """Note that a message is hidden until then, on the caller's monotonic clock."""
        self._known.pop(message.message_id, None)
        self._known[message.message_id] = (message.sent_at, until + WAITED_FOR)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def forget(self, message: Received) -> None:
        """Forget a message that was received again."""
        self._known.pop(message.message_id, None)

    def sent(self, now: float) -> list[datetime]:
        """Return when the messages were sent that are still put back."""
        over = [message_id for message_id, (_, until) in self._known.items() if until <= now]
        for message_id in over:
            del self._known[message_id]
        return [sent_at for sent_at, _ in self._known.values()]
