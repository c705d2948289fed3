"""Messages that are sent while somebody waits for what the other side says: above all that of the test button."""

import asyncio
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import structlog
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.channels.fuses import Fuses
from onlooker_notifier.channels.message import Message, RefusedError, UnansweredError, came_from
from onlooker_notifier.channels.record import ChannelRecord
from onlooker_notifier.channels.sending import Channels, Target, target_of
from onlooker_notifier.letters.letters import Letter
from onlooker_notifier.notices import Notice
from onlooker_shared.errors import describe

TIMEOUT = 40.0
"""Seconds that it may take; the gateway waits longer."""
SUBJECT = "A test message of Onlooker"
TEXT = "Somebody tries whether messages of Onlooker arrive here. They do."

log = structlog.stdlib.get_logger(__name__)


class Tried(BaseModel):
    """How it went."""

    model_config = ConfigDict(frozen=True)

    status: Literal["sent", "refused", "unanswered"] = Field(
        description="`refused`: so it will be until somebody changes something; `unanswered`: later it may be taken."
    )
    answer: str = Field(description="What the other side said, or why it was not reached.")
    message_id: str | None = None
    took_ms: int


class Trying:
    """Tries channels.

    Args:
        channels: send.
        fuses: a channel that takes a test message works again.
        clock: epoch seconds.
    """

    def __init__(self, channels: Channels, fuses: Fuses, clock: Callable[[], float] = time.time) -> None:
        self._channels = channels
        self._fuses = fuses
        self._clock = clock

    async def send(self, record: ChannelRecord) -> Tried:
        """Send a test message by a channel."""
        return await self.take(target_of(record), _message(datetime.fromtimestamp(self._clock(), UTC)))

    async def take(self, target: Target, message: Message) -> Tried:
        """Send a message now, also to a channel that is left alone: somebody waits for what the other side says."""
        started = time.monotonic()

        def tried(
            status: Literal["sent", "refused", "unanswered"], answer: str, message_id: str | None = None
        ) -> Tried:
            took = round((time.monotonic() - started) * 1000)
            return Tried(status=status, answer=answer, message_id=message_id, took_ms=took)

        try:
            async with asyncio.timeout(TIMEOUT):
                receipt = await self._channels.send(target, message)
        except RefusedError as error:
            return tried("refused", error.reason)
        except UnansweredError as error:
            return tried("unanswered", error.reason)
        except (BotoCoreError, ClientError, TimeoutError) as error:
            return tried("unanswered", describe(error))
        except Exception as error:  # noqa: BLE001 - who waits is told, and the log says where it comes from
            log.warning("channel.fault", channel=target.type, error=type(error).__name__, where=came_from(error))
            return tried("unanswered", f"Onlooker itself failed: {type(error).__name__}. Its log says more.")
        try:
            await self._fuses.succeeded(target.key)
        except (BotoCoreError, ClientError) as error:  # it was taken all the same, and must not be sent again
            log.warning("channel.not_noted", channel=target.type, error=describe(error))
        return tried("sent", receipt.answer, receipt.message_id)


def _message(now: datetime) -> Message:
    image_id = uuid.uuid4().hex
    notice = Notice(event="recognized", image_id=image_id, bucket="test", key="test.jpg", uploaded_at=now)
    return Message(
        delivery_id=f"test-{image_id}",
        rule_id="test",
        rule_name="Test",
        letter=Letter(SUBJECT, f"{TEXT}\n", f'<!doctype html><html lang="en"><body><p>{TEXT}</p></body></html>'),
        notices=(notice,),
        told_at=now,
        test=True,
    )
