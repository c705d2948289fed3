"""Amazon Rekognition, or whatever answers at AWS_ENDPOINT_URL_REKOGNITION.

Each call waits for its turn, is counted, and is tried a few times here if it is refused for being too fast or the
connection broke: botocore's own retries are off for this client, because they know neither turns nor counts.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.metrics import CALL_SECONDS, CALLS, COST
from onlooker_recognizer.rates import Pace
from onlooker_shared.errors import RetryLater
from onlooker_shared.outages import is_outage

if TYPE_CHECKING:
    from types_aiobotocore_rekognition import RekognitionClient
    from types_aiobotocore_rekognition.type_defs import ImageTypeDef

DETECT_FACES, DETECT_LABELS = "DetectFaces", "DetectLabels"
THROTTLED = frozenset({"ThrottlingException", "ProvisionedThroughputExceededException"})
REFUSED = frozenset({"InvalidImageFormatException", "ImageTooLargeException"})
THROTTLED_TRIES = 5
"""Tries of a throttled call; the waits between them add up to a few seconds, well within a message's time-out."""
BROKEN_TRIES = 2
"""Tries of a call that did not get through: a second one mends a connection that had been idle for too long."""
BACKOFF, BACKOFF_CAP = 0.2, 5.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What Rekognition said about one picture, as botocore parses it."""

    faces: dict[str, Any]
    labels: dict[str, Any]


class Rekognition:
    """Asks Rekognition about pictures.

    Args:
        client: the process's client, made without retries.
        paces: how fast each operation may be called, by its name.
        max_labels: DetectLabels' MaxLabels.
        min_confidence: DetectLabels' MinConfidence, 0 to 100.
        price: of one call, in US dollars.
        sleep: how to wait.
        jitter: how much of a wait between tries is kept, 0 to 1, so that many callers do not come back as one.
    """

    def __init__(
        self,
        client: "RekognitionClient",
        *,
        paces: Mapping[str, Pace],
        max_labels: int,
        min_confidence: float,
        price: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._paces = paces
        self._max_labels = max_labels
        self._min_confidence = min_confidence
        self._price = price
        self._sleep = sleep
        self._jitter = jitter

    async def recognize(self, image: "ImageTypeDef") -> Answers:
        """Return the faces (with all attributes) and labels of a picture, asked for at the same time.

        Raises:
            PictureRefusedError: Rekognition cannot read the picture.
            RetryLater: it is asked too much, by whomever.
            botocore.exceptions.BotoCoreError: it cannot be reached.
            botocore.exceptions.ClientError: any other answer.
        """
        asked = (
            asyncio.ensure_future(
                self._call(DETECT_FACES, lambda: self._client.detect_faces(Image=image, Attributes=["ALL"]))
            ),
            asyncio.ensure_future(
                self._call(
                    DETECT_LABELS,
                    lambda: self._client.detect_labels(
                        Image=image, MaxLabels=self._max_labels, MinConfidence=self._min_confidence
                    ),
                )
            ),
        )
        try:
            faces, labels = await asyncio.gather(*asked)
        finally:
            for call in asked:  # when one fails, the other's answer is of no use any more
                call.cancel()
        return Answers(faces, labels)

    async def _call(self, operation: str, ask: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
        throttled = broken = 0
        while True:
            await self._paces[operation].turn()
            try:
                return await self._ask_once(operation, ask)
            except _ThrottledError as error:
                self._paces[operation].refused()
                throttled += 1
                if throttled == THROTTLED_TRIES:
                    raise RetryLater(f"Rekognition refuses {operation} as too fast: {error}") from error
            except (BotoCoreError, ClientError) as error:
                broken += 1
                if not is_outage(error) or broken == BROKEN_TRIES:
                    raise
            await self._sleep(self._jitter() * min(BACKOFF_CAP, BACKOFF * 2.0 ** (throttled + broken)))

    async def _ask_once(self, operation: str, ask: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
        outcome = "failed"
        started = time.perf_counter()
        try:
            answer: dict[str, Any] = await ask()
            outcome = "ok"
            COST.inc(self._price)
        except ClientError as error:
            code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            if code in THROTTLED:
                outcome = "throttled"
                raise _ThrottledError(text) from error
            if code in REFUSED:
                outcome = "refused"
                raise PictureRefusedError(f"Rekognition cannot read the picture: {text}") from error
            raise
        finally:
            CALLS.labels(operation, outcome).inc()
            CALL_SECONDS.labels(operation).observe(time.perf_counter() - started)
        answer.pop("ResponseMetadata", None)
        return answer


class _ThrottledError(Exception):
    """Rekognition refused a call for being too fast."""
