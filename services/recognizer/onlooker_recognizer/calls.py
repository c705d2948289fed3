"""One way to call Rekognition, or whatever answers at AWS_ENDPOINT_URL_REKOGNITION.

Each call waits for its turn, is counted, and is tried a few times here if it is refused for being too fast or the
connection broke: botocore's own retries are off for this client, because they know neither turns nor counts.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_recognizer.costs.pricing import chargeable
from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.metrics import CALL_SECONDS, CALLS
from onlooker_recognizer.permissions import DENIED
from onlooker_recognizer.rates import Pace
from onlooker_shared.errors import RetryLater
from onlooker_shared.outages import is_outage

if TYPE_CHECKING:
    from types_aiobotocore_rekognition import RekognitionClient

THROTTLED = frozenset({"ThrottlingException", "ProvisionedThroughputExceededException"})
REFUSED = frozenset({"InvalidImageFormatException", "ImageTooLargeException"})
THROTTLED_TRIES = 5
"""Tries of a throttled call; the waits between them add up to a few seconds, well within a message's time-out."""
BROKEN_TRIES = 2
"""Tries of a call that did not get through: a second one mends a connection that had been idle for too long."""
BACKOFF, BACKOFF_CAP = 0.2, 5.0
"""Seconds."""


class Calls:
    """Calls Rekognition.

    Args:
        client: the process's client, made without retries.
        paces: how fast each operation may be called, by its name; one that is not in it, as fast as it likes.
        count: is told of each call that was answered, as what it is charged for.
        sleep: how to wait.
        jitter: how much of a wait between tries is kept, 0 to 1, so that many callers do not come back as one.
    """

    def __init__(
        self,
        client: "RekognitionClient",
        *,
        paces: Mapping[str, Pace],
        count: Callable[[Iterable[str]], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._paces = paces
        self._count = count
        self._sleep = sleep
        self._jitter = jitter

    async def call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return an operation's answer, without what botocore wraps it in.

        Args:
            operation: by Amazon's name.
            parameters: likewise.

        Raises:
            PictureRefusedError: Rekognition cannot read the picture.
            RetryLater: it is asked too much, by whomever.
            botocore.exceptions.BotoCoreError: it cannot be reached.
            botocore.exceptions.ClientError: any other answer.
        """
        throttled = broken = 0
        pace = self._paces.get(operation)
        while True:
            if pace:
                await pace.turn()
            try:
                return await self._call_once(operation, parameters)
            except _ThrottledError as error:
                if pace:
                    pace.refused()
                throttled += 1
                if throttled == THROTTLED_TRIES:
                    raise RetryLater(f"Rekognition refuses {operation} as too fast: {error}") from error
            except (BotoCoreError, ClientError) as error:
                broken += 1
                if not is_outage(error) or broken == BROKEN_TRIES:
                    raise
            await self._sleep(self._jitter() * min(BACKOFF_CAP, BACKOFF * 2.0 ** (throttled + broken)))

    async def _call_once(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        ask = getattr(self._client, xform_name(operation))
        outcome = "failed"
        started = time.perf_counter()
        try:
            answer: dict[str, Any] = await ask(**parameters)
            outcome = "ok"
            self._count(chargeable(operation, parameters))
        except ClientError as error:
            code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            if code in THROTTLED:
                outcome = "throttled"
                raise _ThrottledError(text) from error
            if code in REFUSED:
                outcome = "refused"
                raise PictureRefusedError(f"Rekognition cannot read the picture: {text}") from error
            if code in DENIED:
                outcome = "denied"
            raise
        finally:
            CALLS.labels(operation, outcome).inc()
            CALL_SECONDS.labels(operation).observe(time.perf_counter() - started)
        answer.pop("ResponseMetadata", None)
        return answer


class _ThrottledError(Exception):
    """Rekognition refused a call for being too fast."""
