"""Events on a bus of Amazon EventBridge: `detail-type` is `alert.v1`, `detail` the same JSON that webhooks get."""

from collections.abc import Awaitable, Callable
from typing import Any

from onlooker_notifier.channels.bodies import body, encoded
from onlooker_notifier.channels.kinds import EventBridgeSettings
from onlooker_notifier.channels.message import Message, Receipt, RefusedError, UnansweredError, aws_answers

REFUSALS = frozenset({"AccessDeniedException", "ResourceNotFoundException", "ValidationException"})
PASSING = frozenset({"InternalFailure", "InternalException", "ThrottlingException"})
"""Codes of a single entry; all others last."""


class EventBridge:
    """Puts events.

    Args:
        client: returns the process's client of `events`.
    """

    def __init__(self, client: Callable[[], Awaitable[Any]]) -> None:
        self._client = client

    async def send(self, settings: EventBridgeSettings, _secret: str | None, message: Message) -> Receipt:
        """See `Sends`."""
        told = body(message)
        with aws_answers(REFUSALS):
            answer = await (await self._client()).put_events(
                Entries=[
                    {
                        "Time": message.told_at,
                        "Source": settings.source,
                        "DetailType": told["type"],
                        "Detail": encoded(told).decode(),
                        "EventBusName": settings.bus,
                    }
                ]
            )
        [entry] = answer["Entries"]
        if code := entry.get("ErrorCode"):  # a call that succeeds may yet have put nothing
            kind = UnansweredError if code in PASSING else RefusedError
            raise kind(code, f"{code}: {entry.get('ErrorMessage', '')}")
        return Receipt(entry["EventId"])
