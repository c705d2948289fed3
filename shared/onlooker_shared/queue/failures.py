"""Counts the unexpected failures of each message, since SQS counts only how often it handed the message out."""

from collections import OrderedDict

REMEMBERED = 10_000
"""Messages whose failures are remembered; the longest untouched are forgotten first, and so get more tries."""


class Failures:
    """The failures of one consumer's messages. Each process counts its own; SQS's receive count bounds them all."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, int] = OrderedDict()

    def add(self, message_id: str) -> int:
        """Note a failure and return how many that makes."""
        count = self._counts.pop(message_id, 0) + 1
        self._counts[message_id] = count
        if len(self._counts) > REMEMBERED:
            self._counts.popitem(last=False)
        return count

    def forget(self, message_id: str) -> None:
        """Forget a message that is done with."""
        self._counts.pop(message_id, None)
